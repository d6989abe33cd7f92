//! The official OpenStack clients against a cloud: `end2end/clients/` says what they do.

use std::{
    net::{Ipv4Addr, TcpListener},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    children::{Running, Stop, wait_until},
    demo, ports, run, setup,
};

const START: Duration = Duration::from_secs(30);

/// A cloud that runs, with the administrator that its seed makes.
pub struct Cloud<'a> {
    /// Keystone's address, with its version.
    pub keystone: &'a str,
    /// A file that it may fetch by itself; without one the scenarios serve their own on loopback.
    pub download: Option<&'a str>,
}

/// Runs all scenarios against a cloud; they make their own projects and people there, and take them away.
pub fn run(cloud: &Cloud) -> Result<()> {
    setup::openstack_clients()?;
    let mut pytest = run::command(setup::clients_python()?);
    // -B: no folders of compiled code among the sources. Two at once: much of the time is waiting for the cloud.
    pytest
        .args(["-B", "-m", "pytest", "--numprocesses=2", "--dist=worksteal", "end2end/clients"])
        .env("E2E_KEYSTONE_URL", cloud.keystone);
    match cloud.download {
        Some(url) => pytest.env("E2E_DOWNLOAD_URL", url),
        None => pytest.env_remove("E2E_DOWNLOAD_URL"),
    };
    run::show(&mut pytest).context("what was asked and answered stands above, under the name of each test")
}

/// The same against a demo cloud of its own, which ends with it.
pub fn on_demo() -> Result<()> {
    demo::build_cloud()?;
    let stop = Stop::on_ctrl_c()?;
    let port = free_port()?;
    let mut command = run::command(demo::cloud_program()?);
    command.args(["--memory", "--listen", &format!("127.0.0.1:{port}")]);
    let mut demo = Running::start("the demo cloud", &mut command)?;
    if !wait_until(&stop, &mut [&mut demo], Some(START), || ports::answers(port, "/identity/v3"))? {
        bail!("stopped");
    }
    run(&Cloud { keystone: &format!("http://127.0.0.1:{port}/identity/v3"), download: None })
}

/// One that the system gives out, free again at once.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free on loopback")?;
    Ok(listener.local_addr()?.port())
}
