//! `POST /servers/{id}/action`: one route, many verbs.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Map, Value, json};

use super::lifecycle::{self, POWER};
use super::model::{self, Lock, Server, Task, VmState};
use super::{console, delete, history, may_write, rebuild, snapshot, unlocked, visible};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::nova::microversion::Microversion;
use crate::nova::schema;
use crate::nova::words::{invalid, policy};
use crate::python;
use crate::state::App;
use crate::wire::RequestId;

const NOT_SPOKEN: [&str; 18] = [
    "addFixedIp",
    "addFloatingIp",
    "addSecurityGroup",
    "changePassword",
    "confirmResize",
    "createBackup",
    "evacuate",
    "migrate",
    "os-getVNCConsole",
    "os-migrateLive",
    "removeSecurityGroup",
    "rescue",
    "resize",
    "restore",
    "revertResize",
    "shelve",
    "unrescue",
    "unshelve",
];

const UP: [VmState; 1] = [VmState::Active];
const RESTARTABLE: [VmState; 5] =
    [VmState::Active, VmState::Stopped, VmState::Paused, VmState::Suspended, VmState::Error];

/// An action that takes a server from one state to another.
struct Power {
    /// Its key in the body.
    key: &'static str,
    /// Nova's word for it.
    verb: &'static str,
    rule: &'static str,
    task: Task,
    from: &'static [VmState],
}

const POWERS: [Power; 7] = [
    power("os-start", "start", "servers:start", Task::PowerOn, &[VmState::Stopped]),
    power("os-stop", "stop", "servers:stop", Task::PowerOff, &[VmState::Active, VmState::Error]),
    power("reboot", "reboot", "servers:reboot", Task::Reboot, &RESTARTABLE),
    power("pause", "pause", "os-pause-server:pause", Task::Pause, &UP),
    power("unpause", "unpause", "os-pause-server:unpause", Task::Unpause, &[VmState::Paused]),
    power("suspend", "suspend", "os-suspend-server:suspend", Task::Suspend, &UP),
    power("resume", "resume", "os-suspend-server:resume", Task::Resume, &[VmState::Suspended]),
];

const fn power(
    key: &'static str,
    verb: &'static str,
    rule: &'static str,
    task: Task,
    from: &'static [VmState],
) -> Power {
    Power { key, verb, rule, task, from }
}

/// Does what the body names.
pub async fn act(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Extension(RequestId(request)): Extension<RequestId>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let body = schema::body(body)?;
    let mut actions = body.iter();
    let (Some((verb, detail)), None) = (actions.next(), actions.next()) else {
        return Err(Refusal::bad_request("Malformed request body"));
    };
    if let Some(power) = POWERS.iter().find(|power| power.key == verb) {
        let from = if verb == "reboot" { reboot_from(detail)? } else { power.from };
        return switch(&app, caller, id, power, from, request).await;
    }
    match verb.as_str() {
        "os-getConsoleOutput" => output(&app, caller, &id, detail).await,
        "createImage" => snapshot::create(&app, caller, &id, detail, version, request).await,
        "rebuild" => rebuild::rebuild(&app, caller, id, detail, version, request).await,
        "lock" => lock(&app, caller, id, Some(reason(detail, version)?), request).await,
        "unlock" => lock(&app, caller, id, None, request).await,
        "os-resetState" => reset(&app, caller, id, detail, request).await,
        "forceDelete" => delete(State(app), caller, Path(id)).await.map(|_| accepted()),
        verb if NOT_SPOKEN.contains(&verb) => Err(Refusal::not_spoken(format!("the server action {verb}"))),
        verb => Err(Refusal::bad_request(format!("There is no such action: {verb}"))),
    }
}

/// A soft reboot asks the guest, which must be up for that.
fn reboot_from(detail: &Value) -> Result<&'static [VmState], Refusal> {
    match detail["type"].as_str().unwrap_or("").to_uppercase().as_str() {
        "SOFT" => Ok(&UP),
        "HARD" => Ok(&RESTARTABLE),
        _ => {
            let value = python::repr(&detail["type"]);
            let why = format!("{value} is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']");
            Err(invalid("type", value.trim_matches('\''), &why))
        }
    }
}

async fn switch(
    app: &App,
    caller: Caller,
    id: String,
    power: &'static Power,
    from: &'static [VmState],
    request: String,
) -> Result<Response, Refusal> {
    may_write(&caller, &format!("os_compute_api:{}", power.rule))?;
    app.db
        .write(move |tx| {
            let mut server = unlocked(tx, &caller, &id)?;
            refuse_unless(&server, power.verb, from)?;
            let now = clock::now();
            server.task = Some((power.task, now));
            server.updated = now;
            history::note(&mut server, &caller, &request, power.verb, POWER);
            Ok::<_, Refusal>(model::update(tx, &server)?)
        })
        .await?;
    Ok(accepted())
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, [("content-type", "application/json")], "").into_response()
}

/// `locked_reason`, since 2.73.
fn reason(detail: &Value, version: Microversion) -> Result<Option<String>, Refusal> {
    match detail {
        Value::Object(detail) if version.since(73) => {
            schema::only(detail, "lock", &["locked_reason"])?;
            schema::text(detail, "locked_reason", "locked_reason", 255)
        }
        _ => Ok(None),
    }
}

/// Locks for a reason, if any is given; or unlocks.
async fn lock(
    app: &App,
    caller: Caller,
    id: String,
    lock: Option<Option<String>>,
    request: String,
) -> Result<Response, Refusal> {
    let verb = if lock.is_some() { "lock" } else { "unlock" };
    may_write(&caller, &format!("os_compute_api:os-lock-server:{verb}"))?;
    app.db
        .write(move |tx| {
            let mut server = visible(tx, &caller, &id)?;
            if server.lock.as_ref().is_some_and(|lock| lock.is_by_admin) && !caller.is_admin() {
                return Err(policy("os_compute_api:os-lock-server:unlock:unlock_override"));
            }
            server.lock = lock.map(|reason| Lock { is_by_admin: caller.is_admin(), reason });
            history::note(&mut server, &caller, &request, verb, 0);
            Ok::<_, Refusal>(model::update(tx, &server)?)
        })
        .await?;
    Ok(accepted())
}

/// `os-resetState`: the administrator says how things are.
async fn reset(
    app: &App,
    caller: Caller,
    id: String,
    detail: &Value,
    request: String,
) -> Result<Response, Refusal> {
    let state = match detail["state"].as_str() {
        Some("active") => VmState::Active,
        Some("error") => VmState::Error,
        _ => {
            let value = python::repr(&detail["state"]);
            let why = format!("{value} is not one of ['active', 'error']");
            return Err(invalid("state", value.trim_matches('\''), &why));
        }
    };
    if !caller.is_admin() {
        return Err(policy("os_compute_api:os-admin-actions:reset_state"));
    }
    app.db
        .write(move |tx| {
            let mut server = visible(tx, &caller, &id)?;
            server.state = state;
            server.task = None;
            history::note(&mut server, &caller, &request, "resetState", 0);
            server.updated = clock::now();
            Ok::<_, Refusal>(model::update(tx, &server)?)
        })
        .await?;
    Ok(accepted())
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
