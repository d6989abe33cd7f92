//! Step "Details": name, description, zone and count.

use crate::{
    domain::{
        flavor_fit::Allowance,
        launch_draft::{Choices, LONGEST_TEXT},
    },
    openstack::nova::server::CreateServer,
};
use serde::{Deserialize, Serialize};

/// What is typed in the step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// "Instance name".
    pub name: String,
    /// "Description".
    pub description: String,
    /// "Availability zone"; empty leaves it to Nova.
    pub zone: String,
    /// "Count", as typed.
    pub count: String,
}

impl Default for Details {
    fn default() -> Self {
        Self { name: String::new(), description: String::new(), zone: String::new(), count: "1".to_owned() }
    }
}

/// What is wrong with the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetailsProblem {
    /// No name.
    NameMissing,
    /// The name has more than `LONGEST_TEXT` characters.
    NameTooLong,
    /// The description has.
    DescriptionTooLong,
    /// The count isn't a whole number from 1 on.
    CountNotANumber,
    /// More than the project may still have.
    CountOverQuota {
        /// How many it may.
        left: u64,
    },
}

impl Details {
    /// The count, if it is one.
    pub fn count(&self) -> Option<u32> {
        let text = self.count.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|count| is_number && *count > 0)
    }

    /// What doesn't hold yet.
    pub fn problems(&self, choices: &Choices) -> Vec<DetailsProblem> {
        let mut problems = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            problems.push(DetailsProblem::NameMissing);
        }
        if name.chars().count() > LONGEST_TEXT {
            problems.push(DetailsProblem::NameTooLong);
        }
        if self.description.trim().chars().count() > LONGEST_TEXT {
            problems.push(DetailsProblem::DescriptionTooLong);
        }
        match (self.count(), choices.quota.instances) {
            (None, _) => problems.push(DetailsProblem::CountNotANumber),
            (Some(count), Allowance::Left(left)) if u64::from(count) > left => {
                problems.push(DetailsProblem::CountOverQuota { left });
            }
            _ => {}
        }
        problems
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        body.name = self.name.trim().to_owned();
        body.description = text(&self.description);
        body.availability_zone = text(&self.zone);
        let count = self.count().filter(|count| *count > 1);
        body.min_count = count;
        body.max_count = count;
    }
}
