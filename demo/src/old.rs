//! `--old`: the same cloud as Queens (2018) would have been, the oldest that Sextant is held to work on. What such a cloud
//! lacks is taken away here, between `wire` and the services, so that the services themselves know one release only.
//!
//! | Service | What it is, and lacks |
//! |---|---|
//! | Keystone | 3.10 |
//! | Glance | 2.6: no `os_hidden`, no `os_hash_*` and no `virtual_size` of an image, one store without a name, import by `glance-direct` only, no image tasks, no usage |
//! | Nova | to 2.60: no extra specs in the list of flavors (2.61), no type for a new boot volume (2.67), no `.` and `@` in key pairs' names (2.92), no image properties with the server (2.98) |
//! | Neutron | no port security, MTU, tags, times and revisions |
//! | Cinder | to 3.50 |

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// The newest microversion that a request may name, where it is not the service's own.
#[derive(Debug, Clone, Copy)]
pub struct Ceiling(pub u16);

const KEYSTONE: &str = "v3.10";
const GLANCE: u16 = 6;
const NOVA: u16 = 60;
const CINDER: u16 = 50;
const METHODS: [&str; 1] = ["glance-direct"];

/// What an image does not have yet.
const IMAGE_FIELDS: [&str; 4] = ["os_hidden", "os_hash_algo", "os_hash_value", "stores"];

/// What Neutron's records have only by extensions that are not there.
const NETWORK_FIELDS: [&str; 6] =
    ["port_security_enabled", "mtu", "tags", "created_at", "updated_at", "revision_number"];
const EXTENSIONS: [&str; 5] = ["security-group", "router", "external-net", "pagination", "sorting"];

/// A request's body that has to be looked into is JSON, and never longer.
const LONGEST: usize = 1 << 20;

/// The layer; does nothing without `--old`.
pub async fn age(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let service = Service::of_path(request.uri().path()).filter(|_| app.options.old);
    let Some(service) = service else { return next.run(request).await };
    let ceiling = match service {
        Service::Compute => Some(Ceiling(NOVA)),
        Service::Volume => Some(Ceiling(CINDER)),
        _ => None,
    };
    if let Some(ceiling) = ceiling {
        request.extensions_mut().insert(ceiling);
    }
    if service != Service::Image {
        return rewritten(next.run(request).await, |body| forget(service, body)).await;
    }
    let uri = request.uri().clone();
    match before(request).await {
        Ok(request) => rewritten(next.run(request).await, |body| forget_image(&uri, body)).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// What Glance does not know yet is refused, or not noticed.
async fn before(mut request: Request) -> Result<Request, Refusal> {
    let path = request.uri().path().trim_start_matches(Service::Image.prefix()).to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["v2", "info", "usage" | "stores", ..] | ["v2", "stores", ..] | ["v2", "images", _, "tasks"] => {
            return Err(Refusal::not_found("The resource could not be found."));
        }
        _ => {}
    }
    request.headers_mut().remove("x-image-meta-store");
    let method = request.method().clone();
    match (method, parts.as_slice()) {
        (Method::POST, ["v2", "images"]) => {
            with_json(request, |body| refuse_hidden(body.get("os_hidden"))).await
        }
        (Method::PATCH, ["v2", "images", _]) => {
            with_json(request, |body| {
                let changes = body.as_array().into_iter().flatten();
                let mut hidden = changes.filter(|change| change["path"] == "/os_hidden");
                match hidden.next() {
                    Some(change) if change["op"] == "add" => refuse_hidden(change.get("value")),
                    Some(_) => Err(Refusal::conflict("Property os_hidden does not exist.")),
                    None => Ok(()),
                }
            })
            .await
        }
        (Method::POST, ["v2", "images", _, "import"]) => {
            with_json(request, |body| {
                if let Some(body) = body.as_object_mut() {
                    body.retain(|key, _| !key.contains("stores"));
                }
                match body["method"]["name"].as_str() {
                    Some(name) if !METHODS.contains(&name) => {
                        Err(Refusal::bad_request(format!("Unknown import method name '{name}'.")))
                    }
                    _ => Ok(()),
                }
            })
            .await
        }
        _ => Ok(request),
    }
}

/// To an old Glance it is a property like any other, and those are text.
fn refuse_hidden(value: Option<&Value>) -> Result<(), Refusal> {
    match value {
        None | Some(Value::String(_)) => Ok(()),
        Some(value) => {
            let value = if *value == true { "True" } else { "False" };
            Err(Refusal::bad_request(format!(
                "Provided object does not match schema 'image': {value} is not of type 'string'"
            )))
        }
    }
}

async fn with_json(
    request: Request,
    look: impl FnOnce(&mut Value) -> Result<(), Refusal>,
) -> Result<Request, Refusal> {
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    // What is no JSON is the service's to refuse.
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut body) => {
            look(&mut body)?;
            Bytes::from(body.to_string())
        }
        Err(_) => bytes,
    };
    parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn rewritten(response: Response, rewrite: impl FnOnce(&mut Value)) -> Response {
    let is_json = |headers: &HeaderMap| {
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
    };
    if response.extensions().get::<Refusal>().is_some() || !is_json(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut body) => {
            rewrite(&mut body);
            Bytes::from(body.to_string())
        }
        Err(_) => bytes,
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove("openstack-image-store-ids");
    if let Some(methods) = parts.headers.get_mut("openstack-image-import-methods") {
        *methods = header::HeaderValue::from_static(METHODS[0]);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Takes from an answer what the service did not have.
fn forget(service: Service, body: &mut Value) {
    let newest = match service {
        Service::Identity => {
            for at in ["/version/id", "/versions/values/0/id"] {
                if let Some(id) = body.pointer_mut(at) {
                    *id = KEYSTONE.into();
                }
            }
            return;
        }
        Service::Network => {
            if let Some(Value::Array(extensions)) = body.get_mut("extensions") {
                extensions.retain(|it| it["alias"].as_str().is_some_and(|alias| EXTENSIONS.contains(&alias)));
            }
            for record in body.as_object_mut().into_iter().flat_map(Map::values_mut) {
                each(record, |record| record.retain(|key, _| !NETWORK_FIELDS.contains(&key.as_str())));
            }
            return;
        }
        Service::Compute => format!("2.{NOVA}"),
        Service::Volume => format!("3.{CINDER}"),
        Service::Image => return,
    };
    let versions = body.as_object_mut().into_iter().flatten();
    for (_, versions) in versions.filter(|(key, _)| ["version", "versions"].contains(&key.as_str())) {
        each(versions, |version| {
            if version.get("min_version").is_some_and(|lowest| lowest != "") {
                version.insert("version".into(), newest.clone().into());
            }
        });
    }
}

fn forget_image(uri: &Uri, body: &mut Value) {
    // A filter by a property that no image has.
    let filtered = ["os_hidden=", "os_hash_value=", "os_hash_algo="];
    if filtered.iter().any(|key| uri.query().is_some_and(|query| query.contains(key)))
        && let Some(images) = body.get_mut("images")
    {
        *images = json!([]);
    }
    if let Some(Value::Array(versions)) = body.get_mut("versions") {
        let minor = |version: &Value| version["id"].as_str()?.strip_prefix("v2.")?.parse::<u16>().ok();
        versions.retain(|version| minor(version).is_some_and(|minor| minor <= GLANCE));
        for version in versions.iter_mut().filter(|version| minor(version) == Some(GLANCE)) {
            version["status"] = "CURRENT".into();
        }
    }
    if let Some(methods) = body.pointer_mut("/import-methods/value") {
        *methods = json!(METHODS);
    }
    // A schema, of one image or within that of a list.
    for at in ["/properties", "/properties/images/items/properties"] {
        if let Some(Value::Object(properties)) = body.pointer_mut(at) {
            properties.retain(|name, _| !IMAGE_FIELDS.contains(&name.as_str()));
        }
    }
    let images = if body.get("images").is_some() { &mut body["images"] } else { body };
    each(images, |image| {
        if image.get("schema").is_some_and(|schema| schema == "/v2/schemas/image") {
            image.retain(|name, _| !IMAGE_FIELDS.contains(&name.as_str()));
            // It was first worked out from what is uploaded in 2021.
            image.insert("virtual_size".into(), Value::Null);
        }
    });
}

/// One record, or each of a list.
fn each(records: &mut Value, mut change: impl FnMut(&mut Map<String, Value>)) {
    match records {
        Value::Object(record) => change(record),
        Value::Array(list) => list.iter_mut().filter_map(Value::as_object_mut).for_each(change),
        _ => {}
    }
}
