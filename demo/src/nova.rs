//! Nova v2.1 with microversions up to 2.103: flavors, servers, key pairs, quotas, zones and server groups.
//!
//! `servers` is the heart; a server's state follows from the clock (`servers::lifecycle`), so that nothing is lost or
//! stuck when the demo cloud is killed.

use std::sync::Arc;

use axum::extract::State;
use axum::middleware::from_fn;
use axum::routing::{any, get, post};
use axum::{Json, Router};
use rusqlite::Transaction;
use serde_json::{Value, json};

use crate::service::Service;
use crate::state::App;

mod flavors;
mod groups;
mod keypairs;
mod limits;
pub(crate) mod microversion;
mod paging;
pub(crate) mod query;
mod quotas;
pub(crate) mod schema;
mod seed;
mod servers;
pub(crate) mod store;
pub(crate) mod words;
pub(crate) mod zones;

/// Nova's tables.
pub const SCHEMA: &str = store::SCHEMA;

/// Nova's routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v2.1", get(version))
        .merge(flavors::router())
        .merge(servers::router())
        .route("/v2.1/limits", get(limits::show))
        .route("/v2.1/os-quota-sets/{project}", get(quotas::show).put(quotas::update).delete(quotas::delete))
        .route("/v2.1/os-quota-sets/{project}/defaults", get(quotas::defaults))
        .route("/v2.1/os-quota-sets/{project}/detail", get(quotas::detail))
        .route("/v2.1/os-keypairs", get(keypairs::list).post(keypairs::create))
        .route("/v2.1/os-keypairs/{name}", get(keypairs::show).delete(keypairs::delete))
        .route("/v2.1/os-availability-zone", get(zones::list))
        .route("/v2.1/os-availability-zone/detail", get(zones::detail))
        .route("/v2.1/os-server-groups", get(groups::list).post(groups::create))
        .route("/v2.1/os-server-groups/{id}", get(groups::show).delete(groups::delete))
        .route("/v2.1/extensions", get(no_extensions))
        .route("/v2.1/servers/{id}/action", post(servers::actions::act))
        .layer(from_fn(microversion::negotiate))
        .route("/", any(versions))
}

/// First data.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    seed::seed(tx)
}

/// Finishes the snapshots that the last run left.
pub fn resume(app: &Arc<App>) {
    servers::snapshot::resume(app);
}

async fn versions(State(app): State<Arc<App>>) -> Json<Value> {
    let base = app.url(Service::Compute);
    Json(json!({"versions": [
        {"id": "v2.0", "status": "DEPRECATED", "version": "", "min_version": "", "updated": "2025-07-04T12:00:00Z",
         "links": [{"rel": "self", "href": format!("{base}/v2/")}]},
        current(json!([{"rel": "self", "href": format!("{base}/v2.1/")}])),
    ]}))
}

async fn version(State(app): State<Arc<App>>) -> Json<Value> {
    let base = app.url(Service::Compute);
    let mut version = current(json!([{"rel": "self", "href": format!("{base}/v2.1/")},
               {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"}]));
    version["media-types"] =
        json!([{"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}]);
    Json(json!({"version": version}))
}

fn current(links: Value) -> Value {
    json!({"id": "v2.1", "status": "CURRENT", "version": format!("2.{}", microversion::MAX.0), "min_version": "2.1",
           "updated": "2013-07-23T11:33:21Z", "links": links})
}

/// Extensions are no more; clients still ask.
async fn no_extensions(_: crate::caller::Caller) -> Json<Value> {
    Json(json!({"extensions": []}))
}

/// `self` and `bookmark`, as all of Nova's resources have them.
fn links(app: &App, collection: &str, id: &str) -> Value {
    let base = app.url(Service::Compute);
    json!([{"rel": "self", "href": format!("{base}/v2.1/{collection}/{id}")}, bookmark(app, collection, id)])
}

fn bookmark(app: &App, collection: &str, id: &str) -> Value {
    let base = app.url(Service::Compute);
    json!({"rel": "bookmark", "href": format!("{base}/{collection}/{id}")})
}
