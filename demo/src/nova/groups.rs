//! Server groups: kept and shown; with one host, affinity has nothing to choose.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::microversion::Microversion;
use super::query::{first, pairs};
use super::servers::{lifecycle, model};
use super::words::{invalid, policy};
use super::{quotas, schema, store};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::python;
use crate::state::App;
use crate::{clock, ids};

const POLICIES: [&str; 4] = ["anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"];

/// A server group as kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Group {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// affinity, anti-affinity, soft-affinity or soft-anti-affinity.
    pub policy: String,
    /// Owner.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
}

/// How many a project has.
pub fn count(db: &Connection, project: &str) -> rusqlite::Result<i64> {
    db.query_row("SELECT count(*) FROM nova_groups WHERE project_id = ?1", [project], |row| row.get(0))
}

/// One group.
pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<Group>> {
    let read = |row: &rusqlite::Row<'_>| store::parse(row.get::<_, String>(0)?);
    db.query_row("SELECT doc FROM nova_groups WHERE id = ?1", [id], read).optional()
}

/// Ids of the servers that are in a group.
pub fn members(db: &Connection, group: &Group) -> rusqlite::Result<Vec<String>> {
    let servers = model::list(db, Some(&group.project_id))?;
    let live = servers.into_iter().filter_map(|server| lifecycle::settle(server, clock::now()));
    Ok(live.filter(|server| server.group_id.as_ref() == Some(&group.id)).map(|server| server.id).collect())
}

/// `GET /os-server-groups`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let all = first(&pairs(uri.query().unwrap_or("")), "all_projects").is_some() && caller.is_admin();
    let shown = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let project = (!all).then_some(caller.project_id.as_str());
            let sql = "SELECT doc FROM nova_groups WHERE ?1 IS NULL OR project_id = ?1 ORDER BY seq";
            let groups: Vec<Group> = c
                .prepare(sql)?
                .query_map([project], |row| store::parse(row.get::<_, String>(0)?))?
                .collect::<Result<_, _>>()?;
            groups.iter().map(|group| Ok(view(group, &members(c, group)?, version))).collect()
        })
        .await?;
    Ok(Json(json!({"server_groups": shown})))
}

/// `GET /os-server-groups/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let group = app
        .db
        .read(move |c| {
            let group = visible(c, &caller, &id)?;
            Ok::<_, Refusal>(view(&group, &members(c, &group)?, version))
        })
        .await?;
    Ok(Json(json!({"server_group": group})))
}

/// `POST /os-server-groups`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "server_group")?;
    let name = wanted.get("name").ok_or_else(|| schema::missing(wanted, "name", "server_group"))?;
    let name = schema::name(name, "name")?;
    // A list of one until 2.63, a word since 2.64.
    let key = if version.since(64) { "policy" } else { "policies" };
    let given = wanted.get(key).ok_or_else(|| schema::missing(wanted, key, "server_group"))?;
    let (key, given) = match given {
        Value::Array(list) if list.is_empty() => {
            return Err(invalid(key, "[]", "[] should be non-empty"));
        }
        Value::Array(list) if list.len() > 1 => {
            let value = python::repr(given);
            return Err(invalid(key, &value, &format!("{value} is too long")));
        }
        Value::Array(list) => ("0", &list[0]),
        word => (key, word),
    };
    let known = if version.since(15) { &POLICIES[..] } else { &POLICIES[..2] };
    let Some(policy_name) = given.as_str().filter(|word| known.contains(word)) else {
        let value = python::repr(given);
        let one_of = python::repr(&json!(known));
        return Err(invalid(
            key,
            given.as_str().unwrap_or(&value),
            &format!("{value} is not one of {one_of}"),
        ));
    };
    if !caller.is_member() {
        return Err(policy("os_compute_api:os-server-groups:create"));
    }
    let group = Group {
        id: ids::uuid(),
        name,
        policy: policy_name.to_owned(),
        project_id: caller.project_id,
        user_id: caller.user_id,
    };
    let kept = group.clone();
    app.db
        .write(move |tx| {
            let most = quotas::of(tx, &kept.project_id)?["server_groups"];
            if most >= 0 && count(tx, &kept.project_id)? >= most {
                return Err(Refusal::forbidden("Quota exceeded, too many server groups."));
            }
            tx.execute(
                "INSERT INTO nova_groups (id, project_id, doc) VALUES (?1, ?2, ?3)",
                params![kept.id, kept.project_id, store::write(&kept)],
            )?;
            Ok(())
        })
        .await?;
    Ok(Json(json!({"server_group": view(&group, &[], version)})))
}

/// `DELETE /os-server-groups/{id}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    if !caller.is_member() {
        return Err(policy("os_compute_api:os-server-groups:delete"));
    }
    app.db
        .write(move |tx| {
            visible(tx, &caller, &id)?;
            tx.execute("DELETE FROM nova_groups WHERE id = ?1", [&id])?;
            Ok::<_, Refusal>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Group, Refusal> {
    let group = get(db, id)?.filter(|group| group.project_id == caller.project_id || caller.is_admin());
    group.ok_or_else(|| Refusal::not_found(format!("Instance group {id} could not be found.")))
}

fn view(group: &Group, members: &[String], version: Microversion) -> Value {
    let mut shown = json!({"id": group.id, "name": group.name, "members": members});
    if version.since(64) {
        shown["policy"] = json!(group.policy);
        shown["rules"] = json!({});
    } else {
        shown["policies"] = json!([group.policy]);
        shown["metadata"] = json!({});
    }
    if version.since(13) {
        shown["project_id"] = json!(group.project_id);
        shown["user_id"] = json!(group.user_id);
    }
    shown
}
