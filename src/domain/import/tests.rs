use super::*;
use crate::openstack::{
    fixture,
    request::{Answer, Service},
};
use serde_json::{Value, json};

const URI: &str = "http://127.0.0.1:8097/not-there.qcow2";

fn import() -> Import {
    Import::new("i".into(), "n", Source::Web(URI.into()), None)
}

fn following() -> Import {
    let mut import = import();
    assert_eq!(import.apply(Event::Started(Ok(()))), [Effect::Look(0)]);
    import
}

fn image(status: &str, more: Value) -> Image {
    let mut all = json!({"id": "i", "status": status, "disk_format": "qcow2"});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

fn task(id: &str, status: &str, message: &str) -> Task {
    let input = json!({"import_req": {"method": {"name": "web-download"}}});
    serde_json::from_value(
        json!({"id": id, "status": status, "message": message, "input": input, "request_id": "req-1"}),
    )
    .unwrap()
}

fn look(import: &mut Import, image: Image, tasks: Option<Vec<Task>>) -> Vec<Effect> {
    import.apply(Event::Looked(Box::new(Ok((image, tasks)))))
}

fn refused(status: u16) -> ApiError {
    Fault::parse(Service::Image, &Answer::new(status, [], r#"{"message": "no"}"#)).into()
}

use crate::openstack::error::Fault;

#[test]
fn an_import_is_followed_to_active() {
    let mut import = following();
    assert_eq!(look(&mut import, image("queued", json!({})), Some(vec![task("t", "pending", "")])).len(), 1);
    assert!(import.is_running() && import.can_cancel() && !import.can_retry());
    let on_its_way = image("importing", json!({"os_glance_importing_to_stores": "local"}));
    assert_eq!(
        look(&mut import, on_its_way, Some(vec![task("t", "processing", "Copied 15 MiB")])),
        [Effect::Look(2_500)]
    );
    assert_eq!(import.copied, Some(15 << 20));
    // Active in one store, on its way to another: not over.
    let half = image("active", json!({"os_glance_importing_to_stores": "archive"}));
    assert!(look(&mut import, half, None).contains(&Effect::Look(2_500)));
    assert_eq!(look(&mut import, image("active", json!({})), None), [Effect::Forget]);
    assert_eq!(import.phase, Phase::Active(Checked::NotAsked));
    assert!(import.can_dismiss() && !import.can_cancel());
}

#[test]
fn the_recorded_failure_is_told_with_the_tasks_words() {
    let tasks = crate::openstack::glance::task::list_tasks(&"i".into())
        .decode(&fixture::answer("glance/image-tasks-web-404"))
        .unwrap();
    let recorded: Image = serde_json::from_str(&fixture::answer("glance/image-show-web-404").body).unwrap();
    let mut import = following();
    assert_eq!(look(&mut import, recorded, Some(tasks)), [Effect::Probe]);
    let Phase::Failed(Failure::GaveUp { message, request_id }) = &import.phase else {
        panic!("{:?}", import.phase)
    };
    assert_eq!(message.as_deref(), Some("Task failed due to Internal Error"));
    assert!(request_id.as_ref().is_some_and(|id| id.starts_with("req-")));
    assert!(import.can_retry() && import.can_cancel() && import.can_dismiss());
}

#[test]
fn a_retry_begins_again_and_minds_only_its_own_task() {
    let mut import = following();
    look(&mut import, image("queued", json!({})), Some(vec![task("old", "failure", "x")]));
    assert_eq!(import.apply(Event::Retry), [Effect::Start]);
    assert_eq!(import.apply(Event::Started(Ok(()))), [Effect::Look(0)]);
    // The property is still the old try's, and so is the task.
    let stale = image("queued", json!({"os_glance_failed_import": "local"}));
    let effects = look(&mut import, stale.clone(), Some(vec![task("old", "failure", "x")]));
    assert!(matches!(effects[..], [Effect::Look(_)]), "{effects:?}");
    let both = vec![task("new", "processing", "Copied 0 MiB"), task("old", "failure", "x")];
    assert!(matches!(look(&mut import, stale, Some(both))[..], [Effect::Look(_)]));
    assert_eq!(look(&mut import, image("active", json!({})), None), [Effect::Forget]);
}

#[test]
fn without_tasks_the_image_alone_says_that_it_failed() {
    let mut import = following();
    look(&mut import, image("importing", json!({})), None);
    for _ in 0..LOOKS_FOR_THE_REASON {
        assert!(import.is_running());
        look(&mut import, image("queued", json!({"os_glance_failed_import": "local"})), None);
    }
    assert_eq!(look(&mut import, image("queued", json!({})), None), [Effect::Probe]);
    assert_eq!(import.phase, Phase::Failed(Failure::GaveUp { message: None, request_id: None }));
}

#[test]
fn an_import_that_never_shows_is_said_not_to_have_begun() {
    let give_up = |answer: Result<(), ApiError>| {
        let mut import = import();
        import.apply(Event::Started(answer));
        for _ in 0..=MOST_QUIET_LOOKS {
            assert!(import.is_running());
            look(&mut import, image("queued", json!({})), Some(vec![]));
        }
        import.phase
    };
    assert_eq!(give_up(Ok(())), Phase::Failed(Failure::NotBegun));
    assert_eq!(give_up(Err(ApiError::Offline)), Phase::Failed(Failure::Refused(ApiError::Offline)));
}

#[test]
fn a_refusal_ends_it_and_a_lost_answer_does_not() {
    let mut import = import();
    assert_eq!(import.apply(Event::Started(Err(refused(403)))), []);
    assert!(matches!(import.phase, Phase::Failed(Failure::Refused(_))));
    for error in [ApiError::Offline, refused(409), refused(503)] {
        let mut import = self::import();
        assert_eq!(import.apply(Event::Started(Err(error))), [Effect::Look(0)]);
    }
}

#[test]
fn a_failed_look_is_repeated_ever_more_slowly() {
    let mut import = following();
    assert_eq!(import.apply(Event::Looked(Box::new(Err(ApiError::Offline)))), [Effect::Look(3_750)]);
    assert_eq!(import.trouble, Some(ApiError::Offline));
    assert_eq!(import.apply(Event::Looked(Box::new(Err(refused(500))))), [Effect::Look(5_625)]);
    look(&mut import, image("importing", json!({})), None);
    assert_eq!(import.trouble, None);
    assert_eq!(import.apply(Event::Looked(Box::new(Err(refused(404))))), [Effect::Forget]);
    assert_eq!(import.phase, Phase::Failed(Failure::Vanished));
    assert!(!import.can_retry() && !import.can_cancel());
}

#[test]
fn cancelling_deletes_the_record_and_a_late_look_changes_nothing() {
    let mut import = following();
    assert_eq!(import.apply(Event::Cancel), [Effect::Delete]);
    assert_eq!(look(&mut import, image("active", json!({})), None), []);
    assert_eq!(import.apply(Event::Deleted(Err(refused(403)))), []);
    assert!(matches!(import.phase, Phase::Failed(Failure::NotDeleted(_))));
    assert_eq!(import.apply(Event::Cancel), [Effect::Delete]);
    assert_eq!(import.apply(Event::Deleted(Err(refused(404)))), [Effect::Forget]);
    assert_eq!(import.phase, Phase::Cancelled);
}

#[test]
fn a_copy_is_over_when_its_store_has_it_and_never_deletes_the_image() {
    let mut import = Import::new("i".into(), "n", Source::Copy, Some("archive".into()));
    import.apply(Event::Started(Ok(())));
    assert!(!import.can_cancel());
    assert_eq!(import.apply(Event::Cancel), []);
    let on_its_way = image("active", json!({"stores": "local", "os_glance_importing_to_stores": "archive"}));
    assert!(matches!(look(&mut import, on_its_way, None)[..], [Effect::Look(_)]));
    let mut failed = import.clone();
    assert_eq!(
        look(&mut import, image("active", json!({"stores": "local,archive"})), None),
        [Effect::Forget]
    );

    let broken = image("active", json!({"stores": "local", "os_glance_failed_import": "archive"}));
    for _ in 0..=LOOKS_FOR_THE_REASON {
        look(&mut failed, broken.clone(), None);
    }
    assert!(matches!(failed.phase, Phase::Failed(Failure::GaveUp { .. })));
    assert!(failed.can_retry() && !failed.can_cancel());
}

#[test]
fn a_checksum_is_compared_at_the_end() {
    let mut import = following();
    import.expected = Checksum::parse(&format!("md5:{}", "ab".repeat(16)));
    look(&mut import, image("active", json!({"checksum": "cd".repeat(16)})), None);
    assert!(matches!(import.phase, Phase::Active(Checked::Mismatch { .. })));
}

#[test]
fn only_an_objection_to_the_address_belongs_to_its_field() {
    let about = |name: &str| {
        let fault = Fault::parse(Service::Image, &fixture::answer(name));
        is_about_the_address(&fault.into())
    };
    assert!(about("glance/image-import-bad-port"));
    assert!(!about("glance/image-create-bad-disk-format"));
    assert_eq!(copied_bytes("Copied 3 MiB"), Some(3 << 20));
    assert_eq!(copied_bytes("Copied 99999999999999999999 MiB"), None);
    assert_eq!(copied_bytes("Task failed"), None);
}

#[test]
fn another_format_is_declared_before_the_next_try() {
    let mut import = following();
    let raw = json!({"disk_format": "raw"});
    let set = |import: &mut Import| import.apply(Event::SetFormat(DiskFormat::Qcow2));
    assert!(set(&mut import).is_empty(), "while it goes on");
    look(&mut import, image("queued", raw), Some(vec![task("t", "failure", "no")]));
    // The address ends in .qcow2.
    assert_eq!(import.format_in_question(), Some((DiskFormat::Raw, Some(DiskFormat::Qcow2))));
    assert_eq!(set(&mut import), [Effect::SetFormat]);
    assert_eq!((&import.phase, &import.wanted_format), (&Phase::Starting, &Some(DiskFormat::Qcow2)));
    let mut refused_one = import.clone();
    assert!(refused_one.apply(Event::FormatSet(Box::new(Err(refused(403))))).is_empty());
    assert_eq!(refused_one.phase, Phase::Failed(Failure::NotSet(refused(403))));
    assert!(refused_one.can_retry() && refused_one.format_in_question().is_some());
    assert_eq!(import.apply(Event::FormatSet(Box::new(Ok(image("queued", json!({})))))), [Effect::Start]);
    assert_eq!(import.phase, Phase::Starting);
    // An address that is nothing but packed has no format of its own.
    let mut packed = Import { source: Source::Web("http://h/x.qcow2.xz".into()), ..following() };
    look(&mut packed, image("queued", json!({})), Some(vec![task("t", "failure", "no")]));
    assert!(matches!(packed.phase, Phase::Failed(Failure::GaveUp { .. })));
    assert_eq!(packed.format_in_question(), None);
}
