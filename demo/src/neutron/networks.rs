//! Networks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::records::{self, Kind, Record, flag, text};
use super::resource::{self, Resource};
use super::words::{boolean, disallowed, in_use, inner, may_write, only, policy, sees_network, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
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

/// What a network is.
pub static NETWORKS: Resource = Resource {
    kind: Kind::Network,
    one: "network",
    many: "networks",
    title: "Network",
    writable: &["name", "description", "admin_state_up", "mtu", "port_security_enabled", "shared"],
    flags: &["admin_state_up", "port_security_enabled"],
    sees: |_, caller, network| Ok(sees_network(caller, network)),
    shown,
    change,
    release,
};

/// `POST /networks`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_network")?;
    let wanted = inner(body, "network")?;
    only(&wanted, &[NETWORKS.writable, &["router:external", "tenant_id", "project_id"], &PROVIDER].concat())?;
    let mut rules = "rule:create_network".to_owned();
    for key in ["shared", "router:external"].into_iter().chain(PROVIDER) {
        let asks =
            if PROVIDER.contains(&key) { wanted.contains_key(key) } else { boolean(&wanted, key, false)? };
        if asks {
            rules = format!("({rules} and rule:create_network:{key})");
        }
    }
    if rules.starts_with('(') && !caller.is_admin() {
        return Err(disallowed(&rules));
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
    let network = app.db.write(move |tx| -> Result<Record, Refusal> {
        resource::write(tx, &NETWORKS, &caller, &mut network, &wanted)?;
        records::insert(tx, Kind::Network, &network)?;
        Ok(shown(&caller, network))
    });
    Ok((StatusCode::CREATED, Json(json!({"network": network.await?}))))
}

/// The network, where the caller may see it.
pub fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Record, Refusal> {
    resource::visible(db, &NETWORKS, caller, id)
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

fn change(_: &Connection, caller: &Caller, network: &mut Record, wanted: &Record) -> Result<(), Refusal> {
    let shared = boolean(wanted, "shared", flag(network, "shared"))?;
    if shared != flag(network, "shared") && !caller.is_admin() {
        return Err(policy("update_network:shared"));
    }
    network.insert("shared".to_owned(), json!(shared));
    if let Some(mtu) = wanted.get("mtu").and_then(Value::as_i64) {
        network.insert("mtu".to_owned(), json!(mtu));
    }
    Ok(())
}

/// Refused while servers or routers have ports on it; the subnets go with it.
fn release(db: &Connection, _: &Caller, network: &Record) -> Result<(), Refusal> {
    let id = text(network, "id");
    if resource::has_port(db, "network_id", id)? {
        let message = format!(
            "Unable to complete operation on network {id}. There are one or more ports still in use on the network."
        );
        return Err(in_use(message, "NetworkInUse"));
    }
    for subnet in records::list(db, Kind::Subnet)?.iter().filter(|subnet| text(subnet, "network_id") == id) {
        records::remove(db, text(subnet, "id"))?;
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
