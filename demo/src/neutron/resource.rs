//! What all of Neutron's resources have alike: list, show, change and delete. How one is made is each one's own.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use axum::{Extension, Json, Router};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::networks::touch;
use super::query::Query;
use super::records::{self, Kind, Record, flag, text};
use super::words::{boolean, inner, not_found, only, owns, policy, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// A kind of resource.
pub struct Resource {
    /// Its records.
    pub kind: Kind,
    /// As in `{"network": …}`, and in the names of policies.
    pub one: &'static str,
    /// As in `{"networks": […]}`; with dashes its path.
    pub many: &'static str,
    /// As refusals name it.
    pub title: &'static str,
    /// What may be changed.
    pub writable: &'static [&'static str],
    /// Which of them are true or false.
    pub flags: &'static [&'static str],
    /// Whether a caller may see it.
    pub sees: fn(&Connection, &Caller, &Record) -> Result<bool, Refusal>,
    /// As this caller sees it.
    pub shown: fn(&Caller, Record) -> Record,
    /// Changes beyond names, descriptions and flags.
    pub change: fn(&Connection, &Caller, &mut Record, &Record) -> Result<(), Refusal>,
    /// Refuses to let go of what is in use, and lets go of what belongs to it.
    pub release: fn(&Connection, &Caller, &Record) -> Result<(), Refusal>,
}

/// The endpoints of a resource; `create` is the POST.
pub fn router(resource: &'static Resource, create: MethodRouter<Arc<App>>) -> Router<Arc<App>> {
    let all = format!("/v2.0/{}", resource.many.replace('_', "-"));
    Router::new()
        .route(&all, create.get(list))
        .route(&format!("{all}/{{id}}"), get(show).put(update).delete(delete))
        .layer(Extension(resource))
}

type Of = Extension<&'static Resource>;

async fn list(
    State(app): State<Arc<App>>,
    Extension(resource): Of,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let shown = app.db.write(move |tx| -> Result<Vec<Record>, Refusal> {
        if resource.kind == Kind::SecurityGroup {
            // Made when it is first looked for.
            super::groups::default(tx, &caller.project_id)?;
        }
        let mut all = seen(tx, resource, &caller)?;
        all.iter_mut().for_each(super::groups::as_in_lists);
        Ok(all)
    });
    let url = format!("{}/v2.0/{}", app.url(Service::Network), resource.many.replace('_', "-"));
    Query::of(&uri).answer(resource.many, &url, shown.await?).map(Json)
}

/// All that a caller may see.
pub fn seen(db: &Connection, resource: &Resource, caller: &Caller) -> Result<Vec<Record>, Refusal> {
    let mut seen = Vec::new();
    for record in records::list(db, resource.kind)? {
        if (resource.sees)(db, caller, &record)? {
            seen.push((resource.shown)(caller, record));
        }
    }
    Ok(seen)
}

async fn show(
    State(app): State<Arc<App>>,
    Extension(resource): Of,
    caller: Caller,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let record = app.db.read(move |c| -> Result<Record, Refusal> {
        Ok((resource.shown)(&caller, visible(c, resource, &caller, &id)?))
    });
    Ok(Json(json!({ resource.one: Query::of(&uri).shape(record.await?) })))
}

async fn update(
    State(app): State<Arc<App>>,
    Extension(resource): Of,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = inner(body, resource.one)?;
    only(&wanted, resource.writable)?;
    let record = app.db.write(move |tx| -> Result<Record, Refusal> {
        let mut record = owned(tx, resource, &caller, &id, "update")?;
        write(tx, resource, &caller, &mut record, &wanted)?;
        touch(&mut record);
        records::update(tx, &record)?;
        Ok((resource.shown)(&caller, record))
    });
    Ok(Json(json!({ resource.one: record.await? })))
}

async fn delete(
    State(app): State<Arc<App>>,
    Extension(resource): Of,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let record = owned(tx, resource, &caller, &id, "delete")?;
            (resource.release)(tx, &caller, &record)?;
            Ok(records::remove(tx, &id)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes what is wanted into a record, new or old.
pub fn write(
    db: &Connection,
    resource: &Resource,
    caller: &Caller,
    record: &mut Record,
    wanted: &Record,
) -> Result<(), Refusal> {
    for key in ["name", "description"] {
        if let Some(text) = string(wanted, key, 255)? {
            record.insert(key.to_owned(), json!(text));
        }
    }
    for key in resource.flags {
        let value = boolean(wanted, key, flag(record, key))?;
        record.insert((*key).to_owned(), json!(value));
    }
    (resource.change)(db, caller, record, wanted)
}

/// The record, where the caller may see it.
pub fn visible(db: &Connection, resource: &Resource, caller: &Caller, id: &str) -> Result<Record, Refusal> {
    match records::get(db, resource.kind, id)? {
        Some(record) if (resource.sees)(db, caller, &record)? => Ok(record),
        _ => Err(not_found(resource.title, id)),
    }
}

/// A visible record that a member of its own project, or the administrator, may change.
fn owned(
    db: &Connection,
    resource: &Resource,
    caller: &Caller,
    id: &str,
    verb: &str,
) -> Result<Record, Refusal> {
    let record = visible(db, resource, caller, id)?;
    if owns(caller, &record) && caller.is_member() {
        Ok(record)
    } else {
        Err(policy(&format!("{verb}_{}", resource.one)))
    }
}

/// Seen by its own project alone, as most are.
pub fn of_owner(_: &Connection, caller: &Caller, record: &Record) -> Result<bool, Refusal> {
    Ok(owns(caller, record))
}

/// Shown as it is kept, as most are.
pub fn whole(_: &Caller, record: Record) -> Record {
    record
}

/// Whether a port matches, of all there are.
pub fn any_port(db: &Connection, matches: impl Fn(&Record) -> bool) -> rusqlite::Result<bool> {
    Ok(records::list(db, Kind::Port)?.iter().any(matches))
}

/// Whether a port is on this network, or of this device, by the attribute's name.
pub fn has_port(db: &Connection, key: &str, id: &str) -> rusqlite::Result<bool> {
    any_port(db, |port| text(port, key) == id)
}
