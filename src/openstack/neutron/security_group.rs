//! Security groups: which traffic reaches a server, and which leaves it.

use crate::openstack::{
    ids::{ProjectId, SecurityGroupId},
    lenient::{list, null_is_default},
    request::{Request, Service, decode_json},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A security group with its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// The id.
    pub id: SecurityGroupId,
    /// The name, which several may share.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
    /// Whose.
    #[serde(default, deserialize_with = "null_is_default")]
    pub project_id: ProjectId,
    /// What is let through; everything else is not.
    #[serde(rename = "security_group_rules", default, deserialize_with = "list")]
    pub rules: Vec<Rule>,
}

/// What a security group lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// "ingress" or "egress".
    #[serde(default, deserialize_with = "null_is_default")]
    pub direction: String,
    /// "IPv4" or "IPv6".
    #[serde(default, deserialize_with = "null_is_default")]
    pub ethertype: String,
    /// "tcp", "icmp", a number; any when there is none.
    #[serde(default, deserialize_with = "text")]
    pub protocol: Option<String>,
    /// The first port, or the type of ICMP.
    #[serde(default)]
    pub port_range_min: Option<u32>,
    /// The last port, or the code of ICMP.
    #[serde(default)]
    pub port_range_max: Option<u32>,
    /// From or to which addresses.
    #[serde(default)]
    pub remote_ip_prefix: Option<String>,
    /// From or to the members of which group.
    #[serde(default)]
    pub remote_group_id: Option<SecurityGroupId>,
}

/// A project's security groups. Without the project, an administrator would get everybody's; Nova looks among the project's own
/// (nova/network/neutron.py, `_process_security_groups`).
pub fn list_security_groups(project: &ProjectId) -> Request<Vec<SecurityGroup>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        security_groups: Vec<SecurityGroup>,
    }
    Request::<Value>::get(Service::Network, "/v2.0/security-groups")
        .query("project_id", project)
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.security_groups))
}

/// Old Neutrons give a protocol's number as a number.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(deserializer).map(crate::openstack::lenient::as_text)
}
