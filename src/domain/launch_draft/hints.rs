//! Step "Scheduler hints": what the scheduler is asked to heed.

use crate::{
    domain::server_pairs::{Pair, PairProblem, hint_problems, hints},
    openstack::nova::server::CreateServer,
};
use serde::{Deserialize, Serialize};

/// What is typed in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// Names and values, in the order of typing.
    pub rows: Vec<Pair>,
}

impl Hints {
    /// What doesn't hold yet.
    pub fn problems(&self) -> Vec<PairProblem> {
        hint_problems(&self.rows).into_values().collect()
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        body.hints.extend(hints(&self.rows));
    }
}
