//! Quotas per project, and what is used of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use super::microversion::Microversion;
use super::servers::lifecycle;
use super::servers::model;
use super::words::policy;
use super::{groups, schema};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::state::App;

/// Nova's own defaults; -1 is unlimited.
const DEFAULTS: [(&str, i64); 14] = [
    ("cores", 20),
    ("fixed_ips", -1),
    ("floating_ips", -1),
    ("injected_file_content_bytes", 10240),
    ("injected_file_path_bytes", 255),
    ("injected_files", 5),
    ("instances", 10),
    ("key_pairs", 100),
    ("metadata_items", 128),
    ("ram", 51200),
    ("security_group_rules", -1),
    ("security_groups", -1),
    ("server_group_members", 10),
    ("server_groups", 10),
];

/// A project's quotas by resource.
pub type Quotas = BTreeMap<&'static str, i64>;

/// What a project uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Servers, whatever their state.
    pub instances: i64,
    /// vCPUs.
    pub cores: i64,
    /// MiB.
    pub ram: i64,
}

/// A project's quotas: its own where set, else the defaults.
pub fn of(db: &Connection, project: &str) -> rusqlite::Result<Quotas> {
    let mut statement =
        db.prepare_cached("SELECT most FROM nova_quotas WHERE project_id = ?1 AND resource = ?2")?;
    let own = |(resource, default): (&'static str, i64)| {
        let most = statement.query_row([project, resource], |row| row.get(0)).optional()?;
        Ok((resource, most.unwrap_or(default)))
    };
    DEFAULTS.into_iter().map(own).collect()
}

/// Sets one quota of a project.
pub fn set(db: &Connection, project: &str, resource: &str, most: i64) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO nova_quotas VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET most = excluded.most",
        params![project, resource, most],
    )
    .map(drop)
}

/// What a project uses now.
pub fn used(db: &Connection, project: &str) -> rusqlite::Result<Usage> {
    let servers = model::list(db, Some(project))?;
    let live = servers.into_iter().filter_map(|server| lifecycle::settle(server, clock::now()));
    Ok(live.fold(Usage::default(), |sum, server| Usage {
        instances: sum.instances + 1,
        cores: sum.cores + server.flavor.vcpus,
        ram: sum.ram + server.flavor.ram,
    }))
}

/// `GET /os-quota-sets/{project}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(project): Path<String>,
) -> Result<Json<Value>, Refusal> {
    may_read(&caller, &project, "show")?;
    let of_project = project.clone();
    let quotas = app.db.read(move |c| of(c, &of_project)).await?;
    Ok(Json(json!({"quota_set": view(&quotas, version, Some(&project))})))
}

/// `GET /os-quota-sets/{project}/defaults`.
pub async fn defaults(_: Caller, version: Microversion, Path(project): Path<String>) -> Json<Value> {
    Json(json!({"quota_set": view(&DEFAULTS.into_iter().collect(), version, Some(&project))}))
}

/// `GET /os-quota-sets/{project}/detail`: limits with what is used.
pub async fn detail(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(project): Path<String>,
) -> Result<Json<Value>, Refusal> {
    may_read(&caller, &project, "detail")?;
    let of_project = project.clone();
    let (quotas, used, groups) = app
        .db
        .read(move |c| -> rusqlite::Result<_> {
            let groups = groups::count(c, &of_project)?;
            Ok((of(c, &of_project)?, used(c, &of_project)?, groups))
        })
        .await?;
    let mut shown = view(&quotas, version, None);
    for (resource, limit) in &mut shown {
        let in_use = match resource.as_str() {
            "instances" => used.instances,
            "cores" => used.cores,
            "ram" => used.ram,
            "server_groups" => groups,
            // Key pairs are a user's, so that Nova counts none of them here.
            _ => 0,
        };
        *limit = json!({"limit": limit, "in_use": in_use, "reserved": 0});
    }
    shown.insert("id".to_owned(), json!(project));
    Ok(Json(json!({"quota_set": shown})))
}

/// `PUT /os-quota-sets/{project}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(project): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "quota_set")?;
    let known: Vec<&str> = DEFAULTS
        .iter()
        .map(|(resource, _)| *resource)
        .filter(|resource| spoken(resource, version))
        .chain(["force"])
        .collect();
    schema::only(wanted, "quota_set", &known)?;
    let force = wanted.get("force").is_some_and(|force| force == true || force == "True" || force == "true");
    let mut changes = Vec::new();
    for (resource, _) in DEFAULTS {
        if let Some(value) = wanted.get(resource) {
            changes.push((resource, schema::integer(value, resource, -1)?));
        }
    }
    if !caller.is_admin() {
        return Err(policy("os_compute_api:os-quota-sets:update"));
    }
    let quotas = app
        .db
        .write(move |tx| {
            let used = used(tx, &project)?;
            for (resource, most) in changes {
                let in_use = match resource {
                    "instances" => used.instances,
                    "cores" => used.cores,
                    "ram" => used.ram,
                    _ => 0,
                };
                if !force && most >= 0 && most < in_use {
                    return Err(Refusal::bad_request(format!(
                        "Quota limit {most} for {resource} must be greater than or equal to already used and \
                         reserved {in_use}."
                    )));
                }
                set(tx, &project, resource, most)?;
            }
            Ok(of(tx, &project)?)
        })
        .await?;
    Ok(Json(json!({"quota_set": view(&quotas, version, None)})))
}

/// `DELETE /os-quota-sets/{project}`: back to the defaults.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<StatusCode, Refusal> {
    if !caller.is_admin() {
        return Err(policy("os_compute_api:os-quota-sets:delete"));
    }
    app.db.write(move |tx| tx.execute("DELETE FROM nova_quotas WHERE project_id = ?1", [project])).await?;
    Ok(StatusCode::ACCEPTED)
}

fn may_read(caller: &Caller, project: &str, what: &str) -> Result<(), Refusal> {
    if caller.is_admin() || caller.project_id == project {
        return Ok(());
    }
    Err(policy(&format!("os_compute_api:os-quota-sets:{what}")))
}

/// nova-network's quotas went with 2.36, file injection's with 2.57.
fn spoken(resource: &str, version: Microversion) -> bool {
    match resource {
        "fixed_ips" | "floating_ips" | "security_groups" | "security_group_rules" => !version.since(36),
        _ if resource.starts_with("injected_") => !version.since(57),
        _ => true,
    }
}

fn view(quotas: &Quotas, version: Microversion, id: Option<&str>) -> Map<String, Value> {
    let spoken = quotas.iter().filter(|(resource, _)| spoken(resource, version));
    let mut shown: Map<String, Value> =
        spoken.map(|(resource, most)| ((*resource).to_owned(), json!(most))).collect();
    if let Some(id) = id {
        shown.insert("id".to_owned(), json!(id));
    }
    shown
}
