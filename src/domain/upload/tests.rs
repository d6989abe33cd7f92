use super::{
    queue::{Queue, UploadId},
    verification::NoHash,
    *,
};
use crate::openstack::{error::Fault, request::Service};

fn upload(has_record: bool) -> Upload {
    let body = CreateImage { id: Some("a".into()), ..CreateImage::default() };
    Upload::new("disk.qcow2", 100, body, has_record)
}

fn fault(status: u16) -> ApiError {
    ApiError::Fault(Fault {
        service: Service::Image,
        status,
        kind: status.into(),
        message: String::new(),
        request_id: None,
        retry_after: None,
    })
}

fn image(status: &str) -> Look {
    let stored = StoredHash { algorithm: Some("sha512".into()), value: Some("c0".into()) };
    Look { status: status.into(), stored, size: None }
}

/// What a first sending begins with.
fn begin(image: &str) -> Vec<Effect> {
    vec![Effect::Send(image.into()), Effect::Hash]
}

fn look(after_ms: u32) -> Vec<Effect> {
    vec![Effect::Look { image: "a".into(), after_ms }]
}

fn after(has_record: bool, events: Vec<Event>) -> (Upload, Vec<Effect>) {
    let mut upload = upload(has_record);
    let mut last = Vec::new();
    for event in events {
        last = upload.apply(event);
    }
    (upload, last)
}

/// The record was gone when it was read again, before it is replaced.
fn gone_already() -> Event {
    Event::Reread(Box::new(Err(fault(404))))
}

fn sending() -> Vec<Event> {
    vec![Event::Start, Event::Recorded(Ok(()))]
}

fn then(mut events: Vec<Event>, more: impl IntoIterator<Item = Event>) -> Vec<Event> {
    events.extend(more);
    events
}

#[test]
fn an_upload_goes_from_record_to_bytes_to_active() {
    let mut upload = upload(false);
    let create = Effect::CreateRecord(upload.body.clone());
    assert_eq!(upload.apply(Event::Start), [Effect::Remember("a".into()), create]);
    assert_eq!(upload.apply(Event::Recorded(Ok(()))), begin("a"));
    assert!(upload.apply(Event::Progress { sent: 50, at_ms: 10 }).is_empty());
    assert_eq!((&upload.phase, upload.meter.sent()), (&Phase::Sending, 50));
    upload.apply(Event::Progress { sent: 100, at_ms: 20 });
    assert_eq!(upload.phase, Phase::Storing { is_answered: false });
    assert_eq!(upload.apply(Event::Sent(Ok(()))), look(0));
    assert_eq!(upload.apply(Event::Looked(Ok(image("saving")))), look(2_500));
    assert_eq!(
        upload.apply(Event::Looked(Err(ApiError::Offline))),
        look(3_750),
        "a failed poll is never fatal"
    );
    assert_eq!(upload.apply(Event::Looked(Ok(image("active")))), [Effect::Forget("a".into())]);
    assert!(
        upload.phase == Phase::Active && upload.can_dismiss() && !upload.can_cancel() && !upload.can_retry()
    );
}

#[test]
fn a_cloud_that_stores_for_long_is_asked_more_and_more_seldom() {
    let (mut upload, _) = after(false, then(sending(), [Event::Sent(Ok(()))]));
    let mut ask = |answer: Result<Look, ApiError>| match &upload.apply(Event::Looked(answer))[..] {
        [Effect::Look { after_ms, .. }] => *after_ms,
        other => panic!("{other:?}"),
    };
    let delays =
        [Ok(image("saving")), Err(ApiError::Offline), Err(fault(503)), Ok(image("saving"))].map(&mut ask);
    assert_eq!(delays, [2_500, 3_750, 5_625, 8_437]);
    assert_eq!((0..9).map(|_| ask(Ok(image("saving")))).max(), Some(30_000));
    // The next try begins anew.
    upload.apply(Event::Looked(Ok(image("queued"))));
    for event in [Event::Retry { fresh: "b".into() }, Event::Start, Event::Looked(Ok(image("queued")))] {
        upload.apply(event);
    }
    upload.apply(Event::Sent(Ok(())));
    assert_eq!(upload.apply(Event::Looked(Ok(image("saving")))), look(2_500));
}

#[test]
fn a_record_that_the_page_made_is_looked_at_before_the_bytes_go() {
    let (_, effects) = after(true, vec![Event::Start]);
    assert_eq!(effects, look(0));
    let (upload, effects) = after(true, vec![Event::Start, Event::Looked(Ok(image("queued")))]);
    assert_eq!((upload.phase, effects), (Phase::Sending, begin("a")));
}

#[test]
fn an_empty_file_is_still_sent_and_answered() {
    let mut upload = Upload { size: 0, ..upload(false) };
    for event in then(sending(), [Event::Progress { sent: 0, at_ms: 0 }]) {
        upload.apply(event);
    }
    assert_eq!(upload.phase, Phase::Sending);
    assert_eq!(upload.apply(Event::Sent(Ok(()))), look(0));
}

#[test]
fn each_refusal_ends_in_its_reason() {
    use Event::{Looked, Recorded, Sent, Start};
    let lost = || Sent(Err(ApiError::Offline));
    let table = [
        (vec![Start, Recorded(Err(fault(403)))], Failure::Record(fault(403))),
        (
            vec![Start, Recorded(Err(ApiError::Offline)), Looked(Err(fault(404)))],
            Failure::Record(ApiError::Offline),
        ),
        (
            vec![Start, Recorded(Err(ApiError::Offline)), Looked(Err(ApiError::Offline))],
            Failure::Record(ApiError::Offline),
        ),
        (then(sending(), [Sent(Err(fault(415)))]), Failure::Send(fault(415))),
        (then(sending(), [Sent(Err(fault(413)))]), Failure::Send(fault(413))),
        (then(sending(), [Sent(Err(fault(503)))]), Failure::Send(fault(503))),
        (then(sending(), [Sent(Err(fault(401)))]), Failure::Send(fault(401))),
        (then(sending(), [Sent(Err(fault(410)))]), Failure::Vanished),
        (
            then(sending(), [lost(), Looked(Ok(image("queued")))]),
            Failure::Cut { status: Some(ImageStatus::Queued) },
        ),
        (then(sending(), [lost(), Looked(Err(ApiError::Offline))]), Failure::Cut { status: None }),
        (then(sending(), [lost(), Looked(Err(fault(404)))]), Failure::Vanished),
        (
            then(sending(), [Sent(Ok(())), Looked(Ok(image("queued")))]),
            Failure::NotStored(ImageStatus::Queued),
        ),
        (then(sending(), [Sent(Ok(())), Looked(Err(fault(404)))]), Failure::Vanished),
    ];
    for (events, want) in table {
        let (upload, _) = after(false, events.clone());
        assert_eq!(upload.phase, Phase::Failed(want), "{events:?}");
        assert!(upload.can_retry() && upload.can_dismiss(), "{events:?}");
    }
}

#[test]
fn a_lost_answer_is_looked_up_before_anything_is_said() {
    let lost_record = vec![Event::Start, Event::Recorded(Err(ApiError::Offline))];
    assert_eq!(after(false, lost_record.clone()).1, look(0));
    let (upload, effects) = after(false, then(lost_record, [Event::Looked(Ok(image("queued")))]));
    assert_eq!((upload.phase, effects), (Phase::Sending, begin("a")));
    let lost_bytes = then(sending(), [Event::Sent(Err(ApiError::Offline))]);
    let (upload, _) = after(false, then(lost_bytes.clone(), [Event::Looked(Ok(image("active")))]));
    assert_eq!(upload.phase, Phase::Active);
    let saving = || Event::Looked(Ok(image("saving")));
    let (upload, effects) = after(false, then(lost_bytes.clone(), [saving()]));
    assert_eq!((upload.phase, effects), (Phase::Looking(Lost::Bytes(1)), look(2_500)));
    let (upload, _) = after(false, then(lost_bytes, (0..6).map(|_| saving())));
    assert_eq!(upload.phase, Phase::Failed(Failure::Cut { status: Some(ImageStatus::Saving) }));
}

/// The page and the tray go by one rule: what may be there is looked for, and stays in the journal until it is known not to be.
#[test]
fn a_record_that_may_have_been_made_all_the_same_is_not_forgotten() {
    let garbled = ApiError::Decode { what: "html".into() };
    for error in [fault(504), fault(502), fault(500), fault(409), garbled, ApiError::Offline] {
        let recorded = || Event::Recorded(Err(error.clone()));
        assert_eq!(after(false, vec![Event::Start, recorded()]).1, look(0), "{error:?}");
        let (upload, effects) =
            after(false, vec![Event::Start, recorded(), Event::Looked(Err(ApiError::Offline))]);
        assert_eq!(
            (upload.phase, effects),
            (Phase::Failed(Failure::Record(error.clone())), vec![]),
            "{error:?}"
        );
        let (_, effects) = after(false, vec![Event::Start, Event::Cancel, recorded()]);
        assert_eq!(effects, [Effect::Delete("a".into())], "{error:?}");
    }
    for status in [400, 401, 403, 413, 429] {
        let (_, effects) = after(false, vec![Event::Start, Event::Recorded(Err(fault(status)))]);
        assert_eq!(effects, [Effect::Forget("a".into())], "{status}");
    }
}

#[test]
fn a_cancelled_upload_leaves_no_record_behind() {
    let (mut upload, effects) = after(false, then(sending(), [Event::Cancel]));
    assert_eq!(effects, [Effect::Abort, Effect::Delete("a".into())]);
    assert!(upload.apply(Event::Sent(Err(ApiError::Aborted))).is_empty());
    assert_eq!(upload.apply(Event::Deleted(Ok(()))), [Effect::Forget("a".into())]);
    assert_eq!(upload.phase, Phase::Cancelled);

    let all_sent = then(sending(), [Event::Progress { sent: 100, at_ms: 1 }, Event::Cancel]);
    assert_eq!(after(false, all_sent).1, [Effect::Abort, Effect::Delete("a".into())]);
    let gone_already = then(sending(), [Event::Cancel, Event::Deleted(Err(fault(404)))]);
    assert_eq!(after(false, gone_already).0.phase, Phase::Cancelled);
    let refused = then(sending(), [Event::Cancel, Event::Deleted(Err(fault(409)))]);
    let (upload, _) = after(false, refused);
    assert_eq!(upload.phase, Phase::Failed(Failure::NotDeleted(fault(409))));
    assert!(upload.can_cancel());
}

#[test]
fn cancelling_while_the_record_is_being_made_waits_for_the_answer() {
    let cancelled = vec![Event::Start, Event::Cancel];
    assert!(after(false, cancelled.clone()).1.is_empty());
    for answer in [Ok(()), Err(ApiError::Offline)] {
        let (_, effects) = after(false, then(cancelled.clone(), [Event::Recorded(answer)]));
        assert_eq!(effects, [Effect::Delete("a".into())]);
    }
    let (upload, _) = after(false, then(cancelled, [Event::Recorded(Err(fault(403)))]));
    assert_eq!(upload.phase, Phase::Cancelled);
    assert_eq!(after(false, vec![Event::Cancel]).0.phase, Phase::Cancelled);
    assert_eq!(after(true, vec![Event::Cancel]).1, [Effect::Delete("a".into())]);
}

#[test]
fn a_retry_goes_on_with_the_same_image() {
    let failed = then(sending(), [Event::Sent(Err(fault(413)))]);
    let (mut upload, _) = after(false, then(failed, [Event::Retry { fresh: "b".into() }]));
    assert_eq!((&upload.phase, upload.image.as_str()), (&Phase::Waiting, "a"));
    assert_eq!(upload.apply(Event::Start), look(0));
    assert_eq!(upload.apply(Event::Looked(Ok(image("queued")))), [Effect::Send("a".into())]);
}

#[test]
fn a_retry_after_refused_bytes_takes_another_record() {
    for status in [415, 500] {
        let events = then(sending(), [Event::Sent(Err(fault(status))), Event::Retry { fresh: "b".into() }]);
        let (mut upload, effects) = after(false, events);
        assert_eq!(upload.phase, Phase::Rereading("b".into()), "{status}");
        assert_eq!(effects, [Effect::Reread("a".into())]);
        let effects = upload.apply(gone_already());
        assert_eq!(upload.phase, Phase::Replacing("b".into()), "{status}");
        assert_eq!(effects, [Effect::Delete("a".into())]);
        assert_eq!(upload.apply(Event::Deleted(Ok(()))), [Effect::Forget("a".into())]);
        assert_eq!((upload.image.as_str(), &upload.phase, upload.has_record), ("b", &Phase::Waiting, false));
        let create = Effect::CreateRecord(upload.body.clone());
        assert_eq!(upload.apply(Event::Start), [Effect::Remember("b".into()), create]);
        assert_eq!(upload.body.id, Some("b".into()));
    }
}

#[test]
fn a_record_that_can_not_be_replaced_is_not_lost_sight_of() {
    let events = then(sending(), [Event::Sent(Err(fault(415))), Event::Retry { fresh: "b".into() }]);
    let (mut upload, _) = after(false, then(events, [gone_already()]));
    assert!(upload.apply(Event::Deleted(Err(fault(503)))).is_empty());
    assert_eq!(upload.phase, Phase::Failed(Failure::NotDeleted(fault(503))));
    assert_eq!((upload.image.as_str(), upload.can_cancel()), ("a", true));
}

#[test]
fn a_retry_after_the_image_is_gone_takes_a_fresh_id() {
    let failed = then(sending(), [Event::Sent(Err(fault(410)))]);
    let (mut upload, _) = after(false, then(failed, [Event::Retry { fresh: "b".into() }]));
    assert_eq!((upload.image.as_str(), upload.body.id.clone()), ("b", Some("b".into())));
    assert!(matches!(upload.apply(Event::Start)[1], Effect::CreateRecord(_)));
}

#[test]
fn a_refused_record_is_tried_again_with_its_own_id() {
    let failed = vec![Event::Start, Event::Recorded(Err(fault(503))), Event::Looked(Err(fault(404)))];
    let (upload, _) = after(false, then(failed, [Event::Retry { fresh: "b".into() }, Event::Start]));
    assert_eq!((upload.phase, upload.image.as_str()), (Phase::CreatingRecord, "a"));
}

#[test]
fn two_run_at_once_and_the_next_starts_when_one_is_stored() {
    let mut queue = Queue::default();
    let add = |queue: &mut Queue, id: &str| {
        let body = CreateImage { id: Some(id.into()), ..CreateImage::default() };
        queue.add(Upload::new("f", 100, body, false))
    };
    let (first, steps) = add(&mut queue, "1");
    assert_eq!(steps.len(), 2);
    let (second, steps) = add(&mut queue, "2");
    assert_eq!(steps.len(), 2);
    let (third, steps) = add(&mut queue, "3");
    assert!(steps.is_empty());
    assert_eq!(queue.running(), 3);
    queue.apply(first, Event::Recorded(Ok(())));
    let steps = queue.apply(first, Event::Sent(Ok(())));
    assert_eq!(steps.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [first, third, third]);
    assert!(queue.dismiss(second).is_none(), "one that runs stays");
    let steps = queue.apply(second, Event::Recorded(Err(fault(403))));
    assert_eq!(steps, [(second, Effect::Forget("2".into()))]);
    assert!(queue.dismiss(second).is_some() && queue.get(second).is_none());
    assert!(queue.apply(UploadId(99), Event::Cancel).is_empty());
}

#[test]
fn what_comes_in_for_a_forgotten_upload_meets_nobody() {
    let mut queue = Queue::default();
    let (before, _) = queue.add(upload(true));
    queue.clear();
    assert!(queue.is_empty());
    let (after, _) = queue.add(upload(true));
    assert!(queue.apply(before, Event::Cancel).is_empty() && before != after);
    assert_eq!(queue.running(), 1);
}

#[test]
fn a_retry_waits_for_its_turn() {
    let mut queue = Queue::default();
    let ids: Vec<_> = (0..3).map(|_| queue.add(upload(false)).0).collect();
    queue.apply(ids[0], Event::Recorded(Err(fault(403))));
    let steps = queue.apply(ids[0], Event::Retry { fresh: "b".into() });
    assert!(steps.is_empty(), "both places are taken: {steps:?}");
    let steps = queue.apply(ids[1], Event::Recorded(Err(fault(403))));
    assert_eq!(steps.last().map(|(id, _)| *id), Some(ids[0]));
}

#[test]
fn answers_that_come_too_late_change_nothing() {
    let late = [
        Event::Start,
        Event::Recorded(Ok(())),
        Event::Progress { sent: 1, at_ms: 1 },
        Event::Sent(Ok(())),
        Event::Looked(Ok(image("active"))),
        Event::Deleted(Ok(())),
        Event::Cancel,
        Event::Retry { fresh: "b".into() },
    ];
    for event in late {
        let mut done = upload(false);
        done.phase = Phase::Cancelled;
        let before = done.clone();
        assert!(done.apply(event.clone()).is_empty(), "{event:?}");
        assert_eq!(done, before, "{event:?}");
    }
}

#[test]
fn the_hash_is_worked_out_once_and_the_same_bytes_are_looked_for() {
    let (mut upload, effects) = after(false, sending());
    assert_eq!(effects, begin("a"));
    upload.apply(Event::Hashing(50));
    assert_eq!(upload.hash, FileHash::Working(50));
    assert_eq!(upload.apply(Event::Hashed(Ok("c0".into()))), [Effect::FindTwins("c0".into())]);
    upload.apply(Event::Twins(vec![("a".into(), "itself".into()), ("z".into(), "twin".into())]));
    assert_eq!(upload.twins, [("z".into(), "twin".to_owned())]);
    // Another try of the same file needs no other hash.
    upload.apply(Event::Sent(Err(fault(413))));
    let find = Effect::FindTwins("c0".into());
    assert_eq!(upload.apply(Event::Retry { fresh: "b".into() }), std::slice::from_ref(&find));
    upload.apply(Event::Start);
    assert_eq!(upload.apply(Event::Looked(Ok(image("queued")))), [Effect::Send("a".into())]);
    assert_eq!(upload.twins.len(), 1, "what was known stays until it is answered");
    upload.apply(Event::Twins(Vec::new()));
    assert!(upload.twins.is_empty());
    upload.apply(Event::Sent(Ok(())));
    // One may have become active meanwhile.
    assert_eq!(upload.apply(Event::Looked(Ok(image("active")))), [Effect::Forget("a".into()), find]);
    upload.apply(Event::Twins(vec![("a".into(), "itself".into()), ("y".into(), "later".into())]));
    assert_eq!(upload.twins, [("y".into(), "later".to_owned())]);
    assert_eq!(upload.verification(), Some(verification::Verification::Verified));
}

#[test]
fn a_hash_that_comes_after_the_end_is_compared_and_the_same_bytes_are_looked_for() {
    let (mut upload, _) =
        after(false, then(sending(), [Event::Sent(Ok(())), Event::Looked(Ok(image("active")))]));
    assert_eq!(upload.verification(), Some(verification::Verification::Working(0)));
    assert!(!upload.can_cancel());
    assert_eq!(upload.apply(Event::Hashed(Ok("d1".into()))), [Effect::FindTwins("d1".into())]);
    assert_eq!(upload.verification(), Some(verification::Verification::Mismatch));
    assert!(upload.apply(Event::Hashed(Err(NoHash::NoWorker))).is_empty());
    assert_eq!(upload.verification(), Some(verification::Verification::Mismatch), "one answer counts");
}

#[test]
fn nothing_is_looked_for_on_behalf_of_a_cancelled_upload() {
    let (mut upload, _) = after(false, then(sending(), [Event::Cancel]));
    assert!(upload.apply(Event::Hashed(Ok("c0".into()))).is_empty());
}

#[test]
fn a_cut_line_asks_for_the_quota_and_a_stuck_image_is_replaced() {
    let lost = || then(sending(), [Event::Sent(Err(ApiError::Offline))]);
    let (mut upload, effects) = after(false, then(lost(), [Event::Looked(Ok(image("queued")))]));
    assert_eq!(effects, [Effect::AskUsage]);
    assert!(upload.apply(Event::Used(ImageUsage::default())).is_empty() && upload.usage.is_some());
    upload.apply(Event::Retry { fresh: "b".into() });
    assert_eq!((upload.phase, upload.usage), (Phase::Waiting, None));
    // A cloud that was restarted leaves "saving" behind, and takes no more bytes for it.
    let stuck = then(lost(), (0..6).map(|_| Event::Looked(Ok(image("saving")))));
    let (upload, effects) = after(false, then(stuck, [Event::Retry { fresh: "b".into() }]));
    assert_eq!((upload.phase, effects), (Phase::Rereading("b".into()), vec![Effect::Reread("a".into())]));
}

#[test]
fn a_token_that_ended_midway_takes_the_record_with_it() {
    let mut ended = fault(401);
    if let ApiError::Fault(fault) = &mut ended {
        fault.message = "the token may have expired during file upload".to_owned();
    }
    let (mut upload, effects) = after(false, then(sending(), [Event::Sent(Err(ended))]));
    assert_eq!((effects, upload.can_cancel()), (vec![Effect::Forget("a".into())], false));
    upload.apply(Event::Retry { fresh: "b".into() });
    assert!(matches!(upload.apply(Event::Start)[1], Effect::CreateRecord(_)) && upload.image.as_str() == "b");
}
