//! What is in a namespace: properties, objects (named groups of properties) and tags.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::namespaces::refuse_protected;
use super::{Namespace, change, look, prefix, schemas, tag as new_tag, types};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::glance::answer::no_content;
use crate::state::App;

type One = Path<(String, String)>;
type Params = Query<HashMap<String, String>>;
type Answer = Result<Json<Value>, Refusal>;
type Created = Result<(StatusCode, Json<Value>), Refusal>;

// Properties.

/// `GET …/properties`.
pub async fn properties(State(app): State<Arc<App>>, caller: Caller, Path(name): Path<String>) -> Answer {
    look(&app, caller, name, |namespace| Ok(Json(json!({"properties": namespace.properties})))).await
}

/// `GET …/properties/{name}`; with `?resource_type=` by the name that it has there.
pub async fn property(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, property)): One,
    Query(query): Params,
) -> Answer {
    let known = types::names(&app).await?;
    look(&app, caller, name, move |namespace| {
        let mut own = property.as_str();
        if let Some(kind) = query.get("resource_type") {
            types::associated(&namespace, kind, &known)?;
            let prefix = prefix(&namespace, kind).unwrap_or("");
            own = property.strip_prefix(prefix).filter(|_| !prefix.is_empty()).ok_or_else(|| {
                Refusal::not_found(format!(
                    "Property {property} does not start with the expected resource type association prefix of \
                     '{prefix}'."
                ))
            })?;
        }
        let found = namespace.properties.get(own).ok_or_else(|| missing("property", own))?;
        Ok(Json(named(found, own)))
    })
    .await
}

/// `POST …/properties`.
pub async fn add_property(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    JsonBody(body): JsonBody,
) -> Created {
    let (property, definition) = read_property(body)?;
    let added = change(&app, caller, name, "add_metadef_property", move |_, namespace| {
        if namespace.properties.contains_key(&property) {
            return Err(duplicate("property", namespace, &property));
        }
        namespace.properties.insert(property.clone(), definition.clone());
        Ok(named(&definition, &property))
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// `PUT …/properties/{name}`.
pub async fn change_property(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, old)): One,
    JsonBody(body): JsonBody,
) -> Answer {
    let (new, definition) = read_property(body)?;
    let changed = change(&app, caller, name, "modify_metadef_property", move |_, namespace| {
        if !namespace.properties.contains_key(&old) {
            return Err(missing("property", &old));
        }
        if new != old && namespace.properties.contains_key(&new) {
            return Err(duplicate("property", namespace, &new));
        }
        // In the old one's place.
        let rename =
            |(name, value)| if name == old { (new.clone(), definition.clone()) } else { (name, value) };
        namespace.properties = std::mem::take(&mut namespace.properties).into_iter().map(rename).collect();
        Ok(named(&definition, &new))
    });
    Ok(Json(changed.await?))
}

/// `DELETE …/properties/{name}`.
pub async fn remove_property(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, property)): One,
) -> Result<Response, Refusal> {
    change(&app, caller, name, "remove_metadef_property", move |_, namespace| {
        keeps(namespace, "property", &property)?;
        let removed = namespace.properties.shift_remove(&property);
        removed.map(drop).ok_or_else(|| missing("property", &property))
    })
    .await?;
    Ok(no_content())
}

/// `DELETE …/properties`.
pub async fn clear_properties(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    clear(&app, caller, name, |namespace| namespace.properties.clear()).await
}

fn read_property(body: Value) -> Result<(String, Value), Refusal> {
    // The name stays in the definition, where a list shows it; those that came with their namespace have none there.
    schemas::check("property", &body)?;
    Ok((text_name(&body), body))
}

fn named(definition: &Value, name: &str) -> Value {
    let mut view = definition.clone();
    view["name"] = name.into();
    view
}

// Objects.

/// `GET …/objects`.
pub async fn objects(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Params,
) -> Answer {
    let limit = limit(query.get("limit").map(String::as_str))?;
    look(&app, caller, name, move |namespace| {
        let name = |object: &Value| object["name"].as_str().unwrap_or("").to_owned();
        let page = newest(&namespace.objects, query.get("marker"), limit, name)
            .map_err(|marker| missing("object", &marker))?;
        let views: Vec<Value> = page.into_iter().map(|object| whole_object(&namespace, object)).collect();
        // Without the slash, as Glance has it.
        Ok(Json(json!({"objects": views, "schema": "v2/schemas/metadefs/objects"})))
    })
    .await
}

/// `GET …/objects/{name}`.
pub async fn object(State(app): State<Arc<App>>, caller: Caller, Path((name, object)): One) -> Answer {
    look(&app, caller, name, move |namespace| {
        let at = place(&namespace, &object)?;
        Ok(Json(whole_object(&namespace, &namespace.objects[at])))
    })
    .await
}

/// `POST …/objects`.
pub async fn add_object(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    JsonBody(mut body): JsonBody,
) -> Created {
    schemas::check("object", &body)?;
    let added = change(&app, caller, name, "add_metadef_object", move |_, namespace| {
        let object = body["name"].as_str().unwrap_or("").to_owned();
        if place(namespace, &object).is_ok() {
            return Err(duplicate("object", namespace, &object));
        }
        let now = clock::now();
        stamp(&mut body, now, now);
        namespace.objects.push(body.clone());
        Ok(object_view(namespace, &body))
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// `PUT …/objects/{name}`: replaces it whole.
pub async fn change_object(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, old)): One,
    JsonBody(mut body): JsonBody,
) -> Answer {
    schemas::check("object", &body)?;
    let changed = change(&app, caller, name, "modify_metadef_object", move |_, namespace| {
        let at = place(namespace, &old)?;
        let new = body["name"].as_str().unwrap_or("");
        if new != old && place(namespace, new).is_ok() {
            return Err(duplicate("object", namespace, new));
        }
        stamp(&mut body, clock::now(), clock::now());
        body["created_at"] = namespace.objects[at]["created_at"].clone();
        namespace.objects[at] = body.clone();
        Ok(object_view(namespace, &body))
    });
    Ok(Json(changed.await?))
}

/// `DELETE …/objects/{name}`.
pub async fn remove_object(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, object)): One,
) -> Result<Response, Refusal> {
    change(&app, caller, name, "delete_metadef_object", move |_, namespace| {
        keeps(namespace, "object", &object)?;
        let at = place(namespace, &object)?;
        namespace.objects.remove(at);
        Ok(())
    })
    .await?;
    Ok(no_content())
}

/// `DELETE …/objects`.
pub async fn clear_objects(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    clear(&app, caller, name, |namespace| namespace.objects.clear()).await
}

/// Completes a new object.
pub fn stamp(object: &mut Value, created: i64, updated: i64) {
    object["created_at"] = clock::seconds(created).into();
    object["updated_at"] = clock::seconds(updated).into();
}

/// An object with all that it may have.
pub fn whole_object(namespace: &Namespace, object: &Value) -> Value {
    let mut view = object_view(namespace, object);
    for (key, nothing) in [("required", json!([])), ("properties", json!({}))] {
        if view.get(key).is_none() {
            view[key] = nothing;
        }
    }
    view
}

/// An object as it was written.
fn object_view(namespace: &Namespace, object: &Value) -> Value {
    let mut view = object.clone();
    let name = object["name"].as_str().unwrap_or("");
    view["self"] = format!("/v2/metadefs/namespaces/{}/objects/{name}", namespace.namespace).into();
    view["schema"] = "/v2/schemas/metadefs/object".into();
    view
}

fn place(namespace: &Namespace, object: &str) -> Result<usize, Refusal> {
    let at = namespace.objects.iter().position(|have| have["name"] == object);
    at.ok_or_else(|| missing("object", object))
}

// Tags.

/// `GET …/tags`.
pub async fn tags(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Params,
) -> Answer {
    let limit = limit(query.get("limit").map(String::as_str))?;
    look(&app, caller, name, move |namespace| {
        let page = newest(&namespace.tags, query.get("marker"), limit, text_name)
            .map_err(|marker| missing("tag", &marker))?;
        let tags: Vec<Value> = page.into_iter().map(|tag| json!({"name": tag["name"]})).collect();
        Ok(Json(json!({"tags": tags})))
    })
    .await
}

/// `GET …/tags/{name}`.
pub async fn tag(State(app): State<Arc<App>>, caller: Caller, Path((name, tag)): One) -> Answer {
    look(&app, caller, name, move |namespace| {
        let found = namespace.tags.into_iter().find(|have| have["name"] == tag);
        found.map(Json).ok_or_else(|| missing("tag", &tag))
    })
    .await
}

/// `POST …/tags`: these and no others, or besides the others with `X-Openstack-Append`.
pub async fn add_tags(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Created {
    schemas::check("tags", &body)?;
    if body.get("tags").is_none() {
        // Glance answers 500 here.
        return Err(Refusal::bad_request("Body expected in request."));
    }
    let appends =
        headers.get("x-openstack-append").is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    let tags: Vec<String> = body["tags"].as_array().into_iter().flatten().map(text_name).collect();
    change(&app, caller, name, "add_metadef_tags", move |_, namespace| {
        if !appends {
            namespace.tags.clear();
        }
        for tag in tags {
            add(namespace, tag)?;
        }
        Ok(())
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({"tags": body["tags"]}))))
}

/// `POST …/tags/{name}`.
pub async fn add_tag(State(app): State<Arc<App>>, caller: Caller, Path((name, tag)): One) -> Created {
    let added =
        change(&app, caller, name, "add_metadef_tag", move |_, namespace| add(namespace, tag)).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// `PUT …/tags/{name}`: another name.
pub async fn change_tag(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, old)): One,
    JsonBody(body): JsonBody,
) -> Answer {
    schemas::check("tag", &body)?;
    let new = text_name(&body);
    let changed = change(&app, caller, name, "modify_metadef_tag", move |_, namespace| {
        let at = namespace.tags.iter().position(|have| have["name"] == old);
        let at = at.ok_or_else(|| missing("tag", &old))?;
        if new.to_lowercase() != old.to_lowercase() && has_tag(namespace, &new) {
            return Err(duplicate_tag(namespace, &new));
        }
        namespace.tags[at]["name"] = new.into();
        namespace.tags[at]["updated_at"] = clock::seconds(clock::now()).into();
        Ok(namespace.tags[at].clone())
    });
    Ok(Json(changed.await?))
}

/// `DELETE …/tags/{name}`.
pub async fn remove_tag(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, tag)): One,
) -> Result<Response, Refusal> {
    change(&app, caller, name, "delete_metadef_tag", move |_, namespace| {
        keeps(namespace, "tag", &tag)?;
        let at = namespace.tags.iter().position(|have| have["name"] == tag);
        namespace.tags.remove(at.ok_or_else(|| missing("tag", &tag))?);
        Ok(())
    })
    .await?;
    Ok(no_content())
}

/// `DELETE …/tags`.
pub async fn clear_tags(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    clear(&app, caller, name, |namespace| namespace.tags.clear()).await
}

fn text_name(value: &Value) -> String {
    value["name"].as_str().unwrap_or("").to_owned()
}

fn has_tag(namespace: &Namespace, tag: &str) -> bool {
    // Whatever the database's collation, Glance says that their case does not count.
    namespace.tags.iter().any(|have| text_name(have).to_lowercase() == tag.to_lowercase())
}

fn add(namespace: &mut Namespace, name: String) -> Result<Value, Refusal> {
    if has_tag(namespace, &name) {
        return Err(duplicate_tag(namespace, &name));
    }
    let tag = new_tag(&name);
    namespace.tags.push(tag.clone());
    Ok(tag)
}

fn duplicate_tag(namespace: &Namespace, tag: &str) -> Refusal {
    Refusal::conflict(format!(
        "A metadata tag with name={tag} already exists in namespace={}. (Please note that metadata tag names are case \
         insensitive).",
        namespace.namespace
    ))
}

// All three.

async fn clear(
    app: &App,
    caller: Caller,
    name: String,
    empty: fn(&mut Namespace),
) -> Result<Response, Refusal> {
    change(app, caller, name, "delete_metadef_namespace", move |_, namespace| {
        refuse_protected(namespace)?;
        empty(namespace);
        Ok(())
    })
    .await?;
    Ok(no_content())
}

/// One page, newest first; the marker's name where there is none such.
fn newest<'a, T>(
    all: &'a [T],
    marker: Option<&String>,
    limit: Option<usize>,
    name: impl Fn(&T) -> String,
) -> Result<Vec<&'a T>, String> {
    let mut page: Vec<&T> = all.iter().rev().collect();
    if let Some(marker) = marker {
        let at = page.iter().position(|item| name(item) == *marker).ok_or_else(|| marker.clone())?;
        page.drain(..=at);
    }
    page.truncate(limit.unwrap_or(usize::MAX));
    Ok(page)
}

/// The `limit` of a list.
pub fn limit(value: Option<&str>) -> Result<Option<usize>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let number: i64 = value.parse().map_err(|_| Refusal::bad_request("limit param must be an integer"))?;
    let limit = usize::try_from(number).map_err(|_| Refusal::bad_request("limit param must be positive"))?;
    Ok(Some(limit))
}

fn keeps(namespace: &Namespace, kind: &str, name: &str) -> Result<(), Refusal> {
    if !namespace.protected {
        return Ok(());
    }
    Err(Refusal::forbidden(format!("Metadata definition {kind} {name} is protected and cannot be deleted.")))
}

fn missing(kind: &str, name: &str) -> Refusal {
    let kind = if kind == "property" { kind.to_owned() } else { format!("metadata {kind}") };
    Refusal::not_found(format!("Could not find {kind} {name}"))
}

fn duplicate(kind: &str, namespace: &Namespace, name: &str) -> Refusal {
    Refusal::conflict(format!(
        "A metadata definition {kind} with name={name} already exists in namespace={}.",
        namespace.namespace
    ))
}
