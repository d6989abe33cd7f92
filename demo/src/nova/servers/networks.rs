//! From the networks that a request names to the ports that its servers get.

use std::net::Ipv4Addr;

use rusqlite::Connection;
use serde_json::Value;

use super::model::{Nic, Server};
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
            let ports: Vec<&String> = wishes.iter().filter_map(|wish| wish.port.as_ref()).collect();
            if let Some(twice) = ports.iter().enumerate().find(|(index, port)| ports[..*index].contains(port))
            {
                let id = twice.1;
                let message =
                    format!("Port ID '{id}' was specified twice: you cannot attach a port multiple times.");
                return Err(Refusal::bad_request(message));
            }
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
            let message = "Failed to launch instances: Unable to launch multiple instances with a single configured port ID. Please launch your \
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
        let message =
            "Failed to launch instances: max_count cannot be greater than 1 if an fixed_ip is specified.";
        return Err(Refusal::bad_request(message));
    }
    let address = wish.address.as_deref().and_then(|address| address.parse().ok());
    if let Some(address) = address
        && let Some(holder) = holder(db, id, address)?
    {
        let message = format!("Fixed IP address {address} is already in use on instance {holder}.");
        return Err(Refusal::bad_request(message));
    }
    Ok(Plan { network, port: None, address })
}

/// The device whose port has an address on a network; empty where the port is of none.
fn holder(db: &Connection, network: &str, address: Ipv4Addr) -> Result<Option<String>, Refusal> {
    let address = address.to_string();
    let has = |port: &Record| {
        let fixed = port.get("fixed_ips").and_then(Value::as_array);
        text(port, "network_id") == network
            && fixed.is_some_and(|fixed| fixed.iter().any(|ip| ip["ip_address"] == address.as_str()))
    };
    let port = records::list(db, Kind::Port)?.into_iter().find(has);
    Ok(port.map(|port| text(&port, "device_id").to_owned()))
}

/// Why a server ends in ERROR of which each host failed: the only reason that does not begin with the build's end.
pub const OUT_OF_HOSTS: &str = "Exceeded maximum number of retries. Exhausted all hosts available for retrying build \
     failures for instance";

/// Makes (or takes) the ports of one server. What Neutron refuses now comes too late for a refusal: then none is left, and the
/// server ends in ERROR for the reason that this gives back.
pub fn attach(
    db: &Connection,
    caller: &Caller,
    plans: &[Plan],
    server: &mut Server,
    group_ids: &[String],
) -> Result<Option<String>, Refusal> {
    for plan in plans {
        // Neutron's policy forbids it on each host anew.
        if plan.address.is_some() && !is_own(caller, &plan.network) && !caller.is_admin() {
            return Ok(Some(OUT_OF_HOSTS.to_owned()));
        }
        match attach_one(db, caller, plan, server, group_ids) {
            Ok(nic) => server.nics.push(nic),
            Err(refusal) if refusal.status.is_server_error() => return Err(refusal),
            Err(refusal) => return Ok(Some(in_novas_words(refusal, plan))),
        }
    }
    Ok(None)
}

fn attach_one(
    db: &Connection,
    caller: &Caller,
    plan: &Plan,
    server: &Server,
    group_ids: &[String],
) -> Result<Nic, Refusal> {
    let place = plan.address.map(|address| ports::Place { subnet: None, address: Some(address) });
    let port = match &plan.port {
        Some(port) => taken(db, port, &server.id)?,
        None => {
            let new = ports::NewPort {
                network: &plan.network,
                project_id: &caller.project_id,
                device_id: &server.id,
                device_owner: "compute:nova",
                security_groups: group_ids,
                places: place.as_slice(),
            };
            ports::make(db, new, server.created)?
        }
    };
    let fixed = port.get("fixed_ips").map(|ips| ips[0].clone()).unwrap_or_default();
    let part = |key: &str| fixed[key].as_str().unwrap_or("").to_owned();
    let mut names = Vec::new();
    for id in port.get("security_groups").and_then(Value::as_array).into_iter().flatten() {
        let group = records::get(db, Kind::SecurityGroup, id.as_str().unwrap_or(""))?;
        names.extend(group.map(|group| text(&group, "name").to_owned()));
    }
    Ok(Nic {
        port_id: text(&port, "id").to_owned(),
        network: text(&plan.network, "name").to_owned(),
        network_id: text(&plan.network, "id").to_owned(),
        subnet_id: part("subnet_id"),
        address: part("ip_address"),
        mac: text(&port, "mac_address").to_owned(),
        groups: names,
        is_kept: plan.port.is_some(),
    })
}

/// Lets go of a server's ports; those that were there before stay.
pub fn detach(db: &Connection, server: &Server) -> rusqlite::Result<()> {
    let kept: Vec<&str> =
        server.nics.iter().filter(|nic| nic.is_kept).map(|nic| nic.port_id.as_str()).collect();
    ports::detach(db, &server.id, &kept)
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
fn in_novas_words(refusal: Refusal, plan: &Plan) -> String {
    let network = text(&plan.network, "id");
    match (refusal.kind, plan.address) {
        (Some("InvalidIpForNetwork"), Some(address)) => format!(
            "Invalid input received: Fixed IP {address} is not a valid ip address for network {network}."
        ),
        (Some("IpAddressGenerationFailure"), _) => {
            format!("No fixed IP addresses available for network: {network}")
        }
        _ => refusal.message,
    }
}

fn find(db: &Connection, caller: &Caller, id: &str) -> Result<Option<Record>, Refusal> {
    let network = records::get(db, Kind::Network, id)?;
    Ok(network.filter(|network| crate::neutron::sees_network(caller, network)))
}

fn is_own(caller: &Caller, network: &Record) -> bool {
    text(network, "project_id") == caller.project_id
}
