//! `POST /servers/{id}/action`: one route, many verbs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::lifecycle;
use super::model::{self, Server, Task, VmState};
use super::{console, may_write, snapshot, visible};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::nova::microversion::Microversion;
use crate::nova::schema;
use crate::nova::words::invalid;
use crate::python;
use crate::state::App;

const NOT_SPOKEN: [&str; 24] = [
    "addFixedIp",
    "addFloatingIp",
    "addSecurityGroup",
    "changePassword",
    "confirmResize",
    "createBackup",
    "evacuate",
    "forceDelete",
    "lock",
    "migrate",
    "os-getVNCConsole",
    "os-migrateLive",
    "os-resetState",
    "pause",
    "rebuild",
    "removeSecurityGroup",
    "rescue",
    "resize",
    "restore",
    "resume",
    "shelve",
    "suspend",
    "unlock",
    "unpause",
];

/// Does what the body names.
pub async fn act(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let body = schema::body(body)?;
    let Some((verb, detail)) = body.iter().next() else {
        return Err(Refusal::bad_request("There is no such action: None"));
    };
    match verb.as_str() {
        "os-getConsoleOutput" => output(&app, caller, &id, detail).await,
        "createImage" => snapshot::create(&app, caller, &id, detail, version).await,
        "os-start" => power(&app, caller, id, "start").await,
        "os-stop" => power(&app, caller, id, "stop").await,
        "reboot" => {
            let kind = detail["type"].as_str().unwrap_or("").to_uppercase();
            if kind != "SOFT" && kind != "HARD" {
                let value = python::repr(&detail["type"]);
                let why = format!("{value} is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']");
                return Err(invalid("type", value.trim_matches('\''), &why));
            }
            power(&app, caller, id, "reboot").await
        }
        verb if NOT_SPOKEN.contains(&verb) => Err(Refusal::not_spoken(format!("the server action {verb}"))),
        verb => Err(Refusal::bad_request(format!("There is no such action: {verb}"))),
    }
}

async fn power(app: &App, caller: Caller, id: String, verb: &'static str) -> Result<Response, Refusal> {
    may_write(&caller, &format!("os_compute_api:servers:{verb}"))?;
    app.db
        .write(move |tx| {
            let mut server = visible(tx, &caller, &id)?;
            let (task, from): (Task, &[VmState]) = match verb {
                "start" => (Task::PowerOn, &[VmState::Stopped]),
                "stop" => (Task::PowerOff, &[VmState::Active, VmState::Error]),
                _ => (Task::Reboot, &[VmState::Active, VmState::Stopped, VmState::Error]),
            };
            refuse_unless(&server, verb, from)?;
            let now = clock::now();
            server.task = Some((task, now));
            server.updated = now;
            Ok::<_, Refusal>(model::update(tx, &server)?)
        })
        .await?;
    Ok((StatusCode::ACCEPTED, [("content-type", "application/json")], "").into_response())
}

/// 409 in Nova's words where the state, or work under way, forbids it.
pub fn refuse_unless(server: &Server, verb: &str, from: &[VmState]) -> Result<(), Refusal> {
    let now = clock::now();
    let shown = lifecycle::shown(server, now);
    let cannot = |attribute: &str, state: &str| {
        let id = &server.id;
        Refusal::conflict(format!("Cannot '{verb}' instance {id} while it is in {attribute} {state}"))
    };
    if !from.contains(&server.state) {
        return Err(cannot("vm_state", shown.vm_state));
    }
    match shown.task_state {
        Some(task) => Err(cannot("task_state", task)),
        None => Ok(()),
    }
}

async fn output(app: &App, caller: Caller, id: &str, detail: &Value) -> Result<Response, Refusal> {
    let none = Map::new();
    let detail = match detail {
        Value::Object(detail) => detail,
        Value::Null => &none,
        other => return Err(schema::wrong_type("os-getConsoleOutput", other, "object")),
    };
    schema::only(detail, "os-getConsoleOutput", &["length"])?;
    let length = match detail.get("length") {
        None | Some(Value::Null) => None,
        Some(value) => usize::try_from(schema::integer(value, "length", -1)?).ok(),
    };
    may_write(&caller, "os_compute_api:os-console-output")?;
    let id = id.to_owned();
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    let now = clock::now();
    if server.booted.is_none() {
        return Err(Refusal::conflict(format!("Instance {} is not ready", server.id)));
    }
    Ok(Json(json!({"output": console::log(&server, now, length)})).into_response())
}
