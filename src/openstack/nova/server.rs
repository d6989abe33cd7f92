//! A server, and what it takes to launch one.

use crate::openstack::{
    ids::{FlavorId, ImageId, NetworkId, ProjectId, ServerId, UserId},
    lenient::null_is_default,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

crate::open_enum! {
    /// Where a server is in its life.
    ServerStatus {
        /// Being made.
        Build = "BUILD",
        /// Running.
        Active = "ACTIVE",
        /// Failed; `fault` says why.
        Error = "ERROR",
        /// Stopped.
        Shutoff = "SHUTOFF",
        /// Restarting.
        Reboot = "REBOOT",
        /// Restarting by force.
        HardReboot = "HARD_REBOOT",
        /// Held in memory.
        Paused = "PAUSED",
        /// Held on disk.
        Suspended = "SUSPENDED",
        /// Put aside.
        Shelved = "SHELVED",
        /// Put aside, and off its host.
        ShelvedOffloaded = "SHELVED_OFFLOADED",
        /// Changing its flavor.
        Resize = "RESIZE",
        /// Waiting for the change to be confirmed.
        VerifyResize = "VERIFY_RESIZE",
        /// Undoing the change.
        RevertResize = "REVERT_RESIZE",
        /// Being made anew.
        Rebuild = "REBUILD",
        /// Moving.
        Migrating = "MIGRATING",
        /// Booted for repair.
        Rescue = "RESCUE",
        /// Can be brought back.
        SoftDeleted = "SOFT_DELETED",
        /// Gone.
        Deleted = "DELETED",
    }
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The id.
    pub id: ServerId,
    /// The name.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// Where it is in its life.
    pub status: ServerStatus,
    /// What it is being put through ("spawning"); nothing when at rest.
    #[serde(rename = "OS-EXT-STS:task_state", default)]
    pub task_state: Option<String>,
    /// In percent, on drivers that tell.
    #[serde(default)]
    pub progress: Option<u8>,
    /// Why it failed.
    #[serde(default)]
    pub fault: Option<ServerFault>,
    /// The image it was made from; none when it boots from a volume.
    #[serde(rename = "image", default, deserialize_with = "image_id", serialize_with = "image_object")]
    pub image: Option<ImageId>,
    /// What it got.
    #[serde(default)]
    pub flavor: ServerFlavor,
    /// Addresses by network name.
    #[serde(default, deserialize_with = "null_is_default")]
    pub addresses: BTreeMap<String, Vec<Address>>,
    /// Keys and values of the person's own.
    #[serde(default, deserialize_with = "null_is_default")]
    pub metadata: BTreeMap<String, String>,
    /// The key pair's name.
    #[serde(default)]
    pub key_name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// When it was asked for.
    #[serde(default)]
    pub created: String,
    /// When it last changed.
    #[serde(default)]
    pub updated: String,
    /// When it first ran.
    #[serde(rename = "OS-SRV-USG:launched_at", default)]
    pub launched_at: Option<String>,
    /// Its zone.
    #[serde(rename = "OS-EXT-AZ:availability_zone", default)]
    pub availability_zone: Option<String>,
    /// Whose.
    #[serde(rename = "tenant_id", default)]
    pub project_id: ProjectId,
    /// By whom.
    #[serde(default)]
    pub user_id: UserId,
}

/// Why a server failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFault {
    /// As an HTTP status.
    #[serde(default)]
    pub code: u16,
    /// In Nova's words ("No valid host was found.").
    #[serde(default)]
    pub message: String,
    /// More, for administrators.
    #[serde(default)]
    pub details: Option<String>,
    /// When.
    #[serde(default)]
    pub created: String,
}

/// A server's flavor: an id from old microversions, the figures from newer ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFlavor {
    /// The id, before 2.47.
    #[serde(default)]
    pub id: Option<FlavorId>,
    /// The name it had at the launch.
    #[serde(rename = "original_name", default)]
    pub name: Option<String>,
    /// Virtual processors.
    #[serde(default)]
    pub vcpus: Option<u64>,
    /// Memory in MiB.
    #[serde(default)]
    pub ram: Option<u64>,
    /// Root disk in GiB.
    #[serde(default)]
    pub disk: Option<u64>,
}

/// An address of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The address.
    pub addr: String,
    /// 4 or 6.
    #[serde(default)]
    pub version: u8,
    /// "fixed" or "floating".
    #[serde(rename = "OS-EXT-IPS:type", default)]
    pub kind: String,
}

/// What it takes to launch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CreateServer {
    /// The name.
    pub name: String,
    /// The flavor.
    #[serde(rename = "flavorRef")]
    pub flavor: FlavorId,
    /// The image, unless a volume is booted from.
    #[serde(rename = "imageRef", skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    /// The networks; left out, Nova takes the only one there is, and refuses when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub networks: Option<ServerNetworks>,
    /// The key pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_name: Option<String>,
    /// The zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many at least; with several, Nova numbers the names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_count: Option<u32>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_count: Option<u32>,
    /// Keys and values of the person's own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// Where a new server is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerNetworks {
    /// Nova finds or makes one.
    Auto,
    /// Nowhere.
    None,
    /// Here, in this order.
    These(Vec<NetworkId>),
}

impl Serialize for ServerNetworks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            uuid: &'a NetworkId,
        }
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::None => serializer.serialize_str("none"),
            Self::These(networks) => serializer.collect_seq(networks.iter().map(|uuid| Row { uuid })),
        }
    }
}

/// Nova writes `""` where a server boots from a volume.
fn image_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ImageId>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.get("id").and_then(Value::as_str).map(ImageId::from))
}

fn image_object<S: Serializer>(image: &Option<ImageId>, serializer: S) -> Result<S::Ok, S::Error> {
    match image {
        Some(id) => serializer.collect_map([("id", id)]),
        None => serializer.serialize_str(""),
    }
}
