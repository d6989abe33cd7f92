//! Volume types: which there are, and those that the administrator makes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::model::{self, Volume, VolumeType};
use super::scope::Scoped;
use super::words::{accepted, missing};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::ids;
use crate::nova::schema;
use crate::nova::words::policy;
use crate::state::App;

/// The type of volumes that name none; every Cinder has it.
pub const DEFAULT: &str = "__DEFAULT__";

/// The type of this name.
pub fn named(db: &Connection, name: &str) -> rusqlite::Result<Option<VolumeType>> {
    Ok(model::list::<VolumeType>(db, None)?.into_iter().find(|kind| kind.name == name))
}

/// The type of this name or id, or the default one; `None` where the caller sees no such type.
pub fn find(db: &Connection, caller: &Caller, wanted: Option<&str>) -> rusqlite::Result<Option<VolumeType>> {
    let wanted = wanted.filter(|wanted| !wanted.is_empty()).unwrap_or(DEFAULT);
    let kind = match model::get::<VolumeType>(db, wanted)? {
        Some(kind) => Some(kind),
        None => named(db, wanted)?,
    };
    Ok(kind.filter(|kind| kind.is_public || caller.is_admin()))
}

/// `GET /types`.
pub async fn list(State(app): State<Arc<App>>, Scoped(caller): Scoped) -> Result<Json<Value>, Refusal> {
    let types = app.db.read(|c| model::list::<VolumeType>(c, None)).await?;
    let seen = types.iter().filter(|kind| kind.is_public || caller.is_admin());
    Ok(Json(json!({"volume_types": seen.map(|kind| view(kind, &caller)).collect::<Vec<_>>()})))
}

/// `GET /types/{id}`, and `default` for the one that volumes get.
pub async fn show(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let who = caller.clone();
    let is_default = id == "default";
    let kind = app
        .db
        .read(move |c| -> Result<VolumeType, Refusal> {
            let kind = if id == "default" { named(c, DEFAULT)? } else { model::get(c, &id)? };
            let kind = kind.filter(|kind: &VolumeType| kind.is_public || who.is_admin());
            kind.ok_or_else(|| missing("Volume type", &id))
        })
        .await?;
    let mut shown = view(&kind, &caller);
    if let Value::Object(shown) = &mut shown {
        if is_default {
            shown.remove("os-volume-type-access:is_public");
        }
        if caller.is_admin() {
            shown.insert("qos_specs_id".to_owned(), Value::Null);
        }
    }
    Ok(Json(json!({"volume_type": shown})))
}

/// `POST /types`: the administrator's.
pub async fn create(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "volume_type")?;
    let name = wanted.get("name").ok_or_else(|| schema::missing(wanted, "name", "volume_type"))?;
    let specs = wanted.get("extra_specs").map(|specs| schema::metadata(specs, "extra_specs")).transpose()?;
    let kind = VolumeType {
        id: ids::uuid(),
        name: schema::name(name, "name")?,
        description: schema::text(wanted, "description", "description", 255)?,
        is_public: wanted.get("os-volume-type-access:is_public") != Some(&json!(false)),
        extra_specs: specs.unwrap_or_default(),
    };
    if !caller.is_admin() {
        return Err(policy("volume_extension:type_create"));
    }
    let kind = app
        .db
        .write(move |tx| {
            if named(tx, &kind.name)?.is_some() {
                return Err(Refusal::conflict(format!("Volume Type {} already exists.", kind.name)));
            }
            model::insert(tx, &kind)?;
            Ok::<_, Refusal>(kind)
        })
        .await?;
    Ok(Json(json!({"volume_type": view(&kind, &caller)})))
}

/// `DELETE /types/{id}`: the administrator's, of a type that no volume has.
pub async fn delete(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id)): Path<(String, String)>,
) -> Result<impl IntoResponse, Refusal> {
    if !caller.is_admin() {
        return Err(policy("volume_extension:type_delete"));
    }
    app.db
        .write(move |tx| {
            let kind: VolumeType = model::get(tx, &id)?.ok_or_else(|| missing("Volume type", &id))?;
            let used = |volume: &Volume| volume.type_id == kind.id;
            if kind.name == DEFAULT {
                let message =
                    format!("The volume type {} is a default volume type and cannot be deleted.", kind.id);
                return Err(Refusal::forbidden(message));
            }
            if model::volumes(tx, None, clock::now())?.iter().any(used) {
                return Err(Refusal::bad_request("Target volume type is still in use."));
            }
            Ok(model::remove(tx, &kind.id)?)
        })
        .await?;
    Ok(accepted())
}

/// A type as shown; its specs are the administrator's.
fn view(kind: &VolumeType, caller: &Caller) -> Value {
    let specs = if caller.is_admin() { json!(kind.extra_specs) } else { json!({}) };
    json!({"id": kind.id, "name": kind.name, "is_public": kind.is_public, "description": kind.description,
           "extra_specs": specs, "os-volume-type-access:is_public": kind.is_public})
}
