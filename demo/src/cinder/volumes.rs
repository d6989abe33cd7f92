//! Volumes: list, show, change, delete. Creation, actions and metadata are below.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::response::IntoResponse;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::microversion::Microversion;
use super::model::{self, Phase, Volume, VolumeType};
use super::query::Query;
use super::scope::Scoped;
use super::words::{accepted, missing};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::nova::query::{first, pairs};
use crate::nova::schema;
use crate::service::Service;
use crate::state::App;

pub mod actions;
pub mod create;
pub mod metadata;
pub mod view;

const FILTERS: [&str; 5] = ["name", "status", "bootable", "availability_zone", "size"];

/// `GET /volumes`.
pub async fn list(
    state: State<Arc<App>>,
    scoped: Scoped,
    version: Microversion,
    uri: OriginalUri,
) -> Result<Json<Value>, Refusal> {
    page(state, scoped, version, uri, "volumes", view::summary).await
}

/// `GET /volumes/detail`.
pub async fn detail(
    state: State<Arc<App>>,
    scoped: Scoped,
    version: Microversion,
    uri: OriginalUri,
) -> Result<Json<Value>, Refusal> {
    page(state, scoped, version, uri, "volumes/detail", |volume| volume).await
}

async fn page(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
    path: &str,
    shown: fn(Value) -> Value,
) -> Result<Json<Value>, Refusal> {
    let url = format!("{}/v3/{}/{path}", app.url(Service::Volume), caller.project_id);
    let query = Query::new(uri.query(), "Volume", "volumes", &FILTERS, url);
    let project = query.project(caller.is_admin(), &caller.project_id);
    let now = clock::now();
    let (volumes, types) = app
        .db
        .read(move |c| -> rusqlite::Result<_> {
            Ok((model::volumes(c, project.as_deref(), now)?, model::list::<VolumeType>(c, None)?))
        })
        .await?;
    let view = view::Viewer { app: &app, caller: &caller, version, types: &types, now };
    let all = volumes.iter().map(|volume| view.whole(volume)).collect();
    query.answer(all, shown).map(Json)
}

/// `GET /volumes/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    version: Microversion,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let who = caller.clone();
    let (volume, types) = app
        .db
        .read(move |c| Ok::<_, Refusal>((visible(c, &who, &id)?, model::list::<VolumeType>(c, None)?)))
        .await?;
    let view = view::Viewer { app: &app, caller: &caller, version, types: &types, now: clock::now() };
    Ok(Json(json!({"volume": view.whole(&volume)})))
}

/// `PUT /volumes/{id}`: name, description and metadata.
pub async fn update(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    version: Microversion,
    Path((_, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "volume")?.clone();
    schema::only(
        &wanted,
        "volume",
        &["name", "description", "display_name", "display_description", "metadata"],
    )?;
    let name = create::text(&wanted, "name")?;
    let description = create::text(&wanted, "description")?;
    let metadata = wanted.get("metadata").map(|map| schema::metadata(map, "metadata")).transpose()?;
    let who = caller.clone();
    let (volume, types) = app
        .db
        .write(move |tx| {
            let mut volume = visible(tx, &who, &id)?;
            volume.name = name.unwrap_or(volume.name);
            volume.description = description.unwrap_or(volume.description);
            volume.metadata = metadata.unwrap_or(volume.metadata);
            volume.updated = Some(clock::now());
            model::update(tx, &volume)?;
            Ok::<_, Refusal>((volume, model::list::<VolumeType>(tx, None)?))
        })
        .await?;
    let view = view::Viewer { app: &app, caller: &caller, version, types: &types, now: clock::now() };
    Ok(Json(json!({"volume": view.brief(&volume)})))
}

/// `DELETE /volumes/{id}`, with `cascade=true` its snapshots, too.
pub async fn delete(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> Result<impl IntoResponse, Refusal> {
    let asked = pairs(uri.query().unwrap_or(""));
    let cascade =
        first(&asked, "cascade").is_some_and(|word| word.eq_ignore_ascii_case("true") || word == "1");
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            release(tx, &visible(tx, &caller, &id)?, cascade, clock::now())
        })
        .await?;
    Ok(accepted())
}

/// Deletes a volume that may be deleted.
pub fn release(db: &Connection, volume: &Volume, cascade: bool, now: i64) -> Result<(), Refusal> {
    let status = volume.status(now);
    let mut snapshots = model::snapshots(db, None, now)?;
    snapshots.retain(|snapshot| snapshot.volume_id == volume.id);
    if !["available", "error"].contains(&status) || (!cascade && !snapshots.is_empty()) {
        let snapshots = if cascade { "" } else { "have snapshots, " };
        return Err(Refusal::bad_request(format!(
            "Invalid volume: Volume status must be available or error or error_restoring or error_extending or \
             error_managing and must not be migrating, attached, belong to a group, {snapshots}awaiting a transfer, or be \
             disassociated from snapshots after volume transfer."
        )));
    }
    for mut snapshot in snapshots {
        snapshot.phase = Phase::Deleting(now);
        model::update(db, &snapshot)?;
    }
    let mut volume = volume.clone();
    volume.phase = Phase::Deleting(now);
    model::update(db, &volume)?;
    Ok(purge(db, now)?)
}

/// The volume as it is now, where the caller may see it.
pub fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Volume, Refusal> {
    let volume = model::get::<Volume>(db, id)?.and_then(|volume| volume.settle(clock::now()));
    volume
        .filter(|volume| caller.is_admin() || volume.project_id == caller.project_id)
        .ok_or_else(|| missing("Volume", id))
}

/// Forgets what was deleted a while ago.
fn purge(db: &Connection, now: i64) -> rusqlite::Result<()> {
    for volume in model::list::<Volume>(db, None)? {
        let id = volume.id.clone();
        if volume.settle(now).is_none() {
            model::remove(db, &id)?;
        }
    }
    for snapshot in model::list::<model::Snapshot>(db, None)? {
        let id = snapshot.id.clone();
        if snapshot.settle(now).is_none() {
            model::remove(db, &id)?;
        }
    }
    Ok(())
}
