//! `cargo xtask demo`: the app and its demo cloud, until Ctrl-C.

mod accounts;
mod trunk_config;

use std::{fs, io::ErrorKind, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result};

use crate::{
    children::{Running, Stop, wait_until},
    ports, run, setup,
};

/// Where they listen, and how they are built.
#[derive(clap::Args)]
pub struct Options {
    /// Port of the app
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port_app: u16,
    /// Port of the demo cloud
    #[arg(long, value_name = "PORT", default_value_t = trunk_config::CLOUD_PORT)]
    port_cloud: u16,
    /// Forget what was done in the demo cloud before
    #[arg(long)]
    reset: bool,
    /// Build the app without optimisation: larger and slower, but rebuilt sooner after a change
    #[arg(long)]
    dev: bool,
}

// A first build on two slow cores, and a reserve.
const BUILD: Duration = Duration::from_secs(30 * 60);
const START: Duration = Duration::from_secs(60);

/// Runs until Ctrl-C, or until one of the two ends by itself.
pub fn run(options: &Options) -> Result<()> {
    ports::expect_free("the app", options.port_app, "--port-app")?;
    ports::expect_free("the demo cloud", options.port_cloud, "--port-cloud")?;
    setup::build_tools()?;

    run::heading("Demo cloud");
    build_cloud()?;
    let stop = Stop::on_ctrl_c()?;
    let mut cloud = Running::start("the demo cloud", &mut cloud(options)?)?;
    if !wait_until(&stop, &mut [&mut cloud], Some(START), || {
        ports::answers(options.port_cloud, "/identity/v3")
    })? {
        return stopped();
    }

    run::heading("App (the first build takes 2 to 4 minutes, later ones seconds)");
    let config = trunk_config::for_cloud(options.port_cloud)?;
    let mut trunk = run::command(setup::trunk()?);
    trunk.args(["serve", "--port", &options.port_app.to_string(), "--skip-version-check"]);
    trunk.arg("--dist").arg(empty_dist()?);
    trunk.args((!options.dev).then_some("--release"));
    trunk.args(config.arguments());
    let mut trunk = Running::start("`trunk serve`", &mut trunk)?;
    if !wait_until(&stop, &mut [&mut cloud, &mut trunk], Some(BUILD), || {
        ports::answers(options.port_app, "/")
    })? {
        return stopped();
    }

    println!("{}", accounts::welcome(options.port_app, options.port_cloud));
    wait_until(&stop, &mut [&mut cloud, &mut trunk], None, || false)?;
    stopped()
}

/// Built optimised: it hashes what is uploaded, gigabytes at a time. The tests and benchmarks use the same one.
pub fn build_cloud() -> Result<()> {
    run::timed("Demo cloud (built once, 1 to 3 minutes)", || {
        run::show(run::cargo().args(["build", "--release", "--package", "sextant-demo"]))
    })
}

/// The demo cloud's program, once it is built.
pub fn cloud_program() -> Result<PathBuf> {
    let name = format!("sextant-demo{}", std::env::consts::EXE_SUFFIX);
    Ok(run::target()?.join("release").join(name))
}

/// Trunk serves what it built last time until the new build is done: without any, it answers when it is really ready.
/// Not `dist/`: a rebuild after a change must not disturb tests that run on that.
fn empty_dist() -> Result<PathBuf> {
    let dist = run::root().join("target/demo-dist");
    fs::remove_dir_all(&dist).or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error).with_context(|| format!("{} could not be emptied", dist.display())),
    })?;
    Ok(dist)
}

fn cloud(options: &Options) -> Result<Command> {
    let app = options.port_app;
    let mut cloud = run::command(cloud_program()?);
    cloud.arg("--listen").arg(format!("127.0.0.1:{}", options.port_cloud));
    cloud.arg("--allow-origin").arg(format!("http://127.0.0.1:{app},http://localhost:{app}"));
    cloud.args(options.reset.then_some("--reset"));
    Ok(cloud)
}

fn stopped() -> Result<()> {
    println!();
    run::say("Stopped.");
    Ok(())
}
