//! Ports: most belong to servers, and come and go with them.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::addresses::{self, Block};
use super::networks::{self, object};
use super::records::{self, Kind, Record, text};
use super::resource::{self, Resource};
use super::words::{in_use, inner, may_write, only, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;
use crate::{clock, ids};

/// What a new port is made of.
pub struct NewPort<'a> {
    /// Its network.
    pub network: &'a Record,
    /// Owner.
    pub project_id: &'a str,
    /// Server or router that it belongs to; empty for none.
    pub device_id: &'a str,
    /// `compute:nova`, `network:router_interface` or empty.
    pub device_owner: &'a str,
    /// Ids of security groups.
    pub security_groups: &'a [String],
    /// The address wanted; else the next one.
    pub address: Option<Ipv4Addr>,
}

/// Makes and keeps a port with an address on the network's first IPv4 subnet.
pub fn make(db: &Connection, new: NewPort<'_>, now: i64) -> Result<Record, Refusal> {
    let network = text(new.network, "id");
    let subnets = records::list(db, Kind::Subnet)?;
    let subnet = subnets.iter().find(|subnet| {
        let inside =
            |address| Block::parse(text(subnet, "cidr")).is_some_and(|block| block.contains(address));
        text(subnet, "network_id") == network && new.address.is_none_or(inside)
    });
    let mut fixed = Vec::new();
    if let Some(subnet) = subnet {
        let address = match new.address {
            Some(address) if addresses::taken(db, text(subnet, "id"))?.contains(&address) => {
                let message =
                    format!("IP address {address} already allocated in subnet {}", text(subnet, "id"));
                return Err(in_use(message, "IpAddressAlreadyAllocated"));
            }
            Some(address) => address,
            None => addresses::next(db, subnet)?.ok_or_else(|| {
                let message = format!("No more IP addresses available on network {network}.");
                in_use(message, "IpAddressGenerationFailure")
            })?,
        };
        fixed.push(json!({"subnet_id": text(subnet, "id"), "ip_address": address.to_string()}));
    } else if let Some(address) = new.address {
        let message = format!(
            "IP address {address} is not a valid IP for any of the subnets on the specified network."
        );
        return Err(Refusal::bad_request(message).kind("InvalidIpForNetwork"));
    }
    let time = clock::seconds(now);
    let up = !new.device_id.is_empty();
    let port = object(json!({
        "id": ids::uuid(), "name": "", "network_id": network, "tenant_id": new.project_id,
        "project_id": new.project_id, "mac_address": addresses::mac(), "admin_state_up": true,
        "status": if up { "ACTIVE" } else { "DOWN" }, "device_id": new.device_id, "device_owner": new.device_owner,
        "fixed_ips": fixed, "allowed_address_pairs": [], "extra_dhcp_opts": [],
        "security_groups": new.security_groups, "description": "", "binding:vnic_type": "normal",
        "port_security_enabled": true, "tags": [], "created_at": time, "updated_at": time, "revision_number": 1,
    }));
    records::insert(db, Kind::Port, &port)?;
    Ok(port)
}

/// Removes the ports of a server or router.
pub fn release(db: &Connection, device: &str) -> rusqlite::Result<()> {
    for port in records::list(db, Kind::Port)?.iter().filter(|port| text(port, "device_id") == device) {
        records::remove(db, text(port, "id"))?;
    }
    Ok(())
}

/// What a port is.
pub static PORTS: Resource = Resource {
    kind: Kind::Port,
    one: "port",
    many: "ports",
    title: "Port",
    writable: &["name", "description", "admin_state_up", "security_groups"],
    flags: &["admin_state_up"],
    sees: resource::of_owner,
    shown: resource::whole,
    change: |db, caller, port, wanted| {
        let Some(groups @ Value::Array(ids)) = wanted.get("security_groups") else { return Ok(()) };
        for id in ids {
            super::groups::visible(db, caller, id.as_str().unwrap_or(""))?;
        }
        port.insert("security_groups".to_owned(), groups.clone());
        Ok(())
    },
    release: |_, _, port| {
        let (id, owner) = (text(port, "id"), text(port, "device_owner"));
        if owner.starts_with("network:") {
            let message =
                format!("Port {id} cannot be deleted directly via the port API: has device owner {owner}.");
            return Err(in_use(message, "ServicePortInUse"));
        }
        Ok(())
    },
};

/// `POST /ports`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_port")?;
    let wanted = inner(body, "port")?;
    let known = [
        "network_id",
        "name",
        "description",
        "fixed_ips",
        "security_groups",
        "admin_state_up",
        "tenant_id",
        "project_id",
    ];
    only(&wanted, &known)?;
    let Some(network) = string(&wanted, "network_id", 36)? else {
        let message = "Failed to parse request. Required attribute 'network_id' not specified";
        return Err(Refusal::bad_request(message).kind("HTTPBadRequest"));
    };
    let port = app
        .db
        .write(move |tx| {
            let network = networks::visible(tx, &caller, &network)?;
            let groups = match wanted.get("security_groups").and_then(Value::as_array) {
                Some(groups) => groups.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                None => vec![super::groups::default(tx, &caller.project_id)?],
            };
            let address = wanted.get("fixed_ips").and_then(|ips| ips[0]["ip_address"].as_str());
            let new = NewPort {
                network: &network,
                project_id: &caller.project_id,
                device_id: "",
                device_owner: "",
                security_groups: &groups,
                address: address.and_then(|address| address.parse().ok()),
            };
            let mut port = make(tx, new, clock::now())?;
            resource::write(tx, &PORTS, &caller, &mut port, &wanted)?;
            records::update(tx, &port)?;
            Ok::<_, Refusal>(port)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"port": port}))))
}

/// The port, where the caller may see it.
pub fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Record, Refusal> {
    resource::visible(db, &PORTS, caller, id)
}
