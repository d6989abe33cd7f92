//! Making, describing and deleting flavors: the administrator's.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::model::{self, Flavor};
use super::view;
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::ids;
use crate::nova::microversion::Microversion;
use crate::nova::schema;
use crate::nova::words::{invalid, policy};
use crate::python;
use crate::state::App;

/// Refuses all but the administrator.
pub fn admin(caller: &Caller, rule: &str) -> Result<(), Refusal> {
    if caller.is_admin() { Ok(()) } else { Err(policy(rule)) }
}

/// `POST /flavors`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let flavor = read(body, version)?;
    admin(&caller, "os_compute_api:os-flavor-manage:create")?;
    let flavor = app
        .db
        .write(move |tx| {
            let others = model::list(tx)?;
            if others.iter().any(|other| other.id == flavor.id) {
                return Err(Refusal::conflict(format!("Flavor with ID {} already exists.", flavor.id)));
            }
            if others.iter().any(|other| other.name == flavor.name) {
                return Err(Refusal::conflict(format!("Flavor with name {} already exists.", flavor.name)));
            }
            model::save(tx, &flavor)?;
            Ok(flavor)
        })
        .await?;
    Ok(Json(json!({"flavor": view(&app, &flavor, version)})))
}

fn read(body: Value, version: Microversion) -> Result<Flavor, Refusal> {
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "flavor")?;
    let mut known = vec![
        "name",
        "id",
        "ram",
        "vcpus",
        "disk",
        "OS-FLV-EXT-DATA:ephemeral",
        "swap",
        "rxtx_factor",
        "os-flavor-access:is_public",
    ];
    if version.since(55) {
        known.push("description");
    }
    schema::only(wanted, "flavor", &known)?;
    let required = |key: &str| wanted.get(key).ok_or_else(|| schema::missing(wanted, key, "flavor"));
    let size = |key: &str| match wanted.get(key) {
        None | Some(Value::Null) => Ok(0),
        Some(value) => schema::integer(value, key, 0),
    };
    let id = match wanted.get("id") {
        None | Some(Value::Null) => ids::uuid(),
        Some(Value::String(id)) if id == "auto" => ids::uuid(),
        Some(Value::Number(id)) => id.to_string(),
        Some(id) => schema::name(id, "id")?,
    };
    let rxtx_factor = match wanted.get("rxtx_factor") {
        None => 1.0,
        Some(value) => {
            let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
            number.ok_or_else(|| schema::wrong_type("rxtx_factor", value, "number"))?
        }
    };
    Ok(Flavor {
        id,
        name: schema::name(required("name")?, "name")?,
        vcpus: schema::integer(required("vcpus")?, "vcpus", 1)?,
        ram: schema::integer(required("ram")?, "ram", 1)?,
        disk: schema::integer(required("disk")?, "disk", 0)?,
        ephemeral: size("OS-FLV-EXT-DATA:ephemeral")?,
        swap: size("swap")?,
        rxtx_factor,
        is_public: boolean(wanted, "os-flavor-access:is_public")?,
        description: schema::text(wanted, "description", "description", 65535)?,
        ..Flavor::default()
    })
}

fn boolean(map: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    match map.get(key) {
        None => Ok(true),
        Some(Value::Bool(value)) => Ok(*value),
        Some(Value::String(text)) if ["true", "1", "on", "yes"].contains(&text.to_lowercase().as_str()) => {
            Ok(true)
        }
        Some(Value::String(text)) if ["false", "0", "off", "no"].contains(&text.to_lowercase().as_str()) => {
            Ok(false)
        }
        Some(other) => {
            let value = python::repr(other);
            Err(invalid(
                key,
                &value,
                &format!(
                    "{value} is not one of [True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', 'y', 't', False, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no', 'n', 'f']"
                ),
            ))
        }
    }
}

/// `PUT /flavors/{id}`: the description, since 2.55.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    if !version.since(55) {
        return Err(Refusal::not_found("The resource could not be found."));
    }
    let body = schema::body(body)?;
    let wanted = schema::object(&body, "flavor")?;
    schema::only(wanted, "flavor", &["description"])?;
    let description = schema::text(wanted, "description", "description", 65535)?;
    admin(&caller, "os_compute_api:os-flavor-manage:update")?;
    let flavor = app
        .db
        .write(move |tx| {
            let mut flavor = super::visible(tx, &caller, &id)?;
            flavor.description = description;
            model::save(tx, &flavor)?;
            Ok::<_, Refusal>(flavor)
        })
        .await?;
    Ok(Json(json!({"flavor": view(&app, &flavor, version)})))
}

/// `DELETE /flavors/{id}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    admin(&caller, "os_compute_api:os-flavor-manage:delete")?;
    app.db
        .write(move |tx| {
            super::visible(tx, &caller, &id)?;
            model::remove(tx, &id).map_err(Refusal::from)
        })
        .await?;
    Ok(StatusCode::ACCEPTED)
}
