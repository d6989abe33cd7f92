//! `block_device_mapping_v2`: read as Nova's schema does, and held against Nova's rules in its order and words.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::checks::Root;
use super::create;
use super::request::flag;
use crate::caller::Caller;
use crate::cinder::model::Volume;
use crate::cinder::{self, snapshots, types};
use crate::clock;
use crate::error::Refusal;
use crate::glance::Image;
use crate::nova::flavors::model::Flavor;
use crate::nova::microversion::Microversion;
use crate::nova::schema;
use crate::nova::words::invalid;
use crate::python;

const SOURCES: [&str; 4] = ["volume", "image", "snapshot", "blank"];
const KNOWN: [(&str, u16); 14] = [
    ("boot_index", 1),
    ("source_type", 1),
    ("destination_type", 1),
    ("uuid", 1),
    ("volume_size", 1),
    ("delete_on_termination", 1),
    ("device_name", 1),
    ("device_type", 1),
    ("disk_bus", 1),
    ("guest_format", 1),
    ("no_device", 1),
    ("virtual_name", 1),
    ("tag", 42),
    ("volume_type", 67),
];

/// Where a device's contents come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A volume that there is.
    Volume(String),
    /// A new volume of an image, or (locally) that image's disk.
    Image(String),
    /// A new volume of a snapshot.
    Snapshot(String),
    /// A new, empty volume, or (locally) an ephemeral disk.
    Blank,
}

/// One block device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Where its contents come from.
    pub source: Source,
    /// Whether it is a volume; else a disk on the host.
    pub is_volume: bool,
    /// Place in the order of booting; none for what is not booted from.
    pub index: Option<i64>,
    /// GiB of a new volume.
    pub size: Option<i64>,
    /// Type of a new volume.
    pub kind: Option<String>,
    /// Whether it goes with the server.
    pub goes: bool,
    /// Device tag.
    pub tag: Option<String>,
}

/// Reads the request's devices.
pub fn read(
    server: &Map<String, Value>,
    version: Microversion,
    has_image: bool,
) -> Result<Vec<Device>, Refusal> {
    let list = match server.get("block_device_mapping_v2") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(schema::wrong_type("block_device_mapping_v2", other, "array")),
    };
    // The schema looks at all of them first.
    for (index, device) in list.iter().enumerate() {
        let Value::Object(device) = device else {
            return Err(schema::wrong_type(&index.to_string(), device, "object"));
        };
        fits_schema(device, &index.to_string(), version)?;
    }
    list.iter().filter_map(Value::as_object).map(|device| one(device, has_image)).collect()
}

fn fits_schema(device: &Map<String, Value>, at: &str, version: Microversion) -> Result<(), Refusal> {
    one_of(device, "source_type", &SOURCES)?;
    one_of(device, "destination_type", &["local", "volume"])?;
    boot_index(device)?;
    schema::size(device, "volume_size", false)?;
    flag(device, "delete_on_termination")?;
    schema::text(device, "uuid", "uuid", 255)?;
    schema::text(device, "volume_type", "volume_type", 255)?;
    schema::text(device, "tag", "tag", 60)?;
    let known: Vec<&str> =
        KNOWN.iter().filter(|(_, since)| version.since(*since)).map(|(key, _)| *key).collect();
    schema::only(device, at, &known)
}

fn one_of(device: &Map<String, Value>, key: &str, known: &[&str]) -> Result<(), Refusal> {
    match device.get(key) {
        None => Ok(()),
        Some(Value::String(word)) if known.contains(&word.as_str()) => Ok(()),
        Some(other) => {
            let value = python::repr(other);
            let why = format!("{value} is not one of {}", python::repr(&json!(known)));
            Err(invalid(key, other.as_str().unwrap_or(&value), &why))
        }
    }
}

fn boot_index(device: &Map<String, Value>) -> Result<Option<i64>, Refusal> {
    match device.get("boot_index") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => Ok(Some(schema::integer(value, "boot_index", i64::MIN)?).filter(|index| *index >= 0)),
    }
}

/// A device that fits the schema, as Nova's `BlockDeviceDict.from_api` takes it.
fn one(device: &Map<String, Value>, has_image: bool) -> Result<Device, Refusal> {
    let word = |key: &str| device.get(key).and_then(Value::as_str);
    let uuid = word("uuid").map(str::to_owned);
    let missing = || broken("Missing device UUID.");
    let source = match word("source_type") {
        Some("volume") => Source::Volume(uuid.ok_or_else(missing)?),
        Some("image") => Source::Image(uuid.ok_or_else(missing)?),
        Some("snapshot") => Source::Snapshot(uuid.ok_or_else(missing)?),
        _ if uuid.is_some() => return Err(broken("Invalid device UUID.")),
        _ => Source::Blank,
    };
    let is_volume = match word("destination_type") {
        Some(destination) => destination == "volume",
        None => matches!(source, Source::Volume(_) | Source::Snapshot(_)),
    };
    let index = boot_index(device)?;
    if let (Source::Image(_), false) = (&source, is_volume)
        && !(index == Some(0) && has_image)
    {
        return Err(broken("Mapping image to local is not supported."));
    }
    Ok(Device {
        source,
        is_volume,
        index,
        size: schema::size(device, "volume_size", false)?,
        kind: word("volume_type").map(str::to_owned),
        goes: flag(device, "delete_on_termination")?,
        tag: word("tag").map(str::to_owned),
    })
}

/// Nova's `InvalidBDM` and its kin.
pub fn broken(why: &str) -> Refusal {
    Refusal::bad_request(format!("Block Device Mapping is Invalid: {why}"))
}

/// What the server boots from, as far as a flavor has to fit it: the image asked for, else what the first device holds.
pub fn boot_image(
    db: &Connection,
    caller: &Caller,
    image: Option<&Image>,
    devices: &[Device],
) -> Result<Option<Image>, Refusal> {
    if let Some(image) = image {
        return Ok(Some(image.clone()));
    }
    // Nova names the image that was asked for, and none was.
    let unnamed = |image: Image| Image { id: "None".to_owned(), ..image };
    let Some(root) = devices.iter().find(|device| device.index == Some(0)) else { return Ok(None) };
    match &root.source {
        Source::Image(id) => {
            let missing = format!("failed to get image {id}.");
            let image = create::image(db, caller, Some(id), "").map_err(|_| broken(&missing))?;
            Ok(Some(unnamed(image)))
        }
        Source::Volume(id) => {
            let volume = volume(db, caller, id)?;
            if !volume.bootable {
                return Err(Refusal::bad_request(format!("Block Device {id} is not bootable.")));
            }
            Ok(Some(of_volume(volume.image.unwrap_or_default())))
        }
        Source::Snapshot(id) => {
            let snapshot = snapshots::visible(db, caller, id)
                .map_err(|refusal| Refusal::bad_request(refusal.message))?;
            Ok(Some(of_volume(snapshot.image.unwrap_or_default())))
        }
        Source::Blank => Ok(None),
    }
}

/// What `volume_image_metadata` says, as the image that it was.
fn of_volume(metadata: std::collections::BTreeMap<String, String>) -> Image {
    let number = |key: &str| metadata.get(key).and_then(|text| text.parse().ok()).unwrap_or(0);
    Image {
        id: "None".to_owned(),
        status: "active".to_owned(),
        min_ram: number("min_ram"),
        min_disk: number("min_disk"),
        properties: metadata.into_iter().map(|(key, value)| (key, json!(value))).collect(),
        ..Image::default()
    }
}

/// The devices that a snapshot of a volume-backed server brings along; what is asked for as first replaces its first.
pub fn of_image(image: &Image) -> Vec<Device> {
    let mapping = image.property("block_device_mapping").unwrap_or("[]");
    let list: Vec<Value> = serde_json::from_str(mapping).unwrap_or_default();
    list.iter()
        .filter_map(|device| {
            let id = device["snapshot_id"].as_str()?.to_owned();
            Some(Device {
                source: Source::Snapshot(id),
                is_volume: true,
                index: device["boot_index"].as_i64().filter(|index| *index >= 0),
                size: device["volume_size"].as_i64(),
                kind: None,
                goes: device["delete_on_termination"] == true,
                tag: None,
            })
        })
        .collect()
}

/// The devices of the request with those of the image.
pub fn together(asked: Vec<Device>, image: Option<&Image>) -> Vec<Device> {
    let mut own = image.map(of_image).unwrap_or_default();
    if asked.iter().any(|device| device.index == Some(0)) {
        own.retain(|device| device.index != Some(0));
    }
    own.into_iter().chain(asked).collect()
}

/// Where the first disk will be.
pub fn root(devices: &[Device]) -> Root {
    match devices.iter().find(|device| device.index == Some(0)) {
        // The size of a volume that there is, Nova looks up too late to hold it against the image.
        Some(device) if device.is_volume => Root::Volume(device.size),
        _ => Root::Local,
    }
}

/// One volume cannot be in several servers.
pub fn can_be_many(devices: &[Device], most: i64) -> Result<(), Refusal> {
    let is_one = |device: &Device| matches!(device.source, Source::Volume(_));
    if most > 1 && devices.iter().any(is_one) {
        return Err(Refusal::bad_request("Cannot attach one or more volumes to multiple instances"));
    }
    Ok(())
}

/// Nova's `_validate_bdm`.
pub fn validate(
    db: &Connection,
    caller: &Caller,
    devices: &[Device],
    has_image: bool,
    flavor: &Flavor,
) -> Result<(), Refusal> {
    let mut order: Vec<i64> = devices.iter().filter_map(|device| device.index).collect();
    // An image alone is a first disk on the host.
    if has_image && !order.contains(&0) {
        order.push(0);
    }
    order.sort_unstable();
    if order.is_empty() || order.iter().enumerate().any(|(place, index)| *index != place as i64) {
        return Err(broken(
            "Boot sequence for the instance and image/block device mapping combination is not valid.",
        ));
    }
    for device in devices {
        if let Some(kind) = &device.kind
            && types::find(db, caller, Some(kind))?.is_none()
        {
            return Err(Refusal::bad_request(format!("Volume type {kind} could not be found.")));
        }
        contents(db, caller, device)?;
    }
    let ephemeral = |device: &&Device| device.source == Source::Blank && !device.is_volume;
    let local: i64 = devices.iter().filter(ephemeral).map(|it| it.size.unwrap_or(flavor.ephemeral)).sum();
    if local > flavor.ephemeral {
        return Err(Refusal::bad_request(
            "Ephemeral disks requested are larger than the instance type allows. If no size is given in one block \
             device mapping, flavor ephemeral size will be used.",
        ));
    }
    Ok(())
}

fn contents(db: &Connection, caller: &Caller, device: &Device) -> Result<(), Refusal> {
    match &device.source {
        Source::Image(id) => {
            create::image(db, caller, Some(id), "")
                .map_err(|_| broken(&format!("failed to get image {id}.")))?;
            if device.is_volume && device.size.is_none() {
                return Err(Refusal::bad_request(
                    "Images with destination_type 'volume' need to have a non-zero size specified",
                ));
            }
        }
        Source::Volume(id) => {
            let status = volume(db, caller, id)?.status(clock::now());
            if !["available", "downloading"].contains(&status) {
                return Err(Refusal::bad_request(format!(
                    "Invalid volume: Invalid input received: Invalid volume: Volume {id} status must be available or \
                     downloading to reserve, but the current status is {status}. (HTTP 400) (Request-ID: req-{})",
                    crate::ids::uuid()
                )));
            }
        }
        Source::Snapshot(id) => {
            snapshots::visible(db, caller, id)
                .map_err(|_| broken(&format!("failed to get snapshot {id}.")))?;
        }
        Source::Blank if device.is_volume && device.size.is_none() => {
            return Err(Refusal::bad_request(
                "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size",
            ));
        }
        Source::Blank => {}
    }
    Ok(())
}

fn volume(db: &Connection, caller: &Caller, id: &str) -> Result<Volume, Refusal> {
    cinder::volumes::visible(db, caller, id).map_err(|_| broken(&format!("failed to get volume {id}.")))
}
