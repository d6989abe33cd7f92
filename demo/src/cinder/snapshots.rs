//! Snapshots of volumes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::microversion::Microversion;
use super::model::{self, Phase, Snapshot};
use super::query::Query;
use super::quotas::{self, Making};
use super::scope::Scoped;
use super::volumes;
use super::volumes::create::text;
use super::volumes::view::whole_second;
use super::words::{accepted, missing};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::jsonschema::is_uuid;
use crate::nova::schema;
use crate::nova::words::invalid;
use crate::python;
use crate::service::Service;
use crate::state::App;
use crate::{clock, ids};

const FILTERS: [&str; 3] = ["name", "status", "volume_id"];

/// `GET /snapshots`.
pub async fn list(
    state: State<Arc<App>>,
    scoped: Scoped,
    version: Microversion,
    uri: OriginalUri,
) -> Result<Json<Value>, Refusal> {
    page(state, scoped, version, uri, "snapshots", |mut snapshot| {
        if let Value::Object(snapshot) = &mut snapshot {
            snapshot.retain(|key, _| !key.starts_with("os-") && !NEWER.contains(&key.as_str()));
        }
        snapshot
    })
    .await
}

/// `GET /snapshots/detail`.
pub async fn detail(
    state: State<Arc<App>>,
    scoped: Scoped,
    version: Microversion,
    uri: OriginalUri,
) -> Result<Json<Value>, Refusal> {
    page(state, scoped, version, uri, "snapshots/detail", |snapshot| snapshot).await
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
    let query = Query::new(uri.query(), "Snapshot", "snapshots", &FILTERS, url);
    let project = query.project(caller.is_admin(), &caller.project_id);
    let snapshots = app.db.read(move |c| model::snapshots(c, project.as_deref(), clock::now())).await?;
    query.answer(snapshots.iter().map(|snapshot| whole(snapshot, version)).collect(), shown).map(Json)
}

/// `GET /snapshots/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    version: Microversion,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let snapshot = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"snapshot": whole(&snapshot, version)})))
}

/// What a snapshot is to be.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The volume.
    pub volume_id: String,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// The user's own metadata.
    pub metadata: BTreeMap<String, String>,
}

/// `POST /snapshots`.
pub async fn create(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "snapshot")?;
    let volume_id = match wanted.get("volume_id") {
        None => return Err(schema::missing(wanted, "volume_id", "snapshot")),
        Some(Value::String(id)) if is_uuid(id) => id.clone(),
        Some(other) => {
            let value = python::repr(other);
            let why = format!("{value} is not valid under any of the given schemas");
            return Err(invalid("volume_id", other.as_str().unwrap_or(&value), &why));
        }
    };
    schema::only(
        wanted,
        "snapshot",
        &["name", "display_name", "description", "volume_id", "force", "metadata"],
    )?;
    let wanted = Wanted {
        volume_id,
        name: text(wanted, "name")?.flatten(),
        description: text(wanted, "description")?.flatten(),
        metadata: match wanted.get("metadata") {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(map) => schema::metadata(map, "metadata")?,
        },
    };
    let now = clock::now();
    let snapshot = app.db.write(move |tx| accept(tx, &caller, wanted, now)).await?;
    let mut shown = summary(&snapshot);
    shown["created_at"] = json!(clock::naive(now));
    Ok((StatusCode::ACCEPTED, Json(json!({"snapshot": shown}))))
}

/// Checks and keeps a snapshot; Nova asks in this way, too.
pub fn accept(db: &Connection, caller: &Caller, wanted: Wanted, now: i64) -> Result<Snapshot, Refusal> {
    let volume = volumes::visible(db, caller, &wanted.volume_id)?;
    let status = volume.status(now);
    // Since 3.66 one of a volume in use needs no force; Cinder's older versions heed it, ours never asks for it.
    if !["available", "in-use"].contains(&status) {
        let message = format!(
            "Invalid volume: Volume {} status must be available, but current status is: {status}.",
            volume.id
        );
        return Err(Refusal::bad_request(message));
    }
    quotas::reserve(db, &volume.project_id, Making::Snapshot(volume.size, &volume.type_id))?;
    let snapshot = Snapshot {
        id: ids::uuid(),
        project_id: volume.project_id,
        user_id: caller.user_id.clone(),
        volume_id: volume.id,
        name: wanted.name,
        description: wanted.description,
        metadata: wanted.metadata,
        size: volume.size,
        type_id: volume.type_id,
        bootable: volume.bootable,
        image: volume.image,
        created: now,
        ..Snapshot::default()
    };
    model::insert(db, &snapshot)?;
    Ok(snapshot)
}

/// `PUT /snapshots/{id}`: name and description.
pub async fn update(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "snapshot")?;
    schema::only(wanted, "snapshot", &["name", "description", "display_name", "display_description"])?;
    let (name, description) = (text(wanted, "name")?, text(wanted, "description")?);
    let snapshot = app
        .db
        .write(move |tx| {
            let mut snapshot = visible(tx, &caller, &id)?;
            snapshot.name = name.unwrap_or(snapshot.name);
            snapshot.description = description.unwrap_or(snapshot.description);
            snapshot.updated = Some(clock::now());
            model::update(tx, &snapshot)?;
            Ok::<_, Refusal>(snapshot)
        })
        .await?;
    Ok(Json(json!({"snapshot": summary(&snapshot)})))
}

/// `DELETE /snapshots/{id}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id)): Path<(String, String)>,
) -> Result<impl IntoResponse, Refusal> {
    app.db
        .write(move |tx| {
            let mut snapshot = visible(tx, &caller, &id)?;
            if !["available", "error"].contains(&snapshot.status()) {
                let message = "Invalid snapshot: Snapshot status must be available or error, and must not be part of a \
                               group.";
                return Err(Refusal::bad_request(message));
            }
            snapshot.phase = Phase::Deleting(clock::now());
            Ok(model::update(tx, &snapshot)?)
        })
        .await?;
    Ok(accepted())
}

/// The snapshot as it is now, where the caller may see it.
pub fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Snapshot, Refusal> {
    let snapshot = model::get::<Snapshot>(db, id)?.and_then(|snapshot| snapshot.settle(clock::now()));
    snapshot
        .filter(|snapshot| caller.is_admin() || snapshot.project_id == caller.project_id)
        .ok_or_else(|| missing("Snapshot", id))
}

const NEWER: [&str; 3] = ["group_snapshot_id", "user_id", "consumes_quota"];

fn summary(snapshot: &Snapshot) -> Value {
    json!({"id": snapshot.id, "created_at": whole_second(snapshot.created),
           "updated_at": snapshot.updated.map(whole_second), "name": snapshot.name,
           "description": snapshot.description, "volume_id": snapshot.volume_id, "status": snapshot.status(),
           "size": snapshot.size, "metadata": snapshot.metadata})
}

fn whole(snapshot: &Snapshot, version: Microversion) -> Value {
    let mut shown = summary(snapshot);
    let values = [Value::Null, json!(snapshot.user_id), json!(true)];
    for ((since, key), value) in [14, 41, 65].into_iter().zip(NEWER).zip(values) {
        if version.since(since) {
            shown[key] = value;
        }
    }
    let progress = if snapshot.phase == Phase::Ready { "100%" } else { "0%" };
    shown["os-extended-snapshot-attributes:project_id"] = json!(snapshot.project_id);
    shown["os-extended-snapshot-attributes:progress"] = json!(progress);
    shown
}
