//! Projects, users and roles are written and read alike: lists, lookups, and the administrator's changes.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, RawQuery, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Json, Router};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde_json::{Value, json};

use super::{admin_only, missing};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;
use crate::{ids, jsonschema, python};

/// A kind of record.
pub struct Kind {
    /// As in `{"user": …}`.
    pub one: &'static str,
    /// Its table, and the last part of its path.
    pub many: &'static str,
    /// The columns that `view` takes, in its order, beginning with `id`; each is also the attribute of that name.
    pub columns: &'static [&'static str],
    /// The JSON schema of what is written, without what a new one needs.
    pub schema: fn() -> Value,
    /// As Keystone shows it, given the service's address.
    pub view: fn(&Row, &str) -> rusqlite::Result<Value>,
    /// The id of the one that a caller may look at without being the administrator.
    pub own: fn(&Caller) -> &str,
    /// Columns that are not attributes, made from those that were written.
    pub more: fn(&Value, bool) -> Vec<(&'static str, Sql)>,
    /// Refuses changes of what belongs to Keystone itself.
    pub keep: fn(&Connection, &str) -> Result<(), Refusal>,
}

/// The endpoints of a kind.
pub fn router(kind: &'static Kind) -> Router<Arc<App>> {
    let all = format!("/v3/{}", kind.many);
    Router::new()
        .route(&all, get(list).post(create))
        .route(&format!("{all}/{{id}}"), get(show).patch(update).delete(delete))
        .layer(Extension(kind))
}

type Of = Extension<&'static Kind>;

async fn list(
    State(app): State<Arc<App>>,
    Extension(kind): Of,
    caller: Caller,
    RawQuery(asked): RawQuery,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, &format!("list_{}", kind.many))?;
    let base = app.url(Service::Identity);
    let at = base.clone();
    let rows = app.db.read(move |c| -> rusqlite::Result<Vec<Value>> {
        let sql = format!("SELECT {} FROM {} ORDER BY name", kind.columns.join(", "), kind.many);
        c.prepare_cached(&sql)?.query_map([], |row| (kind.view)(row, &at))?.collect()
    });
    let mut rows = rows.await?;
    rows.retain(|row| query.iter().all(|(filter, value)| passes(row, filter, value)));
    Ok(listing(&base, &asked_for(kind.many, asked), rows))
}

/// Keystone's filters: an attribute's value, or a part of it; what is no attribute filters nothing.
fn passes(row: &Value, filter: &str, value: &str) -> bool {
    let (name, how) = filter.split_once("__").unwrap_or((filter, "equals"));
    let text = match row.get(name) {
        Some(Value::String(text)) => text,
        Some(Value::Bool(flag)) => return *flag == !matches!(value.to_lowercase().as_str(), "0" | "false"),
        _ => return true,
    };
    let (small, wanted) = (text.to_lowercase(), value.to_lowercase());
    match how {
        "equals" => text == value,
        "contains" => text.contains(value),
        "icontains" => small.contains(&wanted),
        "startswith" => text.starts_with(value),
        "istartswith" => small.starts_with(&wanted),
        "endswith" => text.ends_with(value),
        "iendswith" => small.ends_with(&wanted),
        _ => true,
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Extension(kind): Of,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if id != (kind.own)(&caller) {
        admin_only(&caller, &format!("get_{}", kind.one))?;
    }
    let base = app.url(Service::Identity);
    let found = app.db.read(move |c| find(c, kind, &id, &base)).await?;
    Ok(Json(json!({ kind.one: found })))
}

async fn create(
    State(app): State<Arc<App>>,
    Extension(kind): Of,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    admin_only(&caller, &format!("create_{}", kind.one))?;
    let wanted = read(kind, &body, true)?;
    let base = app.url(Service::Identity);
    let view = app.db.write(move |tx| -> Result<Value, Refusal> {
        let id = ids::hex();
        let mut columns = vec![("id", Sql::from(id.clone()))];
        columns.extend(written(kind, &wanted, true));
        refuse_taken(tx, kind, &wanted, &id)?;
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", kind.many, names.join(", "));
        tx.execute(&sql, params_from_iter(columns.into_iter().map(|(_, value)| value)))?;
        find(tx, kind, &id, &base)
    });
    Ok((StatusCode::CREATED, Json(json!({ kind.one: view.await? }))))
}

async fn update(
    State(app): State<Arc<App>>,
    Extension(kind): Of,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, &format!("update_{}", kind.one))?;
    let wanted = read(kind, &body, false)?;
    let base = app.url(Service::Identity);
    let view = app.db.write(move |tx| -> Result<Value, Refusal> {
        find(tx, kind, &id, &base)?;
        (kind.keep)(tx, &id)?;
        refuse_taken(tx, kind, &wanted, &id)?;
        for (name, value) in written(kind, &wanted, false) {
            let sql = format!("UPDATE {} SET {name} = ? WHERE id = ?", kind.many);
            tx.execute(&sql, params![value, id])?;
        }
        find(tx, kind, &id, &base)
    });
    Ok(Json(json!({ kind.one: view.await? })))
}

async fn delete(
    State(app): State<Arc<App>>,
    Extension(kind): Of,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    admin_only(&caller, &format!("delete_{}", kind.one))?;
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            (kind.keep)(tx, &id)?;
            let deleted = tx.execute(&format!("DELETE FROM {} WHERE id = ?", kind.many), [&id])?;
            if deleted == 0 { Err(missing(kind.one, &id)) } else { Ok(()) }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is below `{"user": …}`, if it fits the schema.
fn read(kind: &Kind, body: &Value, is_new: bool) -> Result<Value, Refusal> {
    let nothing = || Refusal::bad_request(format!("'{}' is a required property", kind.one));
    if !body.is_object() {
        return Err(crate::body::malformed(Some(Service::Identity)));
    }
    let wanted = body.get(kind.one).cloned().ok_or_else(nothing)?;
    let mut schema = (kind.schema)();
    if is_new {
        schema["required"] = json!(["name"]);
    } else if kind.one != "project" {
        // A project may be changed in nothing.
        schema["minProperties"] = 1.into();
    }
    check(kind.one, &schema, &wanted)?;
    // There is one domain, and nothing moves out of it.
    match wanted["domain_id"].as_str() {
        None | Some("default") => Ok(wanted),
        Some(other) if is_new => Err(missing("domain", other)),
        Some(_) if kind.one == "role" => Err(Refusal::bad_request("Update of `domain_id` is not allowed.")),
        Some(_) => Err(Refusal::bad_request("Cannot change Domain ID")),
    }
}

/// Keystone's 400 for what does not fit a schema; `name` is what the body calls it.
pub fn check(name: &str, schema: &Value, value: &Value) -> Result<(), Refusal> {
    jsonschema::check(schema, value).map_err(|mismatch| {
        let found = if mismatch.field.is_empty() {
            Some(value)
        } else {
            value.pointer(&format!("/{}", mismatch.field))
        };
        let found = match found {
            Some(Value::String(text)) => text.clone(),
            found => python::repr(found.unwrap_or(&Value::Null)),
        };
        let field = mismatch.field.rsplit('/').next().filter(|field| !field.is_empty()).unwrap_or(name);
        let what = mismatch.text.lines().next().unwrap_or_default();
        Refusal::bad_request(format!("Invalid input for field/attribute {field}. Value: {found}. {what}"))
    })
}

fn written(kind: &Kind, wanted: &Value, is_new: bool) -> Vec<(&'static str, Sql)> {
    let attributes = kind.columns.iter().filter_map(|name| {
        Some((
            *name,
            match wanted.get(name)? {
                Value::Bool(flag) => (*flag).into(),
                Value::String(text) => text.clone().into(),
                _ => Sql::Null,
            },
        ))
    });
    attributes.filter(|(name, _)| *name != "id").chain((kind.more)(wanted, is_new)).collect()
}

fn refuse_taken(c: &Connection, kind: &Kind, wanted: &Value, id: &str) -> Result<(), Refusal> {
    let Some(name) = wanted["name"].as_str() else { return Ok(()) };
    let sql = format!("SELECT id FROM {} WHERE name = ? AND id != ?", kind.many);
    let other: Option<String> = c.query_row(&sql, [name, id], |row| row.get(0)).optional()?;
    let Some(other) = other else { return Ok(()) };
    let why = match kind.one {
        "project" => format!(
            "it is not permitted to have two projects with either the same name or same id in the same domain: name is \
             {name}, project id {other}."
        ),
        "role" => format!("Duplicate entry found with name {name}."),
        _ => format!("Duplicate entry found with name {name} at domain ID default."),
    };
    Err(Refusal::conflict(format!("Conflict occurred attempting to store {} - {why}", kind.one)))
}

fn find(c: &Connection, kind: &Kind, id: &str, base: &str) -> Result<Value, Refusal> {
    let sql = format!("SELECT {} FROM {} WHERE id = ?", kind.columns.join(", "), kind.many);
    let found = c.query_row(&sql, [id], |row| (kind.view)(row, base)).optional()?;
    found.ok_or_else(|| missing(kind.one, id))
}

/// A path with the query that came with it, as the list's own link repeats it.
pub fn asked_for(path: &str, query: Option<String>) -> String {
    query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

/// Keystone's frame around a list; the list's name is the last part of its path.
pub fn listing(base: &str, path: &str, rows: Vec<Value>) -> Json<Value> {
    let name = path.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or(path);
    let links = json!({"next": null, "self": format!("{base}/v3/{path}"), "previous": null});
    Json(json!({name: rows, "links": links}))
}
