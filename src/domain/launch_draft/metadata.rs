//! Step "Metadata": keys and values that the server carries.

use crate::openstack::nova::server::CreateServer;
use serde::{Deserialize, Serialize};

/// What is typed in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Keys and values, in the order of typing.
    pub rows: Vec<(String, String)>,
}

impl Metadata {
    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        body.metadata.extend(self.rows.iter().cloned());
    }
}
