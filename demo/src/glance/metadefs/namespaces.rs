//! Namespaces themselves.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{Namespace, change, find, insert, look, prefix, read, schemas, shows, tag, types, visible};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::glance::access::admin_only;
use crate::glance::answer::no_content;
use crate::glance::query::encode;
use crate::glance::schema::not_found;
use crate::state::App;

const SORT_KEYS: [&str; 6] = ["namespace", "display_name", "visibility", "owner", "created_at", "updated_at"];

/// `GET /v2/metadefs/namespaces`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let limit = super::parts::limit(value("limit"))?.unwrap_or(25).min(1000);
    let descends = match value("sort_dir").unwrap_or("desc") {
        "desc" => true,
        "asc" => false,
        other => return Err(Refusal::bad_request(format!("Invalid sort direction: {other}"))),
    };
    let sort_key = value("sort_key").unwrap_or("created_at").to_owned();
    if !SORT_KEYS.contains(&sort_key.as_str()) {
        return Err(Refusal::bad_request(format!("Sort key supplied is invalid: {sort_key}")));
    }
    let visibility = value("visibility").map(str::to_owned);
    if let Some(other) = visibility.as_deref().filter(|word| !matches!(*word, "public" | "private")) {
        return Err(Refusal::bad_request(format!("Invalid visibility value: {other}")));
    }
    let all = app.db.read(|c| -> rusqlite::Result<Vec<Namespace>> {
        c.prepare_cached("SELECT doc FROM metadef_namespaces ORDER BY seq")?.query_map([], read)?.collect()
    });
    let mut all = all.await?;
    let wanted: Vec<&str> =
        value("resource_types").map(|types| types.split(',').collect()).unwrap_or_default();
    all.retain(|namespace| {
        let mut types = namespace.resource_type_associations.iter().filter_map(|one| one["name"].as_str());
        shows(namespace, &caller)
            && (wanted.is_empty() || types.any(|kind| wanted.contains(&kind)))
            && visibility.as_ref().is_none_or(|visibility| namespace.visibility == *visibility)
            && value("owner").is_none_or(|owner| namespace.owner == owner)
    });
    // Stable: what came with the software at one moment stays in its order.
    let key = |namespace: &Namespace| match sort_key.as_str() {
        "created_at" => (namespace.created_at, String::new()),
        "updated_at" => (namespace.updated_at.unwrap_or(0), String::new()),
        text => (0, head(namespace)[text].as_str().unwrap_or("").to_owned()),
    };
    all.sort_by(|a, b| if descends { key(b).cmp(&key(a)) } else { key(a).cmp(&key(b)) });
    if let Some(marker) = value("marker") {
        let at = all.iter().position(|namespace| namespace.namespace == marker);
        let missing = || Refusal::not_found(format!("Metadata definition namespace={marker} was not found."));
        all.drain(..=at.ok_or_else(missing)?);
    }
    all.truncate(limit);
    let page: Vec<Value> = all.iter().map(|namespace| Value::Object(with_types(namespace))).collect();
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
    if let Some(last) = all.last().filter(|_| all.len() == limit) {
        body["next"] = link(Some(&last.namespace)).into();
    }
    Ok(Json(body))
}

/// `GET /v2/metadefs/namespaces/{namespace}`; `?resource_type=` adds that type's prefix to all properties.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let hidden = format!("Namespace {name} not found");
    let view = look(&app, caller, name, move |mut namespace| {
        let prefix = query.get("resource_type").and_then(|kind| prefix(&namespace, kind)).map(str::to_owned);
        if let Some(prefix) = prefix {
            namespace.properties = prefixed(&namespace.properties, &prefix);
            for object in &mut namespace.objects {
                object["properties"] =
                    prefixed(object["properties"].as_object().unwrap_or(&Map::new()), &prefix).into();
                for name in object["required"].as_array_mut().into_iter().flatten() {
                    *name = format!("{prefix}{}", name.as_str().unwrap_or("")).into();
                }
            }
        }
        Ok(whole(&namespace))
    });
    // Glance says less here than anywhere else of a namespace that it hides.
    view.await.map(Json).map_err(|refusal| if refusal.message == hidden { not_found() } else { refusal })
}

/// `POST /v2/metadefs/namespaces`, with all of its parts at once.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let mut namespace = accept(&body, &caller)?;
    admin_only(&caller, "add_metadef_namespace")?;
    let now = clock::now();
    namespace.created_at = now;
    namespace.updated_at = Some(now);
    let view = app.db.write(move |tx| -> Result<Value, Refusal> {
        if find(tx, &namespace.namespace)?.is_some() {
            return Err(taken(&namespace.namespace));
        }
        // The parts are given back as they came.
        let mut view = head(&namespace);
        for part in ["resource_type_associations", "properties", "objects", "tags"] {
            view.extend(body.get(part).map(|value| (part.to_owned(), value.clone())));
        }
        for association in &mut namespace.resource_type_associations {
            types::note(tx, association, now)?;
        }
        for object in &mut namespace.objects {
            super::parts::stamp(object, now, now);
        }
        insert(tx, &namespace)?;
        Ok(Value::Object(view))
    });
    let view = view.await?;
    let location = view["self"].as_str().unwrap_or("").to_owned();
    Ok((StatusCode::CREATED, [("Location", location)], Json(view)).into_response())
}

/// `PUT /v2/metadefs/namespaces/{namespace}`: what is not named goes back to its default; the parts stay.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = accept(&body, &caller)?;
    let view = change(&app, caller, name, "modify_metadef_namespace", move |tx, namespace| {
        if wanted.namespace != namespace.namespace && find(tx, &wanted.namespace)?.is_some() {
            return Err(taken(&wanted.namespace));
        }
        namespace.namespace = wanted.namespace;
        namespace.display_name = wanted.display_name;
        namespace.description = wanted.description;
        namespace.visibility = wanted.visibility;
        namespace.protected = wanted.protected;
        namespace.owner = wanted.owner;
        namespace.updated_at = Some(clock::now());
        Ok(Value::Object(head(namespace)))
    });
    Ok(Json(view.await?))
}

/// `DELETE /v2/metadefs/namespaces/{namespace}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let missing = |_| Refusal::not_found(format!("Namespace {name} not found"));
            let namespace = visible(tx, &caller, &name).map_err(missing)?;
            admin_only(&caller, "delete_metadef_namespace")?;
            refuse_protected(&namespace)?;
            tx.execute("DELETE FROM metadef_namespaces WHERE name = ?", [&name])?;
            Ok(())
        })
        .await?;
    Ok(no_content())
}

/// A protected namespace keeps itself, and all its parts where they are cleared together.
pub fn refuse_protected(namespace: &Namespace) -> Result<(), Refusal> {
    if !namespace.protected {
        return Ok(());
    }
    let name = &namespace.namespace;
    Err(Refusal::forbidden(format!(
        "Metadata definition namespace {name} is protected and cannot be deleted."
    )))
}

fn accept(body: &Value, caller: &Caller) -> Result<Namespace, Refusal> {
    schemas::check("namespace", body)?;
    let mut fields = body.clone();
    let tags = body["tags"].as_array().into_iter().flatten();
    fields["tags"] = tags.map(|given| tag(given["name"].as_str().unwrap_or(""))).collect();
    for key in ["objects", "properties", "resource_type_associations"] {
        if fields[key].is_null() {
            fields.as_object_mut().map(|fields| fields.shift_remove(key));
        }
    }
    let mut namespace: Namespace = serde_json::from_value(fields).map_err(|error| {
        Refusal::bad_request(format!("Provided object does not match schema 'namespace': {error}"))
    })?;
    if namespace.visibility.is_empty() {
        namespace.visibility = "private".into();
    }
    if namespace.owner.is_empty() {
        namespace.owner.clone_from(&caller.project_id);
    }
    Ok(namespace)
}

fn taken(name: &str) -> Refusal {
    Refusal::conflict(format!("The metadata definition namespace={name} already exists."))
}

/// A namespace without its parts.
fn head(namespace: &Namespace) -> Map<String, Value> {
    let name = &namespace.namespace;
    let mut view = Map::new();
    view.insert("namespace".into(), name.as_str().into());
    view.extend(namespace.display_name.clone().map(|text| ("display_name".to_owned(), text.into())));
    view.extend(namespace.description.clone().map(|text| ("description".to_owned(), text.into())));
    view.insert("visibility".into(), namespace.visibility.as_str().into());
    view.insert("protected".into(), namespace.protected.into());
    view.insert("owner".into(), namespace.owner.as_str().into());
    view.insert("created_at".into(), clock::seconds(namespace.created_at).into());
    view.extend(namespace.updated_at.map(|at| ("updated_at".to_owned(), clock::seconds(at).into())));
    view.insert("self".into(), format!("/v2/metadefs/namespaces/{name}").into());
    view.insert("schema".into(), "/v2/schemas/metadefs/namespace".into());
    view
}

fn with_types(namespace: &Namespace) -> Map<String, Value> {
    let mut view = head(namespace);
    if !namespace.resource_type_associations.is_empty() {
        view.insert("resource_type_associations".into(), json!(namespace.resource_type_associations));
    }
    view
}

/// A namespace with all that it has; what it has not is left out.
fn whole(namespace: &Namespace) -> Value {
    let mut view = with_types(namespace);
    if !namespace.properties.is_empty() {
        view.insert("properties".into(), json!(namespace.properties));
    }
    if !namespace.objects.is_empty() {
        let objects =
            namespace.objects.iter().rev().map(|object| super::parts::whole_object(namespace, object));
        view.insert("objects".into(), objects.collect());
    }
    if !namespace.tags.is_empty() {
        view.insert(
            "tags".into(),
            namespace.tags.iter().rev().map(|tag| json!({"name": tag["name"]})).collect(),
        );
    }
    Value::Object(view)
}

fn prefixed(properties: &Map<String, Value>, prefix: &str) -> Map<String, Value> {
    properties.iter().map(|(name, value)| (format!("{prefix}{name}"), value.clone())).collect()
}
