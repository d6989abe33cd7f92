//! Tells Trunk, and through it the app, where the demo cloud is when it is not in its usual place.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::run;

/// Where `public/config.json` and `Trunk.toml` expect the demo cloud.
pub const CLOUD_PORT: u16 = 5050;

/// A configuration of Trunk, removed when dropped if it was made for this run.
pub struct TrunkConfig(Option<PathBuf>);

impl TrunkConfig {
    /// What to call Trunk with.
    pub fn arguments(&self) -> Vec<String> {
        self.0.iter().flat_map(|path| ["--config".to_owned(), path.display().to_string()]).collect()
    }
}

impl Drop for TrunkConfig {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Git ignores it, and the next run writes it anew.
            fs::remove_file(path).ok();
        }
    }
}

/// `Trunk.toml` as it is, or a copy for another port. Trunk takes paths as relative to it, so it lies in the same folder.
pub fn for_cloud(port: u16) -> Result<TrunkConfig> {
    if port == CLOUD_PORT {
        return Ok(TrunkConfig(None));
    }
    let usual = fs::read_to_string(run::root().join("Trunk.toml")).context("Trunk.toml could not be read")?;
    let path = run::root().join(".trunk-demo.toml");
    fs::write(&path, with_port(&usual, port))
        .with_context(|| format!("{} could not be written", path.display()))?;
    Ok(TrunkConfig(Some(path)))
}

/// Another port in what the page may reach, and a step after each build that puts it into the app's `config.json`.
fn with_port(config: &str, port: u16) -> String {
    let moved = config.replace(&format!(":{CLOUD_PORT}"), &format!(":{port}"));
    let script = format!(
        "const fs = require('fs'), file = process.env.TRUNK_STAGING_DIR + '/config.json'; \
         fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll(':{CLOUD_PORT}/', ':{port}/'))"
    );
    format!(
        "{moved}\n[[hooks]]\nstage = \"post_build\"\ncommand = \"node\"\ncommand_arguments = [\"-e\", \"{script}\"]\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_and_the_configuration_move_to_the_port() {
        let usual = fs::read_to_string(run::root().join("Trunk.toml")).unwrap();
        assert!(usual.contains(&format!("http://127.0.0.1:{CLOUD_PORT} http://localhost:{CLOUD_PORT};")));
        let moved = with_port(&usual, 5051);
        assert!(moved.contains("http://127.0.0.1:5051 http://localhost:5051;"));
        assert!(moved.contains("replaceAll(':5050/', ':5051/')"));
    }

    #[test]
    fn the_app_is_configured_for_the_usual_port() {
        let config = fs::read_to_string(run::root().join("public/config.json")).unwrap();
        assert!(config.contains(&format!("http://127.0.0.1:{CLOUD_PORT}/identity")));
    }
}
