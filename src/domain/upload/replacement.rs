//! A record that takes no bytes again is replaced by one that says the same: not what the form said at the start, but what the
//! record says now. Its name, tags, properties and offers may have been changed while it was queued.

use crate::{
    domain::{
        image_draft::ImageDraft,
        upload::{Effect, Failure, Look, Phase, Upload},
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::image::{Image, ImageStatus},
        ids::ProjectId,
    },
};

/// All that a record says, and whom it was offered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record.
    pub image: Image,
    /// The projects that it was offered to.
    pub members: Vec<ProjectId>,
}

impl Upload {
    /// What the record says is what the next one is made of. Only then is it deleted.
    pub(super) fn reread(&mut self, answer: Result<Record, ApiError>) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Rereading(_)) {
            return Vec::new();
        }
        match answer {
            // What had seemed lost has arrived after all.
            Ok(record) if is_there(&record.image.status) => {
                self.stored = Some(Look::from(&record.image).stored);
                self.finish()
            }
            Ok(record) => {
                self.take_over(record);
                self.replace()
            }
            // Gone: what was typed is all that there is.
            Err(error) if error.kind() == Some(FaultKind::NotFound) => self.replace(),
            Err(error) => self.fail(Failure::Unknown(error)),
        }
    }

    /// The offers that a new record still waits for; once.
    pub(super) fn offer(&mut self) -> Option<Effect> {
        let members = std::mem::take(&mut self.members);
        (!members.is_empty()).then(|| Effect::Offer(self.image.clone(), members))
    }

    /// Those that failed are tried again with the next record, if there is one.
    pub(super) fn offered(&mut self, refused: Vec<ProjectId>) -> Vec<Effect> {
        self.not_offered = refused;
        Vec::new()
    }

    fn take_over(&mut self, record: Record) {
        self.body = ImageDraft::of(&record.image).body(self.image.clone());
        if let Some((disk, container)) = self.chosen.clone() {
            self.body.disk_format = Some(disk);
            self.body.container_format = Some(container);
        }
        self.members = record.members;
        for missed in std::mem::take(&mut self.not_offered) {
            if !self.members.contains(&missed) {
                self.members.push(missed);
            }
        }
    }

    fn replace(&mut self) -> Vec<Effect> {
        if let Phase::Rereading(fresh) = &self.phase {
            self.phase = Phase::Replacing(fresh.clone());
        }
        vec![Effect::Delete(self.image.clone())]
    }
}

fn is_there(status: &ImageStatus) -> bool {
    matches!(status, ImageStatus::Active | ImageStatus::Deactivated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::upload::Event,
        openstack::{
            error::Fault,
            glance::{CreateImage, image::DiskFormat},
            request::Service,
        },
    };
    use serde_json::{Value, json};

    fn fault(status: u16) -> ApiError {
        let (service, kind, message) = (Service::Image, status.into(), String::new());
        ApiError::Fault(Fault { service, status, kind, message, request_id: None, retry_after: None })
    }

    /// Refused with a 415, and "Retry" pressed.
    fn rereading(format: Option<DiskFormat>) -> Upload {
        let name = Some("typed".to_owned());
        let body = CreateImage { id: Some("a".into()), name, ..CreateImage::default() };
        let mut upload = Upload::new("disk.qcow2", 100, body, false);
        for event in [Event::Start, Event::Recorded(Ok(())), Event::Sent(Err(fault(415)))] {
            upload.apply(event);
        }
        if let Some(format) = format {
            upload.set_format(format);
        }
        assert_eq!(retry(&mut upload, "b"), [Effect::Reread("a".into())]);
        assert!(!upload.can_cancel() && upload.is_running());
        upload
    }

    fn retry(upload: &mut Upload, fresh: &str) -> Vec<Effect> {
        upload.apply(Event::Retry { fresh: fresh.into() })
    }

    fn record(changes: Value, members: &[&str]) -> Event {
        let mut image = json!({
            "id": "a", "name": "renamed", "status": "queued", "visibility": "shared", "tags": ["gold"],
            "os_distro": "debian", "description": "new", "protected": true, "disk_format": "vmdk",
            "container_format": "bare", "min_ram": 512, "os_hash_value": "c0", "os_glance_failed_import": "x",
        });
        for (key, value) in changes.as_object().unwrap() {
            image[key] = value.clone();
        }
        let image = serde_json::from_value(image).unwrap();
        let members = members.iter().map(|project| ProjectId::from(*project)).collect();
        Event::Reread(Box::new(Ok(Record { image, members })))
    }

    fn deleted() -> Event {
        Event::Deleted(Ok(()))
    }

    #[test]
    fn a_replaced_record_keeps_what_was_changed_meanwhile_and_its_offers() {
        let mut upload = rereading(None);
        assert_eq!(upload.apply(record(json!({}), &["p", "q"])), [Effect::Delete("a".into())]);
        upload.apply(deleted());
        let effects = upload.apply(Event::Start);
        let [Effect::Remember(_), Effect::CreateRecord(body)] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(
            serde_json::to_value(body).unwrap(),
            json!({
                "id": "b", "name": "renamed", "visibility": "shared", "tags": ["gold"], "os_distro": "debian",
                "description": "new", "protected": true, "disk_format": "vmdk", "container_format": "bare",
                "min_ram": 512, "min_disk": 0,
            })
        );
        let offer = Effect::Offer("b".into(), vec!["p".into(), "q".into()]);
        assert_eq!(upload.apply(Event::Recorded(Ok(()))), [Effect::Send("b".into()), offer]);
        assert!(upload.apply(Event::Offered(vec!["q".into()])).is_empty());
        assert_eq!(upload.not_offered, ["q".into()]);
        // The next record is offered to the one that was missed, too.
        upload.apply(Event::Sent(Err(fault(500))));
        retry(&mut upload, "c");
        upload.apply(record(json!({"id": "b"}), &["p"]));
        upload.apply(deleted());
        upload.apply(Event::Start);
        let offer = Effect::Offer("c".into(), vec!["p".into(), "q".into()]);
        assert_eq!(upload.apply(Event::Recorded(Ok(()))), [Effect::Send("c".into()), offer]);
    }

    #[test]
    fn a_format_that_was_chosen_counts_until_a_record_says_it() {
        let mut upload = rereading(Some(DiskFormat::Raw));
        upload.apply(record(json!({}), &[]));
        assert_eq!(upload.body.disk_format, Some(DiskFormat::Raw));
        // The deletion failed: the old record still says the old one.
        upload.apply(Event::Deleted(Err(fault(403))));
        retry(&mut upload, "c");
        upload.apply(record(json!({}), &[]));
        assert_eq!(upload.body.disk_format, Some(DiskFormat::Raw));
        upload.apply(deleted());
        for event in [Event::Start, Event::Recorded(Ok(())), Event::Sent(Err(fault(415)))] {
            upload.apply(event);
        }
        retry(&mut upload, "d");
        upload.apply(record(json!({"disk_format": "iso"}), &[]));
        assert_eq!(upload.body.disk_format, Some(DiskFormat::Iso));
    }

    #[test]
    fn a_record_that_is_gone_is_made_again_as_it_was_typed() {
        let mut upload = rereading(None);
        let gone = Event::Reread(Box::new(Err(fault(404))));
        assert_eq!(upload.apply(gone), [Effect::Delete("a".into())]);
        upload.apply(deleted());
        assert_eq!(upload.body.name.as_deref(), Some("typed"));
    }

    #[test]
    fn a_record_that_can_not_be_read_is_not_deleted() {
        let mut upload = rereading(None);
        assert!(upload.apply(Event::Reread(Box::new(Err(fault(503))))).is_empty());
        assert_eq!(upload.phase, Phase::Failed(Failure::Unknown(fault(503))));
        assert!(upload.can_cancel());
        assert_eq!(retry(&mut upload, "c"), [Effect::Reread("a".into())]);
    }

    #[test]
    fn an_image_that_has_become_active_meanwhile_is_not_deleted() {
        let mut upload = rereading(None);
        assert_eq!(upload.apply(record(json!({"status": "active"}), &[])), [Effect::Forget("a".into())]);
        assert_eq!(upload.phase, Phase::Active);
        assert_eq!(upload.stored.as_ref().and_then(|stored| stored.value.as_deref()), Some("c0"));
    }

    #[test]
    fn an_answer_that_comes_too_late_changes_nothing() {
        let mut upload = rereading(None);
        upload.apply(record(json!({}), &[]));
        let before = upload.clone();
        assert!(upload.apply(record(json!({"status": "active"}), &[])).is_empty());
        assert_eq!(upload, before);
    }
}
