//! The official OpenStack clients, in a Python environment of their own: what else is installed stays as it is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{run, setup::apt, tools};

/// The oldest Python that the clients still support.
const PYTHON: (u32, u32) = (3, 10);
const INSTALL_PYTHON: &str =
    "Install Python 3.10 or newer with its `venv` (on Debian: `sudo apt-get install python3-venv`)";

/// The Python of their environment.
pub fn python() -> Result<PathBuf> {
    let folder = tools::own_cache()?.join("openstack-clients");
    Ok(folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" }))
}

/// Makes the environment, and makes it anew when `requirements.txt` or the system's Python has changed.
pub fn install() -> Result<()> {
    let python = python()?;
    let folder = tools::own_cache()?.join("openstack-clients");
    let wanted = fs::read_to_string(requirements()).context("end2end/clients/requirements.txt is missing")?;
    let installed = folder.join(".sextant-installed");
    let as_wanted = fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted);
    // A system that has got another Python since leaves an environment that does not start.
    if as_wanted && run::capture(run::command(&python).args(["-c", ""])).is_ok() {
        run::say(&format!("OpenStack clients: there ({})", folder.display()));
        return Ok(());
    }
    let base = base_python()?;
    run::timed("OpenStack clients (a Python environment, half a minute to two)", || {
        let mut venv = run::command(&base);
        run::capture(venv.args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut pip = run::command(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        run::show(pip.arg(requirements())).context("pip needs a package index: is there a network?")
    })?;
    fs::write(&installed, wanted).with_context(|| format!("{} could not be written", installed.display()))
}

fn requirements() -> PathBuf {
    run::root().join("end2end/clients/requirements.txt")
}

/// A Python that can make environments. Debian's cannot until `python3-venv` is there.
fn base_python() -> Result<PathBuf> {
    if let Some(python) = find_python()? {
        return Ok(python);
    }
    if apt::install("Python with `venv` (`apt-get install`, under a minute)", &["python3-venv"])
        && let Some(python) = find_python()?
    {
        return Ok(python);
    }
    bail!("no Python was found that can make an environment for the OpenStack clients. {INSTALL_PYTHON}")
}

fn find_python() -> Result<Option<PathBuf>> {
    let Some(python) = ["python3", "python"].into_iter().find_map(run::find) else { return Ok(None) };
    let version =
        run::capture(run::command(&python).args(["-c", "import sys; print(*sys.version_info[:2])"]))?;
    if !version_fits(&version) {
        let found = version.trim().replace(' ', ".");
        bail!("{} is Python {found}. {INSTALL_PYTHON}, and put it first on PATH", python.display());
    }
    Ok(can_make_environments(&python).then_some(python))
}

fn can_make_environments(python: &Path) -> bool {
    run::capture(run::command(python).args(["-c", "import ensurepip, venv"])).is_ok()
}

fn version_fits(version: &str) -> bool {
    let mut numbers = version.split_whitespace().map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= PYTHON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_3_10_and_newer_fit() {
        assert!(version_fits("3 10\n"));
        assert!(version_fits("3 13"));
        assert!(!version_fits("3 9"));
        assert!(!version_fits("2 7"));
        assert!(!version_fits(""));
    }
}
