//! What a project may have in Nova, and has.

use serde::{Deserialize, Serialize};

/// The absolute limits; −1 is none. A cloud may leave any of them out, or a policy may: then nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Servers.
    #[serde(rename = "maxTotalInstances", default)]
    pub max_instances: Option<i64>,
    /// Virtual processors.
    #[serde(rename = "maxTotalCores", default)]
    pub max_cores: Option<i64>,
    /// Memory in MiB.
    #[serde(rename = "maxTotalRAMSize", default)]
    pub max_ram: Option<i64>,
    /// Keys and values of a server's metadata.
    #[serde(rename = "maxServerMeta", default)]
    pub max_metadata: Option<i64>,
    /// Servers there are.
    #[serde(rename = "totalInstancesUsed", default)]
    pub used_instances: Option<i64>,
    /// Virtual processors in use.
    #[serde(rename = "totalCoresUsed", default)]
    pub used_cores: Option<i64>,
    /// Memory in use, MiB.
    #[serde(rename = "totalRAMUsed", default)]
    pub used_ram: Option<i64>,
}
