//! Neutron's records: one table, each row the JSON that the API shows.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

/// A record as the API shows it.
pub type Record = Map<String, Value>;

/// The table of all kinds of records.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS neutron_records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL,
    doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS neutron_records_by_kind ON neutron_records (kind, id);
";

/// What a record is; the word in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A network.
    Network,
    /// A subnet.
    Subnet,
    /// A port.
    Port,
    /// A router.
    Router,
    /// A security group; its rules are part of it.
    SecurityGroup,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Subnet => "subnet",
            Self::Port => "port",
            Self::Router => "router",
            Self::SecurityGroup => "security_group",
        }
    }
}

/// Keeps a new record; it carries its own `id` and `project_id`.
pub fn insert(db: &Connection, kind: Kind, record: &Record) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO neutron_records (kind, id, project_id, doc) VALUES (?1, ?2, ?3, ?4)",
        params![kind.word(), text(record, "id"), text(record, "project_id"), doc(record)],
    )
    .map(drop)
}

/// Writes a changed record.
pub fn update(db: &Connection, record: &Record) -> rusqlite::Result<()> {
    db.execute("UPDATE neutron_records SET doc = ?2 WHERE id = ?1", params![text(record, "id"), doc(record)])
        .map(drop)
}

/// Forgets a record.
pub fn remove(db: &Connection, id: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM neutron_records WHERE id = ?1", [id]).map(drop)
}

/// One record.
pub fn get(db: &Connection, kind: Kind, id: &str) -> rusqlite::Result<Option<Record>> {
    let sql = "SELECT doc FROM neutron_records WHERE kind = ?1 AND id = ?2";
    db.query_row(sql, [kind.word(), id], read).optional()
}

/// All records of a kind by id, which is the order that Neutron gives.
pub fn list(db: &Connection, kind: Kind) -> rusqlite::Result<Vec<Record>> {
    db.prepare_cached("SELECT doc FROM neutron_records WHERE kind = ?1 ORDER BY id")?
        .query_map([kind.word()], read)?
        .collect()
}

/// A text attribute, or nothing.
pub fn text<'a>(record: &'a Record, key: &str) -> &'a str {
    record.get(key).and_then(Value::as_str).unwrap_or("")
}

/// A true-or-false attribute.
pub fn flag(record: &Record, key: &str) -> bool {
    record.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
    crate::nova::store::parse(row.get::<_, String>(0)?)
}

fn doc(record: &Record) -> String {
    crate::nova::store::write(record)
}
