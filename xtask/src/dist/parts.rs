//! Takes the app's wasm apart, after Trunk: one file for the list of images, one for each part of src/app/parts.rs, and
//! some that parts share. The loader that fetches a part is written by the same tool.
//!
//! cargo's own output is taken apart, before wasm-bindgen has seen it; wasm-bindgen and wasm-opt then do again, with each
//! file, what they did under Trunk with the whole. The main file is taken apart once more, by what runs first (`later`).
//! terser makes the scripts small: Trunk's own minifier fails on them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use sha2::{Digest, Sha256};

use crate::{
    dist::later,
    run,
    tools::{self, TERSER},
};

/// What the loader is called beside the parts.
const LOADER: &str = "./loader.js";
/// The folder of all parts starts with this.
pub const FOLDER: &str = "parts-";

/// What terser is asked for.
const MINIFY: [&str; 6] = ["--module", "--ecma", "2020", "--compress", "passes=2", "--mangle"];

/// What fetches the rest of the main file; it goes into the app's script.
const LATER: &str = include_str!("later.js");

/// What the app's script says where it is about to be instantiated.
const IMPORTS: &str = "const imports = __wbg_get_imports();";

/// What to make of the main file.
#[derive(Clone, Copy, PartialEq)]
pub enum Main {
    /// What runs first in one file, the rest in another.
    Split,
    /// One file that notes which of its functions run; `target/parts/profile.json` says how to read that.
    Instrumented,
}

/// Puts the parts into `dist`, and names in `index.html` what takes the place of Trunk's files.
pub fn split(dist: &Path, what: Main) -> Result<()> {
    let target = run::target()?;
    let whole = target.join("wasm32-unknown-unknown/wasm-release/sextant.wasm");
    let work = target.join("parts");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("{} is in the way", work.display()))?;
    }
    let parts = take_apart(&whole, &work)?;
    let mut wasm_bindgen = run::command(tools::wasm_bindgen()?);
    wasm_bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "sextant"]);
    wasm_bindgen.arg("--out-dir").arg(work.join("main")).arg(work.join("main.wasm"));
    run::show(&mut wasm_bindgen)?;
    let main = work.join("main/sextant_bg.wasm");
    for part in &parts {
        optimise(part, &[])?;
    }
    // The names are needed once more.
    optimise(&main, &["--debuginfo"])?;
    match what {
        Main::Split => publish(dist, &work, &main, Some(&split_main(&main)?), &parts),
        Main::Instrumented => {
            instrument(&main, &work.join("profile.json"))?;
            publish(dist, &work, &main, None, &parts)
        }
    }
}

/// Leaves in the main file what runs first; the rest lies beside it. The script beside the main file knows the new names.
fn split_main(main: &Path) -> Result<PathBuf> {
    let split = later::split(&fs::read(main)?)?;
    let rest = main.with_file_name("later.wasm");
    fs::write(main, &split.main)?;
    fs::write(&rest, &split.later)?;
    let script = main.with_file_name("sextant.js");
    fs::write(&script, renamed(text(&script)?, &split.short_names)?)?;
    optimise(main, &[])?;
    optimise(&rest, &[])?;
    let ((moved, all), (found, recorded)) = (split.moved, split.found);
    run::say(&format!("{moved} of {all} functions are not needed for the first sight of the images"));
    if found * 20 < recorded * 19 {
        let gone = recorded - found;
        run::say(&format!(
            "{gone} of {recorded} recorded functions are gone: `cargo xtask profile` records anew"
        ));
    }
    Ok(rest)
}

/// The script, with what it gives to the main file under other names.
fn renamed(script: String, names: &BTreeMap<String, String>) -> Result<String> {
    names.iter().try_fold(script, |script, (old, new)| {
        replace(&script, &format!(" {old}: function("), &format!(" {new}: function("))
    })
}

fn instrument(main: &Path, notes: &Path) -> Result<()> {
    let (wasm, address, functions) = later::instrument(&fs::read(main)?)?;
    fs::write(main, wasm)?;
    let text = serde_json::json!({ "address": address, "functions": functions }).to_string();
    fs::write(notes, text).with_context(|| format!("{} could not be written", notes.display()))
}

/// The parts; the main file is `main.wasm` beside them.
fn take_apart(whole: &Path, work: &Path) -> Result<Vec<PathBuf>> {
    let input = fs::read(whole).with_context(|| format!("{} could not be read", whole.display()))?;
    let main = work.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = work;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "../sextant.js";
    let done = wasm_split_cli_support::transform(options)
        .map_err(|why| anyhow!("{} could not be taken apart: {why:#}", whole.display()))?;
    Ok(done.split_modules)
}

fn optimise(file: &Path, also: &[&str]) -> Result<()> {
    let mut wasm_opt = run::command(tools::wasm_opt()?);
    // A part does not say itself which features it uses.
    for feature in [
        "bulk-memory",
        "bulk-memory-opt",
        "sign-ext",
        "mutable-globals",
        "nontrapping-float-to-int",
        "reference-types",
        "multivalue",
    ] {
        wasm_opt.arg(format!("--enable-{feature}"));
    }
    wasm_opt.args(also).arg("-Oz").arg(file).arg("--output").arg(file);
    run::capture(&mut wasm_opt).map(|_| ())
}

/// One hash names all files of a build: those of two builds never meet, whatever a browser has kept.
fn publish(dist: &Path, work: &Path, main: &Path, rest: Option<&Path>, parts: &[PathBuf]) -> Result<()> {
    let script = text(&work.join("main/sextant.js"))?;
    let loader = text(&work.join(LOADER))?;
    let mut hash = Sha256::new();
    hash.update(&script);
    hash.update(&loader);
    hash.update(LATER);
    hash.update(TERSER);
    hash.update(MINIFY.join(" "));
    for file in parts.iter().map(PathBuf::as_path).chain([main]).chain(rest) {
        hash.update(fs::read(file)?);
    }
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (name, folder) = (format!("sextant-{hash}"), format!("{FOLDER}{hash}"));

    let old = trunks_name(dist)?;
    for ending in [".js", "_bg.wasm"] {
        fs::remove_file(dist.join(format!("{old}{ending}")))?;
    }
    fs::create_dir_all(dist.join(&folder))?;
    for part in parts {
        fs::copy(part, dist.join(&folder).join(part.file_name().context("a part without a name")?))?;
    }
    let loader = loader.replace("../sextant.js", &format!("../{name}.js"));
    write_script(&dist.join(&folder).join(LOADER), &loader)?;
    let script = replace(&script, &format!("from \"{LOADER}\""), &format!("from \"./{folder}/loader.js\""))?;
    let script = replace(&script, "sextant_bg.wasm", &format!("{name}_bg.wasm"))?;
    let script = match rest {
        None => script,
        Some(rest) => {
            let (module, import) = later::IMPORT;
            let more =
                format!("const imports = {{ ...__wbg_get_imports(), {module}: {{ {import}: laterNow }} }};");
            let later = format!("{name}_later.wasm");
            fs::copy(rest, dist.join(&later))?;
            let code = replace(LATER, "LATER_NAME", &later)?;
            format!("{}\n{code}", replace(&script, IMPORTS, &more)?)
        }
    };
    write_script(&dist.join(format!("{name}.js")), &script)?;
    fs::copy(main, dist.join(format!("{name}_bg.wasm")))?;

    let page = dist.join("index.html");
    let text = text(&page)?.replace(&old, &name);
    let (before, base) = preload(&text, &name)?;
    let also = format!("{before}<link rel=\"modulepreload\" href=\"{base}{folder}/loader.js\">");
    fs::write(&page, text.replace(&before, &also))
        .with_context(|| format!("{} could not be written", page.display()))
}

/// Writes a module of JavaScript, without what only its readers need.
fn write_script(path: &Path, script: &str) -> Result<()> {
    fs::write(path, script).with_context(|| format!("{} could not be written", path.display()))?;
    let mut terser = run::command("node");
    terser.arg(tools::terser()?).arg(path).args(MINIFY).arg("--output").arg(path);
    run::capture(&mut terser).map(|_| ())
}

/// The page's `modulepreload` of the script, and the base before its name.
fn preload(page: &str, name: &str) -> Result<(String, String)> {
    let start = "<link rel=\"modulepreload\" href=\"";
    let found = page.split(start).skip(1).find_map(|rest| {
        let (link, _) = rest.split_once("\">")?;
        let base = link.strip_suffix(&format!("{name}.js"))?;
        Some((format!("{start}{link}\">"), base.to_owned()))
    });
    found.context("index.html preloads no script (pattern_preload in Trunk.toml)")
}

/// What Trunk has called the app: `sextant-` and a hash.
fn trunks_name(dist: &Path) -> Result<String> {
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if let Some(stem) = name.strip_suffix("_bg.wasm").filter(|stem| stem.starts_with("sextant-")) {
            return Ok(stem.to_owned());
        }
    }
    Err(anyhow!("{} has no sextant-….wasm in it", dist.display()))
}

/// All occurrences; that there are none means that a tool writes something else than it did.
fn replace(text: &str, old: &str, new: &str) -> Result<String> {
    if !text.contains(old) {
        return Err(anyhow!("wasm-bindgen's script has no {old} in it: has its version changed?"));
    }
    Ok(text.replace(old, new))
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_of_the_page_is_kept() {
        let page = r#"<link rel="preload" as="fetch" href="/x/config.json"><link rel="modulepreload" href="/x/sextant-1.js"><link>"#;
        let (link, base) = preload(page, "sextant-1").unwrap();
        assert_eq!(link, r#"<link rel="modulepreload" href="/x/sextant-1.js">"#);
        assert_eq!(base, "/x/");
        assert!(preload(page, "sextant-2").is_err());
    }

    #[test]
    fn what_the_script_gives_has_the_name_that_is_asked_for() {
        let names = BTreeMap::from([("__wbg_new_0123".to_owned(), "_0".to_owned())]);
        let script = |name: &str| format!("const import0 = {{\n    {name}: function() {{}},\n}};");
        assert_eq!(renamed(script("__wbg_new_0123"), &names).unwrap(), script("_0"));
        assert!(renamed(script("__wbg_new_4567"), &names).is_err());
    }

    #[test]
    fn a_script_that_does_not_import_the_loader_is_an_error() {
        assert!(replace("import x from './y.js'", "loader.js", "z").is_err());
    }
}
