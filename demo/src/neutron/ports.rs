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
use super::words::{disallowed, in_use, inner, invalid, may_write, only, owns, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;
use crate::{clock, ids, python};

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
    /// The addresses wanted; of none the next one of the first subnet.
    pub places: &'a [Place],
}

/// Where on a network a port is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// On this subnet; else on the one that has the address, or the first.
    pub subnet: Option<String>,
    /// With this address; else the next one.
    pub address: Option<Ipv4Addr>,
}

/// Makes and keeps a port with addresses of the network's IPv4 subnets.
pub fn make(db: &Connection, new: NewPort<'_>, now: i64) -> Result<Record, Refusal> {
    let network = text(new.network, "id");
    let fixed = place(db, network, new.places)?;
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

/// Finds addresses, in Neutron's words where there is none; a network without subnets gives none where none is asked for.
fn place(db: &Connection, network: &str, places: &[Place]) -> Result<Vec<Value>, Refusal> {
    let mut subnets = records::list(db, Kind::Subnet)?;
    subnets.retain(|subnet| text(subnet, "network_id") == network);
    let anywhere = [Place::default()];
    let places = if places.is_empty() { &anywhere[..] } else { places };
    let mut fixed: Vec<Value> = Vec::new();
    for place in places {
        let inside = |subnet: &Record, address| {
            Block::parse(text(subnet, "cidr")).is_some_and(|it| it.contains(address))
        };
        let subnet = subnets.iter().find(|subnet| {
            place.subnet.as_ref().is_none_or(|id| text(subnet, "id") == id)
                && place.address.is_none_or(|address| inside(subnet, address))
        });
        let Some(subnet) = subnet else {
            match (place.address, &place.subnet) {
                (Some(address), _) => {
                    let message = format!(
                        "IP address {address} is not a valid IP for any of the subnets on the specified network."
                    );
                    return Err(Refusal::bad_request(message).kind("InvalidIpForNetwork"));
                }
                (None, Some(id)) => return Err(super::words::not_found("Subnet", id)),
                (None, None) => continue,
            }
        };
        let id = text(subnet, "id");
        let address = match place.address {
            Some(address) if addresses::taken(db, id)?.contains(&address) => {
                let message = format!("IP address {address} already allocated in subnet {id}");
                return Err(in_use(message, "IpAddressAlreadyAllocated"));
            }
            Some(address) => address,
            None => addresses::next(db, subnet)?.ok_or_else(|| {
                let message = format!("No more IP addresses available on network {network}.");
                in_use(message, "IpAddressGenerationFailure")
            })?,
        };
        fixed.push(json!({"subnet_id": id, "ip_address": address.to_string()}));
    }
    Ok(fixed)
}

/// Reads `fixed_ips`.
fn places(wanted: &Record) -> Result<Vec<Place>, Refusal> {
    let list = match wanted.get("fixed_ips") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(other) => {
            let why =
                format!("Invalid data format for fixed IP: '{}'", python::repr(other).trim_matches('\''));
            return Err(invalid("fixed_ips", &why));
        }
    };
    let one = |place: &Value| {
        let word = |key: &str| match &place[key] {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            other => Err(invalid("fixed_ips", &format!("'{}' is not a valid value", python::repr(other)))),
        };
        let address = word("ip_address")?.map(|text| {
            text.parse().map_err(|_| invalid("fixed_ips", &format!("'{text}' is not a valid IP address")))
        });
        Ok(Place { subnet: word("subnet_id")?, address: address.transpose()? })
    };
    list.iter().map(one).collect()
}

/// Lets go of the ports of a server: those that were made for it go, the others are free again.
pub fn detach(db: &Connection, device: &str, kept: &[&str]) -> rusqlite::Result<()> {
    for mut port in
        records::list(db, Kind::Port)?.into_iter().filter(|port| text(port, "device_id") == device)
    {
        if !kept.contains(&text(&port, "id")) {
            records::remove(db, text(&port, "id"))?;
            continue;
        }
        for key in ["device_id", "device_owner"] {
            port.insert(key.to_owned(), json!(""));
        }
        port.insert("status".to_owned(), json!("DOWN"));
        networks::touch(&mut port);
        records::update(db, &port)?;
    }
    Ok(())
}

// On a network of others, shared though it be, nobody chooses addresses.
const BY_ADDRESS: &str =
    "(rule:create_port and (rule:create_port:fixed_ips and (rule:create_port:fixed_ips:ip_address)))";

/// What a port is.
pub static PORTS: Resource = Resource {
    kind: Kind::Port,
    one: "port",
    many: "ports",
    title: "Port",
    writable: &[
        "name",
        "description",
        "admin_state_up",
        "security_groups",
        "fixed_ips",
        "device_id",
        "device_owner",
        "port_security_enabled",
    ],
    flags: &["admin_state_up", "port_security_enabled"],
    sees: resource::of_owner,
    shown: resource::whole,
    change,
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

fn change(db: &Connection, caller: &Caller, port: &mut Record, wanted: &Record) -> Result<(), Refusal> {
    for key in ["device_id", "device_owner"] {
        if let Some(text) = string(wanted, key, 255)? {
            port.insert(key.to_owned(), json!(text));
        }
    }
    if let Some(groups) = groups(db, caller, wanted)? {
        port.insert("security_groups".to_owned(), json!(groups));
    }
    if wanted.contains_key("fixed_ips") {
        let own = port.get("fixed_ips").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut wanted = places(wanted)?;
        // What it has it keeps.
        let has = |place: &Place| {
            own.iter().find(|ip| place.address.is_some_and(|it| ip["ip_address"] == it.to_string().as_str()))
        };
        let mut fixed: Vec<Value> = wanted.iter().filter_map(has).cloned().collect();
        wanted.retain(|place| has(place).is_none());
        if !wanted.is_empty() {
            fixed.extend(place(db, text(port, "network_id"), &wanted)?);
        }
        port.insert("fixed_ips".to_owned(), Value::Array(fixed));
    }
    Ok(())
}

/// The security groups asked for, each one that the caller sees.
fn groups(db: &Connection, caller: &Caller, wanted: &Record) -> Result<Option<Vec<String>>, Refusal> {
    let list = match wanted.get("security_groups") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(other) => {
            let why = format!("'{}' is not a list", python::repr(other).trim_matches('\''));
            return Err(invalid("security_groups", &why));
        }
    };
    let one = |id: &Value| {
        let Some(id) = id.as_str() else {
            return Err(invalid("security_groups", &format!("'{}' is not a valid UUID", python::repr(id))));
        };
        super::groups::visible(db, caller, id).map(|group| text(&group, "id").to_owned())
    };
    list.iter().map(one).collect::<Result<_, _>>().map(Some)
}

/// `POST /ports`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_port")?;
    let wanted = inner(body, "port")?;
    let more = ["network_id", "mac_address", "binding:vnic_type", "tenant_id", "project_id"];
    only(&wanted, &[PORTS.writable, &more].concat())?;
    let Some(network) = string(&wanted, "network_id", 36)? else {
        let message = "Failed to parse request. Required attribute 'network_id' not specified";
        return Err(Refusal::bad_request(message).kind("HTTPBadRequest"));
    };
    let port = app
        .db
        .write(move |tx| {
            let network = networks::visible(tx, &caller, &network)?;
            let groups = match groups(tx, &caller, &wanted)? {
                Some(groups) => groups,
                None => vec![super::groups::default(tx, &caller.project_id)?],
            };
            let places = places(&wanted)?;
            if places.iter().any(|place| place.address.is_some()) && !owns(&caller, &network) {
                return Err(disallowed(BY_ADDRESS));
            }
            let new = NewPort {
                network: &network,
                project_id: &caller.project_id,
                device_id: "",
                device_owner: "",
                security_groups: &groups,
                places: &places,
            };
            let mut port = make(tx, new, clock::now())?;
            // The addresses are there already.
            let mut rest = wanted;
            rest.remove("fixed_ips");
            resource::write(tx, &PORTS, &caller, &mut port, &rest)?;
            for key in ["mac_address", "binding:vnic_type"] {
                if let Some(text) = string(&rest, key, 32)? {
                    port.insert(key.to_owned(), json!(text));
                }
            }
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
