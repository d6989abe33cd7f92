//! Step "Networks": where the server is plugged in, in which order and with which addresses, and what traffic reaches it.

use crate::{
    domain::{
        fixed_ip::{AddressProblem, address_problem},
        launch_draft::Choices,
    },
    openstack::{
        ids::{NetworkId, PortId, ProjectId, SecurityGroupId},
        neutron::{Network, Subnet, port::Port, security_group::SecurityGroup},
        nova::server::{CreateServer, Nic, ServerNetworks},
    },
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// The group that Nova takes when none is named.
pub const DEFAULT_GROUP: &str = "default";
/// What tells a port from a network in the address.
const PORT: &str = "port:";

/// One place to be plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Plug {
    /// A network, where a port is made.
    Network(NetworkId),
    /// A port that is there.
    Port(PortId),
}

impl fmt::Display for Plug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => network.fmt(f),
            Self::Port(port) => write!(f, "{PORT}{port}"),
        }
    }
}

impl From<&str> for Plug {
    fn from(word: &str) -> Self {
        match word.strip_prefix(PORT) {
            Some(port) => Self::Port(port.into()),
            None => Self::Network(word.into()),
        }
    }
}

impl From<String> for Plug {
    fn from(word: String) -> Self {
        word.as_str().into()
    }
}

impl From<Plug> for String {
    fn from(plug: Plug) -> Self {
        plug.to_string()
    }
}

/// What is chosen in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworksDraft {
    /// The networks and ports, in order.
    pub networks: Vec<Plug>,
    /// "Fixed IP", by network, as typed.
    pub addresses: BTreeMap<NetworkId, String>,
    /// The security groups; none chosen yet is Nova's default.
    pub groups: Option<Vec<SecurityGroupId>>,
}

/// What is wrong with the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworksProblem {
    /// There are several networks and none is chosen: Nova would refuse (409).
    Missing,
    /// A chosen network isn't there any more.
    Gone(NetworkId),
    /// A chosen port isn't there any more.
    PortGone(PortId),
    /// Something else is plugged in at a chosen port by now.
    PortInUse(PortId),
    /// A port takes one server.
    PortForSeveral(PortId),
    /// The address that a network shall give can't be had.
    Address(NetworkId, AddressProblem),
    /// One address for several servers.
    AddressForSeveral(NetworkId),
    /// A chosen security group isn't there any more.
    GroupGone,
}

impl NetworksDraft {
    /// What doesn't hold yet.
    pub fn problems(&self, choices: &Choices, count: u32) -> Vec<NetworksProblem> {
        let mut problems = Vec::new();
        if let (Some(networks), Some(me), true) = (choices.networks, choices.me, self.networks.is_empty())
            && connectable(networks, &me.project).len() > 1
        {
            problems.push(NetworksProblem::Missing);
        }
        problems.extend(self.networks.iter().filter_map(|plug| match plug {
            Plug::Network(network) => self.network_problem(network, choices, count),
            Plug::Port(port) => port_problem(port, choices, count),
        }));
        if let (Some(groups), Some(chosen)) = (choices.security_groups, &self.groups)
            && chosen.iter().any(|id| !groups.iter().any(|group| group.id == *id))
        {
            problems.push(NetworksProblem::GroupGone);
        }
        problems
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer, choices: &Choices) {
        if self.networks.is_empty() {
            body.security_groups = self.group_names(choices);
            return;
        }
        let nic = |plug: &Plug| match plug {
            Plug::Network(uuid) => {
                Nic::Network { uuid: uuid.clone(), fixed_ip: self.address(uuid).map(str::to_owned) }
            }
            Plug::Port(port) => Nic::Port { port: port.clone() },
        };
        body.networks = Some(ServerNetworks::These(self.networks.iter().map(nic).collect()));
        // Ports have groups of their own.
        if self.networks.iter().any(|plug| matches!(plug, Plug::Network(_))) {
            body.security_groups = self.group_names(choices);
        }
    }

    /// The address wanted of a network.
    pub fn address(&self, network: &NetworkId) -> Option<&str> {
        self.addresses.get(network).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// The chosen security groups: Nova's default while nobody chose.
    pub fn chosen_groups(&self, groups: &[SecurityGroup]) -> Vec<SecurityGroupId> {
        let default =
            || groups.iter().filter(|group| group.name == DEFAULT_GROUP).map(|group| group.id.clone());
        self.groups.clone().unwrap_or_else(|| default().collect())
    }

    /// Puts a plug among the chosen, behind the others, or takes it away.
    pub fn with(&self, plug: &Plug, is_wanted: bool) -> Vec<Plug> {
        let mut plugs = self.networks.clone();
        plugs.retain(|other| other != plug);
        plugs.extend(is_wanted.then(|| plug.clone()));
        plugs
    }

    /// The chosen with one of them moved a place up or down.
    pub fn moved(&self, plug: &Plug, is_up: bool) -> Vec<Plug> {
        let mut plugs = self.networks.clone();
        let at = plugs.iter().position(|other| other == plug);
        let other = at.and_then(|at| at.checked_add_signed(if is_up { -1 } else { 1 }));
        if let (Some(at), Some(other)) = (at, other.filter(|other| *other < plugs.len())) {
            plugs.swap(at, other);
        }
        plugs
    }

    /// Nova takes names and ids; a name that several groups share is no answer (nova/network/neutron.py,
    /// `_process_security_groups`).
    fn group_names(&self, choices: &Choices) -> Vec<String> {
        let known = choices.security_groups.unwrap_or_default();
        let name = |id: &SecurityGroupId| {
            let group = known.iter().find(|group| group.id == *id).filter(|group| !group.name.is_empty());
            let is_own = |name: &str| known.iter().filter(|group| group.name == name).count() == 1;
            group
                .map(|group| group.name.clone())
                .filter(|name| is_own(name))
                .unwrap_or_else(|| id.to_string())
        };
        self.groups.iter().flatten().map(name).collect()
    }

    fn network_problem(&self, id: &NetworkId, choices: &Choices, count: u32) -> Option<NetworksProblem> {
        if choices.networks.is_some_and(|networks| !networks.iter().any(|network| network.id == *id)) {
            return Some(NetworksProblem::Gone(id.clone()));
        }
        let address = self.address(id)?;
        let subnets = subnets_of(id, choices.subnets.unwrap_or_default());
        match address_problem(address, &subnets) {
            Some(problem) => Some(NetworksProblem::Address(id.clone(), problem)),
            None if count > 1 => Some(NetworksProblem::AddressForSeveral(id.clone())),
            None => None,
        }
    }
}

fn port_problem(id: &PortId, choices: &Choices, count: u32) -> Option<NetworksProblem> {
    if let Some(ports) = choices.ports {
        let Some(port) = ports.iter().find(|port| port.id == *id) else {
            return Some(NetworksProblem::PortGone(id.clone()));
        };
        if !is_free(port) {
            return Some(NetworksProblem::PortInUse(id.clone()));
        }
    }
    (count > 1).then(|| NetworksProblem::PortForSeveral(id.clone()))
}

/// Whether nothing is plugged in at a port, and a server may be: Nova wants an address on it
/// (nova/network/neutron.py, `_validate_requested_port_ids`).
pub fn is_free(port: &Port) -> bool {
    port.device_id.is_empty() && port.device_owner.is_empty() && !port.fixed_ips.is_empty()
}

/// The subnets of a network.
pub fn subnets_of<'a>(network: &NetworkId, subnets: &'a [Subnet]) -> Vec<&'a Subnet> {
    subnets.iter().filter(|subnet| subnet.network_id == *network).collect()
}

/// The networks that a server of this project can be plugged into: its own and shared ones with a subnet; external ones are for
/// routers (nova/network/neutron.py, `_get_available_networks` and `network:attach_external_network`).
pub fn connectable<'a>(networks: &'a [Network], project: &ProjectId) -> Vec<&'a Network> {
    let is_ours = |network: &&Network| network.shared || network.project_id == *project;
    let is_plugged = |network: &&Network| !network.is_external && !network.subnets.is_empty();
    networks.iter().filter(is_ours).filter(is_plugged).collect()
}

#[cfg(test)]
mod tests;
