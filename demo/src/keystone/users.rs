//! `/v3/users`: what a user is, and passwords.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::records::Kind;
use super::secrets;
use crate::body::JsonBody;
use crate::error::Refusal;
use crate::jsonschema;
use crate::state::App;

/// What a user is.
pub static USERS: Kind = Kind {
    one: "user",
    many: "users",
    columns: &["id", "name", "enabled", "default_project_id", "email", "description"],
    schema: || {
        let id = json!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-zA-Z0-9-]+$"});
        let text = json!({"type": ["string", "null"]});
        json!({"type": "object", "properties": {
            "default_project_id": {"type": ["string", "null"], "maxLength": 64},
            "description": text,
            "domain_id": id,
            "email": text,
            "enabled": {"type": "boolean"},
            "name": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"[\S]+"},
            "password": text,
            "options": {"type": "object"},
        }, "additionalProperties": true})
    },
    view,
    own: |caller| &caller.user_id,
    more: |wanted, is_new| match wanted["password"].as_str() {
        Some(password) => columns(password),
        // One that nobody knows: such a user cannot sign in.
        None if is_new => columns(&secrets::secret()),
        None => Vec::new(),
    },
    keep: |_, _| Ok(()),
};

fn columns(password: &str) -> Vec<(&'static str, Sql)> {
    let (salt, hash) = secrets::hash(password);
    vec![("salt", salt.into()), ("password", hash.into())]
}

/// `POST /v3/users/{user}/password`: for whoever knows the old one.
pub async fn change_password(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, Refusal> {
    let user = body.get("user").cloned().unwrap_or_else(|| json!({}));
    let schema = json!({"type": "object", "properties": {
        "original_password": {"type": "string"},
        "password": {"type": "string"},
    }, "required": ["original_password", "password"]});
    jsonschema::check(&schema, &user).map_err(|mismatch| Refusal::bad_request(mismatch.text))?;
    let text = |key: &str| user[key].as_str().unwrap_or("").to_owned();
    let (old, new) = (text("original_password"), text("password"));
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
            let (salt, hash) = secrets::hash(&new);
            tx.execute("UPDATE users SET salt = ?, password = ? WHERE id = ?", params![salt, hash, id])?;
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
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
