//! `/v3/users/{user}/application_credentials`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::records::{check, listing};
use super::{denied, missing, roles, secrets, tokens};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;
use crate::{clock, ids};

const COLUMNS: &str = "id, name, description, user_id, project_id, expires_at, unrestricted, roles";

/// `GET …/application_credentials`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(user): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    if user != caller.user_id && !caller.is_admin() {
        return Err(denied("list_application_credentials"));
    }
    let base = app.url(Service::Identity);
    let (at, path) = (base.clone(), format!("users/{user}/application_credentials"));
    let rows = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let sql = format!(
                "SELECT {COLUMNS} FROM app_credentials WHERE user_id = ? AND name = coalesce(?, name) ORDER BY name"
            );
            let mut statement = c.prepare(&sql)?;
            statement.query_map(params![user, query.get("name")], |row| view(c, row, &at))?.collect()
        })
        .await?;
    Ok(listing(&base, &path, rows))
}

/// `GET …/application_credentials/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    if user != caller.user_id && !caller.is_admin() {
        return Err(denied("get_application_credential"));
    }
    let base = app.url(Service::Identity);
    let found = app.db.read(move |c| find(c, &user, &id, &base)).await?;
    Ok(Json(json!({"application_credential": found})))
}

/// `POST …/application_credentials`: for oneself, in the token's project, with the token's roles or fewer.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(user): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    // A restricted credential must not beget others.
    if user != caller.user_id || caller.project_id.is_empty() || caller.app_credential.is_some() {
        return Err(denied("create_application_credential"));
    }
    let wanted = body.get("application_credential").cloned().unwrap_or_else(|| json!({}));
    check("application_credential", &schema(), &wanted)?;
    let name = wanted["name"].as_str().unwrap_or("").to_owned();
    if wanted["access_rules"].as_array().is_some_and(|rules| !rules.is_empty()) {
        return Err(Refusal::not_spoken("access rules of application credentials"));
    }
    let expires_at = match wanted["expires_at"].as_str() {
        Some(text) => Some(clock::parse(text).ok_or_else(|| {
            Refusal::bad_request(
                "Timestamp not in expected format. The server could not comply with the request since it is either \
                 malformed or otherwise incorrect. The client is assumed to be in error.",
            )
        })?),
        None => None,
    };
    if expires_at.is_some_and(|at| at <= clock::now()) {
        return Err(Refusal::bad_request(
            "The 'expires_at' must not be before now. The server could not comply with the request since it is either \
             malformed or otherwise incorrect. The client is assumed to be in error.",
        ));
    }
    let base = app.url(Service::Identity);
    let created = app
        .db
        .write(move |tx| -> Result<Value, Refusal> {
            let sql = "SELECT count(*) > 0 FROM app_credentials WHERE user_id = ? AND name = ?";
            if tx.query_row(sql, [&user, &name], |row| row.get(0))? {
                return Err(Refusal::conflict(format!(
                    "Conflict occurred attempting to store application_credential - Duplicate entry found with name {name}."
                )));
            }
            let roles = chosen(tx, &wanted["roles"], &caller)?;
            let (id, secret) = (ids::hex(), given(&wanted));
            let (salt, hash) = secrets::hash(&secret);
            tx.execute(
                "INSERT INTO app_credentials (id, user_id, project_id, name, description, salt, secret, roles,
                 unrestricted, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    id,
                    user,
                    caller.project_id,
                    name,
                    wanted["description"].as_str(),
                    salt,
                    hash,
                    json!(roles).to_string(),
                    wanted["unrestricted"].as_bool().unwrap_or(false),
                    expires_at,
                ],
            )?;
            let mut view = find(tx, &user, &id, &base)?;
            view["secret"] = secret.into();
            view["unrestricted"] = wanted["unrestricted"].clone();
            Ok(view)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"application_credential": created}))))
}

/// `DELETE …/application_credentials/{id}`; its tokens end with it.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((user, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    if user != caller.user_id && !caller.is_admin() {
        return Err(denied("delete_application_credential"));
    }
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let deleted =
                tx.execute("DELETE FROM app_credentials WHERE user_id = ? AND id = ?", [&user, &id])?;
            if deleted == 0 { Err(missing("Application Credential", &id)) } else { Ok(()) }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn schema() -> Value {
    let role =
        json!({"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    json!({"type": "object", "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"[\S]+"},
        "description": {"type": ["string", "null"]},
        "secret": {"type": ["string", "null"]},
        "expires_at": {"type": ["string", "null"]},
        "roles": {"type": "array", "items": role},
        "unrestricted": {"type": ["boolean", "null"]},
        "access_rules": {"type": "array"},
    }, "required": ["name"], "additionalProperties": true})
}

fn given(wanted: &Value) -> String {
    wanted["secret"].as_str().map_or_else(secrets::secret, str::to_owned)
}

fn chosen(c: &Connection, wanted: &Value, caller: &Caller) -> Result<Vec<String>, Refusal> {
    let Some(wanted) = wanted.as_array().filter(|wanted| !wanted.is_empty()) else {
        return Ok(caller.roles.clone());
    };
    let mut roles = Vec::new();
    for role in wanted {
        let sql = "SELECT name FROM roles WHERE id = ?1 OR name = ?2";
        let name: Option<String> = c
            .query_row(sql, params![role["id"].as_str(), role["name"].as_str()], |row| row.get(0))
            .optional()?;
        match name {
            Some(name) if caller.has_role(&name) => roles.push(name),
            _ => {
                return Err(Refusal::bad_request(
                    "Invalid application credential: Cannot create an application credential with unassigned role",
                ));
            }
        }
    }
    Ok(tokens::implied(roles))
}

fn find(c: &Connection, user: &str, id: &str, base: &str) -> Result<Value, Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM app_credentials WHERE user_id = ? AND id = ?");
    let found = c.query_row(&sql, [user, id], |row| view(c, row, base)).optional()?;
    found.ok_or_else(|| missing("Application Credential", id))
}

fn view(c: &Connection, row: &Row, base: &str) -> rusqlite::Result<Value> {
    let id: String = row.get(0)?;
    let names: Vec<String> = serde_json::from_str(&row.get::<_, String>(7)?).unwrap_or_default();
    let held = names.iter().map(|name| Ok(roles::plain(&tokens::role_id(c, name)?, name)));
    Ok(json!({
        "id": id,
        "name": row.get::<_, String>(1)?,
        "description": row.get::<_, Option<String>>(2)?,
        "user_id": row.get::<_, String>(3)?,
        "project_id": row.get::<_, String>(4)?,
        "system": null,
        "expires_at": row.get::<_, Option<i64>>(5)?.map(|at| clock::micros(at).trim_end_matches('Z').to_owned()),
        "unrestricted": row.get::<_, bool>(6)?.then_some(true),
        "roles": held.collect::<rusqlite::Result<Vec<_>>>()?,
        "links": {"self": format!("{base}/v3/application_credentials/{id}")},
    }))
}
