//! Step "Key pair": the SSH key that the server lets in.

use crate::{domain::launch_draft::Choices, openstack::nova::server::CreateServer};
use serde::{Deserialize, Serialize};

/// What is chosen in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyPairDraft {
    /// The key pair's name.
    pub name: Option<String>,
}

/// What is wrong with the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPairProblem {
    /// The chosen key pair isn't there any more.
    Gone(String),
}

impl KeyPairDraft {
    /// What doesn't hold yet.
    pub fn problems(&self, choices: &Choices) -> Vec<KeyPairProblem> {
        let is_gone = |chosen: &&String| {
            choices.key_pairs.is_some_and(|keys| !keys.iter().any(|key| key.name == **chosen))
        };
        self.name.iter().filter(is_gone).cloned().map(KeyPairProblem::Gone).collect()
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        body.key_name = self.name.clone();
    }
}
