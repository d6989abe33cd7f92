//! Step "Configuration": what the server is told at its first start, and how its disk is set up.

use crate::openstack::nova::server::{CreateServer, DiskConfig};
use serde::{Deserialize, Serialize};

/// What is typed in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// "Configuration drive"; off leaves it to the cloud.
    pub config_drive: bool,
    /// How the disk is partitioned, as Nova writes it; empty leaves it to the image or the cloud.
    pub disk_config: String,
}

impl Configuration {
    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        body.config_drive = self.config_drive.then_some(true);
        body.disk_config =
            (!self.disk_config.is_empty()).then(|| DiskConfig::from(self.disk_config.as_str()));
    }
}
