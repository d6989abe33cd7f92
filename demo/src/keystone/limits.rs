//! Unified limits: the quotas that Glance asks Keystone for.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::catalog::service_id;
use super::records::{check, listing};
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
    let rows = rows(&app, String::new(), move |_, resource, value| registered_view(&at, resource, value));
    Ok(listing(&base, "registered_limits", rows.await?))
}

/// `GET /v3/registered_limits/{id}`.
pub async fn show_registered(
    State(app): State<Arc<App>>,
    _: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let base = app.url(Service::Identity);
    let (_, resource, value) = app.db.read(move |c| find(c, &id, true)).await?;
    Ok(Json(json!({"registered_limit": registered_view(&base, &resource, value)})))
}

/// `PATCH /v3/registered_limits/{id}`: what holds where a project has no limit of its own.
pub async fn update_registered(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "update_registered_limit")?;
    let value = number(&body["registered_limit"], "default_limit")?;
    let base = app.url(Service::Identity);
    let resource = change(&app, id, value, true).await?.1;
    Ok(Json(json!({"registered_limit": registered_view(&base, &resource, value)})))
}

/// `GET /v3/limits/model`.
pub async fn model(_: Caller) -> Json<Value> {
    Json(json!({"model": {"name": "flat", "description":
        "Limit enforcement and validation does not take project hierarchy into consideration."}}))
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
    let item = json!({"type": "object", "required": ["service_id", "resource_name", "resource_limit"]});
    let list = json!({"type": "array", "minItems": 1, "items": item});
    let limits = body.get("limits").ok_or_else(|| Refusal::bad_request("'limits' is a required property"))?;
    check("limits", &list, limits)?;
    let limits = limits.as_array().cloned().unwrap_or_default();
    let rows = app
        .db
        .write(move |tx| -> Result<Vec<Value>, Refusal> {
            let mut rows = Vec::new();
            for limit in limits {
                let text = |key: &str| limit[key].as_str().unwrap_or("").to_owned();
                let (project, resource) = (text("project_id"), text("resource_name"));
                let value = number(&limit, "resource_limit")?;
                let sql = "SELECT count(*) > 0 FROM limits WHERE project_id = ? AND resource = ?";
                let is_there =
                    |project: &str| tx.query_row(sql, [project, &resource], |row| row.get::<_, bool>(0));
                if !is_there("")? {
                    return Err(Refusal::forbidden(
                        "Unable to create a limit that has no corresponding registered limit.",
                    ));
                }
                if is_there(&project)? {
                    return Err(Refusal::conflict(
                        "Conflict occurred attempting to store limit - Duplicate entry.",
                    ));
                }
                tx.execute("INSERT INTO limits VALUES (?, ?, ?)", params![project, resource, value])?;
                rows.push(view(&base, &project, &resource, value));
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
    let limit = app.db.read(move |c| find(c, &id, false)).await?;
    match limit {
        (project, ..) if !caller.is_admin() && project != caller.project_id => Err(denied("get_limit")),
        (project, resource, value) => Ok(Json(json!({"limit": view(&base, &project, &resource, value)}))),
    }
}

/// `PATCH /v3/limits/{limit}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "update_limit")?;
    let value = number(&body["limit"], "resource_limit")?;
    let base = app.url(Service::Identity);
    let (project, resource) = change(&app, id, value, false).await?;
    Ok(Json(json!({"limit": view(&base, &project, &resource, value)})))
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
            let (project, resource, _) = find(tx, &id, false)?;
            tx.execute("DELETE FROM limits WHERE project_id = ? AND resource = ?", [project, resource])?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

async fn change(app: &App, id: String, value: i64, is_registered: bool) -> Result<(String, String), Refusal> {
    app.db
        .write(move |tx| -> Result<(String, String), Refusal> {
            let (project, resource, _) = find(tx, &id, is_registered)?;
            let sql = "UPDATE limits SET value = ? WHERE project_id = ? AND resource = ?";
            tx.execute(sql, params![value, project, resource])?;
            Ok((project, resource))
        })
        .await
}

/// A number of this name, or -1 for no end.
fn number(limit: &Value, key: &str) -> Result<i64, Refusal> {
    let value = json!({"type": "integer", "minimum": -1});
    let text = json!({"type": "string"});
    let mut schema = json!({"type": "object", "properties": {"project_id": text, "resource_name": text}});
    schema["properties"][key] = value;
    schema["required"] =
        if limit.get("project_id").is_some() { json!(["resource_name", key]) } else { json!([key]) };
    check("limit", &schema, limit)?;
    limit[key].as_i64().ok_or_else(|| Refusal::bad_request(format!("'{key}' is too large")))
}

/// A limit's project, resource and value; that of a registered limit is empty. The id is made of the first two.
fn find(c: &Connection, id: &str, is_registered: bool) -> Result<(String, String, i64), Refusal> {
    let mut statement =
        c.prepare_cached("SELECT project_id, resource, value FROM limits WHERE (project_id = '') = ?")?;
    let rows = statement.query_map([is_registered], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let rows: Vec<(String, String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    let kind = if is_registered { "registered limit" } else { "limit" };
    let matches = |project: &str, resource: &str| {
        id == if is_registered { registered_id(resource) } else { limit_id(project, resource) }
    };
    rows.into_iter()
        .find(|(project, resource, _)| matches(project, resource))
        .ok_or_else(|| Refusal::not_found(format!("Could not find {kind} for {id}.")))
}

fn registered_id(resource: &str) -> String {
    ids::stable_hex("registered_limit", resource)
}

fn registered_view(base: &str, resource: &str, value: i64) -> Value {
    let id = registered_id(resource);
    json!({"id": id, "service_id": service_id("glance"), "region_id": "RegionOne", "resource_name": resource,
        "default_limit": value, "description": null,
        "links": {"self": format!("{base}/v3/registered_limits/{id}")}})
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
