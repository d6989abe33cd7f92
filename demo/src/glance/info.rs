//! Versions and discovery.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::access::admin_only;
use super::files::STORES;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// Import methods, in Glance's order.
pub const METHODS: [&str; 4] = ["glance-direct", "web-download", "copy-image", "glance-download"];

// The order in which a cloud with two stores and no image cache lists them (transcript 002).
const VERSIONS: [&str; 16] = [
    "v2.15", "v2.13", "v2.12", "v2.11", "v2.10", "v2.9", "v2.8", "v2.17", "v2.7", "v2.6", "v2.5", "v2.4",
    "v2.3", "v2.2", "v2.1", "v2.0",
];

/// `GET /`.
pub async fn root(State(app): State<Arc<App>>) -> Response {
    (StatusCode::MULTIPLE_CHOICES, Json(list(&app))).into_response()
}

/// `GET /versions`.
pub async fn versions(State(app): State<Arc<App>>) -> Json<Value> {
    Json(list(&app))
}

fn list(app: &App) -> Value {
    let href = format!("{}/v2/", app.url(Service::Image));
    let versions = VERSIONS.map(|id| {
        let status = if id == "v2.17" { "CURRENT" } else { "SUPPORTED" };
        json!({"id": id, "status": status, "links": [{"rel": "self", "href": href}]})
    });
    json!({"versions": versions})
}

/// `GET /v2/info/import`.
pub async fn import(_: Caller) -> Json<Value> {
    Json(json!({"import-methods":
        {"description": "Import methods available.", "type": "array", "value": METHODS}}))
}

/// `GET /v2/info/stores`.
pub async fn stores(_: Caller) -> Json<Value> {
    Json(json!({"stores": STORES.map(store)}))
}

/// `GET /v2/info/stores/detail`.
pub async fn stores_detail(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Refusal> {
    admin_only(&caller, "stores_info_detail")?;
    let stores = STORES.map(|id| {
        let mut store = store(id);
        let folder = app.folder.join("images").join(id);
        store["type"] = "file".into();
        store["properties"] =
            json!({"data_dir": folder.to_string_lossy(), "chunk_size": 65536, "thin_provisioning": false});
        store["weight"] = 0.into();
        store
    });
    Ok(Json(json!({"stores": stores})))
}

fn store(id: &str) -> Value {
    if id == STORES[0] {
        json!({"id": id, "description": "Local disk, default", "default": "true"})
    } else {
        json!({"id": id, "description": "Archive disk"})
    }
}
