//! `cargo xtask dist`: the app as it is deployed, in `dist/`, each file also compressed beside itself.

mod later;
mod parts;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{run, setup, tools};
pub use parts::Main;

/// The most that may be downloaded before the first image is seen (spec: quality, budgets).
pub const BUDGET: usize = 300_000;

/// Where the app will be served.
#[derive(clap::Args)]
pub struct Options {
    /// Path under which a web server will serve it
    #[arg(long, value_name = "PATH", default_value = "/")]
    public_url: String,
}

/// One file of the app, in bytes.
pub struct Size {
    pub name: String,
    pub raw: usize,
    pub gzip: usize,
    pub brotli: usize,
}

impl Size {
    /// Whether the first sight of the images needs it; parts, the worker and the gallery come later.
    fn is_first(&self) -> bool {
        let later =
            [parts::FOLDER, "worker", "gallery.json"].iter().any(|later| self.name.starts_with(later));
        !later && !self.name.ends_with("_later.wasm")
    }
}

/// Sets up what building needs, and builds.
pub fn run(options: &Options) -> Result<()> {
    setup::build_tools()?;
    build(&options.public_url)?;
    run::say(
        "dist/ is ready. Change its config.json, and serve it with any web server that answers unknown paths with index.html: \
         docs/deploy/ has what nginx and Caddy need.",
    );
    Ok(())
}

/// Builds for release, compresses, prints the sizes.
pub fn build(public_url: &str) -> Result<()> {
    let dist = run::root().join("dist");
    release(&dist, public_url, Main::Split)?;
    let sizes = compress(&dist)?;
    print!("\n{}", table(&sizes));
    Ok(())
}

/// Builds for release, taken apart.
pub fn release(dist: &Path, public_url: &str, main: Main) -> Result<()> {
    run::heading("App for release");
    run::timed("App (2 to 4 minutes from nothing)", || {
        let mut trunk = run::command(setup::trunk()?);
        trunk.env("CARGO_ENCODED_RUSTFLAGS", rustflags()?.join("\x1f")).args([
            "build",
            "--release",
            "--skip-version-check",
            "--features",
            "split",
            "--public-url",
            public_url,
            "--dist",
        ]);
        run::show(trunk.arg(dist))
    })?;
    run::timed("Taken apart into what is needed first and what later", || parts::split(dist, main))
}

/// Those of `.cargo/config.toml`, which these replace; and nothing in the app tells where on this machine it was built.
fn rustflags() -> Result<Vec<String>> {
    let mut flags =
        ["--cfg", "erase_components", "-C", "symbol-mangling-version=v0"].map(str::to_owned).to_vec();
    // What this program was built from lies there too: there is such a folder.
    let sources = tools::cargo_home()?.join("registry/src");
    let registries = fs::read_dir(&sources).into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = registries.chain([run::root().to_owned()]);
    flags.extend(folders.map(|folder| format!("--remap-path-prefix={}=", folder.display())));
    Ok(flags)
}

/// As a table, the largest first, with the total against its budget.
pub fn table(sizes: &[Size]) -> String {
    let mut sorted: Vec<_> = sizes.iter().collect();
    sorted.sort_by_key(|size| std::cmp::Reverse(size.brotli));
    let mut text = line("file", "raw", "gzip", "brotli");
    for size in &sorted {
        text += &line(&size.name, &thousands(size.raw), &thousands(size.gzip), &thousands(size.brotli));
    }
    let sum = |of: fn(&Size) -> usize| sizes.iter().map(of).sum::<usize>();
    text += &line(
        "all",
        &thousands(sum(|size| size.raw)),
        &thousands(sum(|size| size.gzip)),
        &thousands(sum(|size| size.brotli)),
    );
    let brotli = sizes.iter().filter(|size| size.is_first()).map(|size| size.brotli).sum::<usize>();
    let verdict = if brotli <= BUDGET { "within" } else { "OVER" };
    let (brotli, budget) = (thousands(brotli), thousands(BUDGET));
    text + &format!("   before the first image {brotli}: {verdict} the budget of {budget} bytes (brotli)\n")
}

fn line(name: &str, raw: &str, gzip: &str, brotli: &str) -> String {
    format!("   {name:<42} {raw:>11} {gzip:>11} {brotli:>11}\n")
}

fn compress(dist: &Path) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for path in files(dist)? {
        let (size, compressed) = measure(dist, &path)?;
        for (ending, bytes) in compressed {
            let sibling = PathBuf::from(format!("{}.{ending}", path.display()));
            fs::write(&sibling, bytes)
                .with_context(|| format!("{} could not be written", sibling.display()))?;
        }
        sizes.push(size);
    }
    Ok(sizes)
}

/// Ending and content of the siblings.
type Compressed = Vec<(&'static str, Vec<u8>)>;

/// No siblings for some: pictures are compressed already, and `config.json` and `gallery.json` are changed by operators,
/// who would wonder why an old one is still served.
fn measure(dist: &Path, path: &Path) -> Result<(Size, Compressed)> {
    let bytes = fs::read(path).with_context(|| format!("{} could not be read", path.display()))?;
    let name = path.strip_prefix(dist).unwrap_or(path).display().to_string();
    if !is_compressible(&name) {
        return Ok((Size { name, raw: bytes.len(), gzip: bytes.len(), brotli: bytes.len() }, Vec::new()));
    }
    let (gzip, brotli) = (gzip(&bytes)?, brotli(&bytes)?);
    let size = Size { name, raw: bytes.len(), gzip: gzip.len(), brotli: brotli.len() };
    Ok((size, vec![("gz", gzip), ("br", brotli)]))
}

fn is_compressible(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    !["config.json", "gallery.json"].contains(&name)
        && matches!(ending, "css" | "html" | "js" | "json" | "svg" | "txt" | "wasm" | "webmanifest")
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// All files but the compressed siblings.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("{} could not be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if !path.extension().is_some_and(|ending| ending == "br" || ending == "gz") {
            found.push(path);
        }
    }
    Ok(found)
}

/// "1 234 567", with a space that stays within a line.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_those_of_other_builds_and_hide_where_this_one_was() {
        let config = fs::read_to_string(run::root().join(".cargo/config.toml")).unwrap();
        assert!(config.contains(r#"rustflags = ["--cfg", "erase_components"]"#));
        let flags = rustflags().unwrap();
        assert_eq!(flags[..2], ["--cfg", "erase_components"]);
        assert!(flags.contains(&format!("--remap-path-prefix={}=", run::root().display())));
        assert!(flags.iter().any(|flag| flag.contains("registry")), "{flags:?}");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_234_567), "1\u{a0}234\u{a0}567");
    }

    #[test]
    fn files_are_compressed_beside_themselves_and_the_configuration_is_not() {
        let dist = std::env::temp_dir().join(format!("sextant-dist-{}", std::process::id()));
        fs::create_dir_all(dist.join("icons")).unwrap();
        fs::write(dist.join("app.js"), "let a = 1;\n".repeat(100)).unwrap();
        fs::write(dist.join("config.json"), "{}").unwrap();
        fs::write(dist.join("gallery.json"), r#"{"images": []}"#).unwrap();
        fs::write(dist.join("icons/logo.png"), [1; 50]).unwrap();
        let sizes = compress(&dist).unwrap();
        assert_eq!(sizes.len(), 4);
        assert!(dist.join("app.js.br").is_file() && dist.join("app.js.gz").is_file());
        assert!(!dist.join("config.json.br").exists() && !dist.join("icons/logo.png.br").exists());
        assert!(!dist.join("gallery.json.gz").exists());
        assert_eq!(files(&dist).unwrap().len(), 4);
        fs::remove_dir_all(dist).unwrap();
    }

    #[test]
    fn the_table_says_when_the_budget_is_exceeded() {
        let size = |name: &str, brotli| Size { name: name.into(), raw: 900_000, gzip: 400_000, brotli };
        let (app, part) = (size("app.wasm", 250_000), size("parts-1/launch.wasm", 60_000));
        assert!(table(&[app, part]).contains("within the budget"));
        assert!(table(&[size("app.wasm", 250_000), size("app.js", 60_000)]).contains("OVER the budget"));
    }
}
