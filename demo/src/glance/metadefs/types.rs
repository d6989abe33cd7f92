//! Resource types: what kinds of things definitions are for, and which prefix they have there.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::{Connection, Transaction, params};
use serde_json::{Value, json};

use super::{CREATED, Namespace, change, look, schemas};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::glance::answer::no_content;
use crate::state::App;

const SEEDED: [&str; 6] = [
    "OS::Glance::Image",
    "OS::Cinder::Volume",
    "OS::Nova::Server",
    "OS::Nova::Aggregate",
    "OS::Nova::Flavor",
    "OS::Trove::Instance",
];

/// The types of a fresh cloud.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    SEEDED.iter().try_for_each(|name| keep(tx, name, CREATED))
}

fn keep(c: &Connection, name: &str, at: &str) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO metadef_resource_types (name, created_at) VALUES (?, ?)";
    c.execute(sql, params![name, at]).map(drop)
}

/// Completes a new association; a type that is new becomes known with it.
pub fn note(c: &Connection, association: &mut Value, now: i64) -> rusqlite::Result<()> {
    let at = clock::seconds(now);
    keep(c, association["name"].as_str().unwrap_or(""), &at)?;
    association["created_at"] = at.as_str().into();
    association["updated_at"] = at.into();
    Ok(())
}

/// The names of all types.
pub async fn names(app: &App) -> Result<Vec<String>, Refusal> {
    let read = |c: &Connection| -> rusqlite::Result<Vec<String>> {
        c.prepare_cached("SELECT name FROM metadef_resource_types")?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    app.db.read(read).await
}

/// Refuses a type that there is not, or not for this namespace.
pub fn associated(namespace: &Namespace, kind: &str, known: &[String]) -> Result<(), Refusal> {
    if !known.iter().any(|name| name == kind) {
        return Err(Refusal::not_found(format!(
            "The metadata definition resource-type with name={kind}, was not found."
        )));
    }
    if !namespace.resource_type_associations.iter().any(|have| have["name"] == kind) {
        return Err(Refusal::not_found(format!(
            "The metadata definition resource-type association of resource-type={kind} to namespace={}, was not found.",
            namespace.namespace
        )));
    }
    Ok(())
}

/// `GET /v2/metadefs/resource_types`.
pub async fn all(State(app): State<Arc<App>>, _: Caller) -> Result<Json<Value>, Refusal> {
    let types = app.db.read(|c| -> rusqlite::Result<Vec<Value>> {
        let view = |row: &rusqlite::Row| {
            Ok(json!({"name": row.get::<_, String>(0)?, "created_at": row.get::<_, String>(1)?}))
        };
        c.prepare("SELECT name, created_at FROM metadef_resource_types ORDER BY rowid")?
            .query_map([], view)?
            .collect()
    });
    Ok(Json(json!({"resource_types": types.await?})))
}

/// `GET …/resource_types`.
pub async fn of_namespace(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, Refusal> {
    look(&app, caller, name, |namespace| {
        Ok(Json(json!({"resource_type_associations": namespace.resource_type_associations})))
    })
    .await
}

/// `POST …/resource_types`.
pub async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    JsonBody(mut body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    schemas::check("resource_type_association", &body)?;
    let added = change(&app, caller, name, "add_metadef_resource_type_association", move |tx, namespace| {
        let kind = body["name"].clone();
        if namespace.resource_type_associations.iter().any(|have| have["name"] == kind) {
            return Err(Refusal::conflict(format!(
                "The metadata definition resource-type association of resource-type={} to namespace={} already exists.",
                kind.as_str().unwrap_or(""),
                namespace.namespace
            )));
        }
        note(tx, &mut body, clock::now())?;
        namespace.resource_type_associations.push(body.clone());
        Ok(body)
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// `DELETE …/resource_types/{name}`.
pub async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((name, kind)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    change(&app, caller, name, "remove_metadef_resource_type_association", move |_, namespace| {
        if namespace.protected {
            return Err(Refusal::forbidden(format!(
                "Metadata definition resource-type-association {kind} is protected and cannot be deleted."
            )));
        }
        let before = namespace.resource_type_associations.len();
        namespace.resource_type_associations.retain(|have| have["name"] != kind);
        if namespace.resource_type_associations.len() == before {
            return Err(Refusal::not_found(format!("Failed to find resource type {kind} to delete")));
        }
        Ok(())
    })
    .await?;
    Ok(no_content())
}
