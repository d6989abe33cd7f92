//! From the networks that a request names to the ports that its servers get.

use std::net::Ipv4Addr;

use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::Value;

use super::model::Nic;
use super::request::{Networks, Wish};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::neutron::records::{self, Kind, Record, flag, text};
use crate::neutron::{groups, ports};

/// A port to be: on which network, or which one that exists.
#[derive(Debug, Clone)]
pub struct Plan {
    network: Record,
    port: Option<Record>,
    address: Option<Ipv4Addr>,
}

/// Checks the request's networks in Nova's order and words.
pub fn plan(db: &Connection, caller: &Caller, wanted: &Networks, count: i64) -> Result<Vec<Plan>, Refusal> {
    match wanted {
        Networks::Without => Ok(Vec::new()),
        Networks::Unsaid | Networks::Auto => {
            let mut usable: Vec<Record> = records::list(db, Kind::Network)?;
            usable.retain(|network| is_own(caller, network) || flag(network, "shared"));
            if usable.len() > 1 {
                let message = "Multiple possible networks found, use a Network ID to be more specific.";
                return Err(Refusal::conflict(message));
            }
            Ok(usable.into_iter().map(|network| Plan { network, port: None, address: None }).collect())
        }
        Networks::List(wishes) => {
            let named =
                wishes.iter().filter_map(|wish| wish.network.as_deref().filter(|_| wish.port.is_none()));
            let missing: Vec<&str> =
                named.filter(|id| !matches!(find(db, caller, id), Ok(Some(_)))).collect();
            if !missing.is_empty() {
                return Err(Refusal::bad_request(format!(
                    "Network {} could not be found.",
                    missing.join(", ")
                )));
            }
            wishes.iter().map(|wish| one(db, caller, wish, count)).collect()
        }
    }
}

fn one(db: &Connection, caller: &Caller, wish: &Wish, count: i64) -> Result<Plan, Refusal> {
    if let Some(id) = &wish.port {
        if count > 1 {
            let message = "Unable to launch multiple instances with a single configured port ID. Please launch your \
                           instance one by one with different ports.";
            return Err(Refusal::bad_request(message));
        }
        let missing = || Refusal::bad_request(format!("Port id {id} could not be found."));
        let port = ports::visible(db, caller, id).map_err(|_| missing())?;
        if !text(&port, "device_id").is_empty() {
            return Err(Refusal::conflict(format!("Port {id} is still in use.")));
        }
        let network = records::get(db, Kind::Network, text(&port, "network_id"))?.ok_or_else(missing)?;
        return Ok(Plan { network, port: Some(port), address: None });
    }
    let Some(id) = &wish.network else {
        return Err(Refusal::bad_request("Bad networks format: network uuid is not in proper format (None)"));
    };
    let missing = || Refusal::bad_request(format!("Network {id} could not be found."));
    let network = find(db, caller, id)?.ok_or_else(missing)?;
    if network.get("subnets").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        let message = format!("Network {id} requires a subnet in order to boot instances on.");
        return Err(Refusal::bad_request(message));
    }
    if flag(&network, "router:external")
        && !flag(&network, "shared")
        && !is_own(caller, &network)
        && !caller.is_admin()
    {
        let message = format!("It is not allowed to create an interface on external network {id}");
        return Err(Refusal::forbidden(message));
    }
    if count > 1 && wish.address.is_some() {
        let message = "Invalid fixed IP Address: unable to launch multiple instances with a single fixed IP.";
        return Err(Refusal::bad_request(message));
    }
    let address = wish.address.as_deref().and_then(|address| address.parse().ok());
    Ok(Plan { network, port: None, address })
}

/// Makes (or takes) the ports of one server.
pub fn attach(
    db: &Connection,
    caller: &Caller,
    plans: &[Plan],
    server: &str,
    group_ids: &[String],
    now: i64,
) -> Result<Vec<Nic>, Refusal> {
    plans
        .iter()
        .map(|plan| {
            let port = match &plan.port {
                Some(port) => taken(db, port, server)?,
                None => {
                    let new = ports::NewPort {
                        network: &plan.network,
                        project_id: &caller.project_id,
                        device_id: server,
                        device_owner: "compute:nova",
                        security_groups: group_ids,
                        address: plan.address,
                    };
                    ports::make(db, new, now).map_err(in_novas_words)?
                }
            };
            let fixed = port.get("fixed_ips").map(|ips| ips[0].clone()).unwrap_or_default();
            let part = |key: &str| fixed[key].as_str().unwrap_or("").to_owned();
            Ok(Nic {
                port_id: text(&port, "id").to_owned(),
                network: text(&plan.network, "name").to_owned(),
                network_id: text(&plan.network, "id").to_owned(),
                subnet_id: part("subnet_id"),
                address: part("ip_address"),
                mac: text(&port, "mac_address").to_owned(),
            })
        })
        .collect()
}

/// The ids of the security groups asked for by name or id.
pub fn security_groups(db: &Connection, caller: &Caller, names: &[String]) -> Result<Vec<String>, Refusal> {
    names
        .iter()
        .map(|name| {
            let found = groups::find(db, &caller.project_id, name)?;
            found.ok_or_else(|| {
                Refusal::bad_request(format!("Unable to find security_group with name or id '{name}'"))
            })
        })
        .collect()
}

fn taken(db: &Connection, port: &Record, server: &str) -> Result<Record, Refusal> {
    let mut port = port.clone();
    port.insert("device_id".to_owned(), server.into());
    port.insert("device_owner".to_owned(), "compute:nova".into());
    port.insert("status".to_owned(), "ACTIVE".into());
    records::update(db, &port)?;
    Ok(port)
}

/// What Neutron refuses while Nova makes the ports, as Nova passes it on.
fn in_novas_words(refusal: Refusal) -> Refusal {
    match refusal.kind {
        Some("IpAddressAlreadyAllocated" | "InvalidIpForNetwork") => Refusal::bad_request(refusal.message),
        Some("IpAddressGenerationFailure") => Refusal::new(StatusCode::BAD_REQUEST, refusal.message),
        _ => refusal,
    }
}

fn find(db: &Connection, caller: &Caller, id: &str) -> Result<Option<Record>, Refusal> {
    let network = records::get(db, Kind::Network, id)?;
    Ok(network.filter(|network| crate::neutron::sees_network(caller, network)))
}

fn is_own(caller: &Caller, network: &Record) -> bool {
    text(network, "project_id") == caller.project_id
}
