//! `/v3/projects`, the one domain, and "which projects are mine".

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::users::{duplicate, name_of, taken};
use super::{admin_only, missing};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::ids;
use crate::service::Service;
use crate::state::App;

const COLUMNS: &str = "id, name, description, enabled";

/// `GET /v3/auth/projects`.
pub async fn mine(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    let rows = with_role(&app, caller.user_id).await?;
    Ok(listing(&app.url(Service::Identity), "auth/projects", rows))
}

/// `GET /v3/users/{user}/projects`.
pub async fn of_user(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if user != caller.user_id {
        admin_only(&caller, "list_user_projects")?;
    }
    let path = format!("users/{user}/projects");
    let rows = with_role(&app, user).await?;
    Ok(listing(&app.url(Service::Identity), &path, rows))
}

async fn with_role(app: &App, user: String) -> Result<Vec<Value>, Refusal> {
    let base = app.url(Service::Identity);
    app.db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let sql = format!(
                "SELECT {COLUMNS} FROM projects
                 WHERE enabled AND id IN (SELECT project_id FROM assignments WHERE user_id = ?) ORDER BY name"
            );
            c.prepare(&sql)?.query_map([user], |row| view(row, &base))?.collect()
        })
        .await
}

/// `GET /v3/projects`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_projects")?;
    let base = app.url(Service::Identity);
    let at = base.clone();
    let rows = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let sql = format!("SELECT {COLUMNS} FROM projects WHERE name = coalesce(?, name) ORDER BY name");
            c.prepare(&sql)?.query_map([query.get("name")], |row| view(row, &at))?.collect()
        })
        .await?;
    Ok(listing(&base, "projects", rows))
}

/// `GET /v3/projects/{project}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if id != caller.project_id {
        admin_only(&caller, "get_project")?;
    }
    let base = app.url(Service::Identity);
    let project = app.db.read(move |c| find(c, &id, &base)).await?;
    Ok(Json(json!({"project": project})))
}

/// `POST /v3/projects`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    admin_only(&caller, "create_project")?;
    let project = body["project"].clone();
    let name = name_of(&project, "project")?.to_owned();
    let base = app.url(Service::Identity);
    let view = app
        .db
        .write(move |tx| -> Result<Value, Refusal> {
            if taken(tx, "projects", &name)? {
                return Err(duplicate("project", &name));
            }
            let id = ids::hex();
            let description = project["description"].as_str().unwrap_or("");
            let enabled = project["enabled"].as_bool().unwrap_or(true);
            tx.execute("INSERT INTO projects VALUES (?, ?, ?, ?)", params![id, name, description, enabled])?;
            find(tx, &id, &base)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"project": view}))))
}

/// `PATCH /v3/projects/{project}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "update_project")?;
    let base = app.url(Service::Identity);
    let view = app
        .db
        .write(move |tx| -> Result<Value, Refusal> {
            find(tx, &id, &base)?;
            let project = &body["project"];
            let sql = "UPDATE projects SET name = coalesce(?, name), description = coalesce(?, description),
                enabled = coalesce(?, enabled) WHERE id = ?";
            let (name, description) = (project["name"].as_str(), project["description"].as_str());
            tx.execute(sql, params![name, description, project["enabled"].as_bool(), id])?;
            find(tx, &id, &base)
        })
        .await?;
    Ok(Json(json!({"project": view})))
}

/// `DELETE /v3/projects/{project}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    admin_only(&caller, "delete_project")?;
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let deleted = tx.execute("DELETE FROM projects WHERE id = ?", [&id])?;
            if deleted == 0 { Err(missing("project", &id)) } else { Ok(()) }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v3/domains`.
pub async fn domains(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_domains")?;
    let base = app.url(Service::Identity);
    Ok(listing(&base, "domains", vec![default_domain(&base)]))
}

/// `GET /v3/auth/domains`: nobody has a role on the domain itself.
pub async fn my_domains(State(app): State<Arc<App>>, _: Caller) -> Json<Value> {
    listing(&app.url(Service::Identity), "auth/domains", Vec::new())
}

/// `GET /v3/domains/{domain}`.
pub async fn domain(
    State(app): State<Arc<App>>,
    _: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if id != "default" {
        return Err(missing("domain", &id));
    }
    Ok(Json(json!({"domain": default_domain(&app.url(Service::Identity))})))
}

fn default_domain(base: &str) -> Value {
    json!({
        "id": "default",
        "name": "Default",
        "description": "The default domain",
        "enabled": true,
        "tags": [],
        "options": {},
        "links": {"self": format!("{base}/v3/domains/default")},
    })
}

/// Keystone's frame around a list; the list's name is the last part of its path.
pub fn listing(base: &str, path: &str, rows: Vec<Value>) -> Json<Value> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let links = json!({"next": null, "self": format!("{base}/v3/{path}"), "previous": null});
    Json(json!({name: rows, "links": links}))
}

fn find(c: &Connection, id: &str, base: &str) -> Result<Value, Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM projects WHERE id = ?");
    c.query_row(&sql, [id], |row| view(row, base)).optional()?.ok_or_else(|| missing("project", id))
}

fn view(row: &Row, base: &str) -> rusqlite::Result<Value> {
    let id: String = row.get(0)?;
    Ok(json!({
        "id": id,
        "name": row.get::<_, String>(1)?,
        "domain_id": "default",
        "description": row.get::<_, String>(2)?,
        "enabled": row.get::<_, bool>(3)?,
        "parent_id": "default",
        "is_domain": false,
        "tags": [],
        "options": {},
        "links": {"self": format!("{base}/v3/projects/{id}")},
    }))
}
