//! An image's row: reading and writing it.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value, json};

use crate::clock;

/// An image as it is kept. Times are in microseconds since 1970.
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// UUID.
    pub id: String,
    /// Name, where one is set.
    pub name: Option<String>,
    /// Project id of the owner.
    pub owner: Option<String>,
    /// public, private, shared or community.
    pub visibility: String,
    /// queued, saving, uploading, importing, active, deactivated, pending_delete, killed.
    pub status: String,
    /// qcow2, raw, …
    pub disk_format: Option<String>,
    /// bare, …
    pub container_format: Option<String>,
    /// In GiB.
    pub min_disk: i64,
    /// In MiB.
    pub min_ram: i64,
    /// Bytes of the file.
    pub size: Option<i64>,
    /// Bytes of the disk in it.
    pub virtual_size: Option<i64>,
    /// MD5.
    pub checksum: Option<String>,
    /// sha512.
    pub os_hash_algo: Option<String>,
    /// SHA-512.
    pub os_hash_value: Option<String>,
    /// Cannot be deleted.
    pub protected: bool,
    /// Left out of lists.
    pub os_hidden: bool,
    /// When it was created.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Custom properties; values are strings.
    pub properties: Map<String, Value>,
    /// Tags.
    pub tags: Vec<String>,
    /// Stores that hold its bytes.
    pub stores: Vec<String>,
}

/// The columns that `Image::read` and `Image::write` take, in their order.
pub const COLUMNS: &str = "id, name, owner, visibility, status, disk_format, container_format, min_disk, min_ram, \
    size, virtual_size, checksum, os_hash_algo, os_hash_value, protected, os_hidden, created_at, updated_at, \
    properties, tags, stores";

/// The image of this id, unless it is deleted.
pub fn find(c: &Connection, id: &str) -> rusqlite::Result<Option<Image>> {
    let sql = format!("SELECT {COLUMNS} FROM images WHERE id = ? AND deleted_at IS NULL");
    c.prepare_cached(&sql)?.query_row([id], Image::read).optional()
}

impl Image {
    /// From a row of `COLUMNS`.
    pub fn read(row: &Row) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            owner: row.get(2)?,
            visibility: row.get(3)?,
            status: row.get(4)?,
            disk_format: row.get(5)?,
            container_format: row.get(6)?,
            min_disk: row.get(7)?,
            min_ram: row.get(8)?,
            size: row.get(9)?,
            virtual_size: row.get(10)?,
            checksum: row.get(11)?,
            os_hash_algo: row.get(12)?,
            os_hash_value: row.get(13)?,
            protected: row.get(14)?,
            os_hidden: row.get(15)?,
            created_at: row.get(16)?,
            updated_at: row.get(17)?,
            properties: from_json(row, 18)?,
            tags: from_json(row, 19)?,
            stores: from_json(row, 20)?,
        })
    }

    /// A custom property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).and_then(Value::as_str)
    }

    /// Adds the row.
    pub fn insert(&self, c: &Connection) -> rusqlite::Result<()> {
        self.write(c, |marks| format!("INSERT INTO images ({COLUMNS}) VALUES ({marks})"))
    }

    /// Writes the row back, as changed now.
    pub fn save(&mut self, c: &Connection) -> rusqlite::Result<()> {
        self.updated_at = clock::now();
        self.write(c, |marks| format!("UPDATE images SET ({COLUMNS}) = ({marks}) WHERE id = ?1"))
    }

    fn write(&self, c: &Connection, sql: impl FnOnce(&str) -> String) -> rusqlite::Result<()> {
        let values = params![
            self.id,
            self.name,
            self.owner,
            self.visibility,
            self.status,
            self.disk_format,
            self.container_format,
            self.min_disk,
            self.min_ram,
            self.size,
            self.virtual_size,
            self.checksum,
            self.os_hash_algo,
            self.os_hash_value,
            self.protected,
            self.os_hidden,
            self.created_at,
            self.updated_at,
            to_json(&self.properties),
            to_json(&self.tags),
            to_json(&self.stores),
        ];
        let marks: Vec<String> = (1..=values.len()).map(|number| format!("?{number}")).collect();
        c.prepare_cached(&sql(&marks.join(", ")))?.execute(values).map(drop)
    }

    /// As Glance shows it.
    pub fn view(&self) -> Value {
        let mut view = self.properties.clone();
        // Glance keeps a set: its order is any but the one that somebody counts on.
        let mut tags = self.tags.clone();
        tags.sort_unstable_by(|one, other| other.cmp(one));
        let own = json!({
            "name": self.name,
            "disk_format": self.disk_format,
            "container_format": self.container_format,
            "visibility": self.visibility,
            "size": self.size,
            "virtual_size": self.virtual_size,
            "status": self.status,
            "checksum": self.checksum,
            "protected": self.protected,
            "min_ram": self.min_ram,
            "min_disk": self.min_disk,
            "owner": self.owner,
            "os_hidden": self.os_hidden,
            "os_hash_algo": self.os_hash_algo,
            "os_hash_value": self.os_hash_value,
            "id": self.id,
            "created_at": clock::seconds(self.created_at),
            "updated_at": clock::seconds(self.updated_at),
            "tags": tags,
            "self": format!("/v2/images/{}", self.id),
            "file": format!("/v2/images/{}/file", self.id),
            "schema": "/v2/schemas/image",
        });
        if let Value::Object(own) = own {
            view.extend(own);
        }
        // Glance keeps the locations of a deactivated image to itself (transcript 037).
        if !self.stores.is_empty() && self.status != "deactivated" {
            let mut stores = self.stores.clone();
            stores.sort();
            view.insert("stores".into(), stores.join(",").into());
        }
        Value::Object(view)
    }
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into())
    })
}

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
