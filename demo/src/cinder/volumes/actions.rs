//! What is done with a volume: image metadata, bootable or not, larger, a new status by the administrator.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::visible;
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::cinder::model::{self, Phase, Volume};
use crate::cinder::quotas::{self, Making};
use crate::cinder::scope::Scoped;
use crate::cinder::words::{Nothing, accepted, invalid_input};
use crate::clock;
use crate::error::Refusal;
use crate::nova::schema;
use crate::nova::words::{invalid, policy};
use crate::python;
use crate::state::App;

/// `POST /volumes/{id}/action`.
pub async fn act(
    State(app): State<Arc<App>>,
    Scoped(caller): Scoped,
    Path((_, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let body = schema::body(body)?;
    let Some((name, detail)) = body.into_iter().next() else {
        return Err(Refusal::bad_request(
            "There is no such action: None. Verify the request body and Content-Type \
                                         header and try again.",
        ));
    };
    app.db.write(move |tx| done(tx, &caller, &id, &name, &detail)).await
}

fn done(db: &Connection, caller: &Caller, id: &str, name: &str, detail: &Value) -> Result<Response, Refusal> {
    let nothing = Map::new();
    let detail = detail.as_object().unwrap_or(&nothing);
    match name {
        "os-show_image_metadata" => {
            let volume = visible(db, caller, id)?;
            Ok(Json(json!({"metadata": volume.image.unwrap_or_default()})).into_response())
        }
        "os-set_bootable" => {
            let bootable = truth(detail)?;
            change(db, caller, id, |volume| volume.bootable = bootable)?;
            Ok(Nothing(StatusCode::OK).into_response())
        }
        "os-extend" => {
            extend(db, caller, id, detail)?;
            Ok(accepted().into_response())
        }
        "os-reset_status" => {
            reset(db, caller, id, detail)?;
            Ok(accepted().into_response())
        }
        "os-force_delete" => {
            if !caller.is_admin() {
                return Err(policy("volume_extension:volume_admin_actions:force_delete"));
            }
            change(db, caller, id, |volume| volume.phase = Phase::Deleting(clock::now()))?;
            Ok(accepted().into_response())
        }
        _ if name.starts_with("os-") || name == "revert" => {
            Err(Refusal::not_spoken(format!("the volume action {name}")))
        }
        _ => Err(Refusal::bad_request(format!(
            "There is no such action: {name}. Verify the request body and Content-Type header and try again."
        ))),
    }
}

fn change(
    db: &Connection,
    caller: &Caller,
    id: &str,
    change: impl FnOnce(&mut Volume),
) -> Result<(), Refusal> {
    let mut volume = visible(db, caller, id)?;
    change(&mut volume);
    volume.updated = Some(clock::now());
    Ok(model::update(db, &volume)?)
}

fn truth(detail: &Map<String, Value>) -> Result<bool, Refusal> {
    const YES: [&str; 12] = ["True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"];
    const NO: [&str; 12] = ["False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f"];
    match detail.get("bootable") {
        Some(Value::Bool(value)) => Ok(*value),
        Some(Value::String(word)) if YES.contains(&word.as_str()) => Ok(true),
        Some(Value::String(word)) if NO.contains(&word.as_str()) => Ok(false),
        Some(other) => {
            let value = python::repr(other);
            let words = |value: bool, words: [&str; 12]| {
                std::iter::once(json!(value)).chain(words.iter().map(|word| json!(word))).collect::<Vec<_>>()
            };
            let all = python::repr(&json!([words(true, YES), words(false, NO)].concat()));
            Err(invalid(
                "bootable",
                other.as_str().unwrap_or(&value),
                &format!("{value} is not one of {all}"),
            ))
        }
        None => Err(schema::missing(detail, "bootable", "os-set_bootable")),
    }
}

fn extend(db: &Connection, caller: &Caller, id: &str, detail: &Map<String, Value>) -> Result<(), Refusal> {
    let size = detail.get("new_size").ok_or_else(|| schema::missing(detail, "new_size", "os-extend"))?;
    let size = schema::integer(size, "new_size", 1)?;
    let mut volume = visible(db, caller, id)?;
    if volume.status(clock::now()) != "available" {
        let message = format!(
            "Invalid volume: Volume {id} status must be '('available',)' to extend, currently {}.",
            volume.status(clock::now())
        );
        return Err(Refusal::bad_request(message));
    }
    if size <= volume.size {
        let why = format!(
            "New size for extend must be greater than current size. (current: {}, extended: {size}).",
            volume.size
        );
        return Err(invalid_input(&why));
    }
    quotas::reserve(db, &volume.project_id, Making::Growth(size - volume.size, &volume.type_id))?;
    volume.size = size;
    volume.updated = Some(clock::now());
    Ok(model::update(db, &volume)?)
}

/// By the administrator: for tests that need a volume in error.
fn reset(db: &Connection, caller: &Caller, id: &str, detail: &Map<String, Value>) -> Result<(), Refusal> {
    if !caller.is_admin() {
        return Err(policy("volume_extension:volume_admin_actions:reset_status"));
    }
    let phase = match detail.get("status").and_then(Value::as_str) {
        Some("available") => Phase::Ready,
        Some("error") => Phase::Error,
        _ => return Err(Refusal::not_spoken("resetting a volume to other states than available and error")),
    };
    change(db, caller, id, |volume| {
        volume.phase = phase;
        volume.attachment = None;
    })
}
