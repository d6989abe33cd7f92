//! Tools for building that are npm packages: they need nothing but Node, on every system.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    run,
    tools::{self, TERSER},
};

/// Each package goes to a folder of ours, a starter for wasm-opt also to where Trunk looks.
pub fn install() -> Result<()> {
    package("terser", TERSER, "")?;
    if cfg!(windows) {
        run::say("wasm-opt: Trunk fetches it by itself on Windows");
        return Ok(());
    }
    let version = tools::binaryen_package();
    package("binaryen", &version, " (100 MB unpacked, has wasm-opt)")?;
    write_starter(&tools::wasm_opt()?, &tools::npm_package("binaryen", &version)?.join("bin/wasm-opt"))
}

fn package(name: &str, version: &str, remark: &str) -> Result<()> {
    let folder = tools::npm_folder(name, version)?;
    // What npm writes last.
    if folder.join("node_modules/.package-lock.json").is_file() {
        run::say(&format!("npm package {name} {version}: there"));
        return Ok(());
    }
    super::node()?;
    run::timed(&format!("npm package {name} {version}{remark}"), || {
        fs::create_dir_all(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
        let mut npm = run::npm();
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix"]).arg(&folder);
        run::show(npm.arg(format!("{name}@{version}")).current_dir(&folder))
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
