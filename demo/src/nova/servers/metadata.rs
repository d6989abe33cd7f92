//! Server metadata, whole and by key.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{may_write, model, unlocked, visible};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::nova::{quotas, schema};
use crate::state::App;

type Metadata = BTreeMap<String, String>;

/// `GET /servers/{id}/metadata`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"metadata": server.metadata})))
}

/// `POST /servers/{id}/metadata`: adds and replaces.
pub async fn merge(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = read(&body, "metadata")?;
    let change = |metadata: &mut Metadata| {
        metadata.extend(wanted);
        Ok(())
    };
    let metadata = write(&app, caller, id, "create", change).await?;
    Ok(Json(json!({"metadata": metadata})))
}

/// `PUT /servers/{id}/metadata`: replaces all.
pub async fn replace(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = read(&body, "metadata")?;
    let change = |metadata: &mut Metadata| {
        *metadata = wanted;
        Ok(())
    };
    let metadata = write(&app, caller, id, "update_all", change).await?;
    Ok(Json(json!({"metadata": metadata})))
}

/// `GET /servers/{id}/metadata/{key}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let value = server.metadata.get(&key).ok_or_else(missing)?;
    Ok(Json(json!({"meta": {key: value}})))
}

/// `PUT /servers/{id}/metadata/{key}`.
pub async fn set(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = read(&body, "meta")?;
    let Some(value) = wanted.get(&key).cloned() else {
        return Err(Refusal::bad_request("Request body and URI mismatch"));
    };
    let change = |metadata: &mut Metadata| {
        metadata.insert(key, value);
        Ok(())
    };
    write(&app, caller, id, "update", change).await?;
    Ok(Json(json!({"meta": wanted})))
}

/// `DELETE /servers/{id}/metadata/{key}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    write(&app, caller, id, "delete", move |metadata| metadata.remove(&key).map(drop).ok_or_else(missing))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(body: &Value, key: &str) -> Result<Metadata, Refusal> {
    let body = schema::body(body.clone())?;
    schema::metadata(body.get(key).ok_or_else(|| schema::missing(&body, key, key))?, key)
}

async fn write(
    app: &App,
    caller: Caller,
    id: String,
    what: &str,
    change: impl FnOnce(&mut Metadata) -> Result<(), Refusal> + Send + 'static,
) -> Result<Metadata, Refusal> {
    may_write(&caller, &format!("os_compute_api:server-metadata:{what}"))?;
    app.db
        .write(move |tx| {
            let mut server = unlocked(tx, &caller, &id)?;
            change(&mut server.metadata)?;
            let most = quotas::of(tx, &server.project_id)?["metadata_items"];
            if most >= 0 && server.metadata.len() as i64 > most {
                return Err(Refusal::forbidden(format!("Maximum number of metadata items exceeds {most}")));
            }
            server.updated = clock::now();
            model::update(tx, &server)?;
            Ok(server.metadata)
        })
        .await
}

fn missing() -> Refusal {
    Refusal::not_found("Metadata item was not found")
}
