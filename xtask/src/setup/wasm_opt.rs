//! wasm-opt, from the npm package `binaryen`: it needs nothing but Node, on every system.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    run,
    tools::{self, BINARYEN},
};

/// The package goes to a folder of ours, a starter for it to where Trunk looks.
pub fn install() -> Result<()> {
    if cfg!(windows) {
        run::say("wasm-opt: Trunk fetches it by itself on Windows");
        return Ok(());
    }
    let starter = tools::wasm_opt()?;
    let package = tools::own_cache()?.join(format!("binaryen-{BINARYEN}"));
    let program = package.join("node_modules/binaryen/bin/wasm-opt");
    if starter.is_file() && program.is_file() {
        run::say(&format!("wasm-opt {BINARYEN}: there"));
        return Ok(());
    }
    super::node()?;
    run::timed(&format!("wasm-opt {BINARYEN} (npm package `binaryen`, 100 MB unpacked)"), || {
        fs::create_dir_all(&package).with_context(|| format!("{} could not be made", package.display()))?;
        let mut npm = run::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix"]).arg(&package);
        npm.arg(format!("binaryen@{BINARYEN}.0.0")).current_dir(&package);
        run::show(&mut npm)?;
        write_starter(&starter, &program)
    })
}

fn write_starter(starter: &Path, program: &Path) -> Result<()> {
    let folder = starter.parent().context("Trunk's cache has no folder for wasm-opt")?;
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    let quoted = program.display().to_string().replace('\'', r"'\''");
    let script = format!("#!/bin/sh\n# Written by `cargo xtask setup`.\nexec node '{quoted}' \"$@\"\n");
    fs::write(starter, script).with_context(|| format!("{} could not be written", starter.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(starter, fs::Permissions::from_mode(0o755))
            .context("it could not be made executable")?;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_hands_its_arguments_on() {
        let folder = std::env::temp_dir().join(format!("sextant-starter-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("print it's arguments.js");
        fs::write(&program, "console.log(process.argv.slice(2).join('|'))").unwrap();
        let starter = folder.join("bin/tool");
        write_starter(&starter, &program).unwrap();
        let printed = run::capture(run::command(&starter).args(["a b", "-Oz"])).unwrap();
        assert_eq!(printed, "a b|-Oz\n");
        fs::remove_dir_all(folder).unwrap();
    }
}
