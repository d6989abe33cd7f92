//! Metadata definitions: a believable set, written for the demo cloud and laid out as Glance's. Reading only.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::extract::{Path, Query};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::query::encode;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

static NAMESPACES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("assets/metadefs.json")).expect("our own assets are valid JSON")
});

// They come with the software; any one moment does.
const CREATED: &str = "2026-01-01T00:00:00Z";
const RESOURCE_TYPES: [&str; 6] = [
    "OS::Glance::Image",
    "OS::Cinder::Volume",
    "OS::Nova::Server",
    "OS::Nova::Aggregate",
    "OS::Nova::Flavor",
    "OS::Trove::Instance",
];

type Params = Query<HashMap<String, String>>;

/// The endpoints below `/v2/metadefs`.
pub fn router() -> Router<Arc<App>> {
    let namespace = "/v2/metadefs/namespaces/{namespace}";
    Router::new()
        .route("/v2/metadefs/resource_types", get(resource_types))
        .route("/v2/metadefs/namespaces", get(list))
        .route(namespace, get(show))
        .route(&format!("{namespace}/properties"), get(properties))
        .route(&format!("{namespace}/properties/{{property}}"), get(property))
        .route(&format!("{namespace}/objects"), get(objects))
        .route(&format!("{namespace}/tags"), get(tags))
        .route(&format!("{namespace}/resource_types"), get(associations))
}

async fn resource_types(_: Caller) -> Json<Value> {
    Json(json!({"resource_types": RESOURCE_TYPES.map(|name| json!({"name": name, "created_at": CREATED}))}))
}

async fn list(_: Caller, Query(pairs): Query<Vec<(String, String)>>) -> Result<Json<Value>, Refusal> {
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let wanted: Vec<&str> =
        value("resource_types").map(|types| types.split(',').collect()).unwrap_or_default();
    let limit = match value("limit").map(str::parse::<usize>) {
        None => 25,
        Some(Ok(limit)) => limit.min(1000),
        Some(Err(_)) => return Err(Refusal::bad_request("limit param must be an integer")),
    };
    let mut names: Vec<&Value> = NAMESPACES
        .iter()
        .filter(|namespace| wanted.is_empty() || types_of(namespace).any(|kind| wanted.contains(&kind)))
        .collect();
    if let Some(marker) = value("marker") {
        let at = names.iter().position(|namespace| namespace["namespace"] == marker);
        let at = at.ok_or_else(|| missing(marker))?;
        names.drain(..=at);
    }
    let page: Vec<Value> = names.iter().take(limit).map(|namespace| head(namespace)).collect();
    let link = |marker: Option<&str>| {
        let kept = pairs.iter().filter(|(key, _)| key != "marker");
        let mut parts: Vec<String> =
            kept.map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
        parts.extend(marker.map(|marker| format!("marker={}", encode(marker))));
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        format!("/v2/metadefs/namespaces{query}")
    };
    let mut body =
        json!({"namespaces": page, "schema": "/v2/schemas/metadefs/namespaces", "first": link(None)});
    if let Some(last) = page.last().filter(|_| page.len() == limit) {
        body["next"] = link(last["namespace"].as_str()).into();
    }
    Ok(Json(body))
}

async fn show(_: Caller, Path(name): Path<String>, Query(query): Params) -> Result<Json<Value>, Refusal> {
    let namespace = find(&name)?;
    let mut view = head(namespace);
    view["properties"] = Value::Object(prefixed(namespace, query.get("resource_type").map(String::as_str)));
    Ok(Json(view))
}

async fn properties(
    _: Caller,
    Path(name): Path<String>,
    Query(query): Params,
) -> Result<Json<Value>, Refusal> {
    let properties = prefixed(find(&name)?, query.get("resource_type").map(String::as_str));
    Ok(Json(json!({"properties": properties})))
}

async fn property(
    _: Caller,
    Path((name, property)): Path<(String, String)>,
    Query(query): Params,
) -> Result<Json<Value>, Refusal> {
    let properties = prefixed(find(&name)?, query.get("resource_type").map(String::as_str));
    let mut found = properties.get(&property).cloned().ok_or_else(|| {
        Refusal::not_found(format!(
            "Metadata definition property not found: Could not find property {property} in namespace {name}"
        ))
    })?;
    found["name"] = property.into();
    Ok(Json(found))
}

async fn objects(_: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    find(&name)?;
    let first = format!("/v2/metadefs/namespaces/{name}/objects");
    Ok(Json(json!({"objects": [], "first": first, "schema": "/v2/schemas/metadefs/objects"})))
}

async fn tags(_: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    find(&name)?;
    let first = format!("/v2/metadefs/namespaces/{name}/tags");
    Ok(Json(json!({"tags": [], "first": first, "schema": "/v2/schemas/metadefs/tags"})))
}

async fn associations(_: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    let view = head(find(&name)?);
    Ok(Json(json!({"resource_type_associations": view["resource_type_associations"]})))
}

fn find(name: &str) -> Result<&'static Value, Refusal> {
    NAMESPACES.iter().find(|namespace| namespace["namespace"] == name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Refusal {
    Refusal::not_found(format!("Metadata definition namespace not found: Could not find namespace {name}"))
}

fn types_of(namespace: &Value) -> impl Iterator<Item = &str> {
    let associations = namespace["resource_type_associations"].as_array();
    associations.into_iter().flatten().filter_map(|association| association["name"].as_str())
}

fn head(namespace: &Value) -> Value {
    let name = namespace["namespace"].as_str().unwrap_or("");
    let mut view = namespace.clone();
    if let Some(fields) = view.as_object_mut() {
        fields.retain(|key, _| !matches!(key.as_str(), "properties" | "objects"));
        fields.insert("owner".into(), "admin".into());
        fields.insert("created_at".into(), CREATED.into());
        fields.insert("self".into(), format!("/v2/metadefs/namespaces/{name}").into());
        fields.insert("schema".into(), "/v2/schemas/metadefs/namespace".into());
    }
    for association in view["resource_type_associations"].as_array_mut().into_iter().flatten() {
        association["created_at"] = CREATED.into();
    }
    view
}

/// Properties by the names that they have on a resource of this type: `cpu_policy` is `hw_cpu_policy` on an image.
fn prefixed(namespace: &Value, resource_type: Option<&str>) -> Map<String, Value> {
    let associations = namespace["resource_type_associations"].as_array();
    let association = associations
        .into_iter()
        .flatten()
        .find(|association| resource_type.is_some_and(|kind| association["name"] == kind));
    let prefix = association.and_then(|association| association["prefix"].as_str()).unwrap_or("");
    let properties = namespace["properties"].as_object();
    properties.into_iter().flatten().map(|(name, value)| (format!("{prefix}{name}"), value.clone())).collect()
}
