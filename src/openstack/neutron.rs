//! Neutron v2.0: the networks that a server can be plugged into.

pub mod port;
pub mod security_group;

use crate::openstack::{
    ids::{NetworkId, ProjectId},
    lenient::{list, null_is_default},
    request::{Request, Service, decode_json},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The id.
    pub id: NetworkId,
    /// The name.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// Whose.
    #[serde(default)]
    pub project_id: ProjectId,
    /// Whether every project may use it.
    #[serde(default)]
    pub shared: bool,
    /// Whether it leads outside; servers are usually not plugged in there.
    #[serde(rename = "router:external", default)]
    pub is_external: bool,
    /// Whether it is switched on.
    #[serde(default)]
    pub admin_state_up: bool,
    /// "ACTIVE", "DOWN" …
    #[serde(default)]
    pub status: String,
    /// The ids of its subnets; without any, a server gets no address.
    #[serde(default, deserialize_with = "null_is_default")]
    pub subnets: Vec<String>,
}

/// A subnet of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// The id.
    pub id: String,
    /// The name.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// Its network.
    pub network_id: NetworkId,
    /// The range of addresses (`10.20.0.0/24`).
    #[serde(default)]
    pub cidr: String,
    /// 4 or 6.
    #[serde(default)]
    pub ip_version: u8,
    /// The router's address.
    #[serde(default)]
    pub gateway_ip: Option<String>,
    /// How addresses of version 6 come about ("slaac", "dhcpv6-stateful" …).
    #[serde(default)]
    pub ipv6_address_mode: Option<String>,
}

/// The networks that the project sees: its own, shared and external ones.
pub fn list_networks() -> Request<Vec<Network>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        networks: Vec<Network>,
    }
    Request::<Value>::get(Service::Network, "/v2.0/networks")
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.networks))
}

/// The subnets that the project sees.
pub fn list_subnets() -> Request<Vec<Subnet>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        subnets: Vec<Subnet>,
    }
    Request::<Value>::get(Service::Network, "/v2.0/subnets")
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.subnets))
}

#[cfg(test)]
mod tests;
