//! The machine itself: an event in; new phase and effects out.

use sextant_inspector::report::Report;

use crate::{
    domain::{
        polling::{Backoff, is_transitional},
        upload::{
            Effect, Event, Failure, Look, Lost, Phase, Upload,
            diagnosis::{Diagnosis, diagnose, loses_the_record, may_exist},
            meter::Meter,
            verification::{FileHash, NoHash},
        },
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{image::ImageStatus, info::ImageUsage},
        ids::ImageId,
    },
};

/// How often an image that a cut upload left in "saving" is asked for, before we say so.
const MOST_LOOKS: u32 = 6;

impl Upload {
    /// Takes in an event. One that doesn't belong to the phase (an answer that comes after a cancel) changes nothing.
    pub fn apply(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Start => self.start(),
            Event::Recorded(answer) => self.recorded(answer),
            Event::Progress { sent, at_ms } => self.progress(sent, at_ms),
            Event::Sent(answer) => self.sent(answer),
            Event::Imported(event) => self.imported(*event),
            Event::Looked(answer) => self.looked(answer),
            Event::Reread(answer) => self.reread(*answer),
            Event::Offered(refused) => self.offered(refused),
            Event::Inspected(report) => self.inspected(*report),
            Event::Read(is_readable) => {
                self.is_unreadable = !is_readable;
                Vec::new()
            }
            Event::Hashing(read) => self.hashing(read),
            Event::Hashed(answer) => self.hashed(answer),
            Event::Twins(twins) => self.found_twins(twins),
            Event::Used(usage) => self.used(usage),
            Event::Deleted(answer) => self.deleted(answer),
            Event::Cancel => self.cancel(),
            Event::Retry { fresh } => self.retry(fresh),
        }
    }

    fn start(&mut self) -> Vec<Effect> {
        match (&self.phase, self.has_record) {
            // A record that we made a while ago may have been changed or deleted: asked first, bytes are sent once.
            (Phase::Waiting, true) => self.look(Lost::Retry),
            (Phase::Waiting, false) => {
                self.phase = Phase::CreatingRecord;
                vec![Effect::Remember(self.image.clone()), Effect::CreateRecord(self.body.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn recorded(&mut self, answer: Result<(), ApiError>) -> Vec<Effect> {
        match (&self.phase, answer) {
            (Phase::CreatingRecord, Ok(())) => self.send(),
            // Lost (a proxy's 504 too), or there already (409), which is ours from an earlier try: nobody else knows the id.
            (Phase::CreatingRecord, Err(error)) if may_exist(&error) => self.look(Lost::Record(error)),
            (Phase::CreatingRecord, Err(error)) => self.forget(Phase::Failed(Failure::Record(error))),
            // Cancelled while it was being made. A lost answer may have made it all the same.
            (Phase::Cancelling, Err(error)) if error != ApiError::Aborted && !may_exist(&error) => {
                self.forget(Phase::Cancelled)
            }
            (Phase::Cancelling, _) => vec![Effect::Delete(self.image.clone())],
            _ => Vec::new(),
        }
    }

    fn progress(&mut self, sent: u64, at_ms: u64) -> Vec<Effect> {
        if self.phase == Phase::Sending {
            self.meter.note(sent, at_ms);
            // "All sent" comes well before the answer.
            if sent >= self.size && self.size > 0 {
                self.phase = Phase::Storing { is_answered: false };
            }
        }
        Vec::new()
    }

    fn sent(&mut self, answer: Result<(), ApiError>) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Sending | Phase::Storing { is_answered: false }) {
            return Vec::new();
        }
        match answer {
            Ok(()) if self.store.is_some() => self.begin_import(),
            Ok(()) => {
                self.phase = Phase::Storing { is_answered: true };
                self.backoff = Backoff::default();
                self.look_after(0)
            }
            Err(error) if is_lost(&error) => self.look(Lost::Bytes(0)),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => self.vanish(),
            Err(error) => {
                // Staging may hold what came of it, and then takes no more (409).
                self.is_id_spent = self.store.is_some() || keeps_bytes(&error) || loses_the_record(&error);
                if loses_the_record(&error) {
                    self.has_record = false;
                    return self.forget(Phase::Failed(Failure::Send(error)));
                }
                self.fail(Failure::Send(error))
            }
        }
    }

    fn looked(&mut self, answer: Result<Look, ApiError>) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Storing { is_answered: true } | Phase::Looking(_)) {
            // It comes too late.
            return Vec::new();
        }
        let is_gone = matches!(&answer, Err(error) if error.kind() == Some(FaultKind::NotFound));
        if matches!((&self.phase, &answer), (Phase::Looking(Lost::Bytes(_)), Ok(look)) if self.is_staged(look))
        {
            return self.begin_import();
        }
        let answer = answer.map(|look| {
            self.stored = Some(look.stored);
            look.status
        });
        match (self.phase.clone(), answer) {
            (Phase::Storing { is_answered: true }, answer) => self.looked_while_storing(answer, is_gone),
            (Phase::Looking(lost), Ok(status)) => {
                self.has_record = true;
                self.found(&lost, status)
            }
            (Phase::Looking(Lost::Record(error)), Err(_)) if is_gone => {
                self.has_record = false;
                // 409 and yet not there: Glance remembers the ids of deleted images.
                self.is_id_spent = error.kind() == Some(FaultKind::Conflict);
                self.forget(Phase::Failed(Failure::Record(error)))
            }
            (Phase::Looking(_), Err(_)) if is_gone => self.vanish(),
            (Phase::Looking(Lost::Record(error)), Err(_)) => self.fail(Failure::Record(error)),
            (Phase::Looking(Lost::Bytes(_)), Err(_)) => self.cut(None),
            (Phase::Looking(Lost::Retry), Err(error)) => self.fail(Failure::Unknown(error)),
            _ => Vec::new(),
        }
    }

    fn looked_while_storing(&mut self, answer: Result<ImageStatus, ApiError>, is_gone: bool) -> Vec<Effect> {
        match answer {
            Ok(ImageStatus::Active | ImageStatus::Deactivated) => self.finish(),
            Ok(status @ (ImageStatus::Queued | ImageStatus::Killed)) => {
                self.is_id_spent = status == ImageStatus::Killed;
                self.fail(Failure::NotStored(status))
            }
            Ok(ImageStatus::Deleted | ImageStatus::PendingDelete) => self.vanish(),
            Err(_) if is_gone => self.vanish(),
            // Still at it, or the question failed: asked again, for as long as it takes, and more and more seldom.
            Ok(_) | Err(_) => {
                let effects = self.look_after(self.backoff.delay_ms());
                self.backoff = self.backoff.after(false);
                effects
            }
        }
    }

    /// What a found image means, depending on what had been lost.
    fn found(&mut self, lost: &Lost, status: ImageStatus) -> Vec<Effect> {
        match (status, lost) {
            (ImageStatus::Active | ImageStatus::Deactivated, _) => self.finish(),
            (ImageStatus::Queued, Lost::Record(_) | Lost::Retry) => self.send(),
            (ImageStatus::Deleted | ImageStatus::PendingDelete, _) => self.vanish(),
            // Glance hasn't noticed yet that nobody sends any more, or a proxy still passes on what it holds.
            (status, Lost::Bytes(looks)) if is_transitional(&status) && status != ImageStatus::Queued => {
                if *looks + 1 >= MOST_LOOKS {
                    return self.cut(Some(status));
                }
                self.phase = Phase::Looking(Lost::Bytes(looks + 1));
                self.look_after(Backoff::default().delay_ms())
            }
            (status, _) => self.cut(Some(status)),
        }
    }

    fn inspected(&mut self, report: Report) -> Vec<Effect> {
        self.report = Some(report);
        Vec::new()
    }

    fn hashing(&mut self, read: u64) -> Vec<Effect> {
        if let FileHash::Working(so_far) = &mut self.hash {
            *so_far = read;
        }
        Vec::new()
    }

    fn hashed(&mut self, answer: Result<String, NoHash>) -> Vec<Effect> {
        if !matches!(self.hash, FileHash::Working(_)) {
            return Vec::new();
        }
        self.hash = answer.map_or_else(FileHash::Failed, FileHash::Known);
        match self.phase {
            Phase::Cancelling | Phase::Cancelled => Vec::new(),
            _ => self.find_twins().into_iter().collect(),
        }
    }

    /// The question for images with the same bytes, once the hash is known.
    fn find_twins(&self) -> Option<Effect> {
        match &self.hash {
            FileHash::Known(hash) => Some(Effect::FindTwins(hash.clone())),
            _ => None,
        }
    }

    fn found_twins(&mut self, twins: Vec<(ImageId, String)>) -> Vec<Effect> {
        self.twins = twins.into_iter().filter(|(id, _)| *id != self.image).collect();
        Vec::new()
    }

    fn used(&mut self, usage: ImageUsage) -> Vec<Effect> {
        self.usage = Some(usage);
        Vec::new()
    }

    /// The line broke, and the image says this, or nothing.
    fn cut(&mut self, status: Option<ImageStatus>) -> Vec<Effect> {
        // A cloud that was restarted leaves it so for ever, and takes no bytes for it any more.
        self.is_id_spent =
            self.store.is_some() || status.as_ref().is_some_and(|status| *status != ImageStatus::Queued);
        let mut effects = self.fail(Failure::Cut { status });
        effects.push(Effect::AskUsage);
        effects
    }

    fn deleted(&mut self, answer: Result<(), ApiError>) -> Vec<Effect> {
        let refusal = answer.err().filter(|error| error.kind() != Some(FaultKind::NotFound));
        match (self.phase.clone(), refusal) {
            (Phase::Cancelling | Phase::Replacing(_), Some(error)) => {
                self.has_record = true;
                self.fail(Failure::NotDeleted(error))
            }
            (Phase::Cancelling, None) => {
                self.has_record = false;
                self.forget(Phase::Cancelled)
            }
            (Phase::Replacing(fresh), None) => {
                self.has_record = false;
                let effects = self.forget(Phase::Waiting);
                self.chosen = None;
                self.take_id(fresh);
                effects
            }
            _ => Vec::new(),
        }
    }

    fn cancel(&mut self) -> Vec<Effect> {
        if !self.can_cancel() {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.phase, Phase::Cancelling);
        match before {
            // The answer decides whether there is anything to delete.
            Phase::CreatingRecord => Vec::new(),
            Phase::Waiting if !self.has_record => self.forget(Phase::Cancelled),
            Phase::Sending | Phase::Storing { is_answered: false } => {
                vec![Effect::Abort, Effect::Delete(self.image.clone())]
            }
            _ => vec![Effect::Delete(self.image.clone())],
        }
    }

    fn retry(&mut self, fresh: ImageId) -> Vec<Effect> {
        if !self.can_retry() {
            return Vec::new();
        }
        self.meter = Meter::default();
        (self.usage, self.import) = (None, None);
        self.is_unreadable = false;
        // Another one may have come meanwhile, or gone. Until that is answered, what was known stays.
        let twins = self.find_twins();
        if self.is_id_spent && self.has_record {
            self.phase = Phase::Rereading(fresh);
            return [Effect::Reread(self.image.clone())].into_iter().chain(twins).collect();
        }
        if self.is_id_spent {
            self.take_id(fresh);
        }
        self.phase = Phase::Waiting;
        twins.into_iter().collect()
    }

    fn take_id(&mut self, fresh: ImageId) {
        self.image = fresh.clone();
        self.body.id = Some(fresh);
        self.is_id_spent = false;
    }

    fn send(&mut self) -> Vec<Effect> {
        self.has_record = true;
        self.meter = Meter::default();
        self.phase = Phase::Sending;
        let mut effects = vec![self.sending()];
        // While it is being sent, not before: the line is the slower of the two.
        if matches!(self.hash, FileHash::Unknown | FileHash::Failed(_)) {
            self.hash = FileHash::Working(0);
            effects.push(Effect::Hash);
        }
        effects.extend(self.offer());
        effects
    }

    fn look(&mut self, lost: Lost) -> Vec<Effect> {
        self.phase = Phase::Looking(lost);
        self.look_after(0)
    }

    fn look_after(&self, after_ms: u32) -> Vec<Effect> {
        vec![Effect::Look { image: self.image.clone(), after_ms }]
    }

    pub(super) fn vanish(&mut self) -> Vec<Effect> {
        self.has_record = false;
        self.is_id_spent = true;
        self.forget(Phase::Failed(Failure::Vanished))
    }

    /// Done. An image with the same bytes may have become one meanwhile: the same file, sent twice at once.
    pub(super) fn finish(&mut self) -> Vec<Effect> {
        let mut effects = self.forget(Phase::Active);
        effects.extend(self.find_twins());
        effects
    }

    pub(super) fn fail(&mut self, failure: Failure) -> Vec<Effect> {
        self.phase = Phase::Failed(failure);
        Vec::new()
    }

    pub(super) fn forget(&mut self, phase: Phase) -> Vec<Effect> {
        self.phase = phase;
        vec![Effect::Forget(self.image.clone())]
    }
}

/// Whether the image's store may keep what it was sent, though the image is queued again. Recorded on Glance 32 with a file
/// store: after a 415 every further PUT to the same image ends in 500, since its file is there already.
fn keeps_bytes(error: &ApiError) -> bool {
    matches!(error.kind(), Some(FaultKind::UnsupportedMedia | FaultKind::Server))
        || diagnose(error) == Some(Diagnosis::Staged)
}

/// Whether the bytes may have arrived all the same. A 503 is an answer to them: the store's own.
fn is_lost(error: &ApiError) -> bool {
    matches!(error, ApiError::Offline | ApiError::Decode { .. })
}
