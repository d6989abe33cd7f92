//! `cargo xtask cloud`: a real OpenStack on loopback; the contract tests, the official clients and the
//! browser tests tagged `@cloud`, against it.
//!
//! The services' own set-up is `end2end/cloud/` (shell, since it is what an operator would type); this file only calls it,
//! serves the app beside it, and runs Playwright. Not part of `cargo xtask test`: it takes minutes, root and 2 GB.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use crate::{
    children::{Running, Stop, wait_until},
    clients, demo, dist, ports, run, setup,
};

/// Where the app is served: one of the two origins that the services allow (`CORS_ORIGINS` in `end2end/cloud/lib.sh`).
const APP: u16 = 8080;
const KEYSTONE: &str = "http://127.0.0.1:5000/v3";
/// A source for web-download, on a port that Glance may fetch from.
const FILES: &str = "http://127.0.0.1:8097";
/// The services' ports, in the order of `end2end/cloud/lib.sh`; a page may talk to these and no others.
const SERVICES: [(&str, u16); 5] =
    [("Keystone", 5000), ("Glance", 9292), ("Nova", 8774), ("Neutron", 9696), ("Cinder", 8776)];

/// What to do with the real cloud.
#[derive(Debug, Subcommand)]
pub enum Cloud {
    /// Install what is missing, start what is not up, seed (the first time takes about five minutes, as root).
    Up,
    /// Run the contract tests, the official clients and the Playwright tests tagged @cloud against it; it must be up.
    Test(TestArgs),
    /// Run the contract tests alone.
    Contract,
    /// Run the official clients (openstackclient, openstacksdk) alone.
    Clients,
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
    /// Arguments for Playwright: files, `--grep`, `--headed` … (instead of `--grep @cloud`; the contract tests and the clients are left out then).
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    playwright: Vec<String>,
}

/// Carries out one of the commands.
pub fn run(what: Cloud) -> Result<()> {
    match what {
        Cloud::Up => up(),
        Cloud::Test(args) => test(&args),
        Cloud::Contract => contract(),
        Cloud::Clients => official_clients(),
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

fn needs_all_up() -> Result<()> {
    let down: Vec<_> = SERVICES.iter().filter(|(_, port)| !answers(*port)).map(|(name, _)| *name).collect();
    if !down.is_empty() {
        bail!("not up: {}. Start the cloud first: `cargo xtask cloud up`", down.join(", "));
    }
    Ok(())
}

/// The recorded exchanges, which the demo cloud is held to with every `cargo test`, on the real services.
fn contract() -> Result<()> {
    needs_all_up()?;
    run::heading("Contract tests: the recorded exchanges (five minutes)");
    let mut cargo = run::cargo();
    cargo.args([
        "test",
        "--package",
        "sextant-demo",
        "--test",
        "contract",
        "--",
        "the_recorded_exchanges",
        "--test-threads=1",
    ]);
    run::show(cargo.env("SEXTANT_CONTRACT_KEYSTONE", KEYSTONE).env("SEXTANT_CONTRACT_FILES", FILES))
}

/// What `cargo xtask test` holds the demo cloud to, on the real services.
fn official_clients() -> Result<()> {
    needs_all_up()?;
    run::heading("The official clients (three minutes)");
    let download = format!("{FILES}/tiny.qcow2");
    clients::run(&clients::Cloud { keystone: KEYSTONE, download: Some(&download) })
}

fn test(args: &TestArgs) -> Result<()> {
    needs_all_up()?;
    if TcpListener::bind((Ipv4Addr::LOCALHOST, APP)).is_err() {
        bail!(
            "port {APP} is taken (by `trunk serve`, or a demo?), and the services allow no other origin: stop it first"
        );
    }
    if args.playwright.is_empty() {
        contract()?;
        official_clients()?;
    }
    setup::test_tools()?;
    let dist = match &args.dist {
        Some(dist) => dist.clone(),
        None => {
            build_app()?;
            run::root().join("dist")
        }
    };
    demo::build_cloud()?;
    let stop = Stop::on_ctrl_c()?;
    let mut app = serve_app(&dist)?;
    if !wait_until(&stop, &mut [&mut app], Some(Duration::from_secs(20)), || ports::answers(APP, "/"))? {
        bail!("stopped");
    }
    run::heading("Playwright, the tests tagged @cloud");
    let mut playwright = run::command("npx");
    playwright.current_dir(run::root().join("end2end")).args(["playwright", "test"]);
    if args.playwright.is_empty() {
        playwright.args(["--grep", "@cloud"]);
    } else {
        playwright.args(&args.playwright);
    }
    playwright
        .env("CHROMIUM", setup::chromium()?)
        .env("E2E_CLIENTS_PYTHON", setup::clients_python()?)
        .env("E2E_CLOUD", "real")
        .env("E2E_BASE_URL", format!("http://127.0.0.1:{APP}"))
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
    setup::build_tools()?;
    dist::build("/")
}

/// Serves the app with the configuration and the Content-Security-Policy that fit the real cloud.
fn serve_app(dist: &Path) -> Result<Running> {
    let connect = SERVICES.iter().map(|(_, port)| format!("http://127.0.0.1:{port}"));
    let mut server = run::command(demo::cloud_program()?);
    server.args(["app", "--config", "end2end/cloud/config.json", "--listen", &format!("127.0.0.1:{APP}")]);
    server.arg("--dist").arg(dist).arg("--connect-src").args(connect);
    Running::start("the app's server", &mut server)
}

fn script(name: &str) -> Result<()> {
    run::show(&mut run::command(run::root().join("end2end/cloud").join(name)))
}

fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_millis(300)).is_ok()
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
