//! Server groups: which servers shall run on the same host, and which shall not.

use crate::openstack::{
    ids::{ServerGroupId, ServerId},
    lenient::{list, null_is_default},
    request::{Request, Service, decode_json},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A server group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerGroup {
    /// The id, which a launch gives as a hint.
    pub id: ServerGroupId,
    /// The name.
    #[serde(default, deserialize_with = "null_is_default")]
    pub name: String,
    /// The policies: one ("affinity", "anti-affinity", "soft-…"), in a list before 2.64.
    #[serde(default, deserialize_with = "null_is_default")]
    pub policies: Vec<String>,
    /// The servers in it.
    #[serde(default, deserialize_with = "null_is_default")]
    pub members: Vec<ServerId>,
}

/// The project's server groups.
pub fn list_server_groups() -> Request<Vec<ServerGroup>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "list")]
        server_groups: Vec<ServerGroup>,
    }
    Request::<Value>::get(Service::Compute, "/v2.1/os-server-groups")
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.server_groups))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::request::Answer;
    use serde_json::json;

    #[test]
    fn groups_are_read_with_their_policy() {
        // Recorded: demo/tests/transcripts-further/653-group-show.json.
        let body = json!({"server_groups": [{"id": "8afdddf3", "name": "more-g", "policies": ["anti-affinity"],
            "metadata": {}, "members": []}, {"name": "odd"}]});
        let groups = list_server_groups().decode(&Answer::new(200, [], body.to_string())).unwrap();
        assert_eq!(groups.len(), 1);
        assert_eq!((groups[0].id.as_str(), groups[0].policies[0].as_str()), ("8afdddf3", "anti-affinity"));
    }
}
