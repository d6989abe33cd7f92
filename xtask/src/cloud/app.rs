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

/// What the app is made from, and what takes it apart.
const SOURCES: [&str; 14] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "index.html",
    "inspector/Cargo.toml",
    "inspector/src",
    "public",
    "src",
    "start.js",
    "style",
    "xtask/src/dist",
    "xtask/src/dist.rs",
];

/// The app as it was named, or `dist/`, built anew unless `cargo xtask dist` made it of everything as it is now.
pub fn built(named: Option<&Path>) -> Result<PathBuf> {
    let root = run::root();
    if let Some(dist) = named {
        // The servers start in the project's folder, wherever this was called.
        return fs::canonicalize(dist).with_context(|| format!("{} is not there", dist.display()));
    }
    if is_up_to_date(root) {
        run::say("dist/ is up to date");
    } else {
        setup::build_tools()?;
        dist::build("/")?;
    }
    Ok(root.join("dist"))
}

/// Whether `dist/` is younger than all that it is made from, and what is deployed: at the origin's root, and taken apart. Others
/// leave theirs there, too: `cargo xtask dist --public-url /console/`, or Trunk by itself.
fn is_up_to_date(root: &Path) -> bool {
    let dist = root.join("dist");
    let page = fs::read_to_string(dist.join("index.html")).unwrap_or_default();
    let is_apart = fs::read_dir(&dist).is_ok_and(|files| {
        files.flatten().any(|it| it.file_name().to_string_lossy().ends_with("_later.wasm"))
    });
    let newest = SOURCES.iter().filter_map(|path| newest(&root.join(path))).max();
    page.contains(r#"data-base="/""#) && is_apart && newest_of_file(&dist.join("index.html")) >= newest
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_the_app_is_made_of_is_looked_at() {
        for path in SOURCES {
            assert!(run::root().join(path).exists(), "{path}");
        }
        let trunk = fs::read_to_string(run::root().join("Trunk.toml")).unwrap();
        let watched = trunk.lines().find(|line| line.starts_with("watch = [")).unwrap();
        for path in watched.split('"').skip(1).step_by(2) {
            assert!(SOURCES.contains(&path), "Trunk watches {path}");
        }
    }

    #[test]
    fn an_app_for_another_path_or_in_one_piece_is_built_anew() {
        let root = std::env::temp_dir().join(format!("sextant-xtask-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert!(!is_up_to_date(&root), "there is none");
        write("src/main.rs", "");
        write("dist/sextant-0123456789abcdef_later.wasm", "");
        write("dist/index.html", r#"<meta name="sextant-app" data-base="/" data-script="/sextant.js">"#);
        assert!(is_up_to_date(&root));

        write("dist/index.html", r#"<meta name="sextant-app" data-base="/console/">"#);
        assert!(!is_up_to_date(&root), "under a path");
        write("dist/index.html", r#"<meta name="sextant-app" data-base="/">"#);
        fs::remove_file(root.join("dist/sextant-0123456789abcdef_later.wasm")).unwrap();
        assert!(!is_up_to_date(&root), "in one piece");

        write("dist/sextant-0123456789abcdef_later.wasm", "");
        for source in ["start.js", "build.rs", ".cargo/config.toml", "xtask/src/dist/later.js"] {
            write("dist/index.html", r#"<meta name="sextant-app" data-base="/">"#);
            assert!(is_up_to_date(&root), "before {source}");
            write(source, "");
            let later = SystemTime::now() + Duration::from_secs(60);
            fs::File::options().write(true).open(root.join(source)).unwrap().set_modified(later).unwrap();
            assert!(!is_up_to_date(&root), "{source} is younger");
            fs::remove_file(root.join(source)).unwrap();
        }
        fs::remove_dir_all(&root).unwrap();
    }
}
