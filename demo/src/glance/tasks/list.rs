//! `GET /v2/tasks`: the administrator's list, with its filters, order and pages.
//!
//! Server code: glance/api/v2/tasks.py, glance/db/sqlalchemy/api.py (`_task_get_all`).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query as Pairs, State};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde_json::{Value, json};

use super::{COLUMNS, short};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::glance::access::admin_only;
use crate::glance::query::{address, limit};
use crate::jsonschema::is_uuid;
use crate::state::App;

const PATH: &str = "/v2/tasks";
/// A task's own columns, by which it may be found and sorted.
const KEYS: [&str; 9] =
    ["id", "type", "status", "owner", "image_id", "request_id", "user_id", "created_at", "updated_at"];
/// Glance's `limit_param_default`.
const DEFAULT_LIMIT: usize = 25;

struct Query {
    limit: usize,
    marker: Option<String>,
    sort: Vec<&'static str>,
    descends: bool,
    filters: Vec<(&'static str, String)>,
}

/// One page of tasks.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Pairs(pairs): Pairs<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "tasks_api_access")?;
    let query = read(&pairs)?;
    let limit = query.limit;
    let tasks = app.db.read(move |c| page(c, &query)).await?;
    let first: Vec<_> = pairs.iter().filter(|(name, _)| name != "marker").cloned().collect();
    let mut body =
        json!({"tasks": tasks, "first": address(PATH, &first, None), "schema": "/v2/schemas/tasks"});
    if let Some(last) = tasks.last().filter(|_| tasks.len() == limit) {
        body["next"] = address(PATH, &pairs, last["id"].as_str()).into();
    }
    Ok(Json(body))
}

fn read(pairs: &[(String, String)]) -> Result<Query, Refusal> {
    let last =
        |wanted: &str| pairs.iter().rev().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let one_of = |known: &[&str], value: Option<&str>, what: &str| match value {
        Some(value) if !value.is_empty() && !known.contains(&value) => {
            Err(Refusal::bad_request(format!("Invalid {what}: {value}")))
        }
        _ => Ok(()),
    };
    let direction = last("sort_dir").unwrap_or("desc");
    if !["asc", "desc"].contains(&direction) {
        return Err(Refusal::bad_request(format!("Invalid sort direction: {direction}")));
    }
    one_of(&["pending", "processing", "success", "failure"], last("status"), "status value")?;
    // The type of the tasks that imports leave is not among those that one may ask for.
    one_of(&["import"], last("type"), "type value")?;
    let marker = last("marker").map(str::to_owned);
    if marker.as_ref().is_some_and(|marker| !is_uuid(marker)) {
        return Err(Refusal::bad_request("Invalid marker format"));
    }
    let limit = last("limit").map(limit).transpose()?.unwrap_or(DEFAULT_LIMIT);
    let mut sort = vec!["created_at", "id"];
    if let Some(key) = last("sort_key") {
        let key = known(key).ok_or_else(|| Refusal::bad_request("Sort key supplied was not valid."))?;
        if !sort.contains(&key) {
            sort.insert(0, key);
        }
    }
    let filters = pairs.iter().filter_map(|(name, value)| Some((known(name)?, value.clone()))).collect();
    Ok(Query { limit, marker, sort, descends: direction == "desc", filters })
}

fn known(name: &str) -> Option<&'static str> {
    KEYS.into_iter().find(|key| *key == name)
}

fn page(c: &Connection, query: &Query) -> Result<Vec<Value>, Refusal> {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Sql> = Vec::new();
    for (column, value) in &query.filters {
        conditions.push(format!("{column} = ?"));
        values.push(value.clone().into());
    }
    let columns = query.sort.iter().map(|key| format!("coalesce({key}, '')")).collect::<Vec<_>>();
    if let Some(marker) = &query.marker {
        let sql = format!("SELECT {} FROM image_tasks WHERE id = ?", columns.join(", "));
        let read = |row: &rusqlite::Row| (0..columns.len()).map(|index| row.get(index)).collect();
        let at: Option<Vec<Sql>> = c.query_row(&sql, [marker], read).optional()?;
        let missing = || format!("Task with the given id {marker} was not found");
        values.extend(at.ok_or_else(|| Refusal::bad_request(missing()))?);
        // All columns go the same way, so rows compare as a whole.
        let (columns, marks) = (columns.join(", "), vec!["?"; columns.len()].join(", "));
        conditions.push(format!("({columns}) {} ({marks})", if query.descends { "<" } else { ">" }));
    }
    let direction = if query.descends { "DESC" } else { "ASC" };
    let order: Vec<String> = columns.iter().map(|column| format!("{column} {direction}")).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM image_tasks WHERE {} ORDER BY {} LIMIT {}",
        conditions.join(" AND "),
        order.join(", "),
        query.limit
    );
    let mut statement = c.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), short)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
