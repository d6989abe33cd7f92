//! Ports: a server can be plugged in at one that is there already, which brings its network and addresses with it.

use crate::openstack::{
    ids::{NetworkId, PortId, ProjectId, SecurityGroupId},
    lenient::{list, null_is_default},
    request::{Request, Service, decode_json},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The attributes that are asked for: a project may have thousands of ports.
const FIELDS: [&str; 10] = [
    "id",
    "name",
    "network_id",
    "project_id",
    "device_id",
    "device_owner",
    "admin_state_up",
    "mac_address",
    "fixed_ips",
    "security_groups",
];

/// A port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// The id.
    pub id: PortId,
    /// The name.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// Its network.
    pub network_id: NetworkId,
    /// Whose.
    #[serde(default, deserialize_with = "null_is_default")]
    pub project_id: ProjectId,
    /// What is plugged in; empty when nothing is.
    #[serde(default, deserialize_with = "null_is_default")]
    pub device_id: String,
    /// What kind of thing that is ("compute:nova", "network:dhcp"); empty when nothing is.
    #[serde(default, deserialize_with = "null_is_default")]
    pub device_owner: String,
    /// Whether it is switched on.
    #[serde(default)]
    pub admin_state_up: bool,
    /// Its hardware address.
    #[serde(default, deserialize_with = "null_is_default")]
    pub mac_address: String,
    /// Its addresses.
    #[serde(default, deserialize_with = "null_is_default")]
    pub fixed_ips: Vec<FixedIp>,
    /// Its own security groups: those of a launch don't reach it.
    #[serde(default, deserialize_with = "null_is_default")]
    pub security_groups: Vec<SecurityGroupId>,
}

/// An address of a port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedIp {
    /// Its subnet.
    #[serde(default, deserialize_with = "null_is_default")]
    pub subnet_id: String,
    /// The address.
    #[serde(default, deserialize_with = "null_is_default")]
    pub ip_address: String,
}

/// A project's ports. Without the project, an administrator would get everybody's.
pub fn list_ports(project: &ProjectId) -> Request<Vec<Port>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        ports: Vec<Port>,
    }
    let request = Request::<Value>::get(Service::Network, "/v2.0/ports").query("project_id", project);
    FIELDS
        .iter()
        .fold(request, |request, field| request.query("fields", field))
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.ports))
}
