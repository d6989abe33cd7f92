//! Import tasks: their rows, and the endpoints that show them.

mod list;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::access::{admin_only, visible};
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::state::App;

pub use list::list;

const COLUMNS: &str = "id, type, status, owner, expires_at, created_at, updated_at, image_id, request_id, user_id, input, \
    result, message";
const LIFE: i64 = 48 * 3600 * clock::SECOND;

/// A task to be noted.
pub struct NewTask<'a> {
    /// UUID.
    pub id: &'a str,
    /// Project id.
    pub owner: &'a str,
    /// Image id.
    pub image: &'a str,
    /// `req-…` of the request that asked for it.
    pub request: &'a str,
    /// User id.
    pub user: &'a str,
    /// What was asked.
    pub input: &'a Value,
}

/// Notes a task.
pub fn insert(c: &Connection, task: &NewTask) -> rusqlite::Result<()> {
    c.execute(
        "INSERT INTO image_tasks (id, type, status, owner, image_id, request_id, user_id, input, created_at, updated_at)
         VALUES (?, 'api_image_import', 'pending', ?, ?, ?, ?, ?, ?7, ?7)",
        params![task.id, task.owner, task.image, task.request, task.user, task.input.to_string(), clock::now()],
    )
    .map(drop)
}

/// Says how far a task is.
pub fn progress(c: &Connection, id: &str, message: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE image_tasks SET status = 'processing', message = ?, updated_at = ? WHERE id = ?";
    c.execute(sql, params![message, clock::now(), id]).map(drop)
}

/// Ends a task well.
pub fn succeed(c: &Connection, id: &str, image: &str) -> rusqlite::Result<()> {
    let now = clock::now();
    let result = json!({"image_id": image}).to_string();
    let sql =
        "UPDATE image_tasks SET status = 'success', result = ?, updated_at = ?, expires_at = ? WHERE id = ?";
    c.execute(sql, params![result, now, now + LIFE, id]).map(drop)
}

/// Ends a task badly. Glance tells no more than this either.
pub fn fail(c: &Connection, id: &str) -> rusqlite::Result<()> {
    let now = clock::now();
    let sql = "UPDATE image_tasks SET status = 'failure', message = 'Task failed due to Internal Error', updated_at = ?,
        expires_at = ? WHERE id = ?";
    c.execute(sql, params![now, now + LIFE, id]).map(drop)
}

/// `GET /v2/images/{id}/tasks`.
pub async fn of_image(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let tasks = app
        .db
        .read(move |c| -> Result<Vec<Value>, Refusal> {
            visible(c, &caller, &id).map_err(|_| Refusal::not_found("The resource could not be found."))?;
            // Whoever may see the image; but of its tasks each project sees its own (transcript 166).
            let sql = format!(
                "SELECT {COLUMNS} FROM image_tasks WHERE image_id = ?1 AND (?2 OR owner = ?3) ORDER BY created_at DESC"
            );
            let mut statement = c.prepare_cached(&sql)?;
            let rows = statement.query_map(params![id, caller.is_admin(), caller.project_id], view)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(Json(json!({"tasks": tasks})))
}

/// `POST /v2/tasks`: deprecated, and the administrator's alone.
pub async fn create(caller: Caller) -> Refusal {
    match admin_only(&caller, "tasks_api_access") {
        Ok(()) => Refusal::not_spoken("the creation of tasks; an image's import makes its own"),
        Err(refusal) => refusal,
    }
}

/// `GET /v2/tasks/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "tasks_api_access")?;
    let task = app
        .db
        .read(move |c| -> Result<Value, Refusal> {
            let sql = format!("SELECT {COLUMNS} FROM image_tasks WHERE id = ?");
            let found = c.query_row(&sql, [&id], |row| {
                let mut task = short(row)?;
                task["input"] = json_column(row, 10)?;
                task["result"] = json_column(row, 11)?;
                task["message"] = row.get::<_, String>(12)?.into();
                Ok(task)
            });
            found.optional()?.ok_or_else(|| Refusal::not_found(format!("Could not find task {id}")))
        })
        .await?;
    Ok(Json(task))
}

fn view(row: &Row) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>(0)?,
        "type": row.get::<_, String>(1)?,
        "status": row.get::<_, String>(2)?,
        "owner": row.get::<_, String>(3)?,
        "expires_at": row.get::<_, Option<i64>>(4)?.map(clock::naive),
        "created_at": clock::naive(row.get(5)?),
        "updated_at": clock::naive(row.get(6)?),
        "deleted_at": null,
        "deleted": false,
        "image_id": row.get::<_, Option<String>>(7)?,
        "request_id": row.get::<_, Option<String>>(8)?,
        "user_id": row.get::<_, Option<String>>(9)?,
        "input": json_column(row, 10)?,
        "result": json_column(row, 11)?,
        "message": row.get::<_, String>(12)?,
    }))
}

fn short(row: &Row) -> rusqlite::Result<Value> {
    let id: String = row.get(0)?;
    let mut task = json!({
        "id": id,
        "type": row.get::<_, String>(1)?,
        "status": row.get::<_, String>(2)?,
        "owner": row.get::<_, String>(3)?,
        "created_at": clock::seconds(row.get(5)?),
        "updated_at": clock::seconds(row.get(6)?),
        "self": format!("/v2/tasks/{id}"),
        "schema": "/v2/schemas/task",
    });
    if let Some(expires) = row.get::<_, Option<i64>>(4)? {
        task["expires_at"] = clock::seconds(expires).into();
    }
    Ok(task)
}

fn json_column(row: &Row, column: usize) -> rusqlite::Result<Value> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null))
}
