//! Extra specs: what a flavor asks of the host, such as `hw:cpu_policy` or `capabilities:cpu_arch`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::admin::admin;
use super::model;
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::nova::schema;
use crate::state::App;

/// `GET /flavors/{id}/os-extra_specs`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let flavor = app.db.read(move |c| super::visible(c, &caller, &id)).await?;
    Ok(Json(json!({"extra_specs": flavor.extra_specs})))
}

/// `POST /flavors/{id}/os-extra_specs`: adds and replaces.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let specs = schema::metadata(body.get("extra_specs").unwrap_or(&Value::Null), "extra_specs")?;
    admin(&caller, "os_compute_api:os-flavor-extra-specs:create")?;
    let kept = specs.clone();
    app.db
        .write(move |tx| {
            let mut flavor = super::visible(tx, &caller, &id)?;
            flavor.extra_specs.extend(kept);
            model::save(tx, &flavor).map_err(Refusal::from)
        })
        .await?;
    Ok(Json(json!({"extra_specs": specs})))
}

/// `GET /flavors/{id}/os-extra_specs/{key}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let wanted = id.clone();
    let flavor = app.db.read(move |c| super::visible(c, &caller, &wanted)).await?;
    let value = flavor.extra_specs.get(&key).ok_or_else(|| missing(&id, &key))?;
    Ok(Json(json!({key: value})))
}

/// `PUT /flavors/{id}/os-extra_specs/{key}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let specs = schema::metadata(&body, "extra_specs")?;
    admin(&caller, "os_compute_api:os-flavor-extra-specs:update")?;
    let Some(value) = specs.get(&key).cloned() else {
        return Err(Refusal::bad_request("Request body and URI mismatch"));
    };
    app.db
        .write(move |tx| {
            let mut flavor = super::visible(tx, &caller, &id)?;
            flavor.extra_specs.insert(key, value);
            model::save(tx, &flavor).map_err(Refusal::from)
        })
        .await?;
    Ok(Json(body))
}

/// `DELETE /flavors/{id}/os-extra_specs/{key}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    admin(&caller, "os_compute_api:os-flavor-extra-specs:delete")?;
    app.db
        .write(move |tx| {
            let mut flavor = super::visible(tx, &caller, &id)?;
            flavor.extra_specs.remove(&key).ok_or_else(|| missing(&id, &key))?;
            model::save(tx, &flavor).map_err(Refusal::from)
        })
        .await?;
    Ok(StatusCode::OK)
}

fn missing(id: &str, key: &str) -> Refusal {
    Refusal::not_found(format!("Flavor {id} has no extra specs with key {key}."))
}
