//! Networks.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::query::Query;
use super::records::{self, Kind, Record, flag, text};
use super::words::{boolean, in_use, inner, may_write, not_found, only, owns, policy, sees_network, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;
use crate::{clock, ids};

const PROVIDER: [&str; 3] =
    ["provider:network_type", "provider:physical_network", "provider:segmentation_id"];

/// What a new network is made of.
pub struct NewNetwork {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Owner.
    pub project_id: String,
    /// Whether every project may use it.
    pub shared: bool,
    /// Whether it leads out of the cloud.
    pub external: bool,
    /// `provider:network_type`.
    pub provider: &'static str,
}

/// The record of a new network.
pub fn record(new: NewNetwork, now: i64) -> Record {
    let time = clock::seconds(now);
    let physical = (new.provider == "flat").then_some("public");
    let segment = (new.provider != "flat").then_some(1 + now.rem_euclid(4000));
    let mut record = object(json!({
        "id": new.id, "name": new.name, "tenant_id": new.project_id, "project_id": new.project_id,
        "admin_state_up": true, "mtu": if new.provider == "flat" { 1500 } else { 1450 }, "status": "ACTIVE",
        "subnets": [], "shared": new.shared, "availability_zone_hints": [], "availability_zones": [],
        "ipv4_address_scope": null, "ipv6_address_scope": null, "router:external": new.external, "qinq": false,
        "vlan_transparent": false, "description": "", "port_security_enabled": true,
        "provider:network_type": new.provider, "provider:physical_network": physical,
        "provider:segmentation_id": segment, "tags": [], "created_at": time, "updated_at": time, "revision_number": 1,
    }));
    if new.external {
        record.insert("is_default".to_owned(), json!(false));
    }
    record
}

/// `GET /networks`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let networks = app.db.read(|c| records::list(c, Kind::Network)).await?;
    let visible = networks.into_iter().filter(|network| sees_network(&caller, network));
    let shown = visible.map(|network| shown(&caller, network)).collect();
    let url = format!("{}/v2.0/networks", app.url(Service::Network));
    Query::of(&uri).answer("networks", &url, shown).map(Json)
}

/// `GET /networks/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let network =
        app.db.read(move |c| visible(c, &caller, &id).map(|network| shown(&caller, network))).await?;
    Ok(Json(json!({"network": Query::of(&uri).shape(network)})))
}

/// `POST /networks`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_network")?;
    let wanted = inner(body, "network")?;
    only(
        &wanted,
        &[&WRITABLE[..], &["shared", "router:external", "tenant_id", "project_id"], &PROVIDER].concat(),
    )?;
    for (key, rule) in
        [("shared", "create_network:shared"), ("router:external", "create_network:router:external")]
    {
        if boolean(&wanted, key, false)? && !caller.is_admin() {
            return Err(policy(rule));
        }
    }
    if let Some(key) = PROVIDER.iter().find(|key| wanted.contains_key(**key))
        && !caller.is_admin()
    {
        return Err(policy(&format!("create_network:{key}")));
    }
    let owner = string(&wanted, "project_id", 255)?.or(string(&wanted, "tenant_id", 255)?);
    let owner = owner.unwrap_or_else(|| caller.project_id.clone());
    if owner != caller.project_id && !caller.is_admin() {
        return Err(policy("create_network"));
    }
    let flat = string(&wanted, "provider:network_type", 32)?.as_deref() == Some("flat");
    let new = NewNetwork {
        id: ids::uuid(),
        name: string(&wanted, "name", 255)?.unwrap_or_default(),
        project_id: owner,
        shared: boolean(&wanted, "shared", false)?,
        external: boolean(&wanted, "router:external", false)?,
        provider: if flat { "flat" } else { "vxlan" },
    };
    let mut network = record(new, clock::now());
    change(&mut network, &wanted)?;
    let kept = network.clone();
    app.db.write(move |tx| records::insert(tx, Kind::Network, &kept)).await?;
    Ok((StatusCode::CREATED, Json(json!({"network": shown(&caller, network)}))))
}

/// `PUT /networks/{id}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = inner(body, "network")?;
    only(&wanted, &[&WRITABLE[..], &["shared"]].concat())?;
    let network = app
        .db
        .write(move |tx| {
            let mut network = visible(tx, &caller, &id)?;
            if !owns(&caller, &network) || !caller.is_member() {
                return Err(policy("update_network"));
            }
            if boolean(&wanted, "shared", flag(&network, "shared"))? != flag(&network, "shared")
                && !caller.is_admin()
            {
                return Err(policy("update_network:shared"));
            }
            change(&mut network, &wanted)?;
            touch(&mut network);
            records::update(tx, &network)?;
            Ok(shown(&caller, network))
        })
        .await?;
    Ok(Json(json!({"network": network})))
}

/// `DELETE /networks/{id}`: refused while servers or routers have ports on it.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.db
        .write(move |tx| {
            let network = visible(tx, &caller, &id)?;
            if !owns(&caller, &network) || !caller.is_member() {
                return Err(policy("delete_network"));
            }
            let ports = records::list(tx, Kind::Port)?;
            if ports.iter().any(|port| text(port, "network_id") == id) {
                let message = format!(
                    "Unable to complete operation on network {id}. There are one or more ports still in use on the \
                     network."
                );
                return Err(in_use(message, "NetworkInUse"));
            }
            for subnet in records::list(tx, Kind::Subnet)?.iter().filter(|subnet| text(subnet, "network_id") == id) {
                records::remove(tx, text(subnet, "id"))?;
            }
            records::remove(tx, &id).map_err(Refusal::from)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The network, where the caller may see it.
pub fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Record, Refusal> {
    let network = records::get(db, Kind::Network, id)?;
    network.filter(|network| sees_network(caller, network)).ok_or_else(|| not_found("Network", id))
}

/// Notes a change.
pub fn touch(record: &mut Record) {
    let revision = record.get("revision_number").and_then(Value::as_i64).unwrap_or(0) + 1;
    record.insert("revision_number".to_owned(), json!(revision));
    record.insert("updated_at".to_owned(), json!(clock::seconds(clock::now())));
}

/// A `json!({…})` literal as a record.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

const WRITABLE: [&str; 5] = ["name", "description", "admin_state_up", "mtu", "port_security_enabled"];

fn change(network: &mut Record, wanted: &Map<String, Value>) -> Result<(), Refusal> {
    for key in ["name", "description"] {
        if let Some(text) = string(wanted, key, 255)? {
            network.insert(key.to_owned(), json!(text));
        }
    }
    for key in ["admin_state_up", "port_security_enabled", "shared"] {
        let value = boolean(wanted, key, flag(network, key))?;
        network.insert(key.to_owned(), json!(value));
    }
    if let Some(mtu) = wanted.get("mtu").and_then(Value::as_i64) {
        network.insert("mtu".to_owned(), json!(mtu));
    }
    Ok(())
}

/// The provider attributes are the administrator's.
fn shown(caller: &Caller, mut network: Record) -> Record {
    if !caller.is_admin() {
        network.retain(|key, _| !key.starts_with("provider:"));
    }
    network
}
