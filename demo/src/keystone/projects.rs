//! `/v3/projects`, the one domain, and "which projects are mine".

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, RawQuery, State};
use rusqlite::Row;
use serde_json::{Value, json};

use super::records::{Kind, asked_for, listing};
use super::{admin_only, missing};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// What a project is.
pub static PROJECTS: Kind = Kind {
    one: "project",
    many: "projects",
    columns: &["id", "name", "description", "enabled"],
    schema: || {
        let id = json!({"type": ["string", "null"], "minLength": 1, "maxLength": 64, "pattern": "^[a-zA-Z0-9-]+$"});
        json!({"type": "object", "properties": {
            "description": {"type": ["string", "null"]},
            "domain_id": id,
            "enabled": {"type": "boolean"},
            "is_domain": {"type": "boolean"},
            "parent_id": id,
            "name": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"[\S]+"},
            "options": {"type": "object"},
        }, "additionalProperties": true})
    },
    view,
    own: |caller| &caller.project_id,
    more: |_, _| Vec::new(),
    keep: |_, _| Ok(()),
};

/// `GET /v3/auth/projects`.
pub async fn mine(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    let mut rows = with_role(&app, caller.user_id).await?;
    // One that is switched off is none to sign in to.
    rows.retain(|project| project["enabled"] == true);
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

/// `GET /v3/users/{user}/groups`: there are no groups to be in.
pub async fn groups_of_user(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if user != caller.user_id {
        admin_only(&caller, "list_groups_for_user")?;
    }
    Ok(listing(&app.url(Service::Identity), &format!("users/{user}/groups"), Vec::new()))
}

async fn with_role(app: &App, user: String) -> Result<Vec<Value>, Refusal> {
    let base = app.url(Service::Identity);
    app.db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let columns = PROJECTS.columns.join(", ");
            let sql = format!(
                "SELECT {columns} FROM projects
                 WHERE id IN (SELECT project_id FROM assignments WHERE user_id = ?) ORDER BY name"
            );
            c.prepare(&sql)?.query_map([user], |row| view(row, &base))?.collect()
        })
        .await
}

/// `GET /v3/domains`.
pub async fn domains(
    State(app): State<Arc<App>>,
    caller: Caller,
    RawQuery(asked): RawQuery,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_domains")?;
    let base = app.url(Service::Identity);
    let wanted = query.iter().all(|(filter, value)| filter != "name" || value == "Default");
    Ok(listing(
        &base,
        &asked_for("domains", asked),
        wanted.then(|| default_domain(&base)).into_iter().collect(),
    ))
}

/// `GET /v3/auth/domains`: nobody has a role on the domain itself.
pub async fn my_domains(State(app): State<Arc<App>>, _: Caller) -> Json<Value> {
    listing(&app.url(Service::Identity), "auth/domains", Vec::new())
}

/// `GET /v3/auth/system`: nor on the system.
pub async fn my_system(State(app): State<Arc<App>>, _: Caller) -> Json<Value> {
    let base = app.url(Service::Identity);
    Json(json!({"system": [], "links": {"self": format!("{base}/v3/auth/system")}}))
}

/// `GET /v3/domains/{domain}`.
pub async fn domain(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if id != "default" {
        admin_only(&caller, "get_domain")?;
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

fn view(row: &Row, base: &str) -> rusqlite::Result<Value> {
    let id: String = row.get(0)?;
    Ok(json!({
        "id": id,
        "name": row.get::<_, String>(1)?,
        "domain_id": "default",
        "description": row.get::<_, Option<String>>(2)?,
        "enabled": row.get::<_, bool>(3)?,
        "parent_id": "default",
        "is_domain": false,
        "tags": [],
        "options": {},
        "links": {"self": format!("{base}/v3/projects/{id}")},
    }))
}
