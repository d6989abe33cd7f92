//! What is kept of volumes, snapshots and types. What a volume is doing at a moment follows from when it was asked for:
//! nothing is written by a timer.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock::SECOND;
use crate::nova::store::{parse, write};

/// Cinder's tables.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS cinder_records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL,
    doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS cinder_records_by_kind ON cinder_records (kind, project_id, seq);
CREATE TABLE IF NOT EXISTS cinder_quotas (project_id TEXT NOT NULL, resource TEXT NOT NULL, most INTEGER NOT NULL,
                                          PRIMARY KEY (project_id, resource));
";

/// From asked to available; as long again to fetch an image.
pub const CREATE: i64 = SECOND / 2;
const DELETE: i64 = SECOND / 2;

/// What a volume or snapshot is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Being made, since it was asked for.
    #[default]
    Creating,
    /// There.
    Ready,
    /// Failed.
    Error,
    /// Going, since then.
    Deleting(i64),
}

impl Phase {
    /// As it is at `now`, for a thing of which the making takes so long; `None` when it is gone.
    fn settle(self, created: i64, takes: i64, now: i64) -> Option<Self> {
        match self {
            Self::Deleting(since) if now - since >= DELETE => None,
            Self::Creating if now - created >= takes => Some(Self::Ready),
            other => Some(other),
        }
    }
}

/// A volume. Times are those of `clock`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Volume {
    /// UUID.
    pub id: String,
    /// Owner.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// GiB.
    pub size: i64,
    /// Id of its type.
    pub type_id: String,
    /// The snapshot that it was made of.
    pub snapshot_id: Option<String>,
    /// The volume that it was made of.
    pub source_id: Option<String>,
    /// The user's own metadata.
    pub metadata: BTreeMap<String, String>,
    /// Whether a server may boot from it.
    pub bootable: bool,
    /// `volume_image_metadata`: what it inherited from an image.
    pub image: Option<BTreeMap<String, String>>,
    /// Asked for at.
    pub created: i64,
    /// Changed at.
    pub updated: Option<i64>,
    /// Where its life stands.
    pub phase: Phase,
    /// The server that has it.
    pub attachment: Option<Attachment>,
}

/// A volume in a server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Attachment {
    /// UUID.
    pub id: String,
    /// The server.
    pub server_id: String,
    /// `/dev/vda`.
    pub device: String,
    /// In use from then on; reserved before.
    pub at: i64,
}

impl Volume {
    /// How long its making takes: an image has to be fetched, too.
    pub fn making(&self) -> i64 {
        if self.is_of_image() { 2 * CREATE } else { CREATE }
    }

    fn is_of_image(&self) -> bool {
        self.image.is_some() && self.snapshot_id.is_none() && self.source_id.is_none()
    }

    /// The volume as it is at `now`; `None` when it is gone.
    pub fn settle(mut self, now: i64) -> Option<Self> {
        let phase = self.phase.settle(self.created, self.making(), now)?;
        if phase != self.phase {
            self.updated = Some(self.created + self.making());
            self.phase = phase;
        }
        Some(self)
    }

    /// `status` of a settled volume.
    pub fn status(&self, now: i64) -> &'static str {
        match (self.phase, &self.attachment) {
            (Phase::Creating, _) if self.is_of_image() && now - self.created >= CREATE => "downloading",
            (Phase::Creating, _) => "creating",
            (Phase::Error, _) => "error",
            (Phase::Deleting(_), _) => "deleting",
            (Phase::Ready, None) => "available",
            (Phase::Ready, Some(attachment)) if attachment.at > now => "reserved",
            (Phase::Ready, Some(_)) => "in-use",
        }
    }

    /// What is of an image shows when the image is there; a copy has it at once.
    pub fn has_arrived(&self) -> bool {
        self.phase != Phase::Creating || !self.is_of_image()
    }
}

/// A snapshot of a volume.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// UUID.
    pub id: String,
    /// Owner.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
    /// Of this volume.
    pub volume_id: String,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// The user's own metadata.
    pub metadata: BTreeMap<String, String>,
    /// GiB of the volume at that time.
    pub size: i64,
    /// Id of the volume's type.
    pub type_id: String,
    /// Whether the volume was bootable.
    pub bootable: bool,
    /// The volume's image metadata.
    pub image: Option<BTreeMap<String, String>>,
    /// Asked for at.
    pub created: i64,
    /// Changed at.
    pub updated: Option<i64>,
    /// Where its life stands.
    pub phase: Phase,
}

impl Snapshot {
    /// The snapshot as it is at `now`; `None` when it is gone.
    pub fn settle(mut self, now: i64) -> Option<Self> {
        let phase = self.phase.settle(self.created, CREATE, now)?;
        if phase != self.phase {
            self.updated = Some(self.created + CREATE);
            self.phase = phase;
        }
        Some(self)
    }

    /// `status` of a settled snapshot.
    pub fn status(&self) -> &'static str {
        match self.phase {
            Phase::Creating => "creating",
            Phase::Ready => "available",
            Phase::Error => "error",
            Phase::Deleting(_) => "deleting",
        }
    }
}

/// A volume type.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VolumeType {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Whether every project sees it.
    pub is_public: bool,
    /// What the administrator alone sees.
    pub extra_specs: BTreeMap<String, String>,
}

/// What is kept as a document in Cinder's table.
pub trait Kept: Serialize + DeserializeOwned {
    /// The word in the table.
    const KIND: &'static str;
    /// Its id, and its owner.
    fn key(&self) -> (&str, &str);
}

impl Kept for Volume {
    const KIND: &'static str = "volume";

    fn key(&self) -> (&str, &str) {
        (&self.id, &self.project_id)
    }
}

impl Kept for Snapshot {
    const KIND: &'static str = "snapshot";

    fn key(&self) -> (&str, &str) {
        (&self.id, &self.project_id)
    }
}

impl Kept for VolumeType {
    const KIND: &'static str = "type";

    fn key(&self) -> (&str, &str) {
        (&self.id, "")
    }
}

/// Keeps a new thing.
pub fn insert<T: Kept>(db: &Connection, thing: &T) -> rusqlite::Result<()> {
    let (id, project) = thing.key();
    let sql = "INSERT INTO cinder_records (kind, id, project_id, doc) VALUES (?1, ?2, ?3, ?4)";
    db.execute(sql, params![T::KIND, id, project, write(thing)]).map(drop)
}

/// Writes a changed thing.
pub fn update<T: Kept>(db: &Connection, thing: &T) -> rusqlite::Result<()> {
    let sql = "UPDATE cinder_records SET doc = ?2 WHERE id = ?1";
    db.execute(sql, params![thing.key().0, write(thing)]).map(drop)
}

/// Forgets a thing.
pub fn remove(db: &Connection, id: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM cinder_records WHERE id = ?1", [id]).map(drop)
}

/// The thing of this id, as written.
pub fn get<T: Kept>(db: &Connection, id: &str) -> rusqlite::Result<Option<T>> {
    let sql = "SELECT doc FROM cinder_records WHERE kind = ?1 AND id = ?2";
    let doc = db.query_row(sql, [T::KIND, id], |row| row.get::<_, String>(0)).optional()?;
    doc.map(parse).transpose()
}

/// Things as written, newest first; of one project or of all.
pub fn list<T: Kept>(db: &Connection, project: Option<&str>) -> rusqlite::Result<Vec<T>> {
    let sql = "SELECT doc FROM cinder_records WHERE kind = ?1 AND (?2 IS NULL OR project_id = ?2) ORDER BY seq DESC";
    let mut query = db.prepare_cached(sql)?;
    query.query_map(params![T::KIND, project], |row| parse(row.get::<_, String>(0)?))?.collect()
}

/// The volumes of a project (or of all) as they are at `now`, newest first.
pub fn volumes(db: &Connection, project: Option<&str>, now: i64) -> rusqlite::Result<Vec<Volume>> {
    Ok(list::<Volume>(db, project)?.into_iter().filter_map(|volume| volume.settle(now)).collect())
}

/// The snapshots of a project (or of all) as they are at `now`, newest first.
pub fn snapshots(db: &Connection, project: Option<&str>, now: i64) -> rusqlite::Result<Vec<Snapshot>> {
    Ok(list::<Snapshot>(db, project)?.into_iter().filter_map(|snapshot| snapshot.settle(now)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_of_an_image_is_fetched_before_it_is_there() {
        let volume = Volume { image: Some(BTreeMap::new()), created: SECOND, ..Volume::default() };
        let at = |now| volume.clone().settle(now).map(|volume| volume.status(now));
        assert_eq!(at(SECOND), Some("creating"));
        assert_eq!(at(SECOND + CREATE), Some("downloading"));
        assert_eq!(at(SECOND + 2 * CREATE), Some("available"));
    }

    #[test]
    fn a_deleted_volume_is_gone_soon() {
        let volume = Volume { phase: Phase::Deleting(SECOND), ..Volume::default() };
        assert_eq!(volume.clone().settle(SECOND).map(|volume| volume.status(SECOND)), Some("deleting"));
        assert!(volume.settle(2 * SECOND).is_none());
    }
}
