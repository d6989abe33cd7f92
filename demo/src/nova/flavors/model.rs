//! Flavors as kept.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A flavor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Flavor {
    /// Nova's `flavorid`: mostly a UUID, but any text.
    pub id: String,
    /// Name.
    pub name: String,
    /// vCPUs.
    pub vcpus: i64,
    /// RAM in MiB.
    pub ram: i64,
    /// Root disk in GiB; 0 means none of its own.
    pub disk: i64,
    /// Ephemeral disk in GiB.
    pub ephemeral: i64,
    /// Swap in MiB.
    pub swap: i64,
    /// Relic of nova-network, still shown.
    pub rxtx_factor: f64,
    /// Whether every project sees it.
    pub is_public: bool,
    /// Description (2.55).
    pub description: Option<String>,
    /// Extra specs, such as `hw:cpu_policy`.
    pub extra_specs: BTreeMap<String, String>,
    /// Projects that see it though it is private.
    pub access: Vec<String>,
}

impl Flavor {
    /// Whether a project may use it.
    pub fn is_visible_to(&self, project: &str, is_admin: bool) -> bool {
        self.is_public || is_admin || self.access.iter().any(|allowed| allowed == project)
    }
}

/// Keeps a flavor, new or changed.
pub fn save(db: &Connection, flavor: &Flavor) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO nova_flavors (id, name, doc) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, doc = excluded.doc",
        params![flavor.id, flavor.name, super::super::store::write(flavor)],
    )?;
    Ok(())
}

/// Forgets a flavor; servers keep the copy that they were made with.
pub fn remove(db: &Connection, id: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM nova_flavors WHERE id = ?1", [id])?;
    Ok(())
}

/// One flavor.
pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<Flavor>> {
    db.query_row("SELECT doc FROM nova_flavors WHERE id = ?1", [id], read).optional()
}

/// All flavors by id, which is Nova's own order.
pub fn list(db: &Connection) -> rusqlite::Result<Vec<Flavor>> {
    db.prepare_cached("SELECT doc FROM nova_flavors ORDER BY id")?.query_map([], read)?.collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Flavor> {
    super::super::store::parse(row.get::<_, String>(0)?)
}
