//! A volume's own metadata.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::visible;
use crate::body::JsonBody;
use crate::cinder::model::{self, Volume};
use crate::cinder::scope::Scoped;
use crate::clock;
use crate::error::Refusal;
use crate::nova::schema;
use crate::state::App;

/// `GET /volumes/{id}/metadata`.
pub async fn list(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let volume = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"metadata": volume.metadata})))
}

/// `POST`: adds to it.
pub async fn merge(
    state: State<Arc<App>>,
    scoped: Scoped,
    Path((_, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let more = read(body)?;
    write(state, scoped, id, |volume| volume.metadata.extend(more)).await
}

/// `PUT`: replaces it.
pub async fn replace(
    state: State<Arc<App>>,
    scoped: Scoped,
    Path((_, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let all = read(body)?;
    write(state, scoped, id, |volume| volume.metadata = all).await
}

/// `GET /volumes/{id}/metadata/{key}`.
pub async fn show(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id, key)): Path<(String, String, String)>,
) -> Result<Json<Value>, Refusal> {
    let volume = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let value = volume.metadata.get(&key).ok_or_else(|| unknown(&volume.id, &key))?;
    Ok(Json(json!({"meta": {key: value}})))
}

/// `DELETE /volumes/{id}/metadata/{key}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id, key)): Path<(String, String, String)>,
) -> Result<impl IntoResponse, Refusal> {
    app.db
        .write(move |tx| {
            let mut volume = visible(tx, &caller, &id)?;
            volume.metadata.remove(&key).ok_or_else(|| unknown(&id, &key))?;
            Ok::<_, Refusal>(model::update(tx, &volume)?)
        })
        .await?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")]))
}

fn read(body: Value) -> Result<BTreeMap<String, String>, Refusal> {
    let body = schema::body(body)?;
    let map =
        body.get("metadata").ok_or_else(|| Refusal::bad_request("'metadata' is a required property"))?;
    schema::metadata(map, "metadata")
}

async fn write(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    id: String,
    change: impl FnOnce(&mut Volume) + Send + 'static,
) -> Result<Json<Value>, Refusal> {
    let volume = app
        .db
        .write(move |tx| {
            let mut volume = visible(tx, &caller, &id)?;
            change(&mut volume);
            volume.updated = Some(clock::now());
            model::update(tx, &volume)?;
            Ok::<_, Refusal>(volume)
        })
        .await?;
    Ok(Json(json!({"metadata": volume.metadata})))
}

fn unknown(id: &str, key: &str) -> Refusal {
    Refusal::not_found(format!("Volume {id} has no metadata with key {key}."))
}
