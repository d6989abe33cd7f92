//! Unified limits: the quotas that Glance asks Keystone for.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::catalog::service_id;
use super::records::listing;
use super::{admin_only, denied};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::ids;
use crate::service::Service;
use crate::state::App;

/// A project's limit for one of Glance's resources: its own, or the default of all.
pub fn limit(c: &Connection, project: &str, resource: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT value FROM limits WHERE resource = ? AND project_id IN (?, '') ORDER BY project_id DESC LIMIT 1";
    c.prepare_cached(sql)?.query_row([resource, project], |row| row.get(0))
}

/// `GET /v3/registered_limits`.
pub async fn registered(State(app): State<Arc<App>>, _: Caller) -> Result<Json<Value>, Refusal> {
    let base = app.url(Service::Identity);
    let at = base.clone();
    let rows = rows(&app, String::new(), move |_, resource, value| {
        let id = ids::stable_hex("registered_limit", resource);
        json!({"id": id, "service_id": service_id("glance"), "region_id": "RegionOne", "resource_name": resource,
            "default_limit": value, "description": null,
            "links": {"self": format!("{at}/v3/registered_limits/{id}")}})
    });
    Ok(listing(&base, "registered_limits", rows.await?))
}

/// `GET /v3/limits`: everybody's for the administrator, else the project's own.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let base = app.url(Service::Identity);
    let at = base.clone();
    let wanted = match query.get("project_id") {
        Some(project) => project.clone(),
        None if caller.is_admin() => "*".into(),
        None => caller.project_id.clone(),
    };
    if !caller.is_admin() && wanted != caller.project_id {
        return Err(denied("list_limits"));
    }
    let rows = rows(&app, wanted, move |project, resource, value| view(&at, project, resource, value));
    Ok(listing(&base, "limits", rows.await?))
}

/// `POST /v3/limits`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    admin_only(&caller, "create_limits")?;
    let base = app.url(Service::Identity);
    let limits = body["limits"].as_array().cloned().unwrap_or_default();
    let rows = app
        .db
        .write(move |tx| -> Result<Vec<Value>, Refusal> {
            let mut rows = Vec::new();
            for limit in limits {
                let (Some(project), Some(resource), Some(value)) = (
                    limit["project_id"].as_str(),
                    limit["resource_name"].as_str(),
                    limit["resource_limit"].as_i64(),
                ) else {
                    return Err(Refusal::bad_request("'resource_limit' is a required property"));
                };
                let sql = "INSERT OR REPLACE INTO limits VALUES (?, ?, ?)";
                tx.execute(sql, params![project, resource, value])?;
                rows.push(view(&base, project, resource, value));
            }
            Ok(rows)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"limits": rows}))))
}

/// `GET /v3/limits/{limit}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let base = app.url(Service::Identity);
    let limit = app.db.read(move |c| find(c, &id)).await?;
    match limit {
        (project, ..) if !caller.is_admin() && project != caller.project_id => Err(denied("get_limit")),
        (project, resource, value) => Ok(Json(json!({"limit": view(&base, &project, &resource, value)}))),
    }
}

/// `DELETE /v3/limits/{limit}`: the registered limit holds again.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    admin_only(&caller, "delete_limit")?;
    app.db
        .write(move |tx| -> Result<StatusCode, Refusal> {
            let (project, resource, _) = find(tx, &id)?;
            tx.execute("DELETE FROM limits WHERE project_id = ? AND resource = ?", [project, resource])?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// A limit's project, resource and value. Its id is made of the first two.
fn find(c: &Connection, id: &str) -> Result<(String, String, i64), Refusal> {
    let mut statement =
        c.prepare_cached("SELECT project_id, resource, value FROM limits WHERE project_id != ''")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let rows: Vec<(String, String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .find(|(project, resource, _)| limit_id(project, resource) == id)
        .ok_or_else(|| Refusal::not_found(format!("Could not find limit for {id}.")))
}

fn limit_id(project: &str, resource: &str) -> String {
    ids::stable_hex("limit", &format!("{project}/{resource}"))
}

async fn rows<F>(app: &App, project: String, view: F) -> Result<Vec<Value>, Refusal>
where
    F: Fn(&str, &str, i64) -> Value + Send + 'static,
{
    app.db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let sql = "SELECT project_id, resource, value FROM limits
                WHERE project_id = ?1 OR (?1 = '*' AND project_id != '') ORDER BY project_id, resource";
            let mut statement = c.prepare(sql)?;
            let rows = statement.query_map([project], |row| {
                Ok(view(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?, row.get(2)?))
            })?;
            rows.collect()
        })
        .await
}

fn view(base: &str, project: &str, resource: &str, value: i64) -> Value {
    let id = limit_id(project, resource);
    json!({"id": id, "service_id": service_id("glance"), "region_id": "RegionOne", "resource_name": resource,
        "resource_limit": value, "project_id": project, "domain_id": null, "description": null,
        "links": {"self": format!("{base}/v3/limits/{id}")}})
}
