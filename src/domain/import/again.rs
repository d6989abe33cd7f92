//! A failed import that nobody follows any more (another browser began it, or it was taken off the tray), to be tried again: from the
//! image, and what its tasks tell.

use crate::{
    domain::import::{Failure, Import, Phase, copied_bytes},
    openstack::glance::{
        image::{Image, ImageStatus},
        import::{Source, WEB_DOWNLOAD},
        task::{Task, TaskStatus},
    },
};

/// The import as it stood when its task failed; `name` is the image's. `None` unless the last that was done to the image is a fetch that
/// failed, and the image waits for another. Nor when it went to several stores: what we begin goes to one.
pub fn failed_import(image: &Image, name: &str, tasks: &[Task]) -> Option<Import> {
    let last = tasks.first()?;
    let is_at_rest = image.status == ImageStatus::Queued && tasks.iter().all(|task| task.status.is_over());
    if !is_at_rest || last.status != TaskStatus::Failure || last.method() != Some(WEB_DOWNLOAD) {
        return None;
    }
    let stores = last.stores();
    if stores.len() > 1 || last.is_to_all_stores() {
        return None;
    }
    let store = stores.first().map(|store| (*store).to_owned());
    let message = Some(last.message.clone()).filter(|message| !message.is_empty());
    Some(Import {
        phase: Phase::Failed(Failure::GaveUp {
            message: message.clone(),
            request_id: last.request_id.clone(),
        }),
        seen: Some(image.clone()),
        copied: message.as_deref().and_then(copied_bytes),
        message,
        // None of them is told from the next try's task otherwise.
        known_tasks: tasks.iter().map(|task| task.id.clone()).collect(),
        ..Import::new(image.id.clone(), name, Source::Web(last.uri()?.to_owned()), store)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::import::{Effect, Event},
        openstack::glance::{image::DiskFormat, import::import_image},
    };
    use serde_json::{Value, json};

    fn image(status: &str) -> Image {
        serde_json::from_value(json!({"id": "i", "status": status, "disk_format": "qcow2"})).unwrap()
    }

    fn task(id: &str, status: &str, request: Value) -> Task {
        serde_json::from_value(json!({"id": id, "status": status, "input": {"import_req": request}})).unwrap()
    }

    fn fetch() -> Value {
        json!({"method": {"name": "web-download", "uri": "https://h/x.raw"}, "stores": ["archive"]})
    }

    #[test]
    fn the_last_failed_fetch_of_a_queued_image_is_tried_again_as_it_was() {
        let tasks = [task("new", "failure", fetch()), task("old", "failure", fetch())];
        let mut import = failed_import(&image("queued"), "n", &tasks).unwrap();
        assert!(import.can_retry());
        let formats = (DiskFormat::Qcow2, Some(DiskFormat::Raw));
        assert_eq!(import.format_in_question(), Some(formats));
        assert_eq!(import.apply(Event::Retry), [Effect::Start]);
        let asked = import_image(&import.image, &import.source, import.store.as_deref());
        let body: Value = serde_json::from_str(&asked.body.unwrap()).unwrap();
        assert_eq!(body, fetch());
        // The failures of before are not taken for the new one's.
        import.apply(Event::Started(Ok(())));
        import.apply(Event::Looked(Box::new(Ok((image("queued"), Some(tasks.to_vec()))))));
        assert!(import.is_running());
    }

    #[test]
    fn what_goes_on_or_is_of_another_kind_is_left_alone() {
        let failed = || task("t", "failure", fetch());
        let several = json!({"method": {"name": "web-download", "uri": "https://h/x"}, "stores": ["a", "b"]});
        let all = json!({"method": {"name": "web-download", "uri": "https://h/x"}, "all_stores": true});
        let staged = json!({"method": {"name": "glance-direct"}});
        for (status, tasks) in [
            ("active", vec![failed()]),
            ("importing", vec![failed()]),
            ("queued", vec![]),
            ("queued", vec![task("s", "success", fetch()), failed()]),
            ("queued", vec![failed(), task("r", "processing", fetch())]),
            ("queued", vec![task("t", "failure", several)]),
            ("queued", vec![task("t", "failure", all)]),
            ("queued", vec![task("t", "failure", staged)]),
            ("queued", vec![task("t", "failure", Value::Null)]),
        ] {
            assert_eq!(failed_import(&image(status), "n", &tasks), None, "{status} {tasks:?}");
        }
    }
}
