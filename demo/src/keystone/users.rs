//! `/v3/users`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::projects::listing;
use super::{admin_only, denied, missing, secrets};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::ids;
use crate::service::Service;
use crate::state::App;

const COLUMNS: &str = "id, name, enabled, default_project_id, email, description";

/// `GET /v3/users`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_users")?;
    let base = app.url(Service::Identity);
    let at = base.clone();
    let rows = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<Value>> {
            let sql = format!("SELECT {COLUMNS} FROM users WHERE name = coalesce(?, name) ORDER BY name");
            c.prepare(&sql)?.query_map([query.get("name")], |row| view(row, &at))?.collect()
        })
        .await?;
    Ok(listing(&base, "users", rows))
}

/// `GET /v3/users/{user}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if id != caller.user_id {
        admin_only(&caller, "get_user")?;
    }
    let base = app.url(Service::Identity);
    let user = app.db.read(move |c| find(c, &id, &base)).await?;
    Ok(Json(json!({"user": user})))
}

/// `POST /v3/users`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    admin_only(&caller, "create_user")?;
    let user = body["user"].clone();
    let name = name_of(&user, "user")?.to_owned();
    let base = app.url(Service::Identity);
    let view = app
        .db
        .write(move |tx| -> Result<Value, Refusal> {
            if taken(tx, "users", &name)? {
                return Err(duplicate("user", &name));
            }
            let id = ids::hex();
            let (salt, hash) = secrets::hash(user["password"].as_str().unwrap_or(&secrets::secret()));
            tx.execute(
                "INSERT INTO users (id, name, salt, password, enabled, default_project_id, email, description)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    id,
                    name,
                    salt,
                    hash,
                    user["enabled"].as_bool().unwrap_or(true),
                    user["default_project_id"].as_str(),
                    user["email"].as_str(),
                    user["description"].as_str(),
                ],
            )?;
            find(tx, &id, &base)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"user": view}))))
}

/// `PATCH /v3/users/{user}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "update_user")?;
    let base = app.url(Service::Identity);
    let user = body["user"].clone();
    let view = app
        .db
        .write(move |tx| -> Result<Value, Refusal> {
            find(tx, &id, &base)?;
            for column in ["name", "default_project_id", "email", "description"] {
                if let Some(value) = user.get(column) {
                    let sql = format!("UPDATE users SET {column} = ? WHERE id = ?");
                    tx.execute(&sql, params![value.as_str(), id])?;
                }
            }
            if let Some(enabled) = user["enabled"].as_bool() {
                tx.execute("UPDATE users SET enabled = ? WHERE id = ?", params![enabled, id])?;
            }
            if let Some(password) = user["password"].as_str() {
                set_password(tx, &id, password)?;
            }
            find(tx, &id, &base)
        })
        .await?;
    Ok(Json(json!({"user": view})))
}

/// `POST /v3/users/{user}/password`.
pub async fn change_password(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, Refusal> {
    let user = body["user"].clone();
    let (Some(old), Some(new)) = (user["original_password"].as_str(), user["password"].as_str()) else {
        return Err(Refusal::bad_request("'original_password' is a required property"));
    };
    let (old, new) = (old.to_owned(), new.to_owned());
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let kept: Option<(String, String)> = tx
                .query_row("SELECT salt, password FROM users WHERE id = ?", [&id], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            if !kept.is_some_and(|(salt, hash)| secrets::verify(&old, &salt, &hash)) {
                return Err(Refusal::unauthorized());
            }
            Ok(set_password(tx, &id, &new)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v3/users/{user}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    admin_only(&caller, "delete_user")?;
    if id == caller.user_id {
        return Err(denied("delete_user"));
    }
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let deleted = tx.execute("DELETE FROM users WHERE id = ?", [&id])?;
            if deleted == 0 { Err(missing("user", &id)) } else { Ok(()) }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A changed password ends the user's tokens, as Keystone's revocation events do.
fn set_password(c: &Connection, id: &str, password: &str) -> rusqlite::Result<()> {
    let (salt, hash) = secrets::hash(password);
    c.execute("UPDATE users SET salt = ?, password = ? WHERE id = ?", params![salt, hash, id])?;
    c.execute("DELETE FROM tokens WHERE user_id = ?", [id]).map(drop)
}

/// The name of a new user or project, or Keystone's refusal.
pub fn name_of<'a>(value: &'a Value, kind: &str) -> Result<&'a str, Refusal> {
    match value.get("name") {
        None if value.is_object() => Err(Refusal::bad_request("'name' is a required property")),
        None => Err(Refusal::bad_request(format!("'{kind}' is a required property"))),
        Some(Value::String(name)) if name.trim().is_empty() => Err(Refusal::bad_request(format!(
            "Invalid input for field 'name': '{name}' does not match '[\\\\S]+'"
        ))),
        Some(Value::String(name)) if name.chars().count() > 255 => {
            Err(Refusal::bad_request(format!("Invalid input for field 'name': '{name}' is too long")))
        }
        Some(Value::String(name)) => Ok(name),
        Some(other) => Err(Refusal::bad_request(format!(
            "Invalid input for field 'name': {other} is not of type 'string'"
        ))),
    }
}

/// Whether a name is in use.
pub fn taken(c: &Connection, table: &str, name: &str) -> rusqlite::Result<bool> {
    c.query_row(&format!("SELECT count(*) > 0 FROM {table} WHERE name = ?"), [name], |row| row.get(0))
}

/// Keystone's 409.
pub fn duplicate(kind: &str, name: &str) -> Refusal {
    Refusal::conflict(format!(
        "Conflict occurred attempting to store {kind} - Duplicate entry found with name {name} at domain ID default."
    ))
}

fn find(c: &Connection, id: &str, base: &str) -> Result<Value, Refusal> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE id = ?");
    c.query_row(&sql, [id], |row| view(row, base)).optional()?.ok_or_else(|| missing("user", id))
}

fn view(row: &Row, base: &str) -> rusqlite::Result<Value> {
    let id: String = row.get(0)?;
    let mut user = json!({
        "id": id,
        "name": row.get::<_, String>(1)?,
        "domain_id": "default",
        "enabled": row.get::<_, bool>(2)?,
        "password_expires_at": null,
        "options": {},
        "links": {"self": format!("{base}/v3/users/{id}")},
    });
    for (column, name) in [(3, "default_project_id"), (4, "email"), (5, "description")] {
        if let Some(value) = row.get::<_, Option<String>>(column)? {
            user[name] = value.into();
        }
    }
    Ok(user)
}
