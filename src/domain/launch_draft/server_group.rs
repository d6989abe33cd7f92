//! Step "Server group": which other servers it is kept near, or away from.

use crate::{
    domain::{launch_draft::Choices, server_pairs::GROUP},
    openstack::{ids::ServerGroupId, nova::server::CreateServer},
};
use serde::{Deserialize, Serialize};

/// What is chosen in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerGroupDraft {
    /// The group's id.
    pub group: Option<ServerGroupId>,
}

/// What is wrong with the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerGroupProblem {
    /// The chosen group isn't there any more.
    Gone,
}

impl ServerGroupDraft {
    /// What doesn't hold yet.
    pub fn problems(&self, choices: &Choices) -> Vec<ServerGroupProblem> {
        let is_gone = |chosen: &&ServerGroupId| {
            choices.server_groups.is_some_and(|groups| !groups.iter().any(|group| group.id == **chosen))
        };
        self.group.iter().filter(is_gone).map(|_| ServerGroupProblem::Gone).collect()
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        if let Some(group) = &self.group {
            body.hints.insert(GROUP.to_owned(), group.as_str().into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::nova::server_group::ServerGroup;

    #[test]
    fn a_group_is_a_hint_and_must_be_there() {
        let groups = [ServerGroup { id: "g".into(), ..ServerGroup::default() }];
        let choices = Choices { server_groups: Some(&groups), ..Choices::default() };
        let chosen = |id: &str| ServerGroupDraft { group: Some(id.into()) };
        assert!(chosen("g").problems(&choices).is_empty());
        assert_eq!(chosen("x").problems(&choices), [ServerGroupProblem::Gone]);
        assert!(chosen("x").problems(&Choices::default()).is_empty());
        let mut body = CreateServer::default();
        chosen("g").fill(&mut body);
        assert_eq!(body.hints["group"], "g");
    }
}
