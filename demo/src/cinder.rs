//! Cinder v3 with microversions up to 3.71: volumes, their snapshots and types, quotas and limits.
//!
//! A volume's state follows from the clock (`model`), as a server's does, so that nothing is lost or stuck when the demo
//! cloud is killed. Volumes have no bytes: what is kept is what the API shows.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{any, get, post};
use axum::{Json, Router};
use rusqlite::Transaction;
use serde_json::{Value, json};

use crate::service::Service;
use crate::state::App;

mod microversion;
pub(crate) mod model;
mod query;
mod quotas;
mod scope;
mod seed;
pub(crate) mod snapshots;
pub(crate) mod types;
pub(crate) mod volumes;
mod words;
mod zones;

/// Cinder's tables.
pub const SCHEMA: &str = model::SCHEMA;

/// Cinder's routes; all but the versions are below the project.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v3/{project}/volumes", get(volumes::list).post(volumes::create::create))
        .route("/v3/{project}/volumes/detail", get(volumes::detail))
        .route("/v3/{project}/volumes/{id}", get(volumes::show).put(volumes::update).delete(volumes::delete))
        .route("/v3/{project}/volumes/{id}/action", post(volumes::actions::act))
        .route(
            "/v3/{project}/volumes/{id}/metadata",
            get(volumes::metadata::list).post(volumes::metadata::merge).put(volumes::metadata::replace),
        )
        .route(
            "/v3/{project}/volumes/{id}/metadata/{key}",
            get(volumes::metadata::show).delete(volumes::metadata::delete),
        )
        .route("/v3/{project}/snapshots", get(snapshots::list).post(snapshots::create))
        .route("/v3/{project}/snapshots/detail", get(snapshots::detail))
        .route(
            "/v3/{project}/snapshots/{id}",
            get(snapshots::show).put(snapshots::update).delete(snapshots::delete),
        )
        .route("/v3/{project}/types", get(types::list).post(types::create))
        .route("/v3/{project}/types/{id}", get(types::show).delete(types::delete))
        .route("/v3/{project}/limits", get(quotas::limits))
        .route("/v3/{project}/os-availability-zone", get(zones::list))
        .route(
            "/v3/{project}/os-quota-sets/{of}",
            get(quotas::show).put(quotas::update).delete(quotas::delete),
        )
        .route("/v3/{project}/os-quota-sets/{of}/defaults", get(quotas::defaults))
        .route("/", any(versions))
        .layer(from_fn(microversion::negotiate))
        .route("/v3", get(version))
}

/// First data.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    seed::seed(tx)
}

async fn versions(State(app): State<Arc<App>>) -> (StatusCode, Json<Value>) {
    (StatusCode::MULTIPLE_CHOICES, Json(document(&app)))
}

/// The same, but for those only who have a token.
async fn version(State(app): State<Arc<App>>, _: crate::caller::Caller) -> Json<Value> {
    Json(document(&app))
}

fn document(app: &App) -> Value {
    let href = format!("{}/v3/", app.url(Service::Volume));
    json!({"versions": [{
        "id": "v3.0", "status": "CURRENT", "version": format!("3.{}", microversion::MAX.0), "min_version": "3.0",
        "updated": "2023-08-31T00:00:00Z",
        "links": [{"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
                  {"rel": "self", "href": href}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}],
    }]})
}
