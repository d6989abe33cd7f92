//! Roles, and who has which in which project.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::StatusCode;
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use super::records::{Kind, asked_for, listing};
use super::{admin_only, missing, tokens};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// What a role is.
pub static ROLES: Kind = Kind {
    one: "role",
    many: "roles",
    columns: &["id", "name", "description", "is_immutable"],
    schema: || {
        json!({"type": "object", "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"[\S]+"},
            "description": {"type": ["string", "null"]},
            "domain_id": {"type": ["string", "null"]},
            "options": {"type": "object"},
        }, "additionalProperties": true})
    },
    view,
    own: |_| "",
    more: |_, _| Vec::new(),
    keep: |c, id| {
        let sql = "SELECT count(*) > 0 FROM roles WHERE id = ? AND is_immutable";
        if c.query_row(sql, [id], |row| row.get(0))? {
            return Err(Refusal::forbidden(format!(
                "Cannot modify or delete immutable resource: role {id} is marked immutable."
            )));
        }
        Ok(())
    },
};

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
            let sql = "SELECT r.id, r.name, r.description, r.is_immutable FROM assignments a JOIN roles r ON r.id = a.role_id
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
    RawQuery(asked): RawQuery,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_role_assignments")?;
    let base = app.url(Service::Identity);
    let at = base.clone();
    let rows = app.db.read(move |c| assigned(c, &query, &at)).await?;
    Ok(listing(&base, &asked_for("role_assignments", asked), rows))
}

fn assigned(c: &Connection, query: &HashMap<String, String>, base: &str) -> rusqlite::Result<Vec<Value>> {
    let is_on = |name: &str| query.get(name).is_some_and(|value| value != "0");
    // There are no groups, and no roles on a domain or the system.
    if ["group.id", "scope.domain.id", "scope.system"].iter().any(|filter| query.contains_key(*filter)) {
        return Ok(Vec::new());
    }
    let sql = "SELECT u.id, u.name, p.id, p.name, group_concat(r.name) FROM assignments a
        JOIN users u ON u.id = a.user_id JOIN projects p ON p.id = a.project_id JOIN roles r ON r.id = a.role_id
        WHERE u.id = coalesce(?, u.id) AND p.id = coalesce(?, p.id)
        GROUP BY u.id, p.id ORDER BY p.name, u.name";
    let named = is_on("include_names");
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
        let roles = if is_on("effective") { tokens::implied(direct) } else { direct };
        for role in roles {
            let id = tokens::role_id(c, &role)?;
            if query.get("role.id").is_some_and(|wanted| *wanted != id) {
                continue;
            }
            rows.push(json!({
                "role": thing(&id, &role, None),
                "user": thing(&user, &user_name, Some(&domain)),
                "scope": {"project": thing(&project, &project_name, Some(&domain))},
                "links": {"assignment": format!("{base}/v3/projects/{project}/users/{user}/roles/{id}")},
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
    let options = if row.get(3)? { json!({"immutable": true}) } else { json!({}) };
    Ok(json!({"id": id, "name": name, "domain_id": null, "description": row.get::<_, Option<String>>(2)?,
        "options": options, "links": {"self": format!("{base}/v3/roles/{id}")}}))
}

/// A role as it stands inside other things.
pub fn plain(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "domain_id": null, "description": null, "options": {"immutable": true}})
}
