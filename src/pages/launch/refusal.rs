//! Which step a refusal of Nova's concerns, by its words: a code it does not give.

use crate::{domain::launch_draft::Step, openstack::error::ApiError};

/// Words of Nova's refusals, and their steps. The first that is found counts: "Flavor's memory is too small for requested
/// image" is about the flavor.
const WORDS: [(&str, Step); 36] = [
    ("quota exceeded for instances", Step::Details),
    ("too many servers in group", Step::ServerGroup),
    ("server_group_members", Step::ServerGroup),
    ("instance group", Step::ServerGroup),
    ("server group", Step::ServerGroup),
    ("number of ports", Step::Networks),
    ("metadata item", Step::Metadata),
    ("attribute metadata", Step::Metadata),
    ("user_data", Step::Configuration),
    ("user data", Step::Configuration),
    ("config_drive", Step::Configuration),
    ("config drive", Step::Configuration),
    ("diskconfig", Step::Configuration),
    ("auto_disk_config", Step::Configuration),
    ("quota exceeded for", Step::Flavor),
    ("flavor", Step::Flavor),
    ("availability zone", Step::Details),
    ("fixed_ip", Step::Networks),
    ("min_count", Step::Details),
    ("max_count", Step::Details),
    ("name: ", Step::Details),
    ("attribute name.", Step::Details),
    ("key_name", Step::KeyPair),
    ("keypair", Step::KeyPair),
    ("key pair", Step::KeyPair),
    ("network", Step::Networks),
    ("ip address", Step::Networks),
    ("fixed ip", Step::Networks),
    ("port ", Step::Networks),
    ("security group", Step::Networks),
    ("security_group", Step::Networks),
    ("hint", Step::SchedulerHints),
    ("image", Step::Source),
    ("volume", Step::Source),
    ("block device", Step::Source),
    ("snapshot", Step::Source),
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
            ("Can not find requested image", Step::Source),
            ("Invalid input for field/attribute name. Value: xx. 'xx' is too long", Step::Details),
            ("Volume is smaller than the minimum size specified in image metadata.", Step::Source),
            ("Block Device Mapping is Invalid: Boot sequence for the instance is invalid.", Step::Source),
            ("Volume type nvme could not be found.", Step::Source),
            ("Network 1111 could not be found.", Step::Networks),
            ("Port id 1111 could not be found.", Step::Networks),
            ("Port 1111 is still in use.", Step::Networks),
            ("Fixed IP address 10.20.0.200 is already in use on instance .", Step::Networks),
            ("IP address 10.20.0.5 already allocated in subnet 1", Step::Networks),
            ("Maximum number of ports exceeded", Step::Networks),
            (
                "Failed to launch instances: max_count cannot be greater than 1 if an fixed_ip is specified.",
                Step::Networks,
            ),
            (
                "Failed to launch instances: Unable to launch multiple instances with a single configured port ID. \
                 Please launch your instance one by one with different ports.",
                Step::Networks,
            ),
            ("Unable to find security_group with name or id 'nope'", Step::Networks),
            ("Invalid input for field/attribute user_data. Value: x. 'x' is too long", Step::Configuration),
            ("Instance group 1111 could not be found.", Step::ServerGroup),
            ("Quota exceeded, too many servers in group", Step::ServerGroup),
            ("Maximum number of metadata items exceeds 128", Step::Metadata),
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
