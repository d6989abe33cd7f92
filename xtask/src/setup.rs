//! `cargo xtask setup`: brings the machine to where everything else works, doing only what is missing.

mod apt;
mod browser;
mod npm_tools;
mod openstack_clients;
mod prebuilt;
mod rust_tools;
mod web_servers;

use anyhow::{Context, Result, bail};

use crate::run;

pub use browser::{chromium, chromium_for_tests};
pub use openstack_clients::{install as openstack_clients, python as clients_python};
pub use rust_tools::trunk;
pub use web_servers::has_nginx;

/// How much of the machine to set up.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Leave out Chromium, the npm packages, nginx, Caddy and the OpenStack clients, which only the tests and benchmarks need
    #[arg(long)]
    pub no_browser: bool,
}

/// Everything.
pub fn run(options: &Options) -> Result<()> {
    build_tools()?;
    if !options.no_browser {
        test_tools()?;
        openstack_clients()?;
    }
    run::say(
        "Ready: `cargo xtask demo` runs it, `cargo xtask test` checks it, `trunk serve` alone works too.",
    );
    Ok(())
}

/// What building and serving the app needs.
pub fn build_tools() -> Result<()> {
    run::heading("Tools for building");
    rust_tools::wasm_target()?;
    rust_tools::install_trunk()?;
    rust_tools::install_wasm_bindgen()?;
    npm_tools::install()
}

/// What the end-to-end tests and the benchmarks need besides.
pub fn test_tools() -> Result<()> {
    run::heading("Tools for testing");
    rust_tools::components()?;
    npm_packages()?;
    web_servers::install()?;
    browser::install()
}

/// Node's version is asked for here too, since without it npm's own complaint is hard to read.
fn npm_packages() -> Result<()> {
    node()?;
    let folder = run::root().join("end2end");
    let lock =
        std::fs::read(folder.join("package-lock.json")).context("end2end/package-lock.json is missing")?;
    let installed = folder.join("node_modules/.sextant-installed");
    if std::fs::read(&installed).is_ok_and(|installed| installed == lock) {
        run::say("npm packages of end2end: there");
        return Ok(());
    }
    run::timed("npm packages of end2end (`npm ci`, a minute at most)", || {
        let mut npm = run::npm();
        // Browsers are looked for by `browser`, not by an install script that may hang without a network.
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
        npm.current_dir(&folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run::show(&mut npm)
    })?;
    std::fs::write(&installed, lock).context("end2end/node_modules could not be written to")
}

/// Node is asked of the reader, not installed: every system has its own way.
fn node() -> Result<()> {
    let version = run::capture(run::command("node").arg("--version"))
        .context("Node 20 or newer is needed, with npm; install it from your system or from nodejs.org")?;
    if !version_fits(&version) {
        bail!("Node 20 or newer is needed; `node --version` says {}", version.trim());
    }
    Ok(())
}

fn version_fits(version: &str) -> bool {
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_20_and_newer_fit() {
        assert!(version_fits("v20.20.2\n"));
        assert!(version_fits("v24.0.0"));
        assert!(!version_fits("v18.19.0"));
        assert!(!version_fits(""));
    }
}
