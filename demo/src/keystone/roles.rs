//! Roles, and who has which in which project.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::projects::listing;
use super::{admin_only, missing, tokens};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// `GET /v3/roles`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_roles")?;
    let base = app.url(Service::Identity);
    let at = base.clone();
    let rows = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let sql = "SELECT id, name FROM roles WHERE name = coalesce(?, name) ORDER BY name";
            c.prepare(sql)?.query_map([query.get("name")], |row| view(row, &at))?.collect()
        })
        .await?;
    Ok(listing(&base, "roles", rows))
}

/// `GET /v3/roles/{role}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "get_role")?;
    let base = app.url(Service::Identity);
    let role = app
        .db
        .read(move |c| -> Result<Value, Refusal> {
            let found = c
                .query_row("SELECT id, name FROM roles WHERE id = ?", [&id], |row| view(row, &base))
                .optional()?;
            found.ok_or_else(|| missing("role", &id))
        })
        .await?;
    Ok(Json(json!({"role": role})))
}

/// `GET /v3/projects/{project}/users/{user}/roles`.
pub async fn granted(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((project, user)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_grants")?;
    let base = app.url(Service::Identity);
    let (at, path) = (base.clone(), format!("projects/{project}/users/{user}/roles"));
    let rows = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let sql = "SELECT r.id, r.name FROM assignments a JOIN roles r ON r.id = a.role_id
                WHERE a.project_id = ? AND a.user_id = ? ORDER BY r.name";
            c.prepare(sql)?.query_map([project, user], |row| view(row, &at))?.collect()
        })
        .await?;
    Ok(listing(&base, &path, rows))
}

type Grant = (String, String, String);

/// `PUT /v3/projects/{project}/users/{user}/roles/{role}`.
pub async fn grant(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(grant): Path<Grant>,
) -> Result<StatusCode, Refusal> {
    admin_only(&caller, "create_grant")?;
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let (project, user, role) = known(tx, &grant)?;
            tx.execute("INSERT OR IGNORE INTO assignments VALUES (?, ?, ?)", params![user, project, role])?;
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET` (and `HEAD`) of one grant.
pub async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(grant): Path<Grant>,
) -> Result<StatusCode, Refusal> {
    admin_only(&caller, "check_grant")?;
    app.db
        .read(move |c| -> Result<(), Refusal> {
            let (project, user, role) = known(c, &grant)?;
            let sql =
                "SELECT count(*) > 0 FROM assignments WHERE user_id = ? AND project_id = ? AND role_id = ?";
            let held: bool = c.query_row(sql, [user, project, role], |row| row.get(0))?;
            if held { Ok(()) } else { Err(no_grant(&grant)) }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v3/projects/{project}/users/{user}/roles/{role}`.
pub async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(grant): Path<Grant>,
) -> Result<StatusCode, Refusal> {
    admin_only(&caller, "revoke_grant")?;
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let (project, user, role) = known(tx, &grant)?;
            let sql = "DELETE FROM assignments WHERE user_id = ? AND project_id = ? AND role_id = ?";
            if tx.execute(sql, [user, project, role])? == 0 { Err(no_grant(&grant)) } else { Ok(()) }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v3/role_assignments`; `effective` adds the implied roles, `include_names` the names.
pub async fn assignments(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let own = query.get("user.id") == Some(&caller.user_id);
    if !own {
        admin_only(&caller, "list_role_assignments")?;
    }
    let base = app.url(Service::Identity);
    let rows = app.db.read(move |c| assigned(c, &query)).await?;
    Ok(listing(&base, "role_assignments", rows))
}

fn assigned(c: &Connection, query: &HashMap<String, String>) -> rusqlite::Result<Vec<Value>> {
    let sql = "SELECT u.id, u.name, p.id, p.name, group_concat(r.name) FROM assignments a
        JOIN users u ON u.id = a.user_id JOIN projects p ON p.id = a.project_id JOIN roles r ON r.id = a.role_id
        WHERE u.id = coalesce(?, u.id) AND p.id = coalesce(?, p.id)
        GROUP BY u.id, p.id ORDER BY p.name, u.name";
    let named = query.contains_key("include_names");
    let domain = json!({"id": "default", "name": "Default"});
    let thing = |id: &str, name: &str, domain: Option<&Value>| match (named, domain) {
        (true, Some(domain)) => json!({"id": id, "name": name, "domain": domain}),
        (true, None) => json!({"id": id, "name": name}),
        (false, _) => json!({"id": id}),
    };
    let mut rows = Vec::new();
    let mut statement = c.prepare(sql)?;
    let mut found = statement.query(params![query.get("user.id"), query.get("scope.project.id")])?;
    while let Some(row) = found.next()? {
        let [user, user_name, project, project_name, roles]: [String; 5] =
            [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        let direct: Vec<String> = roles.split(',').map(str::to_owned).collect();
        let roles = if query.contains_key("effective") { tokens::implied(direct) } else { direct };
        for role in roles {
            let id = tokens::role_id(c, &role)?;
            if query.get("role.id").is_some_and(|wanted| *wanted != id) {
                continue;
            }
            rows.push(json!({
                "role": thing(&id, &role, None),
                "user": thing(&user, &user_name, Some(&domain)),
                "scope": {"project": thing(&project, &project_name, Some(&domain))},
                "links": {},
            }));
        }
    }
    Ok(rows)
}

fn known<'a>(
    c: &Connection,
    (project, user, role): &'a Grant,
) -> Result<(&'a str, &'a str, &'a str), Refusal> {
    for (table, kind, id) in
        [("projects", "project", project), ("users", "user", user), ("roles", "role", role)]
    {
        let sql = format!("SELECT count(*) FROM {table} WHERE id = ?");
        if c.query_row(&sql, [id], |row| row.get::<_, i64>(0))? == 0 {
            return Err(missing(kind, id));
        }
    }
    Ok((project, user, role))
}

fn no_grant((project, user, role): &Grant) -> Refusal {
    Refusal::not_found(format!(
        "Could not find role assignment with role: {role}, user or group: {user}, project, domain, or system: \
         {project}."
    ))
}

fn view(row: &Row, base: &str) -> rusqlite::Result<Value> {
    let (id, name): (String, String) = (row.get(0)?, row.get(1)?);
    let mut view = plain(&id, &name);
    view["links"] = json!({"self": format!("{base}/v3/roles/{id}")});
    Ok(view)
}

/// A role as it stands inside other things.
pub fn plain(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "domain_id": null, "description": null, "options": {"immutable": true}})
}
