//! Step "Networks": where the server is plugged in.

use crate::{
    domain::launch_draft::Choices,
    openstack::{
        ids::{NetworkId, ProjectId},
        neutron::Network,
        nova::server::{CreateServer, Nic, ServerNetworks},
    },
};
use serde::{Deserialize, Serialize};

/// What is chosen in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworksDraft {
    /// The networks, in order.
    pub networks: Vec<NetworkId>,
}

/// What is wrong with the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworksProblem {
    /// There are several networks and none is chosen: Nova would refuse (409).
    Missing,
    /// A chosen network isn't there any more.
    Gone(NetworkId),
}

impl NetworksDraft {
    /// What doesn't hold yet.
    pub fn problems(&self, choices: &Choices) -> Vec<NetworksProblem> {
        let (Some(networks), Some(me)) = (choices.networks, choices.me) else { return Vec::new() };
        if self.networks.is_empty() {
            let is_open = connectable(networks, &me.project).len() > 1;
            return if is_open { vec![NetworksProblem::Missing] } else { Vec::new() };
        }
        let is_gone = |chosen: &&NetworkId| !networks.iter().any(|network| network.id == **chosen);
        self.networks.iter().filter(is_gone).cloned().map(NetworksProblem::Gone).collect()
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        if !self.networks.is_empty() {
            body.networks =
                Some(ServerNetworks::These(self.networks.iter().cloned().map(Nic::from).collect()));
        }
    }
}

/// The networks that a server of this project can be plugged into: its own and shared ones with a subnet; external ones are for
/// routers (nova/network/neutron.py, `_get_available_networks` and `network:attach_external_network`).
pub fn connectable<'a>(networks: &'a [Network], project: &ProjectId) -> Vec<&'a Network> {
    let is_ours = |network: &&Network| network.shared || network.project_id == *project;
    let is_plugged = |network: &&Network| !network.is_external && !network.subnets.is_empty();
    networks.iter().filter(is_ours).filter(is_plugged).collect()
}
