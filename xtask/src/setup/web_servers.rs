//! nginx and Caddy, with which the documented deployments are tested: Debian's packages, unpacked into a folder of our own. So
//! nothing is installed, no service is started, and no port is taken.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{run, tools};

const PACKAGES: [&str; 4] = ["nginx", "nginx-common", "libnginx-mod-http-brotli-static", "caddy"];

/// Unpacks them where they are missing. Not needed for anything else: without them, the tests of the deployments are skipped.
pub fn install() -> Result<()> {
    let folder = tools::own_cache()?.join("web-servers");
    if folder.join("usr/bin/caddy").is_file() && folder.join("usr/sbin/nginx").is_file() {
        run::say(&format!("nginx and Caddy: there ({})", folder.display()));
        return Ok(());
    }
    if run::find("apt-get").is_none() || run::find("dpkg-deb").is_none() {
        run::say(
            "nginx and Caddy: this is no Debian. The tests of the documented deployments are skipped, unless SEXTANT_NGINX and \
             SEXTANT_CADDY name the programs (nginx with its brotli_static module beside it)",
        );
        return Ok(());
    }
    run::timed("nginx and Caddy (Debian's packages, unpacked, not installed)", || unpack(&folder))
}

/// Whether the end-to-end tests will find an nginx (as `end2end/deploy/nginx.mjs` looks for it).
pub fn has_nginx() -> Result<bool> {
    let unpacked = tools::own_cache()?.join("web-servers/usr/sbin/nginx");
    let is_named = std::env::var_os("SEXTANT_NGINX").is_some();
    Ok(is_named
        || unpacked.is_file()
        || run::find("nginx").is_some()
        || Path::new("/usr/sbin/nginx").is_file())
}

fn unpack(folder: &Path) -> Result<()> {
    let packages = folder.join("packages");
    fs::create_dir_all(&packages).with_context(|| format!("{} could not be made", packages.display()))?;
    let download = || {
        run::capture(run::command("apt-get").args(["-qq", "download"]).args(PACKAGES).current_dir(&packages))
    };
    if download().is_err() {
        // An old list of packages names versions that are gone; on a new machine there is none at all.
        run::capture(run::command("apt-get").args(["-qq", "update"]))
            .context("apt-get has no list of packages, and only root may fetch one: `sudo apt-get update`")?;
        download()?;
    }
    for entry in fs::read_dir(&packages)? {
        run::capture(run::command("dpkg-deb").arg("--extract").arg(entry?.path()).arg(folder))?;
    }
    fs::remove_dir_all(&packages).with_context(|| format!("{} could not be removed", packages.display()))
}
