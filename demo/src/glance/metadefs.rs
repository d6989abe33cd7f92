//! Metadata definitions: a believable set, written for the demo cloud and laid out as Glance's. All may read what is
//! public; the administrator writes.
//!
//! A namespace is one JSON document with everything in it; server code: glance/api/v2/metadef_*.py.

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::access::admin_only;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::state::App;

mod namespaces;
mod parts;
pub mod schemas;
mod types;

// They come with the software; any one moment does.
const CREATED: &str = "2026-01-01T00:00:00Z";

/// A namespace as kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Namespace {
    namespace: String,
    display_name: Option<String>,
    description: Option<String>,
    visibility: String,
    protected: bool,
    owner: String,
    /// Microseconds, as all times; the definitions that came with the software have never been changed.
    created_at: i64,
    updated_at: Option<i64>,
    resource_type_associations: Vec<Value>,
    properties: Map<String, Value>,
    objects: Vec<Value>,
    tags: Vec<Value>,
}

/// The endpoints below `/v2/metadefs`.
pub fn router() -> Router<Arc<App>> {
    let namespace = "/v2/metadefs/namespaces/{namespace}";
    let below = |rest: &str| format!("{namespace}/{rest}");
    Router::new()
        .route("/v2/metadefs/resource_types", get(types::all))
        .route("/v2/metadefs/namespaces", get(namespaces::list).post(namespaces::create))
        .route(namespace, get(namespaces::show).put(namespaces::update).delete(namespaces::delete))
        .route(
            &below("properties"),
            get(parts::properties).post(parts::add_property).delete(parts::clear_properties),
        )
        .route(
            &below("properties/{name}"),
            get(parts::property).put(parts::change_property).delete(parts::remove_property),
        )
        .route(&below("objects"), get(parts::objects).post(parts::add_object).delete(parts::clear_objects))
        .route(
            &below("objects/{name}"),
            get(parts::object).put(parts::change_object).delete(parts::remove_object),
        )
        .route(&below("tags"), get(parts::tags).post(parts::add_tags).delete(parts::clear_tags))
        .route(
            &below("tags/{name}"),
            get(parts::tag).post(parts::add_tag).put(parts::change_tag).delete(parts::remove_tag),
        )
        .route(&below("resource_types"), get(types::of_namespace).post(types::add))
        .route(&below("resource_types/{name}"), delete(types::remove))
        .route("/v2/schemas/metadefs/{name}", get(schemas::show))
}

/// The definitions of a fresh cloud.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    let all: Vec<Namespace> =
        serde_json::from_str(include_str!("assets/metadefs.json")).expect("our own assets are namespaces");
    let created_at = clock::parse(CREATED).unwrap_or_default();
    for mut namespace in all {
        namespace.owner = "admin".into();
        namespace.created_at = created_at;
        for association in &mut namespace.resource_type_associations {
            association["created_at"] = CREATED.into();
        }
        insert(tx, &namespace)?;
    }
    types::seed(tx)
}

fn insert(c: &Connection, namespace: &Namespace) -> rusqlite::Result<()> {
    let sql = "INSERT INTO metadef_namespaces (name, doc) VALUES (?, ?)";
    c.execute(sql, params![namespace.namespace, json!(namespace).to_string()]).map(drop)
}

fn read(row: &Row) -> rusqlite::Result<Namespace> {
    serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })
}

fn find(c: &Connection, name: &str) -> rusqlite::Result<Option<Namespace>> {
    c.query_row("SELECT doc FROM metadef_namespaces WHERE name = ?", [name], read).optional()
}

/// The namespace, where the caller may see it.
fn visible(c: &Connection, caller: &Caller, name: &str) -> Result<Namespace, Refusal> {
    let missing = || format!("Metadata definition namespace={name} was not found.");
    let namespace = find(c, name)?.ok_or_else(|| Refusal::not_found(missing()))?;
    // A private one of another project is hidden, in other words than a missing one.
    let hidden = || Refusal::not_found(format!("Namespace {name} not found"));
    Some(namespace).filter(|namespace| shows(namespace, caller)).ok_or_else(hidden)
}

fn shows(namespace: &Namespace, caller: &Caller) -> bool {
    caller.is_admin() || namespace.visibility == "public" || namespace.owner == caller.project_id
}

async fn look<T: Send + 'static>(
    app: &App,
    caller: Caller,
    name: String,
    show: impl FnOnce(Namespace) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    app.db.read(move |c| -> Result<T, Refusal> { show(visible(c, &caller, &name)?) }).await
}

/// Changes a namespace, as the administrator alone may; `action` is the policy's name.
async fn change<T: Send + 'static>(
    app: &App,
    caller: Caller,
    name: String,
    action: &'static str,
    edit: impl FnOnce(&Transaction, &mut Namespace) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    app.db
        .write(move |tx| -> Result<T, Refusal> {
            let mut namespace = visible(tx, &caller, &name)?;
            admin_only(&caller, action)?;
            let result = edit(tx, &mut namespace)?;
            let sql = "UPDATE metadef_namespaces SET name = ?, doc = ? WHERE name = ?";
            tx.execute(sql, params![namespace.namespace, json!(namespace).to_string(), name])?;
            Ok(result)
        })
        .await
}

/// A tag, as kept and shown.
fn tag(name: &str) -> Value {
    let now = clock::seconds(clock::now());
    json!({"name": name, "created_at": now, "updated_at": now})
}

/// The prefix that a namespace's properties have on a resource of this type: `cpu_policy` is `hw_cpu_policy` on an image.
fn prefix<'a>(namespace: &'a Namespace, resource_type: &str) -> Option<&'a str> {
    let mut associations = namespace.resource_type_associations.iter();
    associations.find(|association| association["name"] == resource_type)?["prefix"].as_str()
}
