//! The service catalog: DevStack's paths on our one address.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::admin_only;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::ids;
use crate::service::Service;
use crate::state::App;

const INTERFACES: [&str; 3] = ["public", "internal", "admin"];

const SERVICES: [(Service, &str, &str, &str); 5] = [
    (Service::Identity, "identity", "keystone", "/v3"),
    (Service::Image, "image", "glance", ""),
    (Service::Compute, "compute", "nova", "/v2.1"),
    (Service::Network, "network", "neutron", ""),
    (Service::Volume, "volumev3", "cinderv3", "/v3/%(project_id)s"),
];

/// The catalog of a token for a project.
pub fn of_project(app: &App, project: &str) -> Value {
    let services: Vec<Value> = offered(app)
        .map(|(service, kind, name, path)| {
            let url = format!("{}{}", app.url(service), path.replace("%(project_id)s", project));
            let endpoints = INTERFACES.map(|interface| {
                json!({
                    "id": endpoint_id(name, interface),
                    "interface": interface,
                    "region_id": "RegionOne",
                    "region": "RegionOne",
                    "url": url,
                })
            });
            json!({"endpoints": endpoints, "id": service_id(name), "type": kind, "name": name})
        })
        .collect();
    json!(services)
}

/// The services that this cloud has.
fn offered(app: &App) -> impl Iterator<Item = (Service, &'static str, &'static str, &'static str)> {
    let without = app.options.without.clone();
    // Cinder's is called "cinderv3".
    SERVICES
        .into_iter()
        .filter(move |(_, _, name, _)| !without.iter().any(|it| name.starts_with(it.as_str())))
}

/// `GET /v3/auth/catalog`.
pub async fn mine(State(app): State<Arc<App>>, caller: Caller) -> Json<Value> {
    let links = json!({"self": format!("{}/v3/auth/catalog", app.url(Service::Identity))});
    let catalog = if caller.project_id.is_empty() { json!([]) } else { of_project(&app, &caller.project_id) };
    Json(json!({"catalog": catalog, "links": links}))
}

/// `GET /v3/services`.
pub async fn services(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_services")?;
    let base = app.url(Service::Identity);
    let rows: Vec<Value> = offered(&app)
        .map(|(_, kind, name, _)| {
            let id = service_id(name);
            json!({"id": id, "type": kind, "name": name, "enabled": true, "description": "",
            "links": {"self": format!("{base}/v3/services/{id}")}})
        })
        .collect();
    Ok(Json(
        json!({"services": rows, "links": {"next": null, "self": format!("{base}/v3/services"), "previous": null}}),
    ))
}

/// `GET /v3/endpoints`.
pub async fn endpoints(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "list_endpoints")?;
    let base = app.url(Service::Identity);
    let rows: Vec<Value> = offered(&app)
        .flat_map(|(service, _, name, path)| INTERFACES.map(|interface| (service, name, path, interface)))
        .map(|(service, name, path, interface)| {
            let id = endpoint_id(name, interface);
            json!({"id": id, "interface": interface, "region": "RegionOne", "region_id": "RegionOne", "enabled": true,
                "service_id": service_id(name), "url": format!("{}{path}", app.url(service)),
                "links": {"self": format!("{base}/v3/endpoints/{id}")}})
        })
        .collect();
    Ok(Json(
        json!({"endpoints": rows, "links": {"next": null, "self": format!("{base}/v3/endpoints"), "previous": null}}),
    ))
}

/// `GET /v3/regions`.
pub async fn regions(State(app): State<Arc<App>>, _: Caller) -> Json<Value> {
    let base = app.url(Service::Identity);
    let region = json!({"id": "RegionOne", "description": "", "parent_region_id": null,
        "links": {"self": format!("{base}/v3/regions/RegionOne")}});
    Json(
        json!({"regions": [region], "links": {"next": null, "self": format!("{base}/v3/regions"), "previous": null}}),
    )
}

/// The id of a service.
pub fn service_id(name: &str) -> String {
    ids::stable_hex("service", name)
}

fn endpoint_id(name: &str, interface: &str) -> String {
    ids::stable_hex("endpoint", &format!("{name}/{interface}"))
}
