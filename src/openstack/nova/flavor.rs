//! A flavor: what a server gets.

use crate::openstack::{
    ids::FlavorId,
    lenient::{null_is_default, number},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a server gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flavor {
    /// The id.
    pub id: FlavorId,
    /// The name.
    pub name: String,
    /// Virtual processors.
    #[serde(deserialize_with = "number")]
    pub vcpus: u64,
    /// Memory in MiB.
    #[serde(deserialize_with = "number")]
    pub ram: u64,
    /// Root disk in GiB; 0 means that it has none of its own.
    #[serde(deserialize_with = "number")]
    pub disk: u64,
    /// A second disk in GiB.
    #[serde(rename = "OS-FLV-EXT-DATA:ephemeral", default, deserialize_with = "number")]
    pub ephemeral: u64,
    /// Swap in MiB; Nova writes none as `""`.
    #[serde(default, deserialize_with = "number")]
    pub swap: u64,
    /// Whether every project has it.
    #[serde(rename = "os-flavor-access:is_public", default = "yes")]
    pub is_public: bool,
    /// What it is for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
    /// What it demands of a host; `None` when the answer didn't carry them, so that nothing is known.
    #[serde(default)]
    pub extra_specs: Option<BTreeMap<String, String>>,
}

fn yes() -> bool {
    true
}
