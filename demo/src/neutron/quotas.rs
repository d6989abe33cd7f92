//! Quotas: Neutron's defaults for every project, for reading. Nothing here reaches them, so nothing enforces them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::records::{self, Kind, Record, text};
use super::words::policy;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

/// Resources and their limits, in Neutron's order; -1 is without limit.
const LIMITS: [(&str, i64); 9] = [
    ("network", 100),
    ("subnet", 100),
    ("subnetpool", -1),
    ("port", 500),
    ("router", 10),
    ("floatingip", 50),
    ("rbac_policy", 10),
    ("security_group", 10),
    ("security_group_rule", 100),
];

/// `GET /quotas`: the projects that have quotas of their own, which none has.
pub async fn list(caller: Caller) -> Result<Json<Value>, Refusal> {
    if caller.is_admin() { Ok(Json(json!({"quotas": []}))) } else { Err(policy("get_quota")) }
}

/// `GET /quotas/{project}` and `…/default`; the words `tenant` and `project` ask for one's own id.
pub async fn show(caller: Caller, Path(project): Path<String>) -> Result<Json<Value>, Refusal> {
    match project.as_str() {
        "tenant" => Ok(Json(json!({"tenant": {"tenant_id": caller.project_id}}))),
        "project" => Ok(Json(json!({"project": {"project_id": caller.project_id}}))),
        project if project == caller.project_id || caller.is_admin() => {
            let limits = LIMITS.map(|(name, limit)| (name.to_owned(), Value::from(limit)));
            Ok(Json(json!({"quota": Map::from_iter(limits)})))
        }
        _ => Err(policy("get_quota")),
    }
}

/// `GET /quotas/{project}/details`: with what is used.
pub async fn details(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if project != caller.project_id && !caller.is_admin() {
        let words = "User does not have admin privileges: Only admin is authorized to access quotas for another project.";
        return Err(Refusal::forbidden(words).kind("AdminRequired"));
    }
    let quota = app.db.read(move |c| used_of(c, &project)).await?;
    Ok(Json(json!({"quota": quota})))
}

/// `PUT` and `DELETE /quotas/{project}`: the administrator's, and not spoken.
pub async fn change(caller: Caller, method: Method) -> Refusal {
    match method {
        _ if caller.is_admin() => Refusal::not_spoken("changing Neutron's quotas"),
        Method::DELETE => policy("delete_quota"),
        _ => policy("update_quota"),
    }
}

fn used_of(c: &Connection, project: &str) -> rusqlite::Result<Map<String, Value>> {
    let mut quota = Map::new();
    for (name, limit) in LIMITS {
        let used = match name {
            "network" => of_project(c, Kind::Network, project)?.len(),
            "subnet" => of_project(c, Kind::Subnet, project)?.len(),
            "port" => of_project(c, Kind::Port, project)?.len(),
            "router" => of_project(c, Kind::Router, project)?.len(),
            "security_group" => of_project(c, Kind::SecurityGroup, project)?.len(),
            "security_group_rule" => of_project(c, Kind::SecurityGroup, project)?.iter().map(rules).sum(),
            _ => 0,
        };
        quota.insert(name.to_owned(), json!({"limit": limit, "used": used, "reserved": 0}));
    }
    Ok(quota)
}

fn of_project(c: &Connection, kind: Kind, project: &str) -> rusqlite::Result<Vec<Record>> {
    let mut records = records::list(c, kind)?;
    records.retain(|record| text(record, "project_id") == project);
    Ok(records)
}

fn rules(group: &Record) -> usize {
    group.get("security_group_rules").and_then(Value::as_array).map_or(0, Vec::len)
}
