//! `cargo xtask cloud`: a real OpenStack on loopback; the contract tests, the official clients and the
//! browser tests tagged `@cloud`, against it, the latter in both ways to reach services from a browser.
//!
//! The services' own set-up is `end2end/cloud/` (shell, since it is what an operator would type); this file only calls it,
//! and runs the tests. Not part of `cargo xtask test`: it takes most of an hour, root and 2 GB.

mod app;

use std::{
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Result, bail};
use app::Way;
use clap::{Args, Subcommand, ValueEnum};

use crate::{children::Stop, clients, demo, ports, run, setup};

const KEYSTONE: &str = "http://127.0.0.1:5000/v3";
/// A source for web-download, on a port that Glance may fetch from.
const FILES: &str = "http://127.0.0.1:8097";

const GLANCE_PORT: u16 = 9292;

/// One of the services that a page may talk to.
struct Service {
    name: &'static str,
    port: u16,
    /// Behind the proxy, as the documentation calls it (docs/deploy/config.json).
    path: &'static str,
}

/// With the ports of `end2end/cloud/lib.sh`.
const SERVICES: [Service; 5] = [
    Service { name: "Keystone", port: 5000, path: "identity" },
    Service { name: "Glance", port: GLANCE_PORT, path: "image" },
    Service { name: "Nova", port: 8774, path: "compute" },
    Service { name: "Neutron", port: 9696, path: "network" },
    Service { name: "Cinder", port: 8776, path: "block-storage" },
];

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
    /// Only this way to reach the services; otherwise both, one after the other.
    #[arg(long)]
    way: Option<Way>,
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
    for Service { name, port, .. } in SERVICES {
        let word = if answers(port) { "answers" } else { "is down" };
        run::say(&format!("{name:<9} 127.0.0.1:{port}  {word}"));
    }
}

fn needs_all_up() -> Result<()> {
    let down: Vec<_> = SERVICES.iter().filter(|it| !answers(it.port)).map(|it| it.name).collect();
    if !down.is_empty() {
        bail!("not up: {}. Start the cloud first: `cargo xtask cloud up`", down.join(", "));
    }
    Ok(())
}

/// That Glance has its own CORS defaults: the way `cors` is to show that Sextant needs no more, and a cloud that allows everything
/// would show nothing.
fn needs_plain_cors() -> Result<()> {
    let origin = Way::Cors.url();
    for (header, should) in [("X-Auth-Token", true), ("Range", false)] {
        let allows = ports::allows_header(GLANCE_PORT, &origin, header)?;
        if allows != should {
            bail!(
                "{}: stop the cloud, and start it without OSUP_CORS=wide (`cargo xtask cloud down`, then `up`)",
                if allows {
                    format!("Glance allows the header {header}, which is not among its own CORS defaults")
                } else {
                    format!("Glance does not allow {origin} the header {header}")
                }
            );
        }
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
    let ways: Vec<_> =
        Way::value_variants().iter().filter(|it| args.way.is_none_or(|way| way == **it)).collect();
    ways.iter().try_for_each(|way| way.expect_free())?;
    if ways.contains(&&Way::Cors) {
        needs_plain_cors()?;
    }
    if args.playwright.is_empty() {
        contract()?;
        official_clients()?;
    }
    setup::test_tools()?;
    let dist = app::built(args.dist.as_deref())?;
    demo::build_cloud()?;
    let stop = Stop::on_ctrl_c()?;
    // A failure in one way says nothing of the other: both are run before it is told.
    let mut failed = Vec::new();
    for way in ways {
        if let Err(error) = in_the_browser(*way, &dist, &args.playwright, &stop) {
            run::say(&format!("{}: {error:#}", way.name()));
            failed.push(way.name());
        }
        if stop.asked() {
            bail!("stopped");
        }
    }
    if !failed.is_empty() {
        bail!("not all tests passed by way of {}", failed.join(" and "));
    }
    Ok(())
}

fn in_the_browser(way: Way, dist: &Path, arguments: &[String], stop: &Stop) -> Result<()> {
    let name = way.name();
    run::heading(&format!("Playwright, the tests tagged @cloud, by way of {name}"));
    let _app = way.serve(dist, stop)?;
    let mut playwright = run::command("npx");
    playwright.current_dir(run::root().join("end2end")).args(["playwright", "test"]);
    if arguments.is_empty() {
        playwright.args(["--grep", "@cloud"]);
    } else {
        playwright.args(arguments);
    }
    playwright
        .env("CHROMIUM", setup::chromium_for_tests()?)
        .env("E2E_CLIENTS_PYTHON", setup::clients_python()?)
        .env("E2E_CLOUD", "real")
        .env("E2E_WAY", name)
        .env("E2E_REPORT", format!("report/{name}"))
        .env("E2E_RESULTS", format!("results/{name}"))
        .env("E2E_BASE_URL", way.url())
        .env("E2E_KEYSTONE_URL", KEYSTONE);
    run::show(&mut playwright)
}

fn script(name: &str) -> Result<()> {
    run::show(&mut run::command(run::root().join("end2end/cloud").join(name)))
}

fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_millis(300)).is_ok()
}
