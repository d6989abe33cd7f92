//! The app beside the real cloud, in the two ways in which an operator can put it there.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::{
    children::{Running, Stop, wait_until},
    cloud::SERVICES,
    demo, dist, ports, run, setup,
};

/// How the browser reaches the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// By the catalog's addresses, with what the services' own [cors] defaults allow
    Cors,
    /// Through the console's own origin: Debian's nginx with docs/deploy/nginx.conf and docs/deploy/config.json
    Proxy,
}

impl Way {
    /// Through CORS one of the two origins that the services allow (`CORS_ORIGINS` in `end2end/cloud/lib.sh`); through the
    /// proxy one that they don't: there nothing may depend on it.
    const fn port(self) -> u16 {
        match self {
            Self::Cors => 8080,
            Self::Proxy => 8081,
        }
    }

    /// Where the app then is.
    pub fn url(self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// Its name on the command line, and in the environment of the tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cors => "cors",
            Self::Proxy => "proxy",
        }
    }

    /// Before anything slow is done.
    pub fn expect_free(self) -> Result<()> {
        let port = self.port();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
            bail!(
                "port {port} is taken (by `trunk serve`, or a demo?), and the tests need this one: stop it first"
            );
        }
        Ok(())
    }

    /// Serves the app until the answer is dropped.
    pub fn serve(self, dist: &Path, stop: &Stop) -> Result<Running> {
        let listen = format!("127.0.0.1:{}", self.port());
        let mut server = match self {
            Self::Cors => {
                let mut server = run::command(demo::cloud_program()?);
                server.args(["app", "--config", "end2end/cloud/config.json", "--listen", &listen]);
                server.arg("--dist").arg(dist);
                server.arg("--connect-src").args(SERVICES.map(|it| format!("http://127.0.0.1:{}", it.port)));
                server
            }
            Self::Proxy => {
                let mut server = run::command("node");
                server.args(["end2end/deploy/nginx.mjs", "--config", "docs/deploy/config.json"]);
                server.args(["--listen", &listen]).arg("--dist").arg(dist);
                for service in SERVICES {
                    server.arg(format!("--{}", service.path));
                    server.arg(format!("http://127.0.0.1:{}/", service.port));
                }
                server
            }
        };
        let mut app = Running::start("the app's server", &mut server)?;
        let patience = Some(Duration::from_secs(20));
        if !wait_until(stop, &mut [&mut app], patience, || ports::answers(self.port(), "/"))? {
            bail!("stopped");
        }
        Ok(app)
    }
}

/// The app as it was named, or `dist/`, built unless it is younger than everything that it is made from.
pub fn built(named: Option<&Path>) -> Result<PathBuf> {
    let root = run::root();
    if let Some(dist) = named {
        // The servers start in the project's folder, wherever this was called.
        return fs::canonicalize(dist).with_context(|| format!("{} is not there", dist.display()));
    }
    let sources =
        ["src", "style", "public", "inspector/src", "index.html", "Trunk.toml", "Cargo.toml", "Cargo.lock"];
    let newest = sources.iter().filter_map(|path| newest(&root.join(path))).max();
    let done = newest_of_file(&root.join("dist/index.html"));
    if done.is_some() && done >= newest {
        run::say("dist/ is up to date");
    } else {
        setup::build_tools()?;
        dist::build("/")?;
    }
    Ok(root.join("dist"))
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
