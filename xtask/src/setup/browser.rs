//! Chromium, for the end-to-end tests and the benchmarks.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Result, bail};

use crate::{run, setup::apt};

/// Chromium's headless shell: Debian's package and its program.
const SHELL: &str = "chromium-headless-shell";
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The Chromium to use: the one that `CHROMIUM` names, else one on PATH, else the one that Playwright fetched.
pub fn chromium() -> Result<PathBuf> {
    find()?.ok_or_else(|| anyhow::anyhow!("no Chromium was found; `cargo xtask setup` installs it"))
}

/// What the end-to-end tests run in: the same engine without a window's trappings, which does them in some three fifths of the
/// time, where it is there; else [`chromium`].
pub fn chromium_for_tests() -> Result<PathBuf> {
    named()?.or_else(|| run::find(SHELL)).map_or_else(chromium, Ok)
}

/// Tries what is quick first, and says what to do where nothing works.
pub fn install() -> Result<()> {
    if let Some(path) = find()? {
        run::say(&format!("Chromium: there ({})", path.display()));
        return beside();
    }
    // A package brings all that Chromium needs of the system; Playwright's own expects to find that.
    if by_apt() || by_playwright() {
        return beside();
    }
    bail!(
        "Chromium is missing and could not be installed. Install it (on Debian: `sudo apt-get install chromium \
         fonts-noto-cjk`), or set CHROMIUM to the path of one"
    )
}

fn find() -> Result<Option<PathBuf>> {
    Ok(named()?.or_else(|| NAMES.iter().find_map(|name| run::find(name))).or_else(of_playwright))
}

fn named() -> Result<Option<PathBuf>> {
    let Some(named) = env::var_os("CHROMIUM").filter(|named| !named.is_empty()) else { return Ok(None) };
    let named = PathBuf::from(named);
    if !named.is_file() {
        bail!("CHROMIUM is set to {}, where no program is", named.display());
    }
    Ok(Some(named))
}

/// What is wanted beside Chromium, not needed: the absence of neither stops anything.
fn beside() -> Result<()> {
    if named()?.is_none()
        && run::find(SHELL).is_none()
        && !apt::install("Chromium's headless shell, for the tests (`apt-get install`)", &[SHELL])
    {
        run::say("Chromium's headless shell is not here: the end-to-end tests take longer");
    }
    chinese_font();
    Ok(())
}

/// Where Playwright would start its own, if it has been fetched.
fn of_playwright() -> Option<PathBuf> {
    let mut node = run::command("node");
    node.current_dir(end2end())
        .args(["-e", "console.log(require('playwright-core').chromium.executablePath())"]);
    let path = PathBuf::from(run::capture(&mut node).ok()?.trim());
    path.is_file().then_some(path)
}

fn by_playwright() -> bool {
    if !Path::new(&end2end()).join("node_modules").is_dir() {
        return false;
    }
    run::say("Chromium is missing; asking Playwright for its own");
    let mut npx = run::command("npx");
    npx.current_dir(end2end()).args(["playwright", "install", "chromium"]);
    // It tries three times by itself; without a network that should not take half a minute each.
    npx.env("PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT", "5000").stdout(Stdio::null());
    let fetched = run::capture(&mut npx).is_ok() && of_playwright().is_some();
    if !fetched {
        run::say("Playwright's own cannot be had here");
    }
    fetched
}

fn by_apt() -> bool {
    apt::install(
        "Chromium and a Chinese font (`apt-get install`, 1 to 2 minutes)",
        &["chromium", "fonts-noto-cjk"],
    )
}

/// Screens in Chinese are boxes without one.
fn chinese_font() {
    let listed = run::capture(run::command("fc-list").args([":lang=zh-cn", "family"]));
    if listed.as_ref().is_ok_and(|fonts| !fonts.trim().is_empty()) {
        return;
    }
    if !apt::install("A Chinese font (`apt-get install`)", &["fonts-noto-cjk"]) {
        run::say("No Chinese font was found: screenshots in Chinese will show boxes");
    }
}

fn end2end() -> PathBuf {
    run::root().join("end2end")
}
