//! Which step a refusal of Nova's concerns, by its words: a code it does not give.

use crate::{domain::launch_draft::Step, openstack::error::ApiError};

/// Words of Nova's refusals, and their steps. The first that is found counts: "Flavor's memory is too small for requested
/// image" is about the flavor.
const WORDS: [(&str, Step); 14] = [
    ("quota exceeded for instances", Step::Details),
    ("quota exceeded for", Step::Flavor),
    ("flavor", Step::Flavor),
    ("availability zone", Step::Details),
    ("min_count", Step::Details),
    ("max_count", Step::Details),
    ("name: ", Step::Details),
    ("key_name", Step::KeyPair),
    ("keypair", Step::KeyPair),
    ("network", Step::Networks),
    ("fixed ip", Step::Networks),
    ("port ", Step::Networks),
    ("security group", Step::Networks),
    ("image", Step::Source),
];

/// The step that an error of the launch concerns; `Review` when that can't be told.
pub fn step_of(error: &ApiError) -> Step {
    let Some(fault) = error.fault() else { return Step::Review };
    let message = fault.message.to_lowercase();
    WORDS.iter().find(|(words, _)| message.contains(words)).map_or(Step::Review, |(_, step)| *step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::{
        error::Fault,
        request::{Answer, Service},
    };

    #[test]
    fn novas_refusals_are_shown_where_they_belong() {
        let table = [
            ("Flavor's memory is too small for requested image.", Step::Flavor),
            ("Quota exceeded for instances: Requested 1, but already used 1 of 1 instances", Step::Details),
            ("Quota exceeded for cores, ram: Requested 4, 8192", Step::Flavor),
            ("Only volume-backed servers are allowed for flavors with zero disk.", Step::Flavor),
            ("Image 1f2e is not active.", Step::Source),
            ("Invalid key_name provided.", Step::KeyPair),
            ("Multiple possible networks found, use a Network ID to be more specific.", Step::Networks),
            ("The requested availability zone is not available", Step::Details),
            ("Something unheard of", Step::Review),
        ];
        for (message, step) in table {
            let body = serde_json::json!({"badRequest": {"code": 400, "message": message}}).to_string();
            let fault = Fault::parse(Service::Compute, &Answer::new(400, [], body));
            assert_eq!(step_of(&fault.into()), step, "{message}");
        }
        assert_eq!(step_of(&ApiError::Offline), Step::Review);
    }
}
