//! All words for people. A language is one file: a [`catalogue::Translation`] that the compiler checks for completeness.
//! Numbers, dates and sizes go through the browser's `Intl` in [`intl`].

pub mod catalogue;
mod en;
pub mod intl;
mod zh_cn;

use leptos::{prelude::*, reactive::graph::Observer};

pub use catalogue::Texts;

/// A language that Sextant speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    SimplifiedChinese,
}

impl Language {
    /// Every language, in the order of the menu.
    pub const ALL: [Language; 2] = [Language::English, Language::SimplifiedChinese];

    /// The BCP 47 tag: for `<html lang>`, `Intl` and `config.json`.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::SimplifiedChinese => "zh-CN",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::SimplifiedChinese => "简体中文",
        }
    }

    /// The language for a tag that a browser or an operator names: `zh`, `zh-Hans` and `zh-CN` are the same.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| {
            let own = language.tag().split('-').next().unwrap_or_default();
            primary.eq_ignore_ascii_case(own)
        })
    }

    /// Its words.
    pub const fn texts(self) -> &'static Texts {
        const ENGLISH: &Texts = &Texts::of(Language::English);
        const SIMPLIFIED_CHINESE: &Texts = &Texts::of(Language::SimplifiedChinese);
        match self {
            Language::English => ENGLISH,
            Language::SimplifiedChinese => SIMPLIFIED_CHINESE,
        }
    }
}

thread_local! {
    // Outside the component tree, so that handlers and services can word things too.
    static LANGUAGE: ArcRwSignal<Language> = ArcRwSignal::new(Language::default());
}

/// The words of the current language. Inside a closure of a view it follows a switch of the language.
pub fn t() -> &'static Texts {
    language().texts()
}

/// Which fixed sentence of a language.
pub type Words = fn(&Texts) -> &'static str;

/// A fixed sentence for a view or a prop, following the language: `word(|it| it.images.title)`. One concrete type for all of
/// them, where a closure at each place would be a copy of the rendering code at each place.
pub fn word(words: Words) -> Signal<String> {
    Signal::derive(move || words(t()).to_owned())
}

/// A name as part of a sentence: one that turns the writing direction keeps to itself, as in a `<bdi>`. Most come back as they are.
pub fn isolated(name: &str) -> String {
    // Hebrew and Arabic with their kin, and the signs that turn or end a direction.
    let turns = |c: char| {
        matches!(c, '\u{590}'..='\u{8FF}' | '\u{200E}' | '\u{200F}' | '\u{2029}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
    };
    if !name.contains(turns) {
        return name.to_owned();
    }
    // Neither an end of the isolation in it, nor the end of a paragraph, may end ours.
    let inner = name.replace(|c: char| matches!(c, '\u{2029}' | '\u{2066}'..='\u{2069}'), " ");
    format!("\u{2068}{inner}\u{2069}")
}

/// The current language; tracked where something can follow it, which handlers and services can't.
pub fn language() -> Language {
    LANGUAGE
        .with(|language| if Observer::get().is_some() { language.get() } else { language.get_untracked() })
}

/// Switches the language of the whole app.
pub fn set_language(language: Language) {
    LANGUAGE.with(|current| current.set(language));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_turns_the_direction_is_isolated() {
        for (name, want) in [
            ("ubuntu-24.04 (amd64)", "ubuntu-24.04 (amd64)"),
            ("生产 镜像", "生产 镜像"),
            ("שלום", "\u{2068}שלום\u{2069}"),
            ("a\u{202E}gpj.exe", "\u{2068}a\u{202E}gpj.exe\u{2069}"),
            ("a\u{2069}\u{202E}b", "\u{2068}a \u{202E}b\u{2069}"),
        ] {
            assert_eq!(isolated(name), want);
        }
    }

    /// The words of the first users (the specification's page on quality); what is worded otherwise there has no entry here.
    #[test]
    fn chinese_terms_are_those_of_the_first_users() {
        let zh = &zh_cn::TEXTS;
        let visibility = |word| (zh.image.visibility_name)(word).unwrap_or_default();
        let table = [
            ("image", zh.detail.title, "镜像"),
            ("images", zh.shell.images, "镜像"),
            ("instance", zh.instances.title, "实例"),
            ("flavor", zh.instances.flavor, "实例类型"),
            ("snapshot", zh.image.kind_snapshot, "快照"),
            ("project", zh.sharing.project, "项目"),
            ("public", visibility("public"), "公共"),
            ("private", visibility("private"), "私有"),
            ("shared", visibility("shared"), "共享"),
            ("community", visibility("community"), "社区"),
            ("protected", zh.image.protected, "受保护"),
            ("name", zh.image.name, "名称"),
            ("description", zh.image.description, "说明"),
            ("image source", zh.create.source, "镜像来源"),
            ("format", zh.image.format, "格式"),
            ("architecture", zh.image.architecture, "架构"),
            ("minimum disk", zh.form.min_disk, "最小磁盘 (GB)"),
            ("minimum RAM", zh.form.min_ram, "最小内存 (MB)"),
            ("create image", zh.create.title, "创建镜像"),
            ("edit image", zh.edit.title, "编辑镜像"),
            ("delete image", zh.images.delete_title, "删除镜像"),
            ("launch instance", zh.launch.title, "启动实例"),
        ];
        for (term, is, want) in table {
            assert_eq!(is, want, "{term}");
        }
        // And what other consoles say for these is said nowhere.
        for other in ["映像", "云主机", "虚机", "租户", "云主机类型", "公有", "私密"] {
            assert!(!include_str!("i18n/zh_cn.rs").contains(other), "{other}");
        }
    }

    #[test]
    fn tags_of_browsers_are_understood() {
        for (tag, language) in [
            ("en", Some(Language::English)),
            ("en-GB", Some(Language::English)),
            ("zh", Some(Language::SimplifiedChinese)),
            ("zh-CN", Some(Language::SimplifiedChinese)),
            ("zh_Hans", Some(Language::SimplifiedChinese)),
            ("de", None),
            ("", None),
        ] {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
    }
}
