//! `os-instance-actions`: what was done with a server, by whom, and how it went.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::model::{Action, Server};
use super::view::host_id;
use super::visible;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::nova::microversion::Microversion;
use crate::nova::zones::HOST;
use crate::state::App;

/// Notes that something begins now and takes so long.
pub fn note(server: &mut Server, caller: &Caller, request: &str, name: &str, takes: i64) {
    let start = clock::now();
    server.actions.push(Action {
        name: name.to_owned(),
        request_id: request.to_owned(),
        user_id: caller.user_id.clone(),
        project_id: caller.project_id.clone(),
        start,
        finish: start + takes,
    });
}

/// `GET /servers/{id}/os-instance-actions`: the newest first.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let shown: Vec<Value> =
        server.actions.iter().rev().map(|action| view(&server, action, version)).collect();
    Ok(Json(json!({"instanceActions": shown})))
}

/// `GET /servers/{id}/os-instance-actions/{request}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path((id, request)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let is_admin = caller.is_admin();
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let action = server.actions.iter().find(|action| action.request_id == request);
    let action = action.ok_or_else(|| Refusal::not_found(format!("Action {request} not found")))?;
    let mut shown = view(&server, action, version);
    if is_admin || version.since(51) {
        shown["events"] = events(&server, action, is_admin, version);
    }
    Ok(Json(json!({"instanceAction": shown})))
}

fn view(server: &Server, action: &Action, version: Microversion) -> Value {
    let failed = action.name == "create" && server.doom.is_some();
    let mut shown = json!({
        "action": action.name, "instance_uuid": server.id, "request_id": action.request_id,
        "user_id": action.user_id, "project_id": action.project_id, "start_time": clock::naive(action.start),
        "message": if failed { json!("Error") } else { Value::Null },
    });
    if version.since(58) {
        shown["updated_at"] = clock::naive(clock::now().min(action.finish)).into();
    }
    shown
}

fn events(server: &Server, action: &Action, is_admin: bool, version: Microversion) -> Value {
    let event = match action.name.as_str() {
        // These never reach a host.
        "lock" | "unlock" | "resetState" => return json!([]),
        "create" => "compute__do_build_and_run_instance".to_owned(),
        "createImage" => "compute_snapshot_instance".to_owned(),
        name => format!("compute_{name}_instance"),
    };
    let is_over = clock::now() >= action.finish;
    let result = if action.name == "create" && server.doom.is_some() { "Error" } else { "Success" };
    let mut event = json!({
        "event": event, "start_time": clock::naive(action.start),
        "finish_time": is_over.then(|| clock::naive(action.finish)), "result": is_over.then_some(result),
    });
    if is_admin {
        event["traceback"] = Value::Null;
    }
    if version.since(62) {
        event["hostId"] = host_id(&server.project_id).into();
        if is_admin {
            event["host"] = HOST.into();
        }
    }
    if version.since(84) && is_admin {
        event["details"] = Value::Null;
    }
    json!([event])
}
