//! Subnets, of IPv4.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::addresses::{self, Block};
use super::networks::{self, object, touch};
use super::records::{self, Kind, Record, flag, text};
use super::resource::{self, Resource};
use super::words::{boolean, in_use, inner, invalid, may_write, only, owns, policy, sees_network, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;
use crate::{clock, ids};

/// What a new subnet is made of.
pub struct NewSubnet<'a> {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The network that it is of.
    pub network: &'a Record,
    /// Its addresses.
    pub cidr: String,
    /// Whether addresses are handed out.
    pub dhcp: bool,
}

/// The record of a new subnet, or `None` where the CIDR is none.
pub fn record(new: NewSubnet<'_>, now: i64) -> Option<Record> {
    let block = Block::parse(&new.cidr)?;
    let (network, time) = (new.network, clock::seconds(now));
    let project = text(network, "project_id");
    Some(object(json!({
        "id": new.id, "name": new.name, "project_id": project, "network_id": text(network, "id"), "ip_version": 4,
        "subnetpool_id": null, "enable_dhcp": new.dhcp, "ipv6_ra_mode": null, "ipv6_address_mode": null,
        "gateway_ip": block.gateway().to_string(), "cidr": new.cidr, "allocation_pools": block.pool(),
        "host_routes": [], "dns_nameservers": [], "description": "", "router:external": flag(network, "router:external"),
        "service_types": [], "tags": [], "created_at": time, "updated_at": time, "revision_number": 0,
        "tenant_id": project,
    })))
}

/// Keeps a subnet and notes it on its network.
pub fn keep(db: &Connection, mut network: Record, subnet: &Record) -> rusqlite::Result<()> {
    if let Some(Value::Array(subnets)) = network.get_mut("subnets") {
        subnets.push(json!(text(subnet, "id")));
    }
    touch(&mut network);
    records::update(db, &network)?;
    records::insert(db, Kind::Subnet, subnet)
}

/// What a subnet is.
pub static SUBNETS: Resource = Resource {
    kind: Kind::Subnet,
    one: "subnet",
    many: "subnets",
    title: "Subnet",
    writable: &["name", "description", "enable_dhcp", "dns_nameservers"],
    flags: &["enable_dhcp"],
    // Whoever sees the network sees its subnets.
    sees: |db, caller, subnet| {
        let network = records::get(db, Kind::Network, text(subnet, "network_id"))?;
        Ok(network.is_some_and(|network| sees_network(caller, &network)))
    },
    shown: resource::whole,
    change: |_, _, subnet, wanted| {
        if let Some(servers @ Value::Array(_)) = wanted.get("dns_nameservers") {
            subnet.insert("dns_nameservers".to_owned(), servers.clone());
        }
        Ok(())
    },
    release,
};

/// `POST /subnets`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_subnet")?;
    let wanted = inner(body, "subnet")?;
    let fixed = ["network_id", "ip_version", "cidr", "gateway_ip", "tenant_id", "project_id"];
    only(&wanted, &[SUBNETS.writable, &fixed].concat())?;
    let Some(network) = string(&wanted, "network_id", 36)? else {
        let message = "Failed to parse request. Required attribute 'network_id' not specified";
        return Err(Refusal::bad_request(message).kind("HTTPBadRequest"));
    };
    if wanted.get("ip_version").and_then(Value::as_i64) == Some(6) {
        return Err(Refusal::not_spoken("IPv6 subnets"));
    }
    let cidr = string(&wanted, "cidr", 64)?.ok_or_else(|| {
        Refusal::bad_request("Bad subnets request: a subnetpool must be specified in the absence of a cidr.")
            .kind("BadRequest")
    })?;
    let subnet = app
        .db
        .write(move |tx| {
            let network = networks::visible(tx, &caller, &network)?;
            if !owns(&caller, &network) {
                return Err(policy("create_subnet"));
            }
            let new = NewSubnet {
                id: ids::uuid(),
                name: string(&wanted, "name", 255)?.unwrap_or_default(),
                network: &network,
                cidr: cidr.clone(),
                dhcp: boolean(&wanted, "enable_dhcp", true)?,
            };
            let not_a_block = || {
                let why = format!("Invalid input for operation: {cidr} is not in a CIDR format.");
                Refusal::bad_request(why).kind("InvalidInput")
            };
            let mut subnet = record(new, clock::now()).ok_or_else(not_a_block)?;
            let block = Block::parse(&cidr).ok_or_else(not_a_block)?;
            refuse_overlap(tx, text(&network, "id"), block, &cidr)?;
            match wanted.get("gateway_ip") {
                Some(Value::Null) => drop(subnet.insert("gateway_ip".to_owned(), Value::Null)),
                Some(Value::String(gateway)) if gateway.parse::<Ipv4Addr>().is_ok() => {
                    subnet.insert("gateway_ip".to_owned(), json!(gateway));
                }
                Some(other) => {
                    return Err(invalid("gateway_ip", &format!("'{other}' is not a valid IP address")));
                }
                None => {}
            }
            resource::write(tx, &SUBNETS, &caller, &mut subnet, &wanted)?;
            keep(tx, network, &subnet)?;
            Ok(subnet)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"subnet": subnet}))))
}

fn refuse_overlap(db: &Connection, network: &str, block: Block, cidr: &str) -> Result<(), Refusal> {
    for other in records::list(db, Kind::Subnet)?.iter().filter(|other| text(other, "network_id") == network)
    {
        if Block::parse(text(other, "cidr")).is_some_and(|other| other.overlaps(block)) {
            let message = format!(
                "Invalid input for operation: Requested subnet with cidr: {cidr} for network: {network} overlaps with \
                 another subnet."
            );
            return Err(Refusal::bad_request(message).kind("InvalidInput"));
        }
    }
    Ok(())
}

/// Refused while ports have its addresses.
fn release(db: &Connection, _: &Caller, subnet: &Record) -> Result<(), Refusal> {
    let id = text(subnet, "id");
    if !addresses::taken(db, id)?.is_empty() {
        let message = format!(
            "Unable to complete operation on subnet {id}: One or more ports have an IP allocation from this subnet."
        );
        return Err(in_use(message, "SubnetInUse"));
    }
    if let Some(mut network) = records::get(db, Kind::Network, text(subnet, "network_id"))? {
        if let Some(Value::Array(subnets)) = network.get_mut("subnets") {
            subnets.retain(|subnet| *subnet != id);
        }
        records::update(db, &network)?;
    }
    Ok(())
}
