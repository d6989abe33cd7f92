//! Packages of Debian, where we may install them without asking anybody.

use std::fs;

use anyhow::Result;

use crate::run;

/// Installs them. False where this is no Debian, we are not root, or it failed (which it says).
pub fn install(what: &str, packages: &[&str]) -> bool {
    if !possible() {
        return false;
    }
    let installed = run::timed(what, || update_and_install(packages));
    if let Err(error) = &installed {
        run::say(&format!("Not by apt-get: {error:#}"));
    }
    installed.is_ok()
}

fn update_and_install(packages: &[&str]) -> Result<()> {
    // An old list of packages is renewed; on a new machine there is none at all.
    run::capture(run::command("apt-get").args(["-qq", "update"]))?;
    let mut apt = run::command("apt-get");
    apt.args(["-qq", "install", "-y", "--no-install-recommends"]).args(packages);
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    run::capture(&mut apt).map(drop)
}

/// As root on a Debian, and only there: nobody is asked for a password, and on Ubuntu some packages are empty ones.
fn possible() -> bool {
    let debian =
        fs::read_to_string("/etc/os-release").is_ok_and(|os| os.lines().any(|line| line == "ID=debian"));
    debian && run::find("apt-get").is_some() && fs::metadata("/proc/self").is_ok_and(|own| is_root(&own))
}

#[cfg(unix)]
fn is_root(own: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(own) == 0
}

#[cfg(not(unix))]
fn is_root(_own: &fs::Metadata) -> bool {
    false
}
