//! Nova's tables. Rows hold one JSON document each, and as columns only what is searched by.

use serde::{Serialize, de::DeserializeOwned};

/// Made when the database is opened; harmless when it is there.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS nova_flavors  (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nova_servers  (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
                                          project_id TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS nova_servers_by_project ON nova_servers (project_id, seq);
CREATE TABLE IF NOT EXISTS nova_keypairs (seq INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT NOT NULL,
                                          name TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (user_id, name));
CREATE TABLE IF NOT EXISTS nova_quotas   (project_id TEXT NOT NULL, resource TEXT NOT NULL, most INTEGER NOT NULL,
                                          PRIMARY KEY (project_id, resource));
CREATE TABLE IF NOT EXISTS nova_groups   (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
                                          project_id TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nova_snapshots (image_id TEXT PRIMARY KEY, source_id TEXT, started INTEGER NOT NULL);
";

/// A document as kept. Our own types always serialise.
pub fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own documents have string keys only")
}

/// A kept document.
pub fn parse<T: DeserializeOwned>(text: String) -> rusqlite::Result<T> {
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}
