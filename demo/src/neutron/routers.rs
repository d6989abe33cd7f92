//! Routers, as records: there is nothing to route.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::networks::{self, object};
use super::ports::{self, NewPort};
use super::records::{self, Kind, Record, flag, text};
use super::resource::{self, Resource};
use super::words::{in_use, inner, may_write, not_found, only};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
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
        places: &[ports::Place { subnet: None, address: text(subnet, "gateway_ip").parse().ok() }],
    };
    ports::make(db, new, now)
}

/// What a router is.
pub static ROUTERS: Resource = Resource {
    kind: Kind::Router,
    one: "router",
    many: "routers",
    title: "Router",
    writable: &["name", "description", "admin_state_up", "external_gateway_info"],
    flags: &["admin_state_up"],
    sees: resource::of_owner,
    shown: resource::whole,
    change,
    release: |db, _, router| {
        let id = text(router, "id");
        if resource::has_port(db, "device_id", id)? {
            return Err(in_use(format!("Router {id} still has ports"), "RouterInUse"));
        }
        Ok(())
    },
};

/// `POST /routers`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_router")?;
    let wanted = inner(body, "router")?;
    only(&wanted, &[ROUTERS.writable, &["tenant_id", "project_id"]].concat())?;
    let router = app
        .db
        .write(move |tx| {
            let mut router = record(ids::uuid(), "", &caller.project_id, None, clock::now());
            resource::write(tx, &ROUTERS, &caller, &mut router, &wanted)?;
            records::insert(tx, Kind::Router, &router)?;
            Ok::<_, Refusal>(router)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"router": router}))))
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
            let router = resource::visible(tx, &ROUTERS, &caller, &id)?;
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
            let router = resource::visible(tx, &ROUTERS, &caller, &id)?;
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

fn change(db: &Connection, caller: &Caller, router: &mut Record, wanted: &Record) -> Result<(), Refusal> {
    let info = match wanted.get("external_gateway_info") {
        Some(Value::Object(gateway)) => {
            let id = text(gateway, "network_id");
            let network = networks::visible(db, caller, id)?;
            if !flag(&network, "router:external") {
                let message = format!("Bad router request: Network {id} is not an external network.");
                return Err(Refusal::bad_request(message).kind("BadRequest"));
            }
            json!({"network_id": id, "external_fixed_ips": [], "enable_snat": true})
        }
        Some(Value::Null) => Value::Null,
        _ => return Ok(()),
    };
    router.insert("external_gateway_info".to_owned(), info);
    Ok(())
}
