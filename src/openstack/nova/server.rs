//! A server, and what it takes to launch one.

use crate::openstack::{
    ids::{FlavorId, ImageId, NetworkId, PortId, ProjectId, ServerId, UserId, VolumeId},
    lenient::{list, null_is_default},
    nova::{SERVER_AUTO_NETWORK, SERVER_DESCRIPTION, SERVER_VOLUME_TYPE},
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
    /// The volumes that are attached to it.
    #[serde(rename = "os-extended-volumes:volumes_attached", default, deserialize_with = "list")]
    pub volumes: Vec<AttachedVolume>,
    /// Its security groups, by name.
    #[serde(default, deserialize_with = "list")]
    pub security_groups: Vec<GroupName>,
    /// Locked: only administrators change it, or whoever locked it.
    #[serde(default)]
    pub locked: bool,
    /// Whose.
    #[serde(rename = "tenant_id", default)]
    pub project_id: ProjectId,
    /// By whom.
    #[serde(default)]
    pub user_id: UserId,
}

/// A volume that is attached to a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedVolume {
    /// The volume.
    pub id: VolumeId,
    /// It goes with the server.
    #[serde(default)]
    pub delete_on_termination: bool,
}

/// A security group as a server names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupName {
    /// The name.
    pub name: String,
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
    /// Its disks, where they are not the flavor's own.
    #[serde(rename = "block_device_mapping_v2", skip_serializing_if = "Vec::is_empty")]
    pub block_devices: Vec<BlockDevice>,
    /// Names or ids of security groups; left out, Nova takes "default".
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "named")]
    pub security_groups: Vec<String>,
    /// What the server is told at its first start, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data: Option<String>,
    /// Whether the metadata comes on a disk of its own; left out, the cloud decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_drive: Option<bool>,
    /// How the root disk is partitioned; left out, the image's property or the cloud decides.
    #[serde(rename = "OS-DCF:diskConfig", skip_serializing_if = "Option::is_none")]
    pub disk_config: Option<DiskConfig>,
    /// Hints for the scheduler: sent beside the server, not in it.
    #[serde(skip)]
    pub hints: BTreeMap<String, Value>,
}

impl CreateServer {
    /// The lowest microversion that has all that is asked for; none when the first does.
    pub fn microversion(&self) -> Option<&'static str> {
        if self.block_devices.iter().any(|device| device.volume_type.is_some()) {
            Some(SERVER_VOLUME_TYPE)
        } else if matches!(self.networks, Some(ServerNetworks::Auto | ServerNetworks::None)) {
            Some(SERVER_AUTO_NETWORK)
        } else if self.description.is_some() {
            Some(SERVER_DESCRIPTION)
        } else {
            None
        }
    }
}

crate::open_enum! {
    /// How a new server's root disk is partitioned.
    DiskConfig {
        /// One partition as large as the disk, grown by Nova.
        Auto = "AUTO",
        /// As the image has it.
        Manual = "MANUAL",
    }
}

/// A disk of a new server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BlockDevice {
    /// What it is made of: "image", "volume" or "snapshot".
    pub source_type: &'static str,
    /// The id of that.
    pub uuid: String,
    /// What it becomes: "volume", or "local" for the flavor's own disk.
    pub destination_type: &'static str,
    /// 0 is what is booted from.
    pub boot_index: i32,
    /// GiB; needed where a volume is made of an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_size: Option<u64>,
    /// The type of a new volume; left out, Cinder's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
    /// Whether it goes with the server.
    pub delete_on_termination: bool,
}

/// Where a new server is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerNetworks {
    /// Nova finds or makes one.
    Auto,
    /// Nowhere.
    None,
    /// Here, in this order.
    These(Vec<Nic>),
}

/// One plug of a new server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Nic {
    /// A new port on a network.
    Network {
        /// The network.
        uuid: NetworkId,
        /// The address it shall have; left out, Neutron chooses.
        #[serde(skip_serializing_if = "Option::is_none")]
        fixed_ip: Option<String>,
    },
    /// A port that is there.
    Port {
        /// The port.
        port: PortId,
    },
}

impl From<NetworkId> for Nic {
    fn from(uuid: NetworkId) -> Self {
        Self::Network { uuid, fixed_ip: None }
    }
}

impl Serialize for ServerNetworks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::None => serializer.serialize_str("none"),
            Self::These(nics) => nics.serialize(serializer),
        }
    }
}

/// Nova wants `[{"name": …}]`.
fn named<S: Serializer>(names: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(names.iter().map(|name| BTreeMap::from([("name", name)])))
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
