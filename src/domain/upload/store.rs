//! An upload to a store of one's choice. A PUT of the bytes can't name one (a browser may not send the header), an import can:
//! the bytes are staged, and Glance is asked to take them from there. `domain::import` follows it, this puts the two together.

use crate::{
    domain::{
        import::{self, Import},
        upload::{Effect, Failure, Look, Phase, Upload},
    },
    openstack::{
        error::ApiError,
        glance::{
            image::{Image, ImageStatus},
            import::{FAILED, IMPORTING, Source},
        },
    },
};

/// Whether Glance is at work on what was staged for this image, or will be. After a failure it stays "importing" for good.
pub fn is_being_imported(image: &Image) -> bool {
    let names_stores = |key| image.property(key).is_some_and(|stores| !stores.is_empty());
    names_stores(IMPORTING) || (image.status == ImageStatus::Importing && !names_stores(FAILED))
}

impl Upload {
    /// The upload of a file that was chosen again, to a record that can't take bytes any more. The next try replaces it.
    pub fn stuck(self, status: ImageStatus) -> Self {
        Self { is_id_spent: true, phase: Phase::Failed(Failure::Cut { status: Some(status) }), ..self }
    }

    /// Whether the import is asked for, and not answered yet: nothing has begun that would go on without us.
    pub(super) fn is_asking_for_import(&self) -> bool {
        self.import.as_ref().is_some_and(|import| import.phase == import::Phase::Starting)
    }

    /// Whether the cloud has all bytes aside.
    pub(super) fn is_staged(&self, look: &Look) -> bool {
        self.store.is_some() && look.status == ImageStatus::Uploading && look.size == Some(self.size)
    }

    /// What sends the bytes: to the record, or to where an import takes them from.
    pub(super) fn sending(&self) -> Effect {
        let image = self.image.clone();
        if self.store.is_some() { Effect::Stage(image) } else { Effect::Send(image) }
    }

    /// Has the cloud take what was staged.
    pub(super) fn begin_import(&mut self) -> Vec<Effect> {
        let name = self.body.name.clone().unwrap_or_default();
        let import = Import::new(self.image.clone(), name, Source::Staged, self.store.clone());
        self.import = Some(Box::new(import));
        self.phase = Phase::Importing;
        vec![Effect::Import(import::Effect::Start)]
    }

    /// The import's own machine takes in what happens to it; its end is the upload's.
    pub(super) fn imported(&mut self, event: import::Event) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Importing | Phase::Failed(Failure::Import)) {
            return Vec::new();
        }
        let Some(import) = &mut self.import else { return Vec::new() };
        let effects = import.apply(event);
        let seen = import.seen.as_ref();
        match &import.phase {
            import::Phase::Active(_) => {
                let look = seen.map(Look::from);
                self.stored_format = seen.and_then(|image| image.disk_format.clone());
                self.stored = look.map(|look| look.stored);
                return self.finish();
            }
            import::Phase::Failed(import::Failure::Vanished) => return self.vanish(),
            import::Phase::Failed(_) => {
                // Staging holds what it was given, or the store a part of it: this record takes no bytes again.
                self.is_id_spent = true;
                self.phase = Phase::Failed(Failure::Import);
            }
            _ => {}
        }
        effects.into_iter().map(Effect::Import).collect()
    }

    /// Why the cloud refused to begin the import, where it did.
    pub fn import_refusal(&self) -> Option<&ApiError> {
        match &self.import.as_ref()?.phase {
            import::Phase::Failed(import::Failure::Refused(error)) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::upload::{
            Event,
            verification::{FileHash, Verification, Why},
        },
        openstack::{
            error::Fault,
            glance::{CreateImage, image::DiskFormat, task::Task},
            request::Service,
        },
    };
    use serde_json::json;

    fn fault(status: u16) -> ApiError {
        let kind = status.into();
        let message = String::new();
        let service = Service::Image;
        ApiError::Fault(Fault { service, status, kind, message, request_id: None, retry_after: None })
    }

    /// An upload to `archive` whose bytes are on their way.
    fn sending() -> Upload {
        let body = CreateImage {
            id: Some("a".into()),
            disk_format: Some(DiskFormat::Qcow2),
            ..CreateImage::default()
        };
        let mut upload =
            Upload { store: Some("archive".into()), ..Upload::new("disk.qcow2", 100, body, false) };
        upload.apply(Event::Start);
        assert_eq!(upload.apply(Event::Recorded(Ok(()))), [Effect::Stage("a".into()), Effect::Hash]);
        upload
    }

    /// The image as the import sees it; its property that says where it goes, and its task's status.
    fn seen(status: &str, going_to: &str, task: &str) -> Event {
        let image: Image = serde_json::from_value(json!({
            "id": "a", "status": status, "disk_format": "qcow2", "os_glance_importing_to_stores": going_to,
            "os_hash_algo": "sha512", "os_hash_value": "c0",
        }))
        .unwrap();
        let task: Task = serde_json::from_value(json!({
            "id": "t", "status": task, "message": "why", "input": {"import_req": {"method": {"name": "glance-direct"}}},
        }))
        .unwrap();
        Event::Imported(Box::new(import::Event::Looked(Box::new(Ok((image, Some(vec![task])))))))
    }

    fn started(answer: Result<(), ApiError>) -> Event {
        Event::Imported(Box::new(import::Event::Started(answer)))
    }

    fn retry() -> Event {
        Event::Retry { fresh: "b".into() }
    }

    const BEGIN: Effect = Effect::Import(import::Effect::Start);

    fn importing() -> Upload {
        let mut upload = sending();
        assert_eq!(upload.apply(Event::Sent(Ok(()))), [BEGIN]);
        assert!(upload.is_running() && !upload.takes_a_place(), "leaving now would lose it");
        assert_eq!(upload.apply(started(Ok(()))), [Effect::Import(import::Effect::Look(0))]);
        assert!(!upload.is_running(), "the cloud goes on without us");
        upload
    }

    #[test]
    fn staged_bytes_are_imported_and_compared() {
        let mut upload = importing();
        assert!(matches!(
            upload.apply(seen("importing", "archive", "processing"))[..],
            [Effect::Import(import::Effect::Look(_))]
        ));
        assert_eq!(upload.phase, Phase::Importing);
        assert_eq!(upload.apply(seen("active", "", "success")), [Effect::Forget("a".into())]);
        assert_eq!((&upload.phase, upload.can_retry()), (&Phase::Active, false));
        upload.hash = FileHash::Known("c0".into());
        assert_eq!(upload.verification(), Some(Verification::Verified));
        // A cloud that converts what it imports has other bytes, and rightly so.
        upload.stored_format = Some(DiskFormat::Raw);
        let why = Why::Converted(DiskFormat::Raw);
        assert_eq!(upload.verification(), Some(Verification::NotVerified(why)));
    }

    #[test]
    fn a_failed_import_is_tried_again_with_another_record() {
        let mut upload = importing();
        let effects = upload.apply(seen("queued", "", "failure"));
        assert_eq!(effects, [Effect::Import(import::Effect::Probe)]);
        assert_eq!(upload.phase, Phase::Failed(Failure::Import));
        assert!(upload.can_cancel() && upload.can_retry());
        assert_eq!(upload.apply(retry()), [Effect::Reread("a".into())]);
        let gone = Event::Reread(Box::new(Err(fault(404))));
        assert_eq!(upload.apply(gone), [Effect::Delete("a".into())]);
        assert_eq!(upload.apply(Event::Deleted(Ok(()))), [Effect::Forget("a".into())]);
        assert!(upload.import.is_none());
        upload.apply(Event::Start);
        assert_eq!(upload.apply(Event::Recorded(Ok(()))), [Effect::Stage("b".into())]);
    }

    /// As a real Glance leaves it, for good.
    #[test]
    fn an_import_that_failed_and_stays_importing_has_failed() {
        let stranded = |tasks: Option<Vec<Task>>| {
            let image: Image = serde_json::from_value(json!({
                "id": "a", "status": "importing", "os_glance_importing_to_stores": "", "os_glance_failed_import": "archive",
            }))
            .unwrap();
            Event::Imported(Box::new(import::Event::Looked(Box::new(Ok((image, tasks))))))
        };
        let mut upload = importing();
        let task = json!({
            "id": "t", "status": "failure", "message": "why", "input": {"import_req": {"method": {"name": "glance-direct"}}},
        });
        upload.apply(stranded(Some(vec![serde_json::from_value(task).unwrap()])));
        assert_eq!(upload.phase, Phase::Failed(Failure::Import));
        assert!(
            upload.import.is_some_and(|import| !import.seen.is_some_and(|image| is_being_imported(&image)))
        );
        // Where tasks can't be read, a little later.
        let mut upload = importing();
        for _ in 0..3 {
            upload.apply(stranded(None));
        }
        assert_eq!(upload.phase, Phase::Failed(Failure::Import));
    }

    #[test]
    fn a_refused_import_is_told_and_its_record_replaced() {
        let mut upload = sending();
        upload.apply(Event::Sent(Ok(())));
        upload.apply(started(Err(fault(403))));
        assert_eq!(
            (&upload.phase, upload.import_refusal()),
            (&Phase::Failed(Failure::Import), Some(&fault(403)))
        );
        assert_eq!(upload.apply(retry()), [Effect::Reread("a".into())]);
    }

    #[test]
    fn data_on_staging_is_deleted_with_its_record() {
        for error in [fault(409), fault(413), fault(503)] {
            let mut upload = sending();
            upload.apply(Event::Sent(Err(error.clone())));
            assert_eq!(upload.phase, Phase::Failed(Failure::Send(error)));
            assert_eq!(upload.apply(retry()), [Effect::Reread("a".into())]);
        }
    }

    #[test]
    fn a_lost_answer_to_the_staging_is_looked_up() {
        let look = |size: Option<u64>, status: &str| {
            let stored = Default::default();
            Event::Looked(Ok(Look { status: status.into(), stored, size }))
        };
        let mut upload = sending();
        upload.apply(Event::Sent(Err(ApiError::Offline)));
        upload.apply(look(None, "uploading"));
        assert!(matches!(upload.phase, Phase::Looking(_)), "a part of it may be on its way still");
        assert_eq!(upload.apply(look(Some(100), "uploading")), [BEGIN]);

        let mut upload = sending();
        upload.apply(Event::Sent(Err(ApiError::Offline)));
        upload.apply(look(None, "queued"));
        assert!(matches!(upload.phase, Phase::Failed(Failure::Cut { .. })));
        assert_eq!(upload.apply(retry()), [Effect::Reread("a".into())]);
    }

    #[test]
    fn a_cancelled_import_takes_its_record_along() {
        let mut upload = importing();
        assert_eq!(upload.apply(Event::Cancel), [Effect::Delete("a".into())]);
        assert!(upload.apply(seen("active", "", "success")).is_empty(), "it comes too late");
        assert_eq!(upload.apply(Event::Deleted(Ok(()))), [Effect::Forget("a".into())]);
        let mut upload = importing();
        let gone = import::Event::Looked(Box::new(Err(fault(404))));
        assert_eq!(upload.apply(Event::Imported(Box::new(gone))), [Effect::Forget("a".into())]);
        assert_eq!(upload.phase, Phase::Failed(Failure::Vanished));
    }

    #[test]
    fn a_file_that_is_chosen_again_gets_another_record() {
        let body = CreateImage { id: Some("a".into()), ..CreateImage::default() };
        let mut upload = Upload::new("f", 1, body, true).stuck(ImageStatus::Uploading);
        assert_eq!(upload.apply(retry()), [Effect::Reread("a".into())]);
    }
}
