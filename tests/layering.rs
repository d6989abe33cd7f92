//! Holds the layers of `src/lib.rs`: reads the sources and fails when one reaches for what its layer may not use.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What each layer may use of the app, besides itself, and which crates it must not name.
struct Layer {
    name: &'static str,
    may_use: &'static [&'static str],
    foreign: Foreign,
}

/// What a layer may use of others' code.
enum Foreign {
    /// Only these crates, and of std nothing that knows the time, the machine or the network.
    Only(&'static [&'static str]),
    /// Anything but these crates.
    AllBut(&'static [&'static str]),
}

const PURE: Foreign = Foreign::Only(&["serde", "serde_json", "thiserror", "proptest", "sextant_inspector"]);
const UI_CRATES: Foreign = Foreign::AllBut(&["leptos", "leptos_router", "reactive_stores"]);
const ANY: Foreign = Foreign::AllBut(&[]);

const LAYERS: &[Layer] = &[
    Layer { name: "openstack", may_use: &[], foreign: PURE },
    Layer { name: "domain", may_use: &["openstack"], foreign: PURE },
    Layer { name: "client", may_use: &["openstack"], foreign: UI_CRATES },
    Layer { name: "i18n", may_use: &[], foreign: ANY },
    Layer { name: "state", may_use: &["openstack", "domain", "client"], foreign: ANY },
    Layer { name: "ui", may_use: &["i18n"], foreign: ANY },
    Layer { name: "routes", may_use: &["openstack", "domain"], foreign: ANY },
    Layer {
        name: "components",
        may_use: &["openstack", "domain", "client", "state", "i18n", "ui", "routes"],
        foreign: ANY,
    },
    Layer {
        name: "pages",
        may_use: &["openstack", "domain", "client", "state", "i18n", "ui", "routes", "components"],
        foreign: ANY,
    },
    Layer {
        name: "app",
        may_use: &["openstack", "domain", "client", "state", "i18n", "ui", "routes", "components", "pages"],
        foreign: ANY,
    },
];

/// File, layer that it uses against the rules, and why that is right.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "state/settings.rs",
    "i18n",
    "the chosen language is a setting, and i18n is where languages are named",
)];

/// Parts of std that a pure layer can't have: they know the time, the machine or the network.
const IMPURE_STD: &[&str] = &["time", "fs", "net", "env", "thread", "process", "io"];

/// Test support that reads recorded answers from disk; it is not compiled into the app.
const TEST_SUPPORT: &str = "openstack/fixture.rs";

#[test]
fn every_file_keeps_to_its_layer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("the package has a manifest");
    let crates = dependencies(&manifest);
    assert!(crates.contains("leptos") && crates.contains("web_sys"), "the manifest is read: {crates:?}");
    let files = rust_files(&root.join("src"));
    assert!(files.len() > 40, "the sources are found: {}", files.len());
    let mut violations = Vec::new();
    for file in files {
        let path =
            file.strip_prefix(root.join("src")).expect("it lies in src").to_string_lossy().replace('\\', "/");
        let source = fs::read_to_string(&file).expect("a source is text");
        violations.extend(violations_of(&path, &source, &crates));
    }
    assert!(violations.is_empty(), "the layers of src/lib.rs don't hold:\n{}", violations.join("\n"));
}

#[test]
fn the_check_finds_what_it_must() {
    let crates = BTreeSet::from(["leptos".to_owned(), "web_sys".to_owned(), "serde".to_owned()]);
    let table = [
        ("openstack/ids.rs", "use crate::openstack::secret::Secret; use serde::Serialize;", 0),
        ("openstack/ids.rs", "crate::open_enum! { A { B = \"crate::pages\", } } // crate::state", 0),
        ("openstack/ids.rs", "use crate::domain::units;", 1),
        ("openstack/ids.rs", "fn f() { crate::state::session::use_session(); }", 1),
        (
            "domain/a.rs",
            "use crate::{\n    domain::units,\n    openstack::{ids::ImageId, nova},\n    client::send,\n};",
            1,
        ),
        ("domain/a.rs", "use leptos::prelude::*;", 1),
        ("domain/a.rs", "fn f() { ::web_sys::window(); }", 1),
        ("domain/a.rs", "fn leptos_like() { let leptos = 1; my_leptos::x(); }", 0),
        ("domain/a.rs", "use std::collections::BTreeMap;", 0),
        ("domain/a.rs", "use std::{collections::BTreeMap, time::Instant};", 1),
        ("domain/a.rs", "fn now() { std::time::SystemTime::now(); }", 1),
        ("openstack/fixture.rs", "fn f() { std::fs::read(\"x\"); }", 0),
        ("client/send.rs", "use web_sys::Window;", 0),
        ("client/send.rs", "use leptos::prelude::*;", 1),
        ("ui/button.rs", "use crate::{i18n::t, ui::icon};", 0),
        ("ui/button.rs", "use crate::state::session;", 1),
        ("pages/images.rs", "use crate::pages::images::row;", 0),
        ("pages/images/row.rs", "use crate::{pages::images::cells, state::images};", 0),
        ("pages/images.rs", "use crate::pages::sign_in::SignInPage;", 1),
        ("pages/images/row.rs", "use super::super::sign_in;", 1),
        ("state/settings.rs", "use crate::i18n::Language;", 0),
        ("state/session.rs", "use crate::i18n::t;", 1),
        ("app.rs", "use crate::pages::{images::ImagesPage, sign_in::SignInPage};", 0),
        ("lib.rs", "pub mod app;", 0),
        ("stray.rs", "fn f() {}", 1),
    ];
    for (path, source, want) in table {
        let found = violations_of(path, source, &crates);
        assert_eq!(found.len(), want, "{path}: {source}\n{found:#?}");
    }
}

/// What a file uses against the rules, a sentence each.
fn violations_of(path: &str, source: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let first = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    if matches!(first, "lib" | "main" | "bin") {
        return Vec::new();
    }
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == first) else {
        return vec![format!("src/{path} belongs to no layer: add it to tests/layering.rs and src/lib.rs")];
    };
    let code = without_comments_and_strings(source);
    let mut found = Vec::new();
    for used in heads_after(&code, "crate") {
        let is_exception = EXCEPTIONS.iter().any(|(file, name, _)| *file == path && *name == used[0]);
        // The macro of `openstack::open_enum` stands at the root, as exported macros do.
        let name = if used[0] == "open_enum" { "openstack" } else { used[0].as_str() };
        if name != layer.name && !layer.may_use.contains(&name) && !is_exception {
            found
                .push(format!("src/{path} uses crate::{name}; `{}` may use {:?}", layer.name, layer.may_use));
        }
        if layer.name == "pages" && name == "pages" && path != "pages.rs" {
            let own = path.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs");
            if used.get(1).is_some_and(|page| page != own) {
                found
                    .push(format!("src/{path} uses another page ({}): pages meet through `routes`", used[1]));
            }
        }
    }
    if code.contains("super::super::") {
        found.push(format!(
            "src/{path} climbs with super::super: write crate:: paths, which this test can read"
        ));
    }
    found.extend(foreign_violations(path, layer, &code, crates));
    found
}

fn foreign_violations(path: &str, layer: &Layer, code: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let names = |name: &String| !heads_after_root(code, name).is_empty();
    let banned: Vec<String> = match layer.foreign {
        Foreign::Only(allowed) => {
            crates.iter().filter(|name| !allowed.contains(&name.as_str())).cloned().collect()
        }
        Foreign::AllBut(banned) => banned.iter().map(|name| (*name).to_owned()).collect(),
    };
    let mut found: Vec<String> = banned
        .into_iter()
        .filter(names)
        .map(|name| format!("src/{path} uses the crate {name}, which has no place in `{}`", layer.name))
        .collect();
    if matches!(layer.foreign, Foreign::Only(_)) && path != TEST_SUPPORT {
        for used in heads_after(code, "std") {
            if IMPURE_STD.contains(&used[0].as_str()) {
                found.push(format!(
                    "src/{path} uses std::{}: in `{}` such things come in as arguments",
                    used[0], layer.name
                ));
            }
        }
    }
    found
}

/// The first one or two names behind each `root::`, also in the trees of `root::{…}`.
fn heads_after(code: &str, root: &str) -> Vec<Vec<String>> {
    heads_after_root(code, root).into_iter().flat_map(|rest| heads(rest, 2)).collect()
}

/// What follows each `root::` that begins a path.
fn heads_after_root<'a>(code: &'a str, root: &str) -> Vec<&'a str> {
    let path = format!("{root}::");
    let begins = |at: usize| {
        let before = code[..at].trim_end_matches("::");
        let is_global = code[..at].ends_with("::")
            && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '>');
        is_global || !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
    };
    code.match_indices(&path).filter(|(at, _)| begins(*at)).map(|(at, _)| &code[at + path.len()..]).collect()
}

/// The paths at the beginning of a text, so many names deep.
fn heads(text: &str, depth: usize) -> Vec<Vec<String>> {
    let text = text.trim_start();
    if depth == 0 {
        return vec![Vec::new()];
    }
    if let Some(tree) = text.strip_prefix('{') {
        return branches(tree).into_iter().flat_map(|branch| heads(branch, depth)).collect();
    }
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() {
        return vec![Vec::new()];
    }
    let tails = match text[name.len()..].strip_prefix("::") {
        Some(rest) => heads(rest, depth - 1),
        None => vec![Vec::new()],
    };
    tails.into_iter().map(|tail| std::iter::once(name.clone()).chain(tail).collect()).collect()
}

/// The branches of a tree whose opening brace is already read.
fn branches(tree: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, character) in tree.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(&tree[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.retain(|branch| !branch.trim().is_empty());
    found
}

/// The code alone, so that a word in a comment or a string is no use of it.
fn without_comments_and_strings(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(character) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_string(rest, &code) {
            length
        } else if character == '"' {
            string(rest, '"')
        } else if character == '\'' && is_char_literal(rest) {
            string(rest, '\'')
        } else {
            0
        };
        if skipped > 0 {
            code.push(' ');
            rest = &rest[skipped..];
        } else {
            code.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    code
}

fn raw_string(rest: &str, before: &str) -> Option<usize> {
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let hashes = rest.strip_prefix('r')?.chars().take_while(|c| *c == '#').count();
    rest[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let body = 2 + hashes;
    Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()))
}

/// The length of a literal between quotes, with its escapes.
fn string(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'a'` or `'\n'`, and not the lifetime `'a`.
fn is_char_literal(rest: &str) -> bool {
    let mut characters = rest.chars().skip(1);
    matches!((characters.next(), characters.next()), (Some('\\'), _) | (Some(_), Some('\'')))
}

/// The names of the app's own dependencies, as code writes them.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let section =
        manifest.split("\n[").find(|section| section.starts_with("dependencies]")).unwrap_or_default();
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let names = section.lines().skip(1).filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim());
    names.filter(|name| is_name(name)).map(|name| name.replace('-', "_")).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("its entry can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
