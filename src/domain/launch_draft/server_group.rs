//! Step "Server group": which other servers it is kept near, or away from.

use crate::openstack::nova::server::CreateServer;
use serde::{Deserialize, Serialize};

/// What is chosen in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerGroupDraft {
    /// The group's id.
    pub group: Option<String>,
}

impl ServerGroupDraft {
    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        if let Some(group) = &self.group {
            body.hints.insert("group".to_owned(), group.as_str().into());
        }
    }
}
