//! `PATCH /v2/images/{id}`: JSON patch by Glance's rules (glance/api/v2/images.py).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::access::{access_denied, changeable, visible};
use super::draft;
use super::image::Image;
use super::schema;
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::faults;
use crate::state::App;

const OLD: &str = "application/openstack-images-v2.0-json-patch";
const NEW: &str = "application/openstack-images-v2.1-json-patch";

const ACCEPTED: &str =
    "application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch";

enum Change {
    Add(String, Value),
    Replace(String, Value),
    Remove(String),
}

/// Applies all operations, or none.
pub async fn patch(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<JsonBody, Refusal>,
) -> Result<Json<Value>, Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = media_type.split(';').next().unwrap_or("").trim();
    if media_type != NEW && media_type != OLD {
        return Err(unsupported(media_type)
            .header(HeaderName::from_static("accept-patch"), HeaderValue::from_static(ACCEPTED)));
    }
    let old = media_type == OLD;
    let changes = read(&body?.0, old)?;
    let image = app
        .db
        .write(move |tx| -> Result<Image, Refusal> {
            // With nothing to do it is a plain look.
            if changes.is_empty() {
                return visible(tx, &caller, &id);
            }
            let mut image = changeable(tx, &caller, &id, "modify_image")?;
            for change in &changes {
                apply(&mut image, change, &caller)?;
            }
            draft::check_property_quota(&image.properties)?;
            if let Some(fault) = faults::sentinel(image.name.as_deref(), "") {
                return Err(fault);
            }
            image.save(tx)?;
            Ok(image)
        })
        .await?;
    Ok(Json(image.view()))
}

/// Glance's 415.
pub fn unsupported(media_type: &str) -> Refusal {
    Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("The request media type {media_type} is not supported by this server."),
    )
}

fn read(body: &Value, old: bool) -> Result<Vec<Change>, Refusal> {
    let operations = body
        .as_array()
        .ok_or_else(|| Refusal::bad_request("Request body must be a JSON array of operation objects."))?;
    operations.iter().map(|operation| read_one(operation, old)).collect()
}

fn read_one(operation: &Value, old: bool) -> Result<Change, Refusal> {
    if !operation.is_object() {
        return Err(Refusal::bad_request("Operations must be JSON objects."));
    }
    let missing =
        |member: &str| Refusal::bad_request(format!("Unable to find '{member}' in JSON Schema change"));
    let (kind, path) = if old {
        // Version 2.0 has the path under the operation's own name.
        let found =
            ["add", "replace", "remove"].into_iter().find_map(|kind| Some((kind, operation.get(kind)?)));
        found.ok_or_else(|| {
            Refusal::bad_request(
                "Operation objects must contain only one member named \"add\", \"remove\", or \"replace\".",
            )
        })?
    } else {
        const KINDS: &str = "It must be one of the following: add, remove, replace.";
        let kind = operation.get("op").and_then(Value::as_str);
        let kind = kind.ok_or_else(|| {
            Refusal::bad_request(format!("Unable to find `op` in JSON Schema change. {KINDS}"))
        })?;
        if !matches!(kind, "add" | "remove" | "replace") {
            return Err(Refusal::bad_request(format!("Invalid operation: `{kind}`. {KINDS}")));
        }
        (kind, operation.get("path").ok_or_else(|| missing("path"))?)
    };
    let name = pointer(path.as_str().ok_or_else(|| missing("path"))?)?;
    if name == "locations" && operation["value"] == json!([]) {
        return Err(access_denied("Cannot set locations to empty list."));
    }
    draft::check_name(&name)?;
    if name == "id" {
        return Err(Refusal::forbidden("Attribute 'id' is read-only."));
    }
    if kind == "remove" {
        return Ok(Change::Remove(name));
    }
    let value = operation.get("value").cloned().ok_or_else(|| {
        Refusal::bad_request(format!("Operation \"{kind}\" requires a member named \"value\"."))
    })?;
    schema::check(&name, &value)?;
    Ok(if kind == "add" { Change::Add(name, value) } else { Change::Replace(name, value) })
}

/// The one part of a pointer, unescaped.
fn pointer(pointer: &str) -> Result<String, Refusal> {
    let bad = |why: &str| Refusal::bad_request(format!("Pointer `{pointer}` {why}."));
    let Some(path) = pointer.strip_prefix('/') else { return Err(bad("does not start with \"/\"")) };
    if path.contains("//") || path.starts_with('/') {
        return Err(bad("contains adjacent \"/\""));
    }
    if path.ends_with('/') || path.is_empty() {
        return Err(bad("end with \"/\""));
    }
    let escapes =
        path.match_indices('~').all(|(at, _)| matches!(path.as_bytes().get(at + 1), Some(b'0' | b'1')));
    if !escapes {
        return Err(bad("contains \"~\" not part of a recognized escape sequence"));
    }
    if path.contains('/') {
        return Err(Refusal::bad_request(format!("Invalid JSON pointer for this resource: '{pointer}'")));
    }
    Ok(path.trim().replace("~1", "/").replace("~0", "~"))
}

fn apply(image: &mut Image, change: &Change, caller: &Caller) -> Result<(), Refusal> {
    match change {
        Change::Add(name, value) => write(image, name, value, caller),
        Change::Replace(name, value) => {
            if !is_attribute(name) && !image.properties.contains_key(name) {
                return Err(no_property(name));
            }
            write(image, name, value, caller)
        }
        Change::Remove(name) if is_attribute(name) => {
            Err(access_denied(&format!("Property {name} may not be removed.")))
        }
        Change::Remove(name) => image.properties.remove(name).map(drop).ok_or_else(|| no_property(name)),
    }
}

fn write(image: &mut Image, name: &str, value: &Value, caller: &Caller) -> Result<(), Refusal> {
    let locked = matches!(name, "disk_format" | "container_format");
    if locked && !matches!(image.status.as_str(), "queued" | "importing") {
        return Err(Refusal::forbidden(format!("Attribute {name} can be only replaced for a queued image.")));
    }
    if name == "owner" && !caller.is_admin() && value.as_str() != image.owner.as_deref() {
        return Err(access_denied("Owner can't be updated by non admin."));
    }
    if name == "visibility" && value.as_str() != Some(&image.visibility) {
        draft::check_visibility(caller, value.as_str().unwrap_or(""))?;
    }
    draft::set(image, name, value)
}

fn is_attribute(name: &str) -> bool {
    schema::properties().contains_key(name)
}

fn no_property(name: &str) -> Refusal {
    Refusal::conflict("There was a conflict when trying to complete your request.")
        .detail(format!("Property {name} does not exist."))
}
