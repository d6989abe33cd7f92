//! Holds the documentation to the app: what it calls things, which keys it explains, and what it links to.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use sextant::domain::config;

/// English beside Chinese.
const PAIRS: &[(&str, &str)] = &[
    ("operators.md", "operators.zh-CN.md"),
    ("users/01-images.md", "users/zh-CN/01-images.md"),
    ("users/02-upload.md", "users/zh-CN/02-upload.md"),
    ("users/03-share.md", "users/zh-CN/03-share.md"),
    ("users/04-launch.md", "users/zh-CN/04-launch.md"),
    ("users/05-verify.md", "users/zh-CN/05-verify.md"),
];

/// No picture weighs more: the repository keeps every version of each.
const LARGEST_PICTURE: u64 = 60_000;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn what_is_bold_for_users_is_a_text_of_the_app() {
    let source = |name: &str| read(&docs().join("../src/i18n").join(name));
    let (english, chinese) = (source("en.rs"), source("zh_cn.rs"));
    let (english, chinese) = (literals(&english), literals(&chinese));
    let mut unknown = Vec::new();
    for (page, translated) in PAIRS.iter().filter(|(page, _)| page.starts_with("users/")) {
        for (page, texts) in [(page, &english), (translated, &chinese)] {
            let text = read(&docs().join(page));
            let names = text.split("**").skip(1).step_by(2);
            unknown.extend(
                names.filter(|name| !texts.contains(*name)).map(|name| format!("{page}: **{name}**")),
            );
        }
    }
    assert!(unknown.is_empty(), "not in the app: {unknown:#?}");
}

#[test]
fn the_keys_that_are_explained_are_those_that_are_read() {
    let domain = |name: &str| read(&docs().join("../src/domain").join(name));
    let (config, gallery) = (domain("config/reader.rs"), domain("gallery.rs"));
    let mut keys: BTreeSet<String> =
        constant(&config, "KEYS").into_iter().filter(|key| key != "clouds").collect();
    keys.extend(constant(&config, "CLOUD_KEYS").iter().map(|key| format!("clouds[].{key}")));
    keys.extend(constant(&gallery, "KEYS").iter().map(|key| format!("images[].{key}")));
    for page in ["operators.md", "operators.zh-CN.md"] {
        let text = read(&docs().join(page));
        let rows = text.lines().filter(|line| line.starts_with("| `"));
        // The first column's code words; tables of other things begin with other columns.
        let named = rows.flat_map(|row| code(row.split('|').nth(1).unwrap_or_default()));
        let explained: BTreeSet<String> = named.map(str::to_owned).collect();
        assert_eq!(explained, keys, "{page}");
    }
}

#[test]
fn every_example_of_the_configuration_is_read_without_a_word_of_complaint() {
    let mut examples = vec![read(&docs().join("deploy/config.json"))];
    for page in pages().into_iter().chain([docs().join("../README.md")]) {
        let text = read(&page);
        let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
        examples.extend(blocks.map(str::to_owned));
    }
    assert!(examples.len() > 4);
    for example in examples {
        match config::parse(&example) {
            Ok((_, problems)) => assert!(problems.is_empty(), "{example}: {problems:?}"),
            Err(problems) => panic!("{example}: {problems:?}"),
        }
    }
}

#[test]
fn every_link_and_picture_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages().into_iter().chain([docs().join("../README.md")]) {
        let text = read(&page);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { page.with_file_name("").join(path) };
            let is_there = target.exists() && (anchor.is_empty() || anchors(&read(&target)).contains(anchor));
            if !is_there {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn both_languages_have_the_same_chapters_tables_and_pictures() {
    for (english, chinese) in PAIRS {
        let shape = |page: &str| {
            let text = read(&docs().join(page));
            let of = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
            ["# ", "## ", "### ", "| ", "![", "```"].map(of)
        };
        assert_eq!(shape(english), shape(chinese), "{english}, {chinese}");
    }
}

#[test]
fn every_picture_is_used_and_small() {
    let texts: String = pages().iter().map(|page| read(page)).collect();
    for language in ["en", "zh-CN"] {
        for picture in files(&docs().join("screenshots").join(language)) {
            let name = picture.file_name().unwrap_or_default().to_string_lossy().into_owned();
            assert!(
                texts.contains(&format!("screenshots/{language}/{name}")),
                "{language}/{name} is not used"
            );
            let bytes = fs::metadata(&picture).map_or(0, |it| it.len());
            assert!(bytes <= LARGEST_PICTURE, "{language}/{name} has {bytes} bytes");
        }
    }
}

#[test]
fn every_test_that_stands_for_one_of_horizons_is_there() {
    let tests = docs().join("../end2end");
    let page = read(&tests.join("horizon.md"));
    let named: Vec<(&str, &str)> = code(&page).filter_map(|name| name.split_once(" › ")).collect();
    assert!(named.len() > 40, "{}", named.len());
    for (file, title) in named.into_iter().filter(|(file, _)| *file != "file") {
        let specs = read(&tests.join(format!("specs/{file}.spec.ts")));
        assert!(specs.contains(&format!("(\"{title}\"")), "{file} › {title}");
    }
}

/// The pages for people.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        PAIRS.iter().flat_map(|(english, chinese)| [docs().join(english), docs().join(chinese)]).collect();
    pages.push(docs().join("README.md"));
    pages
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("its entry can be read").path()).collect()
}

/// The texts in quotes of a Rust source.
fn literals(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = source;
    while let Some((_, after)) = rest.split_once('"') {
        let mut is_escaped = false;
        let end = after.find(|c| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        let Some(end) = end else { break };
        found.insert(after[..end].to_owned());
        rest = &after[end + 1..];
    }
    found
}

/// The texts of `const NAME: &[&str] = &[…];`.
fn constant(source: &str, name: &str) -> BTreeSet<String> {
    let start = source.find(&format!("const {name}: &[&str]")).unwrap_or_else(|| panic!("no {name}"));
    literals(source[start..].split(';').next().unwrap_or_default())
}

/// What stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The headings, as the web's viewers of Markdown name them in links.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let kept = |c: &char| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_';
    headings
        .map(|line| line.trim_start_matches('#').trim().chars().filter(kept).collect::<String>())
        .map(|heading| heading.to_lowercase().replace(' ', "-"))
        .collect()
}
