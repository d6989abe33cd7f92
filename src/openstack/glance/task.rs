//! What Glance did to an image behind the scenes: its import tasks, with the message of each.

use crate::openstack::{
    glance::image_path,
    ids::ImageId,
    lenient::{null_is_default, rows},
    request::{Request, Service, decode_json},
};
use serde::Deserialize;
use serde_json::Value;

crate::open_enum! {
    /// How far a task is.
    TaskStatus {
        /// It has not begun.
        Pending = "pending",
        /// It runs.
        Processing = "processing",
        /// It has ended well.
        Success = "success",
        /// It has ended badly.
        Failure = "failure",
    }
}

impl TaskStatus {
    /// Whether nothing more comes of it.
    pub fn is_over(&self) -> bool {
        matches!(self, TaskStatus::Success | TaskStatus::Failure)
    }
}

/// An import task.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Task {
    /// The id.
    pub id: String,
    /// How far it is.
    pub status: TaskStatus,
    /// `Copied 12 MiB`, or why it failed; often no more than "Task failed due to Internal Error".
    #[serde(default, deserialize_with = "null_is_default")]
    pub message: String,
    /// When it was asked for; UTC, without saying so.
    #[serde(default, deserialize_with = "null_is_default")]
    pub created_at: String,
    /// When it last changed.
    #[serde(default, deserialize_with = "null_is_default")]
    pub updated_at: String,
    /// The request that began it, to be quoted to the operator.
    #[serde(default)]
    pub request_id: Option<String>,
    /// What was asked for: the body of the import under `import_req`.
    #[serde(default)]
    pub input: Value,
}

impl Task {
    /// The import's method (`web-download`).
    pub fn method(&self) -> Option<&str> {
        self.input.pointer("/import_req/method/name")?.as_str()
    }

    /// The stores that were named.
    pub fn stores(&self) -> Vec<&str> {
        let stores = self.input.pointer("/import_req/stores").and_then(Value::as_array);
        stores.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Whether it was to go to every store.
    pub fn is_to_all_stores(&self) -> bool {
        self.input.pointer("/import_req/all_stores") == Some(&Value::Bool(true))
    }

    /// The address that was to be fetched.
    pub fn uri(&self) -> Option<&str> {
        self.input.pointer("/import_req/method/uri")?.as_str()
    }
}

/// The import tasks of an image, newest first. Whoever sees the image may ask, and sees those of their own project.
pub fn list_tasks(image: &ImageId) -> Request<Vec<Task>> {
    Request::<Value>::get(Service::Image, format!("{}/tasks", image_path(image))).decoded_by(|answer| {
        let mut body: Value = decode_json(answer)?;
        let (mut tasks, _) = rows::<Task>(body.get_mut("tasks").map(Value::take).unwrap_or_default());
        // The order is nowhere promised. The dates have one format and compare as text.
        tasks.sort_by(|a, b| b.created_at.cmp(&a.created_at));
        Ok(tasks)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::{fixture, request::Answer};

    #[test]
    fn tasks_are_read_as_recorded() {
        let asked = list_tasks(&"39c3bb1c".into());
        assert_eq!(asked.path_and_query(), "/v2/images/39c3bb1c/tasks");
        let tasks = asked.decode(&fixture::answer("glance/image-tasks-web-404")).unwrap();
        assert_eq!(tasks[0].status, TaskStatus::Failure);
        assert_eq!(tasks[0].message, "Task failed due to Internal Error");
        assert_eq!(tasks[0].method(), Some("web-download"));
        assert_eq!(tasks[0].uri(), Some("http://127.0.0.1:8097/not-there.qcow2"));
        let tasks = asked.decode(&fixture::answer("glance/image-tasks")).unwrap();
        assert_eq!((tasks[0].message.as_str(), tasks[0].uri()), ("Copied 0 MiB", None));
        assert!(tasks[0].status.is_over());
    }

    #[test]
    fn odd_tasks_are_left_out_and_the_newest_comes_first() {
        let body = r#"{"tasks": [7, {"id": "old", "status": "failure", "message": null, "created_at": "2026-11-23T08:00:00"},
            {"id": "new", "status": "thawing", "created_at": "2026-11-23T09:00:00", "input": "x"}]}"#;
        let tasks = list_tasks(&"i".into()).decode(&Answer::new(200, [], body)).unwrap();
        assert_eq!(tasks.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["new", "old"]);
        assert!(!tasks[0].status.is_over());
        assert_eq!(tasks[0].method(), None);
        assert_eq!(list_tasks(&"i".into()).decode(&Answer::new(200, [], "{}")).unwrap(), []);
    }
}
