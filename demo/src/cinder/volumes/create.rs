//! `POST /volumes`: from nothing, an image, a snapshot or another volume, with Cinder's checks in Cinder's order.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::view::Viewer;
use super::visible;
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::cinder::microversion::Microversion;
use crate::cinder::model::{self, Snapshot, Volume, VolumeType};
use crate::cinder::quotas::{self, Making};
use crate::cinder::scope::Scoped;
use crate::cinder::words::{invalid_input, malformed, missing};
use crate::cinder::{snapshots, types};
use crate::error::Refusal;
use crate::glance::{self, Image};
use crate::jsonschema::is_uuid;
use crate::nova::schema;
use crate::nova::words::invalid;
use crate::nova::zones::ZONE;
use crate::python;
use crate::state::App;
use crate::{clock, faults, ids};

const GIB: i64 = 1 << 30;
// Since 3.53 nothing else may be said.
const KNOWN: [&str; 16] = [
    "name",
    "description",
    "display_name",
    "display_description",
    "volume_type",
    "metadata",
    "snapshot_id",
    "source_volid",
    "consistencygroup_id",
    "size",
    "availability_zone",
    "multiattach",
    "image_id",
    "imageRef",
    "group_id",
    "backup_id",
];

/// What a volume is to be.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// GiB; else that of the snapshot or volume.
    pub size: Option<i64>,
    /// Name or id of its type.
    pub kind: Option<String>,
    /// The user's own metadata.
    pub metadata: BTreeMap<String, String>,
    /// Image.
    pub image: Option<String>,
    /// Snapshot.
    pub snapshot: Option<String>,
    /// Volume.
    pub source: Option<String>,
    /// Zone.
    pub zone: Option<String>,
}

/// `POST /volumes`.
pub async fn create(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    version: Microversion,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let wanted = read(body, version)?;
    if let Some(fault) = faults::sentinel(wanted.name.as_deref(), "") {
        return Err(fault);
    }
    let who = caller.clone();
    let now = clock::now();
    let (volume, types) = app
        .db
        .write(move |tx| {
            let volume = accept(tx, &who, wanted, now)?;
            Ok::<_, Refusal>((volume, model::list::<VolumeType>(tx, None)?))
        })
        .await?;
    let mut shown = Viewer { app: &app, caller: &caller, version, types: &types, now }.brief(&volume);
    // Not yet through the database, which keeps whole seconds.
    shown["created_at"] = json!(clock::naive(now));
    Ok((StatusCode::ACCEPTED, Json(json!({"volume": shown}))))
}

fn read(body: Value, version: Microversion) -> Result<Wanted, Refusal> {
    let body = schema::body(body)?;
    let volume = schema::object(&body, "volume")?;
    if version.since(53) {
        schema::only(volume, "volume", &KNOWN)?;
    }
    let kind = schema::text(volume, "volume_type", "volume_type", 255)?;
    let wanted = Wanted {
        name: text(volume, "name")?.flatten(),
        description: text(volume, "description")?.flatten(),
        size: schema::size(volume, "size", true)?,
        kind,
        metadata: match volume.get("metadata") {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(map) => schema::metadata(map, "metadata")?,
        },
        image: schema::text(volume, "imageRef", "imageRef", 255)?
            .or(schema::text(volume, "image_id", "image_id", 255)?),
        snapshot: id(volume, "snapshot_id")?,
        source: id(volume, "source_volid")?,
        zone: schema::text(volume, "availability_zone", "availability_zone", 255)?,
    };
    if ["backup_id", "group_id", "consistencygroup_id"]
        .iter()
        .any(|key| volume.get(*key).is_some_and(Value::is_string))
    {
        return Err(Refusal::not_spoken("volumes of backups and in groups"));
    }
    if volume.get("multiattach") == Some(&json!(true)) {
        return Err(Refusal::bad_request(
            "multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. \
             Contact your administrator to create a multiattach enabled volume type and use it to create multiattach \
             volumes.",
        ));
    }
    Ok(wanted)
}

/// A name or description, with the spaces around it taken off; `None` where nothing is said, `Some(None)` for null.
pub fn text(map: &Map<String, Value>, key: &str) -> Result<Option<Option<String>>, Refusal> {
    let key = if map.contains_key(key) { key.to_owned() } else { format!("display_{key}") };
    match map.get(&key) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(text)) if text.chars().count() > 255 => {
            let length = text.chars().count();
            Err(invalid_input(&format!("{key} has {length} characters, more than 255.")))
        }
        Some(Value::String(text)) => Ok(Some(Some(text.trim().to_owned()))),
        Some(other) => {
            let value = python::repr(other);
            Err(invalid(&key, &value, &format!("{value} is not of type 'string', 'null'")))
        }
    }
}

fn id(volume: &Map<String, Value>, key: &str) -> Result<Option<String>, Refusal> {
    match volume.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if is_uuid(id) => Ok(Some(id.clone())),
        Some(other) => {
            let value = python::repr(other);
            let plain = other.as_str().unwrap_or(&value);
            Err(invalid(key, plain, &format!("{value} is not valid under any of the given schemas")))
        }
    }
}

/// Checks and keeps a volume; Nova asks in this way, too.
pub fn accept(db: &Connection, caller: &Caller, wanted: Wanted, now: i64) -> Result<Volume, Refusal> {
    let kind = match wanted.kind.as_deref().filter(|kind| !kind.is_empty()) {
        None => None,
        Some(name) => Some(types::find(db, caller, Some(name))?.ok_or_else(|| {
            if is_uuid(name) { missing("Volume type", name) } else { missing("Volume type with name", name) }
        })?),
    };
    let snapshot = wanted.snapshot.as_deref().map(|id| snapshots::visible(db, caller, id)).transpose()?;
    let source = wanted.source.as_deref().map(|id| visible(db, caller, id)).transpose()?;
    let image = wanted.image.as_deref().map(|id| image(db, caller, id)).transpose()?;
    // What Nova has made of a server that runs from a volume is only a name for a snapshot of that.
    let (snapshot, image) = match image.as_ref().and_then(snapshot_of) {
        Some(id) => {
            let gone = || {
                let why =
                    format!("Nova specific image is found, but boot volume snapshot id:{id} not found.");
                Refusal::not_found(why)
            };
            (Some(snapshots::visible(db, caller, &id).map_err(|_| gone())?), None)
        }
        None => (snapshot, image),
    };
    if [image.is_some(), snapshot.is_some(), source.is_some()].iter().filter(|is| **is).count() > 1 {
        return Err(invalid_input("May specify only one of backup, imageRef, snapshot, source volume"));
    }
    let size = wanted.size.or(snapshot.as_ref().map(|it| it.size)).or(source.as_ref().map(|it| it.size));
    let size = size.ok_or_else(malformed)?;
    if let Some(snapshot) = &snapshot {
        fits_snapshot(snapshot, size)?;
    }
    if let Some(source) = &source {
        fits_source(source, size, now)?;
    }
    if let Some(image) = &image {
        fits_image(image, size)?;
    }
    if let Some(zone) = wanted.zone.as_deref().filter(|zone| *zone != ZONE) {
        return Err(Refusal::bad_request(format!("Availability zone '{zone}' is invalid.")));
    }
    let inherited = source.as_ref().map(|it| &it.type_id).or(snapshot.as_ref().map(|it| &it.type_id));
    let type_id = match (kind, inherited) {
        (Some(kind), _) => kind.id,
        (None, Some(id)) => id.clone(),
        (None, None) => types::named(db, types::DEFAULT)?.map(|kind| kind.id).unwrap_or_default(),
    };
    quotas::reserve(db, &caller.project_id, Making::Volume(size, &type_id))?;
    let parent = source
        .as_ref()
        .map(|it| (it.bootable, it.image.clone()))
        .or(snapshot.as_ref().map(|it| (it.bootable, it.image.clone())));
    let (bootable, inherited) = parent.unwrap_or((image.is_some(), image.as_ref().map(image_metadata)));
    let volume = Volume {
        id: ids::uuid(),
        project_id: caller.project_id.clone(),
        user_id: caller.user_id.clone(),
        name: wanted.name,
        description: wanted.description,
        size,
        type_id,
        snapshot_id: snapshot.map(|it| it.id),
        source_id: source.map(|it| it.id),
        metadata: wanted.metadata,
        bootable,
        image: inherited,
        created: now,
        ..Volume::default()
    };
    model::insert(db, &volume)?;
    Ok(volume)
}

fn image(db: &Connection, caller: &Caller, id: &str) -> Result<Image, Refusal> {
    let id = id.rsplit('/').next().unwrap_or(id);
    let missing = || Refusal::bad_request("Invalid image identifier or unable to access requested image.");
    let image = glance::find(db, id)?.ok_or_else(missing)?;
    if glance::may_see(db, caller, &image)? { Ok(image) } else { Err(missing()) }
}

/// The snapshot of the boot volume that a volume-backed snapshot image stands for.
pub fn snapshot_of(image: &Image) -> Option<String> {
    let mapping: Value = serde_json::from_str(image.property("block_device_mapping")?).ok()?;
    let boot = mapping
        .as_array()?
        .iter()
        .find(|device| device["source_type"] == "snapshot" && device["boot_index"].as_i64() == Some(0))?;
    boot["snapshot_id"].as_str().map(str::to_owned)
}

fn fits_snapshot(snapshot: &Snapshot, size: i64) -> Result<(), Refusal> {
    let status = snapshot.status();
    if status != "available" {
        return Err(Refusal::bad_request(
            "Invalid snapshot: Originating snapshot status must be one of 'available' values",
        ));
    }
    if size < snapshot.size {
        return Err(invalid_input(&format!(
            "Volume size '{size}'GB cannot be smaller than the snapshot size {}GB. They must be >= original snapshot \
             size.",
            snapshot.size
        )));
    }
    Ok(())
}

fn fits_source(source: &Volume, size: i64, now: i64) -> Result<(), Refusal> {
    if !["available", "in-use"].contains(&source.status(now)) {
        return Err(Refusal::bad_request(
            "Invalid volume: Originating source volume status must be one of 'available, in-use' values",
        ));
    }
    if size < source.size {
        return Err(invalid_input(&format!(
            "Volume size '{size}'GB cannot be smaller than original volume size  {}GB. They must be >= original volume \
             size.",
            source.size
        )));
    }
    Ok(())
}

fn fits_image(image: &Image, size: i64) -> Result<(), Refusal> {
    if image.status != "active" {
        return Err(invalid_input(&format!("Image {} is not active.", image.id)));
    }
    let file = gib(image.size.unwrap_or(0));
    if file > size {
        return Err(invalid_input(&format!(
            "Size of specified image {file}GB is larger than volume size {size}GB."
        )));
    }
    if size < image.min_disk {
        return Err(invalid_input(&format!(
            "Volume size {size}GB cannot be smaller than the image minDisk size {}GB.",
            image.min_disk
        )));
    }
    let unpacked = gib(image.virtual_size.unwrap_or(0));
    if unpacked > size {
        return Err(Refusal::bad_request(format!(
            "Image {} is unacceptable: Image virtual size is {unpacked}GB and doesn't fit in a volume of size {size}GB.",
            image.id
        )));
    }
    Ok(())
}

fn gib(bytes: i64) -> i64 {
    bytes / GIB + i64::from(bytes % GIB > 0)
}

/// What Cinder keeps of an image on a volume: its properties, and these of its own.
pub fn image_metadata(image: &Image) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = image
        .properties
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    let own = [
        ("image_id", Some(image.id.clone())),
        ("image_name", image.name.clone()),
        ("checksum", image.checksum.clone()),
        ("container_format", image.container_format.clone()),
        ("disk_format", image.disk_format.clone()),
        ("min_disk", Some(image.min_disk.to_string())),
        ("min_ram", Some(image.min_ram.to_string())),
        ("size", image.size.map(|size| size.to_string())),
    ];
    all.extend(own.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    all
}
