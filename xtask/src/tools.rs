//! Which tools at which versions, and where Trunk looks for them.
//!
//! Trunk uses what lies in its own cache (`tools.rs` of its source): put there, the right versions are found by a plain
//! `trunk serve` too, and never clash with what else is installed on the machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};

use crate::run;

/// The Trunk that is installed where none fits. 0.22 needs a newer Rust.
pub const TRUNK: &str = "0.21.14";
/// Trunks with this start fit `Trunk.toml`.
pub const TRUNK_LINE: &str = "0.21.";
/// Binaryen's release. `Trunk.toml` names the same (a test holds them together).
pub const BINARYEN: &str = "132";
/// The version of terser, an npm package, which makes the app's scripts small.
pub const TERSER: &str = "5.51.4";

/// The version of wasm-bindgen in `Cargo.lock`: the command-line tool must be of exactly this one.
pub fn wasm_bindgen_version() -> Result<String> {
    let lock = fs::read_to_string(run::root().join("Cargo.lock")).context("Cargo.lock could not be read")?;
    locked_version(&lock, "wasm-bindgen").ok_or_else(|| anyhow!("Cargo.lock names no wasm-bindgen"))
}

/// The folder in Trunk's cache of one tool at one version.
pub fn trunk_cache(tool: &str, version: &str) -> Result<PathBuf> {
    Ok(trunk_cache_root()?.join(format!("{tool}-{version}")))
}

/// wasm-bindgen, where setup puts it.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let folder = trunk_cache("wasm-bindgen", &wasm_bindgen_version()?)?;
    Ok(folder.join(format!("wasm-bindgen{}", env::consts::EXE_SUFFIX)))
}

/// wasm-opt, where setup (or, on Windows, Trunk itself) puts it.
pub fn wasm_opt() -> Result<PathBuf> {
    let folder = trunk_cache("wasm-opt", &format!("version_{BINARYEN}"))?;
    Ok(folder.join("bin").join(format!("wasm-opt{}", env::consts::EXE_SUFFIX)))
}

/// The version of the npm package that has Binaryen's release.
pub fn binaryen_package() -> String {
    format!("{BINARYEN}.0.0")
}

/// terser, a script for Node, where setup puts it.
pub fn terser() -> Result<PathBuf> {
    Ok(npm_package("terser", TERSER)?.join("bin/terser"))
}

/// An npm package that is a tool of ours, at one version.
pub fn npm_package(name: &str, version: &str) -> Result<PathBuf> {
    Ok(npm_folder(name, version)?.join("node_modules").join(name))
}

/// Where npm installs such a package.
pub fn npm_folder(name: &str, version: &str) -> Result<PathBuf> {
    Ok(own_cache()?.join(format!("{name}-{version}")))
}

/// Where our own downloads lie, beside Trunk's.
pub fn own_cache() -> Result<PathBuf> {
    Ok(trunk_cache_root()?.with_file_name("sextant-tools"))
}

/// As the crate `directories` works it out for ("dev", "trunkrs", "trunk").
fn trunk_cache_root() -> Result<PathBuf> {
    if cfg!(windows) {
        let local = env::var_os("LOCALAPPDATA").context("LOCALAPPDATA is not set")?;
        return Ok(Path::new(&local).join("trunkrs").join("trunk").join("cache"));
    }
    let home = env::var_os("HOME").filter(|home| !home.is_empty()).context("HOME is not set")?;
    if cfg!(target_os = "macos") {
        return Ok(Path::new(&home).join("Library/Caches/dev.trunkrs.trunk"));
    }
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    Ok(cache.unwrap_or_else(|| Path::new(&home).join(".cache")).join("trunk"))
}

/// Where `cargo install` puts programs.
pub fn cargo_bin() -> Result<PathBuf> {
    Ok(cargo_home()?.join("bin"))
}

/// Where cargo keeps what it has fetched.
pub fn cargo_home() -> Result<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let user = || env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
    home.or_else(|| Some(user()?.join(".cargo"))).context("neither CARGO_HOME nor HOME is set")
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    Some(lines.next()?.strip_prefix("version = \"")?.trim_end_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_named_package_only() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.5\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "leptos"), None);
    }

    #[test]
    fn trunk_toml_asks_for_the_binaryen_that_setup_installs() {
        let config = fs::read_to_string(run::root().join("Trunk.toml")).unwrap();
        assert!(config.contains(&format!("wasm_opt = \"version_{BINARYEN}\"")));
    }
}
