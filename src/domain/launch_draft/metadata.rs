//! Step "Metadata": keys and values that the server carries.

use crate::{
    domain::{
        launch_draft::Choices,
        server_pairs::{Pair, PairProblem, metadata, metadata_problems},
    },
    openstack::nova::server::CreateServer,
};
use serde::{Deserialize, Serialize};

/// What is typed in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Keys and values, in the order of typing.
    pub rows: Vec<Pair>,
}

impl Metadata {
    /// What doesn't hold yet.
    pub fn problems(&self, choices: &Choices) -> Vec<PairProblem> {
        metadata_problems(&self.rows, choices.most_metadata).into_values().collect()
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        body.metadata.extend(metadata(&self.rows));
    }
}
