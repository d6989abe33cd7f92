//! Quotas: Keystone's limits against what a project uses. Soft, as Glance's: only what is used already counts.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::error::Refusal;
use crate::keystone;
use crate::state::App;

const MIB: i64 = 1 << 20;

/// What a project uses of a resource.
pub fn usage(c: &Connection, project: &str, resource: &str) -> rusqlite::Result<i64> {
    let (what, divisor) = match resource {
        "image_size_total" => ("coalesce(sum(size * json_array_length(stores)), 0)", MIB),
        "image_stage_total" => ("coalesce(sum(size) FILTER (WHERE status = 'uploading'), 0)", MIB),
        "image_count_uploading" => {
            ("count(*) FILTER (WHERE status IN ('saving', 'uploading', 'importing'))", 1)
        }
        _ => ("count(*)", 1),
    };
    let sql = format!("SELECT {what} FROM images WHERE owner = ? AND deleted_at IS NULL");
    let used: i64 = c.prepare_cached(&sql)?.query_row([project], |row| row.get(0))?;
    Ok(used / divisor)
}

/// Refuses when usage and what is asked for pass the limit.
pub fn enforce(c: &Connection, project: &str, resource: &str, delta: i64) -> Result<(), Refusal> {
    let (used, limit) = (usage(c, project, resource)?, keystone::limit(c, project, resource)?);
    if limit < 0 || used + delta <= limit {
        return Ok(());
    }
    Err(Refusal::too_large(format!(
        "The request returned a 413 Request Entity Too Large. This generally means that rate limiting or a quota \
         threshold was breached.\n\nThe response body:\nProject {project} is over a limit for [Resource {resource} is \
         over limit of {limit} due to current usage {used} and delta {delta}]"
    )))
}

/// `GET /v2/info/usage`.
pub async fn show(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    let usage = app
        .db
        .read(move |c| -> rusqlite::Result<Value> {
            let mut all = json!({});
            for resource in
                ["image_size_total", "image_stage_total", "image_count_total", "image_count_uploading"]
            {
                let limit = keystone::limit(c, &caller.project_id, resource)?;
                all[resource] = json!({"usage": usage(c, &caller.project_id, resource)?, "limit": limit});
            }
            Ok(all)
        })
        .await?;
    Ok(Json(json!({"usage": usage})))
}
