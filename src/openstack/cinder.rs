//! Cinder v3: volumes, their snapshots and types, and what a project may have of them.
//!
//! Paths carry no project: an endpoint that wants one has it in its URL, and Cinder needs none since Yoga.

use crate::openstack::{
    error::ApiError,
    ids::{ImageId, VolumeId, VolumeSnapshotId},
    lenient::{as_bool, as_text, list, null_is_default, number},
    page::Page,
    request::{Answer, Request, Service, decode_json, segment},
    zone::list_zones,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Rows asked for at once: Cinder's own limit.
const PAGE: u32 = 1000;

crate::open_enum! {
    /// Where a volume or a snapshot is in its life.
    VolumeStatus {
        /// Being made.
        Creating = "creating",
        /// Being filled from an image.
        Downloading = "downloading",
        /// There, and attached to nothing.
        Available = "available",
        /// About to be attached.
        Reserved = "reserved",
        /// Being attached.
        Attaching = "attaching",
        /// Attached.
        InUse = "in-use",
        /// Being made an image of.
        Uploading = "uploading",
        /// Being deleted.
        Deleting = "deleting",
        /// Failed.
        Error = "error",
        /// Its deletion failed.
        ErrorDeleting = "error_deleting",
    }
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// The id.
    pub id: VolumeId,
    /// The name; may be empty.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
    /// Where it is in its life.
    pub status: VolumeStatus,
    /// GiB.
    #[serde(default, deserialize_with = "number")]
    pub size: u64,
    /// Whether a server can boot from it; Cinder writes it as text.
    #[serde(rename = "bootable", default, deserialize_with = "flag")]
    pub is_bootable: bool,
    /// Whether several servers may have it at once.
    #[serde(rename = "multiattach", default, deserialize_with = "flag")]
    pub is_multiattach: bool,
    /// Its type's name.
    #[serde(default)]
    pub volume_type: Option<String>,
    /// Its zone.
    #[serde(default)]
    pub availability_zone: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "null_is_default")]
    pub created_at: String,
    /// The properties of the image that it was made of, with `min_ram`, `size` …
    #[serde(rename = "volume_image_metadata", default, deserialize_with = "texts")]
    pub image: BTreeMap<String, String>,
}

/// A snapshot of a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeSnapshot {
    /// The id.
    pub id: VolumeSnapshotId,
    /// The name; may be empty.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
    /// Where it is in its life.
    pub status: VolumeStatus,
    /// GiB.
    #[serde(default, deserialize_with = "number")]
    pub size: u64,
    /// The volume that it was taken of.
    #[serde(default)]
    pub volume_id: VolumeId,
    /// When it was made.
    #[serde(default, deserialize_with = "null_is_default")]
    pub created_at: String,
}

/// A kind of volume that the operator offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeType {
    /// The id.
    #[serde(default)]
    pub id: String,
    /// The name, by which requests name it.
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
}

/// The absolute limits; −1 is none. What the cloud leaves out is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeLimits {
    /// Volumes.
    #[serde(rename = "maxTotalVolumes", default)]
    pub max_volumes: Option<i64>,
    /// GiB of volumes and snapshots together.
    #[serde(rename = "maxTotalVolumeGigabytes", default)]
    pub max_gigabytes: Option<i64>,
    /// Volumes there are.
    #[serde(rename = "totalVolumesUsed", default)]
    pub used_volumes: Option<i64>,
    /// GiB in use.
    #[serde(rename = "totalGigabytesUsed", default)]
    pub used_gigabytes: Option<i64>,
}

/// What it takes to make a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CreateVolume {
    /// The name.
    pub name: String,
    /// GiB.
    pub size: u64,
    /// The image that it is made of; without one it is blank.
    #[serde(rename = "imageRef", skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    /// Its type; left out, Cinder's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its zone; left out, Cinder's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
}

/// The project's volumes, newest first, from behind a volume on.
pub fn list_volumes(after: Option<&VolumeId>) -> Request<Page<Volume>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        volumes: Vec<Volume>,
        #[serde(default)]
        volumes_links: Vec<Value>,
    }
    Request::<Value>::get(Service::BlockStorage, "/v3/volumes/detail")
        .query("limit", PAGE)
        .query_opt("marker", after)
        .decoded_by(|answer| {
            decode_json::<Body>(answer).map(|body| Page::of(body.volumes, &body.volumes_links))
        })
}

/// The project's volume snapshots, newest first, from behind a snapshot on.
pub fn list_snapshots(after: Option<&VolumeSnapshotId>) -> Request<Page<VolumeSnapshot>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        snapshots: Vec<VolumeSnapshot>,
        #[serde(default)]
        snapshots_links: Vec<Value>,
    }
    Request::<Value>::get(Service::BlockStorage, "/v3/snapshots/detail")
        .query("limit", PAGE)
        .query_opt("marker", after)
        .decoded_by(|answer| {
            decode_json::<Body>(answer).map(|body| Page::of(body.snapshots, &body.snapshots_links))
        })
}

/// The kinds of volumes that the project may have.
pub fn list_volume_types() -> Request<Vec<VolumeType>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        volume_types: Vec<VolumeType>,
    }
    Request::<Value>::get(Service::BlockStorage, "/v3/types")
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.volume_types))
}

/// What the project may have of volumes, and has.
pub fn get_volume_limits() -> Request<VolumeLimits> {
    #[derive(Deserialize)]
    struct Inner {
        absolute: VolumeLimits,
    }
    #[derive(Deserialize)]
    struct Body {
        limits: Inner,
    }
    Request::<Value>::get(Service::BlockStorage, "/v3/limits")
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.limits.absolute))
}

/// The names of the availability zones for volumes that are up.
pub fn list_volume_zones() -> Request<Vec<String>> {
    list_zones(Service::BlockStorage, "/v3/os-availability-zone")
}

/// One volume.
pub fn get_volume(volume: &VolumeId) -> Request<Volume> {
    Request::<Value>::get(Service::BlockStorage, volume_path(volume)).decoded_by(decode_volume)
}

/// Makes a volume. It is filled from its image in its own time.
pub fn create_volume(body: &CreateVolume) -> Request<Volume> {
    Request::<Value>::post(Service::BlockStorage, "/v3/volumes")
        .json(&json!({ "volume": body }))
        .decoded_by(decode_volume)
}

/// Deletes a volume.
pub fn delete_volume(volume: &VolumeId) -> Request<()> {
    Request::delete(Service::BlockStorage, volume_path(volume))
}

fn decode_volume(answer: &Answer) -> Result<Volume, ApiError> {
    #[derive(Deserialize)]
    struct Body {
        volume: Volume,
    }
    decode_json::<Body>(answer).map(|body| body.volume)
}

fn volume_path(volume: &VolumeId) -> String {
    format!("/v3/volumes/{}", segment(volume))
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Value::deserialize(deserializer).map(|value| as_bool(&value).unwrap_or(false))
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let values = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(values.into_iter().filter_map(|(key, value)| Some((key, as_text(value)?))).collect())
}

#[cfg(test)]
mod tests;
