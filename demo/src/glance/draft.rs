//! Rules for what clients may write into an image, shared by create and update.

use serde_json::{Map, Value};

use super::access::denied;
use super::image::Image;
use super::schema;
use crate::caller::Caller;
use crate::error::Refusal;

// Server code: glance/api/v2/images.py, RequestDeserializer.
const RESERVED: [&str; 4] = ["location", "deleted", "deleted_at", "is_public"];
const QUOTA: usize = 128;

/// Refuses names that no client may write.
pub fn check_name(name: &str) -> Result<(), Refusal> {
    if schema::is_read_only(name) || matches!(name, "locations") {
        return Err(Refusal::forbidden(format!("Attribute '{name}' is read-only.")));
    }
    if RESERVED.contains(&name) || name.starts_with("os_glance") {
        return Err(Refusal::forbidden(format!("Attribute '{name}' is reserved.")));
    }
    Ok(())
}

/// Sets one attribute or custom property, after all checks.
pub fn set(image: &mut Image, name: &str, value: &Value) -> Result<(), Refusal> {
    schema::check(name, value)?;
    let text = || value.as_str().map(str::to_owned);
    match name {
        "id" => image.id = text().unwrap_or_default().to_ascii_lowercase(),
        "name" => image.name = text(),
        "owner" => image.owner = text(),
        "visibility" => image.visibility = text().unwrap_or_default(),
        "protected" => image.protected = value == true,
        "os_hidden" => image.os_hidden = value == true,
        "disk_format" => image.disk_format = text(),
        "container_format" => image.container_format = text(),
        "min_disk" => image.min_disk = size(name, value)?,
        "min_ram" => image.min_ram = size(name, value)?,
        "tags" => image.tags = tags(value)?,
        _ => {
            if name.chars().count() > 255 {
                return Err(Refusal::bad_request(
                    "Custom property should not be greater than 255 characters.",
                ));
            }
            image.properties.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}

fn size(name: &str, value: &Value) -> Result<i64, Refusal> {
    match value.as_i64() {
        Some(size) if size < 0 => Err(Refusal::bad_request(format!(
            "Invalid value '{size}' for parameter '{name}': Cannot be a negative value"
        ))),
        // The database column holds 32 bits.
        Some(size) if size <= i64::from(i32::MAX) => Ok(size),
        _ => Err(Refusal::bad_request(format!("'{name}' value out of range, must not exceed {}.", i32::MAX))),
    }
}

fn tags(value: &Value) -> Result<Vec<String>, Refusal> {
    let mut tags: Vec<String> = Vec::new();
    for tag in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !tags.iter().any(|have| have == tag) {
            tags.push(tag.to_owned());
        }
    }
    check_tag_quota(tags.len())?;
    Ok(tags)
}

/// The tag quota.
pub fn check_tag_quota(count: usize) -> Result<(), Refusal> {
    over_quota("tags", count)
}

/// The property quota. Glance's own properties do not count.
pub fn check_property_quota(properties: &Map<String, Value>) -> Result<(), Refusal> {
    over_quota("properties", properties.keys().filter(|name| !name.starts_with("os_glance")).count())
}

fn over_quota(what: &str, count: usize) -> Result<(), Refusal> {
    if count <= QUOTA {
        return Ok(());
    }
    Err(Refusal::too_large(format!(
        "The limit has been exceeded on the number of allowed image {what}. Attempted: {count}, Maximum: {QUOTA}"
    )))
}

/// Who may make an image public or a community's.
pub fn check_visibility(caller: &Caller, visibility: &str) -> Result<(), Refusal> {
    if visibility == "public" && !caller.is_admin() { Err(denied("publicize_image")) } else { Ok(()) }
}
