//! Neutron v2.0: networks, subnets, ports, security groups and routers, as records. Nothing moves packets here.
//!
//! Records are kept as the JSON that the API shows; `records` reads and writes them, `query` filters and pages them.

use std::sync::Arc;

use axum::routing::{get, post, put};
use axum::{Json, Router, extract::State};
use serde_json::{Value, json};

use crate::service::Service;
use crate::state::App;

pub mod addresses;
pub mod groups;
pub mod networks;
pub mod ports;
mod query;
mod quotas;
pub mod records;
mod resource;
mod routers;
mod rules;
mod seed;
mod subnets;
mod words;

pub use seed::seed;
pub use words::sees_network;

/// Neutron's tables.
pub const SCHEMA: &str = records::SCHEMA;

/// Neutron's routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(versions))
        .route("/v2.0", get(resources))
        .route("/v2.0/extensions", get(extensions))
        .merge(resource::router(&networks::NETWORKS, post(networks::create)))
        .merge(resource::router(&subnets::SUBNETS, post(subnets::create)))
        .merge(resource::router(&ports::PORTS, post(ports::create)))
        .merge(resource::router(&groups::GROUPS, post(groups::create)))
        .merge(resource::router(&routers::ROUTERS, post(routers::create)))
        .route("/v2.0/security-group-rules", get(rules::list).post(rules::create))
        .route("/v2.0/security-group-rules/{id}", get(rules::show).delete(rules::delete))
        .route("/v2.0/routers/{id}/add_router_interface", put(routers::add_interface))
        .route("/v2.0/routers/{id}/remove_router_interface", put(routers::remove_interface))
        .route("/v2.0/quotas", get(quotas::list))
        .route("/v2.0/quotas/{id}", get(quotas::show).put(quotas::change).delete(quotas::change))
        .route("/v2.0/quotas/{id}/default", get(quotas::show))
        .route("/v2.0/quotas/{id}/details", get(quotas::details))
}

async fn versions(State(app): State<Arc<App>>) -> Json<Value> {
    let href = format!("{}/v2.0/", app.url(Service::Network));
    Json(json!({"versions": [{"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": href}]}]}))
}

/// What is below `/v2.0`; clients read it to find the service's version.
async fn resources(State(app): State<Arc<App>>) -> Json<Value> {
    let base = app.url(Service::Network);
    let entry = |name: &str, collection: &str| {
        json!({"links": [{"rel": "self", "href": format!("{base}/v2.0/{collection}")}], "name": name,
               "collection": collection})
    };
    Json(json!({"resources": [
        entry("subnet", "subnets"), entry("network", "networks"), entry("port", "ports"),
        entry("router", "routers"), entry("security_group", "security-groups"),
        entry("security_group_rule", "security-group-rules"),
    ]}))
}

/// The extensions that the records have the attributes of.
async fn extensions() -> Json<Value> {
    let entry = |alias: &str, name: &str| {
        json!({"alias": alias, "name": name, "description": name, "updated": "2016-01-01T00:00:00-00:00",
               "links": []})
    };
    Json(json!({"extensions": [
        entry("security-group", "security-group"), entry("router", "Neutron L3 Router"),
        entry("external-net", "Neutron external network"), entry("net-mtu", "Network MTU"),
        entry("port-security", "Port Security"), entry("standard-attr-description", "standard-attr-description"),
        entry("standard-attr-timestamp", "Resource timestamps"), entry("standard-attr-tag", "Tag support"),
        entry("pagination", "Pagination support"), entry("sorting", "Sorting support"),
    ]}))
}
