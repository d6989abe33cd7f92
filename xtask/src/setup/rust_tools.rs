//! The WASM target, Trunk and wasm-bindgen.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, bail};

use crate::{
    run,
    setup::prebuilt,
    tools::{self, TRUNK, TRUNK_LINE},
};

const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for WebAssembly.
pub fn wasm_target() -> Result<()> {
    let sysroot = run::capture(run::command("rustc").args(["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        run::say(&format!("Rust for {WASM}: there"));
        return Ok(());
    }
    if run::find("rustup").is_none() {
        bail!(
            "Rust for {WASM} is missing, and there is no `rustup` to add it. Install Rust with rustup, or your system's \
             package (on Debian: libstd-rust-dev-wasm32)"
        );
    }
    run::timed("Rust for WebAssembly (`rustup target add`, under a minute)", || {
        run::show(run::command("rustup").args(["target", "add", WASM]))
    })
}

/// rustfmt and clippy, which a minimal Rust leaves out.
pub fn components() -> Result<()> {
    for (component, command) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if run::capture(run::cargo().args([command, "--version"])).is_ok() {
            run::say(&format!("{component}: there"));
        } else {
            run::timed(&format!("{component} (`rustup component add`)"), || {
                run::show(run::command("rustup").args(["component", "add", component]))
            })?;
        }
    }
    Ok(())
}

/// The Trunk to call: one that fits, on PATH or where cargo installs.
pub fn trunk() -> Result<PathBuf> {
    fitting_trunk()?.context("Trunk is missing; `cargo xtask setup` installs it")
}

/// Trunk goes to cargo's own place, so that `trunk serve` alone works afterwards.
pub fn install_trunk() -> Result<()> {
    if let Some(path) = fitting_trunk()? {
        run::say(&format!("Trunk {TRUNK_LINE}x: there ({})", path.display()));
        return Ok(());
    }
    let place = tools::cargo_bin()?;
    let archive = format!("trunk-{}.tar.gz", env!("XTASK_TARGET"));
    let url = format!("https://github.com/trunk-rs/trunk/releases/download/v{TRUNK}/{archive}");
    if prebuilt::fetch(&format!("Trunk {TRUNK}"), &url, "sha256", "trunk", &place.join("trunk"))? {
        return Ok(());
    }
    if run::capture(run::cargo().args(["binstall", "-V"])).is_ok() {
        let wanted = format!("trunk@{TRUNK}");
        let installed = run::timed("Trunk (`cargo binstall`)", || {
            run::show(run::cargo().args([
                "binstall",
                "--no-confirm",
                "--disable-strategies",
                "compile",
                &wanted,
            ]))
        });
        match installed {
            Ok(()) => return Ok(()),
            Err(error) => run::say(&format!("Not by cargo-binstall: {error:#}")),
        }
    }
    run::timed(&format!("Trunk {TRUNK} from source (5 to 8 minutes on two cores, once only)"), || {
        run::show(from_source("trunk", TRUNK).arg("--locked"))
    })
}

/// Exactly the version of `Cargo.lock`, into Trunk's cache: what else is installed stays as it is.
pub fn install_wasm_bindgen() -> Result<()> {
    let version = tools::wasm_bindgen_version()?;
    let program = tools::wasm_bindgen()?;
    let folder = program.parent().context("Trunk's cache has no folder for wasm-bindgen")?;
    if program.is_file() {
        run::say(&format!("wasm-bindgen {version}: there"));
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    // Its Linux builds are static; the other names are as in `XTASK_TARGET`.
    let target = env!("XTASK_TARGET").replace("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl");
    let url = format!(
        "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/{version}/wasm-bindgen-{version}-{target}.tar.gz"
    );
    if prebuilt::fetch(&format!("wasm-bindgen {version}"), &url, "sha256sum", "wasm-bindgen", &program)? {
        return Ok(());
    }
    run::timed(
        &format!("wasm-bindgen {version} from source (1 to 2 minutes on two cores, once only)"),
        || {
            // Built beside its place, then moved in one step: an interrupted build leaves nothing half there.
            let room = folder.join("building");
            run::show(from_source("wasm-bindgen-cli", &version).arg("--root").arg(&room))?;
            let built = room.join("bin").join(program.file_name().unwrap_or_default());
            fs::rename(&built, &program)
                .with_context(|| format!("{} could not be moved", built.display()))?;
            fs::remove_dir_all(&room).context("the build's folder could not be removed")
        },
    )
}

/// These tools run for seconds: the time to build them counts, not theirs.
fn from_source(package: &str, version: &str) -> std::process::Command {
    let mut cargo = run::cargo();
    cargo.args(["install", package, "--version", &format!("={version}")]);
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "false");
    cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    // The project's own target folder would keep these builds for ever.
    cargo.env_remove("CARGO_TARGET_DIR");
    cargo
}

fn fitting_trunk() -> Result<Option<PathBuf>> {
    let installed = tools::cargo_bin()?.join(format!("trunk{}", env::consts::EXE_SUFFIX));
    let candidates = run::find("trunk").into_iter().chain(installed.is_file().then_some(installed));
    for path in candidates {
        match run::capture(run::command(&path).arg("--version")) {
            Ok(version) if trunk_fits(&version) => return Ok(Some(path)),
            Ok(version) => run::say(&format!("{} is {}: not {TRUNK_LINE}x", path.display(), version.trim())),
            Err(error) => run::say(&format!("{} does not run: {error:#}", path.display())),
        }
    }
    Ok(None)
}

fn trunk_fits(version: &str) -> bool {
    version.trim().strip_prefix("trunk ").is_some_and(|version| version.starts_with(TRUNK_LINE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trunks_of_the_line_fit() {
        assert!(trunk_fits("trunk 0.21.14\n"));
        assert!(!trunk_fits("trunk 0.22.1"));
        assert!(!trunk_fits("trunk 1.25.0 (the other Trunk)"));
        assert!(!trunk_fits("0.21.14"));
    }
}
