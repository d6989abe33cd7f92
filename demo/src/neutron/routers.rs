//! Routers, as records: there is nothing to route.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::networks::{self, object, touch};
use super::ports::{self, NewPort};
use super::query::Query;
use super::records::{self, Kind, Record, flag, text};
use super::words::{boolean, in_use, inner, may_write, not_found, only, owns, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;
use crate::{clock, ids};

/// The record of a new router.
pub fn record(id: String, name: &str, project: &str, gateway: Option<&Record>, now: i64) -> Record {
    let time = clock::seconds(now);
    let gateway = gateway.map(
        |network| json!({"network_id": text(network, "id"), "external_fixed_ips": [], "enable_snat": true}),
    );
    object(json!({
        "id": id, "name": name, "tenant_id": project, "project_id": project, "admin_state_up": true,
        "status": "ACTIVE", "external_gateway_info": gateway, "availability_zone_hints": [],
        "availability_zones": [], "description": "", "routes": [], "flavor_id": null, "tags": [], "created_at": time,
        "updated_at": time, "revision_number": 1,
    }))
}

/// Gives a router a port on a subnet, at the subnet's gateway.
pub fn attach(db: &Connection, router: &Record, subnet: &Record, now: i64) -> Result<Record, Refusal> {
    let network = records::get(db, Kind::Network, text(subnet, "network_id"))?.unwrap_or_default();
    let new = NewPort {
        network: &network,
        project_id: text(router, "project_id"),
        device_id: text(router, "id"),
        device_owner: "network:router_interface",
        security_groups: &[],
        address: text(subnet, "gateway_ip").parse().ok(),
    };
    ports::make(db, new, now)
}

/// `GET /routers`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let routers = app.db.read(|c| records::list(c, Kind::Router)).await?;
    let shown = routers.into_iter().filter(|router| owns(&caller, router)).collect();
    let url = format!("{}/v2.0/routers", app.url(Service::Network));
    Query::of(&uri).answer("routers", &url, shown).map(Json)
}

/// `GET /routers/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let router = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"router": router})))
}

const WRITABLE: [&str; 4] = ["name", "description", "admin_state_up", "external_gateway_info"];

/// `POST /routers`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_router")?;
    let wanted = inner(body, "router")?;
    only(&wanted, &[&WRITABLE[..], &["tenant_id", "project_id"]].concat())?;
    let router = app
        .db
        .write(move |tx| {
            let mut router = record(ids::uuid(), "", &caller.project_id, None, clock::now());
            change(tx, &caller, &mut router, &wanted)?;
            records::insert(tx, Kind::Router, &router)?;
            Ok::<_, Refusal>(router)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"router": router}))))
}

/// `PUT /routers/{id}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    may_write(&caller, "update_router")?;
    let wanted = inner(body, "router")?;
    only(&wanted, &WRITABLE)?;
    let router = app
        .db
        .write(move |tx| {
            let mut router = visible(tx, &caller, &id)?;
            change(tx, &caller, &mut router, &wanted)?;
            touch(&mut router);
            records::update(tx, &router)?;
            Ok::<_, Refusal>(router)
        })
        .await?;
    Ok(Json(json!({"router": router})))
}

/// `DELETE /routers/{id}`: refused while it has interfaces.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    may_write(&caller, "delete_router")?;
    app.db
        .write(move |tx| {
            visible(tx, &caller, &id)?;
            if records::list(tx, Kind::Port)?.iter().any(|port| text(port, "device_id") == id) {
                return Err(in_use(format!("Router {id} still has ports"), "RouterInUse"));
            }
            records::remove(tx, &id).map_err(Refusal::from)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /routers/{id}/add_router_interface`.
pub async fn add_interface(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    may_write(&caller, "add_router_interface")?;
    let subnet = body["subnet_id"].as_str().unwrap_or("").to_owned();
    let answer = app
        .db
        .write(move |tx| {
            let router = visible(tx, &caller, &id)?;
            let subnet =
                records::get(tx, Kind::Subnet, &subnet)?.ok_or_else(|| not_found("Subnet", &subnet))?;
            networks::visible(tx, &caller, text(&subnet, "network_id"))?;
            let port = attach(tx, &router, &subnet, clock::now())?;
            Ok::<_, Refusal>(interface(&router, &port, text(&subnet, "id")))
        })
        .await?;
    Ok(Json(answer))
}

/// `PUT /routers/{id}/remove_router_interface`.
pub async fn remove_interface(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    may_write(&caller, "remove_router_interface")?;
    let subnet = body["subnet_id"].as_str().unwrap_or("").to_owned();
    let answer = app
        .db
        .write(move |tx| {
            let router = visible(tx, &caller, &id)?;
            let ports = records::list(tx, Kind::Port)?;
            let port = ports.iter().find(|port| {
                text(port, "device_id") == id && port["fixed_ips"][0]["subnet_id"] == subnet.as_str()
            });
            let missing = || {
                let message = format!("Router {id} has no interface on subnet {subnet}");
                Refusal::not_found(message).kind("RouterInterfaceNotFoundForSubnet")
            };
            let port = port.ok_or_else(missing)?;
            records::remove(tx, text(port, "id"))?;
            Ok::<_, Refusal>(interface(&router, port, &subnet))
        })
        .await?;
    Ok(Json(answer))
}

fn interface(router: &Record, port: &Record, subnet: &str) -> Value {
    json!({
        "id": text(router, "id"), "tenant_id": text(router, "project_id"), "port_id": text(port, "id"),
        "network_id": text(port, "network_id"), "subnet_id": subnet, "subnet_ids": [subnet],
    })
}

fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Record, Refusal> {
    let router = records::get(db, Kind::Router, id)?;
    router.filter(|router| owns(caller, router)).ok_or_else(|| not_found("Router", id))
}

fn change(db: &Connection, caller: &Caller, router: &mut Record, wanted: &Record) -> Result<(), Refusal> {
    for key in ["name", "description"] {
        if let Some(text) = string(wanted, key, 255)? {
            router.insert(key.to_owned(), json!(text));
        }
    }
    let up = boolean(wanted, "admin_state_up", flag(router, "admin_state_up"))?;
    router.insert("admin_state_up".to_owned(), json!(up));
    match wanted.get("external_gateway_info") {
        Some(Value::Object(gateway)) => {
            let network = networks::visible(db, caller, text(gateway, "network_id"))?;
            if !flag(&network, "router:external") {
                let message = format!(
                    "Bad router request: Network {} is not an external network.",
                    text(gateway, "network_id")
                );
                return Err(Refusal::bad_request(message).kind("BadRequest"));
            }
            let info =
                json!({"network_id": text(&network, "id"), "external_fixed_ips": [], "enable_snat": true});
            router.insert("external_gateway_info".to_owned(), info);
        }
        Some(Value::Null) => drop(router.insert("external_gateway_info".to_owned(), Value::Null)),
        _ => {}
    }
    Ok(())
}
