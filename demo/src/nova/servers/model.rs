//! What the demo cloud keeps of a server. Its state at a moment is worked out in `lifecycle`, never written by a
//! timer, so that a killed and restarted demo cloud goes on where it was.

use crate::nova::flavors::model::Flavor;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A server as accepted. Times are those of `clock`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// UUID.
    pub id: String,
    /// The name shown.
    pub name: String,
    /// Owner.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
    /// Image booted from; none for a volume-backed server.
    pub image_id: Option<String>,
    /// The image's own properties at that time, which a snapshot inherits.
    pub image_properties: BTreeMap<String, String>,
    /// The flavor as it was at that time.
    pub flavor: Flavor,
    /// Key pair, if one was chosen.
    pub key_name: Option<String>,
    /// The user's own metadata.
    pub metadata: BTreeMap<String, String>,
    /// Host name that the guest is given (2.90).
    pub hostname: String,
    /// `user_data`, in base64 as sent; cloud-init would read it.
    pub user_data: Option<String>,
    /// Tags (2.26).
    pub tags: Vec<String>,
    /// Description (2.19).
    pub description: Option<String>,
    /// Zone that was asked for.
    pub zone: Option<String>,
    /// Whether a configuration drive was asked for.
    pub config_drive: bool,
    /// Names of the security groups; without a port there are none to show.
    pub security_groups: Vec<String>,
    /// Ports, in the order asked for.
    pub nics: Vec<Nic>,
    /// Volumes, the one that it boots from first.
    #[serde(default)]
    pub disks: Vec<Disk>,
    /// Server group it belongs to.
    pub group_id: Option<String>,
    /// Scheduler hints as sent (2.100 shows them).
    pub hints: serde_json::Value,
    /// What the guest does when it starts.
    pub boot: Boot,
    /// The reason why the build will fail, decided when it was accepted.
    pub doom: Option<String>,
    /// The reservation that a request for several servers shares.
    pub reservation_id: String,
    /// Place in a request for several servers.
    pub launch_index: u32,
    /// Accepted at.
    pub created: i64,
    /// Changed at.
    pub updated: i64,
    /// ACTIVE since, for the first time.
    pub launched: Option<i64>,
    /// Powered on at: where the console log begins.
    pub booted: Option<i64>,
    /// Where its life stands.
    pub state: VmState,
    /// What is being done with it since when.
    pub task: Option<(Task, i64)>,
    /// Held against changes by all but the administrator.
    #[serde(default)]
    pub lock: Option<Lock>,
    /// What was done with it, oldest first.
    #[serde(default)]
    pub actions: Vec<Action>,
}

/// `lock`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lock {
    /// Whether the administrator locked it: then the owner cannot unlock it.
    pub is_by_admin: bool,
    /// Why (2.73).
    pub reason: Option<String>,
}

/// An entry of `os-instance-actions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Nova's word for it: create, stop, reboot, …
    pub name: String,
    /// The request that asked for it.
    pub request_id: String,
    /// Who asked.
    pub user_id: String,
    /// As which project.
    pub project_id: String,
    /// When.
    pub start: i64,
    /// When it is over.
    pub finish: i64,
}

/// A server's port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nic {
    /// Neutron's port.
    pub port_id: String,
    /// Network's name, which `addresses` is keyed by.
    pub network: String,
    /// Network's id.
    pub network_id: String,
    /// Subnet of the address.
    pub subnet_id: String,
    /// Fixed address.
    pub address: String,
    /// MAC address.
    pub mac: String,
    /// Names of its security groups.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Whether the port was there before, and stays when the server goes.
    #[serde(default)]
    pub is_kept: bool,
}

/// A volume in a server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    /// Cinder's volume.
    pub volume_id: String,
    /// `/dev/vda`.
    pub device: String,
    /// Place in the order of booting; none for what is not booted from.
    pub index: Option<i64>,
    /// Whether it goes with the server.
    pub goes: bool,
    /// Device tag (2.42).
    pub tag: Option<String>,
    /// Cinder's name for the attachment.
    pub attachment_id: String,
    /// Nova's own name for it.
    pub id: String,
}

/// Nova's `vm_state`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VmState {
    /// Being built.
    #[default]
    Building,
    /// Up.
    Active,
    /// Powered off.
    Stopped,
    /// Halted, in memory.
    Paused,
    /// Halted, on disk.
    Suspended,
    /// Failed.
    Error,
}

/// Work under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Scheduling, networking, spawning.
    Build,
    /// `os-stop`.
    PowerOff,
    /// `os-start`.
    PowerOn,
    /// `reboot`.
    Reboot,
    /// `pause`.
    Pause,
    /// `unpause`.
    Unpause,
    /// `suspend`.
    Suspend,
    /// `resume`.
    Resume,
    /// `rebuild`.
    Rebuild,
    /// `rebuild` of a server that is powered off.
    RebuildStopped,
    /// `createImage`.
    Snapshot,
    /// Deleting; then it is gone.
    Delete,
}

impl Server {
    /// The volume that it boots from, if it does.
    pub fn root(&self) -> Option<&Disk> {
        self.disks.iter().find(|disk| disk.index == Some(0))
    }
}

/// How the guest starts. Chosen by the image property `demo_boot`, or by what the image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Boot {
    /// Kernel, cloud-init, login prompt.
    #[default]
    CloudInit,
    /// Firmware finds nothing to start.
    NoBootableDevice,
    /// The kernel panics: no root file system.
    KernelPanic,
    /// cloud-init ends with an error.
    CloudInitError,
    /// Nothing on the serial console, as with many images.
    Silent,
}

impl Boot {
    /// The value of the image property `demo_boot`; unknown ones boot well.
    pub fn named(name: &str) -> Self {
        match name {
            "no-bootable-device" => Self::NoBootableDevice,
            "kernel-panic" => Self::KernelPanic,
            "cloud-init-error" => Self::CloudInitError,
            "silent" => Self::Silent,
            _ => Self::CloudInit,
        }
    }
}

/// Keeps a new server.
pub fn insert(db: &Connection, server: &Server) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO nova_servers (id, project_id, doc) VALUES (?1, ?2, ?3)",
        params![server.id, server.project_id, doc(server)],
    )?;
    Ok(())
}

/// Writes a changed server.
pub fn update(db: &Connection, server: &Server) -> rusqlite::Result<()> {
    db.execute("UPDATE nova_servers SET doc = ?2 WHERE id = ?1", params![server.id, doc(server)])?;
    Ok(())
}

/// Forgets a server.
pub fn remove(db: &Connection, id: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM nova_servers WHERE id = ?1", [id])?;
    Ok(())
}

/// One server as written; see `lifecycle::settle` for its present state.
pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<Server>> {
    db.query_row("SELECT doc FROM nova_servers WHERE id = ?1", [id], read).optional()
}

/// Servers, newest first; of one project or of all.
pub fn list(db: &Connection, project: Option<&str>) -> rusqlite::Result<Vec<Server>> {
    let mut query = db.prepare_cached(
        "SELECT doc FROM nova_servers WHERE ?1 IS NULL OR project_id = ?1 ORDER BY seq DESC",
    )?;
    query.query_map([project], read)?.collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Server> {
    super::super::store::parse(row.get::<_, String>(0)?)
}

fn doc(server: &Server) -> String {
    super::super::store::write(server)
}
