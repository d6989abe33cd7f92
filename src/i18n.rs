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
