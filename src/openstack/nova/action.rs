//! What is done with a server, and what was done.

use crate::openstack::{
    error::ApiError,
    ids::{ImageId, NetworkId, ServerId, UserId},
    lenient::{list, null_is_default},
    nova::server_path,
    request::{Request, Service, decode_json},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// From here on the answer to a snapshot names the image; before, only a header does, which no browser shows to a page.
pub const SNAPSHOT_ID: &str = "2.45";
/// From here on an action tells when it last changed.
pub const ACTION_UPDATED: &str = "2.58";

/// Something that was done with a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAction {
    /// What ("create", "createImage", "stop" …).
    #[serde(default)]
    pub action: String,
    /// The request's id.
    #[serde(default, deserialize_with = "null_is_default")]
    pub request_id: String,
    /// By whom; not told of all actions.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// When it was asked for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub start_time: String,
    /// When it last changed: its end, once it is over.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// "Error" when it failed.
    #[serde(default)]
    pub message: Option<String>,
}

impl ServerAction {
    /// Whether it failed.
    pub fn has_failed(&self) -> bool {
        self.message.as_deref().is_some_and(|message| !message.is_empty())
    }
}

/// What was done with a server, the newest first.
pub fn list_actions(server: &ServerId) -> Request<Vec<ServerAction>> {
    list_actions_plain(server).microversion(ACTION_UPDATED)
}

/// The same as a cloud older than Queens tells it.
pub fn list_actions_plain(server: &ServerId) -> Request<Vec<ServerAction>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(deserialize_with = "list")]
        instance_actions: Vec<ServerAction>,
    }
    Request::<Value>::get(Service::Compute, format!("{}/os-instance-actions", server_path(server)))
        .decoded_by(|answer| decode_json::<Body>(answer).map(|body| body.instance_actions))
}

/// The networks that a server is plugged into, in the order of its ports.
pub fn list_server_networks(server: &ServerId) -> Request<Vec<NetworkId>> {
    #[derive(Deserialize)]
    struct Row {
        net_id: NetworkId,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(deserialize_with = "list")]
        interface_attachments: Vec<Row>,
    }
    Request::<Value>::get(Service::Compute, format!("{}/os-interface", server_path(server))).decoded_by(
        |answer| {
            let rows = decode_json::<Body>(answer)?.interface_attachments;
            Ok(rows.into_iter().map(|row| row.net_id).collect())
        },
    )
}

/// Makes an image of a server; the answer is the image's id.
pub fn create_image(server: &ServerId, name: &str) -> Request<ImageId> {
    #[derive(Deserialize)]
    struct Body {
        image_id: ImageId,
    }
    Request::<Value>::post(Service::Compute, format!("{}/action", server_path(server)))
        .json(&json!({ "createImage": { "name": name } }))
        .decoded_by(|answer| -> Result<ImageId, ApiError> {
            decode_json::<Body>(answer).map(|body| body.image_id)
        })
        .microversion(SNAPSHOT_ID)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::request::Answer;

    #[test]
    fn a_snapshot_is_asked_for_as_recorded_and_names_its_image() {
        let request = create_image(&"37d05fb2".into(), "rec-snap");
        assert_eq!(request.path, "/v2.1/servers/37d05fb2/action");
        let want = json!({"createImage": {"name": "rec-snap"}});
        assert_eq!(serde_json::from_str::<Value>(request.body.as_deref().unwrap()).unwrap(), want);
        let image = request.decode(&Answer::new(202, [], r#"{"image_id": "430ffa76"}"#)).unwrap();
        assert_eq!(image.as_str(), "430ffa76");
    }

    #[test]
    fn actions_of_old_and_new_clouds_are_read() {
        let body = json!({"instanceActions": [
            {"action": "createImage", "request_id": "req-2", "user_id": null, "start_time": "2026-11-23T08:56:08.000000",
             "updated_at": "2026-11-23T08:56:11.000000", "message": null},
            {"action": "create", "request_id": null, "start_time": "2026-11-23T08:55:40.000000", "message": "Error"},
            "odd"]});
        let actions = list_actions(&"s".into()).decode(&Answer::new(200, [], body.to_string())).unwrap();
        assert_eq!(actions.len(), 2);
        assert_eq!((actions[0].has_failed(), actions[1].has_failed()), (false, true));
        assert_eq!(list_actions(&"s".into()).microversion, Some(ACTION_UPDATED));
        assert_eq!(list_actions_plain(&"s".into()).microversion, None);
    }
}
