//! `cargo xtask cloud`: a real OpenStack on loopback and the browser tests tagged `@cloud` against it.
//!
//! The services' own set-up is `end2end/cloud/` (shell, since it is what an operator would type); this file only calls it,
//! serves the app beside it, and runs Playwright. Not part of `cargo xtask test`: it takes minutes, root and 2 GB.

use std::{
    env, fs,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use crate::run;

/// Where the app is served: one of the two origins that the services allow (`CORS_ORIGINS` in `end2end/cloud/lib.sh`).
const APP: &str = "127.0.0.1:8080";
const KEYSTONE: &str = "http://127.0.0.1:5000/v3";
/// The services' ports, in the order of `end2end/cloud/lib.sh`; a page may talk to these and no others.
const SERVICES: [(&str, u16); 5] =
    [("Keystone", 5000), ("Glance", 9292), ("Nova", 8774), ("Neutron", 9696), ("Cinder", 8776)];

/// What to do with the real cloud.
#[derive(Debug, Subcommand)]
pub enum Cloud {
    /// Install what is missing, start what is not up, seed (the first time takes about five minutes, as root).
    Up,
    /// Run the Playwright tests tagged @cloud against it; it must be up.
    Test(TestArgs),
    /// Stop every service; data and installation stay.
    Down,
    /// Say which services answer.
    Status,
}

/// What to hand on to Playwright.
#[derive(Args, Debug)]
pub struct TestArgs {
    /// An app that is built already; otherwise dist/ is used, and built where it is out of date.
    #[arg(long)]
    dist: Option<PathBuf>,
    /// Arguments for Playwright: files, `--grep`, `--headed` … (instead of `--grep @cloud`).
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    playwright: Vec<String>,
}

/// Carries out one of the commands.
pub fn run(what: Cloud) -> Result<()> {
    match what {
        Cloud::Up => up(),
        Cloud::Test(args) => test(&args),
        Cloud::Down => script("stop.sh"),
        Cloud::Status => {
            status();
            Ok(())
        }
    }
}

fn up() -> Result<()> {
    run::heading("Real OpenStack on loopback: install what is missing");
    script("install.sh")?;
    run::heading("Start");
    script("start.sh")?;
    run::heading("Seed");
    script("seed.sh")?;
    status();
    run::say("Next: `cargo xtask cloud test`, and `cargo xtask cloud down` when done.");
    Ok(())
}

fn status() {
    for (name, port) in SERVICES {
        let word = if answers(port) { "answers" } else { "is down" };
        run::say(&format!("{name:<9} 127.0.0.1:{port}  {word}"));
    }
}

fn test(args: &TestArgs) -> Result<()> {
    let down: Vec<_> = SERVICES.iter().filter(|(_, port)| !answers(*port)).map(|(name, _)| *name).collect();
    if !down.is_empty() {
        bail!("not up: {}. Start the cloud first: `cargo xtask cloud up`", down.join(", "));
    }
    let dist = match &args.dist {
        Some(dist) => dist.clone(),
        None => {
            build_app()?;
            run::root().join("dist")
        }
    };
    let _app = serve_app(&dist)?;
    install_playwright()?;
    run::heading("Playwright, the tests tagged @cloud");
    let mut playwright = npm("npx");
    playwright.args(["playwright", "test"]);
    if args.playwright.is_empty() {
        playwright.args(["--grep", "@cloud"]);
    } else {
        playwright.args(&args.playwright);
    }
    playwright
        .env("E2E_CLOUD", "real")
        .env("E2E_BASE_URL", format!("http://{APP}"))
        .env("E2E_KEYSTONE_URL", KEYSTONE);
    run::show(&mut playwright)
}

/// Builds `dist/` unless it is younger than everything that it is made from.
fn build_app() -> Result<()> {
    let root = run::root();
    let sources =
        ["src", "style", "public", "inspector/src", "index.html", "Trunk.toml", "Cargo.toml", "Cargo.lock"];
    let newest = sources.iter().filter_map(|path| newest(&root.join(path))).max();
    let built = newest_of_file(&root.join("dist/index.html"));
    if built.is_some() && built >= newest {
        run::say("dist/ is up to date");
        return Ok(());
    }
    run::heading("Build the app");
    run::show(run::cargo().args(["xtask", "dist"]))
}

/// Serves the app with the configuration and the Content-Security-Policy that fit the real cloud.
fn serve_app(dist: &Path) -> Result<Served> {
    let address: SocketAddr = APP.parse().context("the app's address")?;
    if TcpStream::connect_timeout(&address, Duration::from_millis(300)).is_ok() {
        bail!(
            "{APP} is taken (by `trunk serve`, or a demo?). The services allow no other origin: stop what runs there"
        );
    }
    run::show(run::cargo().args(["build", "--quiet", "--package", "sextant-demo"]))?;
    let connect = SERVICES.iter().map(|(_, port)| format!("http://127.0.0.1:{port}"));
    let child =
        run::command(target_dir().join("debug").join(format!("sextant-demo{}", env::consts::EXE_SUFFIX)))
            .args(["app", "--config", "end2end/cloud/config.json", "--listen", APP])
            .arg("--dist")
            .arg(dist)
            .arg("--connect-src")
            .args(connect)
            .stdin(Stdio::null())
            .spawn()
            .context("the app's server could not be started")?;
    let mut served = Served(child);
    let start = Instant::now();
    while TcpStream::connect_timeout(&address, Duration::from_millis(300)).is_err() {
        if let Some(status) = served.0.try_wait()? {
            bail!("the app's server ended ({status})");
        }
        if start.elapsed() > Duration::from_secs(10) {
            bail!("the app's server does not answer on {APP}");
        }
        sleep(Duration::from_millis(100));
    }
    Ok(served)
}

/// The app's server; ends with the value.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // Either fails only when the process is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn install_playwright() -> Result<()> {
    if run::root().join("end2end/node_modules/.package-lock.json").exists() {
        return Ok(());
    }
    run::heading("Playwright's packages");
    run::show(npm("npm").args(["ci", "--no-audit", "--no-fund"]))
}

/// A Node command in `end2end/`. Browsers are never downloaded: the tests use the Chromium of this machine.
fn npm(program: &str) -> Command {
    let mut command = run::command(program);
    command.current_dir(run::root().join("end2end")).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}

fn script(name: &str) -> Result<()> {
    run::show(&mut run::command(run::root().join("end2end/cloud").join(name)))
}

fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_millis(300)).is_ok()
}

fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| run::root().join("target"), PathBuf::from)
}

/// When a file, or the youngest file below a folder, was written.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return newest_of_file(path);
    }
    fs::read_dir(path).ok()?.flatten().filter_map(|entry| newest(&entry.path())).max()
}

fn newest_of_file(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
