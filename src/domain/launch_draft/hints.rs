//! Step "Scheduler hints": what the scheduler is asked to heed.

use crate::openstack::nova::server::CreateServer;
use serde::{Deserialize, Serialize};

/// What is typed in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// Names and values, in the order of typing.
    pub rows: Vec<(String, String)>,
}

impl Hints {
    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        for (name, value) in &self.rows {
            body.hints.insert(name.trim().to_owned(), value.as_str().into());
        }
    }
}
