//! `/v2/images/{id}/members`: sharing with other projects.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::access::{denied, may_change, member_status, owns, visible_to_share};
use super::image::Image;
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::state::App;

const QUOTA: i64 = 128;
const COLUMNS: &str = "member, image_id, status, created_at, updated_at";

/// `GET …/members`: all for the owner, one's own membership for others.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let members = app
        .db
        .read(move |c| -> Result<Vec<Value>, Refusal> {
            let image = visible_to_share(c, &caller, &id)?;
            if image.visibility != "shared" {
                return Err(Refusal::forbidden(format!(
                    "Not allowed to list members for image {id}: Only shared images have members."
                )));
            }
            let all = caller.is_admin() || owns(&caller, &image);
            let sql = format!("SELECT {COLUMNS} FROM image_members WHERE image_id = ?1 AND (?2 OR member = ?3) ORDER BY created_at, member");
            let mut statement = c.prepare_cached(&sql)?;
            let rows = statement.query_map(params![id, all, caller.project_id], view)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(Json(json!({"members": members, "schema": "/v2/schemas/members"})))
}

/// `GET …/members/{project}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, member)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let found = app
        .db
        .read(move |c| -> Result<Value, Refusal> {
            let image = visible_to_share(c, &caller, &id)?;
            if !caller.is_admin() && !owns(&caller, &image) && member != caller.project_id {
                return Err(no_member(&id, &member));
            }
            find(c, &id, &member)?.ok_or_else(|| no_member(&id, &member))
        })
        .await?;
    Ok(Json(found))
}

/// `POST …/members`.
pub async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let member = match body.get("member") {
        Some(Value::String(member)) if !member.is_empty() => member.clone(),
        Some(Value::String(_)) => return Err(Refusal::bad_request("Member can't be empty")),
        _ if body.is_object() => return Err(Refusal::bad_request("Member to be added not specified")),
        _ => return Err(Refusal::bad_request("Expected a dict in the format {\"member\": \"image_id\"}")),
    };
    let added = app
        .db
        .write(move |tx| -> Result<Value, Refusal> {
            let image = shared(tx, &caller, &id, "add_member")?;
            if member_status(tx, &id, &member)?.is_some() {
                return Err(Refusal::conflict(format!("Member {member} is duplicated for image {id}")));
            }
            let count: i64 =
                tx.query_row("SELECT count(*) FROM image_members WHERE image_id = ?", [&id], |row| row.get(0))?;
            if count >= QUOTA {
                return Err(Refusal::too_large(format!(
                    "The limit has been exceeded on the number of allowed image members for this image. Attempted: {}, \
                     Maximum: {QUOTA}",
                    count + 1
                )));
            }
            let now = clock::now();
            tx.execute(
                "INSERT INTO image_members (image_id, member, created_at, updated_at) VALUES (?, ?, ?3, ?3)",
                params![image.id, member, now],
            )?;
            find(tx, &id, &member)?.ok_or_else(|| no_member(&id, &member))
        })
        .await?;
    Ok(Json(added))
}

/// `PUT …/members/{project}`: accept or reject, by the member itself.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, member)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let status = match body.get("status") {
        Some(status) => status.as_str().unwrap_or("").to_owned(),
        None if body.is_object() => return Err(Refusal::bad_request("Status not specified")),
        None => return Err(Refusal::bad_request("Expected a dict in the format {\"status\": \"status\"}")),
    };
    let changed = app
        .db
        .write(move |tx| -> Result<Value, Refusal> {
            let image = visible_to_share(tx, &caller, &id)?;
            if image.visibility != "shared" {
                return Err(Refusal::forbidden("Only shared images have members."));
            }
            if find(tx, &id, &member)?.is_none() {
                return Err(no_member(&id, &member));
            }
            let themselves = caller.is_member() && caller.project_id == member;
            if !caller.is_admin() && !themselves {
                return Err(denied("modify_member"));
            }
            if !matches!(status.as_str(), "pending" | "accepted" | "rejected") {
                return Err(Refusal::bad_request(
                    "Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".",
                ));
            }
            tx.execute(
                "UPDATE image_members SET status = ?, updated_at = ? WHERE image_id = ? AND member = ?",
                params![status, clock::now(), id, member],
            )?;
            find(tx, &id, &member)?.ok_or_else(|| no_member(&id, &member))
        })
        .await?;
    Ok(Json(changed))
}

/// `DELETE …/members/{project}`.
pub async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, member)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            shared(tx, &caller, &id, "delete_member")?;
            let sql = "DELETE FROM image_members WHERE image_id = ? AND member = ?";
            if tx.execute(sql, [&id, &member])? == 0 { Err(no_member(&id, &member)) } else { Ok(()) }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shared(c: &Connection, caller: &Caller, id: &str, action: &str) -> Result<Image, Refusal> {
    let image = visible_to_share(c, caller, id)?;
    may_change(caller, &image, action)?;
    if image.visibility != "shared" {
        let verb = if action == "add_member" { "create" } else { "delete" };
        return Err(Refusal::forbidden(format!("Not allowed to {verb} members for image {id}.")));
    }
    Ok(image)
}

fn find(c: &Connection, image: &str, member: &str) -> rusqlite::Result<Option<Value>> {
    let sql = format!("SELECT {COLUMNS} FROM image_members WHERE image_id = ? AND member = ?");
    c.prepare_cached(&sql)?.query_row([image, member], view).optional()
}

fn view(row: &Row) -> rusqlite::Result<Value> {
    Ok(json!({
        "member_id": row.get::<_, String>(0)?,
        "image_id": row.get::<_, String>(1)?,
        "status": row.get::<_, String>(2)?,
        "created_at": clock::seconds(row.get(3)?),
        "updated_at": clock::seconds(row.get(4)?),
        "schema": "/v2/schemas/member",
    }))
}

fn no_member(image: &str, member: &str) -> Refusal {
    Refusal::not_found(format!("{member} not found in the member list of the image {image}."))
}
