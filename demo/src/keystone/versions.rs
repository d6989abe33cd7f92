//! Version discovery.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::service::Service;
use crate::state::App;

/// `GET /`.
pub async fn all(State(app): State<Arc<App>>) -> Response {
    let location = format!("{}/v3/", app.url(Service::Identity));
    let body = json!({"versions": {"values": [version(&app)]}});
    (StatusCode::MULTIPLE_CHOICES, [(header::LOCATION, location)], Json(body)).into_response()
}

/// `GET /v3`.
pub async fn v3(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({"version": version(&app)}))
}

fn version(app: &App) -> Value {
    json!({
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{}/v3/", app.url(Service::Identity))}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    })
}
