//! Glance v2: images, their members and actions, and what the cloud says about itself.

pub mod image;
pub mod import;
pub mod info;
pub mod member;
pub mod metadef;
pub mod patch;
pub mod store;
pub mod task;

use crate::openstack::{
    error::ApiError,
    glance::{
        image::{ContainerFormat, DiskFormat, Image, Visibility},
        member::MemberStatus,
        patch::Patch,
    },
    ids::{ImageId, ProjectId},
    lenient,
    request::{Answer, Request, Service, decode_json, percent_decode, segment},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The media type of an image's bytes.
pub const BYTES: &str = "application/octet-stream";

/// What to list. The default is Glance's own: public ones, the project's, and shared ones that were accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListImages {
    /// How many at most; Glance caps it (usually at 1000).
    pub limit: Option<u32>,
    /// Begin after this one.
    pub marker: Option<ImageId>,
    /// Only this visibility; `"all"` is an `Other`.
    pub visibility: Option<Visibility>,
    /// Only the hidden ones, or only the others.
    pub os_hidden: Option<bool>,
    /// With `visibility: Shared`: which offers. The project's own shared images come along and must be dropped.
    pub member_status: Option<MemberStatus>,
    /// Only those changed at or after this time (`2026-11-23T08:55:31Z`).
    pub updated_since: Option<String>,
    /// Only these.
    pub ids: Vec<ImageId>,
    /// Only this project's.
    pub owner: Option<ProjectId>,
    /// Only those with this name.
    pub name: Option<String>,
    /// Only those with this content.
    pub os_hash_value: Option<String>,
    /// Only those in this state.
    pub status: Option<image::ImageStatus>,
    /// `created_at:desc` and the like; Glance's default is newest first.
    pub sort: Option<String>,
}

/// A page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImagePage {
    /// The images.
    pub images: Vec<Image>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<ImageId>,
    /// Rows that were no images at all (no id).
    pub skipped: usize,
}

/// Lists images, one page.
pub fn list_images(wanted: &ListImages) -> Request<ImagePage> {
    let ids: Vec<&str> = wanted.ids.iter().map(ImageId::as_str).collect();
    Request::<Value>::get(Service::Image, "/v2/images")
        .query_opt("limit", wanted.limit)
        .query_opt("marker", wanted.marker.as_ref())
        .query_opt("visibility", wanted.visibility.as_ref())
        .query_opt("os_hidden", wanted.os_hidden)
        .query_opt("member_status", wanted.member_status.as_ref())
        .query_opt("updated_at", wanted.updated_since.as_ref().map(|since| format!("gte:{since}")))
        .query_opt("id", (!ids.is_empty()).then(|| format!("in:{}", ids.join(","))))
        .query_opt("owner", wanted.owner.as_ref())
        .query_opt("name", wanted.name.as_ref())
        .query_opt("os_hash_value", wanted.os_hash_value.as_ref())
        .query_opt("status", wanted.status.as_ref())
        .query_opt("sort", wanted.sort.as_ref())
        .decoded_by(decode_page)
}

/// From this version on images can be hidden, and have a SHA-512.
pub const HIDDEN: &str = "2.7";
/// Named by clouds that have several stores, and by no others.
pub const STORES: &str = "2.8";
/// Before this version there are no tasks of an image (2.12) and no usage of limits (2.13) either. A cloud of one store names
/// neither of the two, and may yet have both.
pub const TASKS_AND_USAGE: &str = "2.9";

/// One image.
pub fn get_image(image: &ImageId) -> Request<Image> {
    Request::get(Service::Image, image_path(image))
}

/// A new record, without bytes. Base attributes that aren't given are left to Glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CreateImage {
    /// Chosen by us, so that a lost answer leaves no unknown record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ImageId>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The format of the bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_format: Option<DiskFormat>,
    /// What is around them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_format: Option<ContainerFormat>,
    /// Who sees it; Glance's default is `shared`, so it is better always given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// In GiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_disk: Option<u64>,
    /// In MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_ram: Option<u64>,
    /// Whether it can't be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protected: Option<bool>,
    /// Whether the default listing leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_hidden: Option<bool>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Everything else.
    #[serde(flatten)]
    pub properties: BTreeMap<String, String>,
}

/// Creates a record.
pub fn create_image(body: &CreateImage) -> Request<Image> {
    Request::post(Service::Image, "/v2/images").json(body)
}

/// Changes what the patch names, and nothing else.
pub fn update_image(image: &ImageId, patch: &Patch) -> Request<Image> {
    Request::patch(Service::Image, image_path(image)).json_as(patch::MEDIA_TYPE, patch)
}

/// Deletes an image, whatever its status.
pub fn delete_image(image: &ImageId) -> Request<()> {
    Request::delete(Service::Image, image_path(image))
}

/// Where an image's bytes are sent to (PUT, `BYTES`, 204) and got from. An upload needs progress, so it is not a
/// `Request`.
pub fn file_path(image: &ImageId) -> String {
    format!("{}/file", image_path(image))
}

/// Takes an image out of use.
pub fn deactivate_image(image: &ImageId) -> Request<()> {
    Request::<Value>::post(Service::Image, format!("{}/actions/deactivate", image_path(image))).no_answer()
}

/// Puts it back into use.
pub fn reactivate_image(image: &ImageId) -> Request<()> {
    Request::<Value>::post(Service::Image, format!("{}/actions/reactivate", image_path(image))).no_answer()
}

/// One image as Glance writes it, with whatever we don't know.
pub fn get_image_as_written(image: &ImageId) -> Request<Value> {
    Request::get(Service::Image, image_path(image))
}

/// Adds a tag; one that is there already stays.
pub fn add_tag(image: &ImageId, tag: &str) -> Request<()> {
    Request::<Value>::put(Service::Image, tag_path(image, tag)).no_answer()
}

/// Removes a tag; 404 where there is none.
pub fn remove_tag(image: &ImageId, tag: &str) -> Request<()> {
    Request::delete(Service::Image, tag_path(image, tag))
}

fn tag_path(image: &ImageId, tag: &str) -> String {
    format!("{}/tags/{}", image_path(image), segment(tag))
}

fn image_path(image: &ImageId) -> String {
    format!("/v2/images/{}", segment(image))
}

fn decode_page(answer: &Answer) -> Result<ImagePage, ApiError> {
    let mut body: Value = decode_json(answer)?;
    let Some(rows) = body.get_mut("images").filter(|rows| rows.is_array()).map(Value::take) else {
        return Err(ApiError::Decode { what: "images".to_owned() });
    };
    let (images, skipped) = lenient::rows::<Image>(rows);
    let next = body.get("next").and_then(Value::as_str).and_then(marker_of);
    Ok(ImagePage { images, next, skipped })
}

/// `next` is a path without the endpoint's prefix, so only its marker is of use.
fn marker_of(next: &str) -> Option<ImageId> {
    let (_, query) = next.split_once('?')?;
    let marker = query.split('&').find_map(|pair| pair.strip_prefix("marker="))?;
    Some(ImageId::from(percent_decode(marker)))
}

#[cfg(test)]
mod tests;
