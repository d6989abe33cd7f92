//! Subnets, of IPv4.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::addresses::{self, Block};
use super::networks::{self, object, touch};
use super::query::Query;
use super::records::{self, Kind, Record, flag, text};
use super::words::{
    boolean, in_use, inner, invalid, may_write, not_found, only, owns, policy, sees_network, string,
};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
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

/// `GET /subnets`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let shown = app
        .db
        .read(move |c| -> rusqlite::Result<Vec<Record>> {
            let networks = records::list(c, Kind::Network)?;
            let seen = |subnet: &Record| {
                let network =
                    networks.iter().find(|network| text(network, "id") == text(subnet, "network_id"));
                network.is_some_and(|network| sees_network(&caller, network))
            };
            Ok(records::list(c, Kind::Subnet)?.into_iter().filter(seen).collect())
        })
        .await?;
    let url = format!("{}/v2.0/subnets", app.url(Service::Network));
    Query::of(&uri).answer("subnets", &url, shown).map(Json)
}

/// `GET /subnets/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let subnet = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"subnet": subnet})))
}

const WRITABLE: [&str; 4] = ["name", "description", "enable_dhcp", "dns_nameservers"];

/// `POST /subnets`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_subnet")?;
    let wanted = inner(body, "subnet")?;
    let fixed = ["network_id", "ip_version", "cidr", "gateway_ip", "tenant_id", "project_id"];
    only(&wanted, &[&WRITABLE[..], &fixed].concat())?;
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
            let not_a_block = || invalid("cidr", &format!("'{cidr}' is not a valid IP subnet"));
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
            change(&mut subnet, &wanted)?;
            keep(tx, network, &subnet)?;
            Ok(subnet)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"subnet": subnet}))))
}

/// `PUT /subnets/{id}`.
pub async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let wanted = inner(body, "subnet")?;
    only(&wanted, &WRITABLE)?;
    let subnet = app
        .db
        .write(move |tx| {
            let mut subnet = visible(tx, &caller, &id)?;
            if !owns(&caller, &subnet) || !caller.is_member() {
                return Err(policy("update_subnet"));
            }
            change(&mut subnet, &wanted)?;
            touch(&mut subnet);
            records::update(tx, &subnet)?;
            Ok(subnet)
        })
        .await?;
    Ok(Json(json!({"subnet": subnet})))
}

/// `DELETE /subnets/{id}`: refused while ports have its addresses.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.db
        .write(move |tx| {
            let subnet = visible(tx, &caller, &id)?;
            if !owns(&caller, &subnet) || !caller.is_member() {
                return Err(policy("delete_subnet"));
            }
            if !addresses::taken(tx, &id)?.is_empty() {
                let message = format!(
                    "Unable to complete operation on subnet {id}: One or more ports have an IP allocation from this \
                     subnet."
                );
                return Err(in_use(message, "SubnetInUse"));
            }
            if let Some(mut network) = records::get(tx, Kind::Network, text(&subnet, "network_id"))? {
                if let Some(Value::Array(subnets)) = network.get_mut("subnets") {
                    subnets.retain(|subnet| *subnet != id.as_str());
                }
                records::update(tx, &network)?;
            }
            records::remove(tx, &id).map_err(Refusal::from)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Record, Refusal> {
    let missing = || not_found("Subnet", id);
    let subnet = records::get(db, Kind::Subnet, id)?.ok_or_else(missing)?;
    networks::visible(db, caller, text(&subnet, "network_id")).map_err(|_| missing())?;
    Ok(subnet)
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

fn change(subnet: &mut Record, wanted: &Record) -> Result<(), Refusal> {
    for key in ["name", "description"] {
        if let Some(text) = string(wanted, key, 255)? {
            subnet.insert(key.to_owned(), json!(text));
        }
    }
    let dhcp = boolean(wanted, "enable_dhcp", flag(subnet, "enable_dhcp"))?;
    subnet.insert("enable_dhcp".to_owned(), json!(dhcp));
    if let Some(servers @ Value::Array(_)) = wanted.get("dns_nameservers") {
        subnet.insert("dns_nameservers".to_owned(), servers.clone());
    }
    Ok(())
}
