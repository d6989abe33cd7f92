//! One upload as a machine: event in; new phase and effects out. `queue` runs several, `state::uploads` performs the effects.
//!
//! The record is always known by an id that we chose, so that nothing half-made is ever lost sight of: a cancelled upload deletes
//! it, a failed one is tried again on it.

pub mod diagnosis;
pub mod journal;
pub mod meter;
pub mod queue;
pub mod replacement;
pub mod store;
pub mod verification;

use sextant_inspector::report::Report;

use crate::{
    domain::{
        image_format::container_with,
        import::{self, Import},
        polling::{Backoff, is_transitional},
        upload::{
            diagnosis::{Diagnosis, diagnose, loses_the_record},
            meter::Meter,
            replacement::Record,
            verification::{FileHash, NoHash, StoredHash},
        },
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            CreateImage,
            image::{ContainerFormat, DiskFormat, Image, ImageStatus},
            info::ImageUsage,
        },
        ids::{ImageId, ProjectId},
    },
};

/// How often an image that a cut upload left in "saving" is asked for, before we say so.
const MOST_LOOKS: u32 = 6;

/// What an upload is of; this never changes, but for the id when a record is gone for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upload {
    /// The record that the bytes go to.
    pub image: ImageId,
    /// The file's name.
    pub file_name: String,
    /// The file's bytes.
    pub size: u64,
    /// The record's body, should it have to be made (again).
    pub body: CreateImage,
    /// The store that the bytes are to end in; `None` is the cloud's default.
    pub store: Option<String>,
    /// Where it stands.
    pub phase: Phase,
    /// Bytes sent over time.
    pub meter: Meter,
    /// Whether the record is there, as far as we know.
    pub has_record: bool,
    /// What the file is, by its content.
    pub report: Option<Report>,
    /// The file's own hash.
    pub hash: FileHash,
    /// The hash of what the cloud stored.
    pub stored: Option<StoredHash>,
    /// The format that an import left the image with: some clouds convert what they import.
    pub stored_format: Option<DiskFormat>,
    /// The import that takes the bytes to their store, once they are staged; boxed, since few uploads have one.
    pub import: Option<Box<Import>>,
    /// Active images with the same bytes: ids and names.
    pub twins: Vec<(ImageId, String)>,
    /// Whether the file could not be read any more when it was last looked at: changed, moved or removed since it was chosen.
    pub is_unreadable: bool,
    /// What the project used of its limits when the line broke.
    pub usage: Option<ImageUsage>,
    /// Projects that the record before this one was offered to, and that could not be offered this one.
    pub not_offered: Vec<ProjectId>,
    /// Projects that the next record is to be offered to, as the one before it was.
    members: Vec<ProjectId>,
    /// The format that was chosen for the next record, whatever the present one says.
    chosen: Option<(DiskFormat, ContainerFormat)>,
    /// Whether the last failure means that the id can't be used again.
    is_id_spent: bool,
    /// How long the cloud has been storing without a change, in questions.
    backoff: Backoff,
}

/// Where an upload stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// For its turn.
    #[default]
    Waiting,
    /// The record is being made.
    CreatingRecord,
    /// Bytes are on their way.
    Sending,
    /// All bytes are sent; the cloud stores them.
    Storing {
        /// Whether it has answered: then only the image's status is awaited.
        is_answered: bool,
    },
    /// The bytes are staged; the cloud takes them to their store.
    Importing,
    /// An answer was lost: the image is asked what has become of it.
    Looking(Lost),
    /// Done.
    Active,
    /// Failed; the record, if there is one, waits for another try.
    Failed(Failure),
    /// The record can't take bytes again: what it says now is asked, for the next one to say the same. The next one's id.
    Rereading(ImageId),
    /// The record is being deleted, and the next try makes one with this id.
    Replacing(ImageId),
    /// The record is being deleted.
    Cancelling,
    /// Given up, and nothing left behind.
    Cancelled,
}

/// Why an image is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The answer to the record's making.
    Record(ApiError),
    /// The answer to the sending; so often it was asked.
    Bytes(u32),
    /// Nothing: before another try.
    Retry,
}

/// Why an upload failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The record was refused.
    Record(ApiError),
    /// The bytes were refused.
    Send(ApiError),
    /// No answer to the bytes: the network, a proxy's limit, or CORS. The image's status, if it could be asked.
    Cut {
        /// What the image says.
        status: Option<ImageStatus>,
    },
    /// The cloud took the bytes, and then didn't keep them.
    NotStored(ImageStatus),
    /// The cloud took the bytes, and did not bring them to their store; the import says why.
    Import,
    /// Somebody deleted the image meanwhile, or Glance did.
    Vanished,
    /// The image couldn't be asked before another try.
    Unknown(ApiError),
    /// The record couldn't be deleted.
    NotDeleted(ApiError),
}

/// What happens to an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is its turn.
    Start,
    /// The answer to the record's making.
    Recorded(Result<(), ApiError>),
    /// So many bytes are sent.
    Progress {
        /// Bytes.
        sent: u64,
        /// Milliseconds on any clock that only goes forward.
        at_ms: u64,
    },
    /// The answer to the sending.
    Sent(Result<(), ApiError>),
    /// Something that concerns the import; boxed as well.
    Imported(Box<import::Event>),
    /// The image was asked for.
    Looked(Result<Look, ApiError>),
    /// What the record says, before it is replaced; boxed as well.
    Reread(Box<Result<Record, ApiError>>),
    /// The new record was offered to the projects of the old one, but for these.
    Offered(Vec<ProjectId>),
    /// What the file is; boxed, since it is much larger than the rest.
    Inspected(Box<Report>),
    /// The file was looked at, and could be read, or not any more.
    Read(bool),
    /// So many bytes of the file are hashed.
    Hashing(u64),
    /// The file's hash is known, or will not be.
    Hashed(Result<String, NoHash>),
    /// Active images with the same bytes.
    Twins(Vec<(ImageId, String)>),
    /// What the project uses of its limits.
    Used(ImageUsage),
    /// The answer to the deletion.
    Deleted(Result<(), ApiError>),
    /// "Cancel".
    Cancel,
    /// "Retry". The fresh id is for when the old one can't be used again.
    Retry {
        /// A fresh id.
        fresh: ImageId,
    },
}

/// What the record says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its status.
    pub status: ImageStatus,
    /// The hash of its bytes, once it has some.
    pub stored: StoredHash,
    /// Its bytes, once it has some.
    pub size: Option<u64>,
}

impl From<&Image> for Look {
    fn from(image: &Image) -> Self {
        let stored = StoredHash { algorithm: image.os_hash_algo.clone(), value: image.os_hash_value.clone() };
        Self { status: image.status.clone(), stored, size: image.size }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make the record; answer with `Recorded`.
    CreateRecord(CreateImage),
    /// Send the file; answer with `Progress` and `Sent`.
    Send(ImageId),
    /// Send the file to where an import takes it from; answer with `Progress` and `Sent`.
    Stage(ImageId),
    /// What the import's machine asks for: of its effects `Start`, `Look` and `Probe`; answer with `Imported`.
    Import(import::Effect),
    /// Stop sending.
    Abort,
    /// Work out the file's hash; answer with `Hashing` and `Hashed`.
    Hash,
    /// Ask for active images with this hash; answer with `Twins`.
    FindTwins(String),
    /// Ask what the project uses of its limits; answer with `Used`, or not at all.
    AskUsage,
    /// Ask for the image after a while; answer with `Looked`.
    Look {
        /// Which.
        image: ImageId,
        /// How long to wait first.
        after_ms: u32,
    },
    /// Ask for all that the record says, and whom it was offered to; answer with `Reread`.
    Reread(ImageId),
    /// Offer the record to these projects; answer with `Offered`.
    Offer(ImageId, Vec<ProjectId>),
    /// Delete the record; answer with `Deleted`.
    Delete(ImageId),
    /// Write it into the journal: from now on there may be a record.
    Remember(ImageId),
    /// Take it out of the journal: there is nothing left to clean up.
    Forget(ImageId),
}

impl Upload {
    /// An upload that waits for its turn. `has_record`: the page has made the record already.
    pub fn new(file_name: impl Into<String>, size: u64, body: CreateImage, has_record: bool) -> Self {
        let image = body.id.clone().unwrap_or_default();
        Self { image, file_name: file_name.into(), size, body, has_record, ..Self::default() }
    }

    /// Whether it takes one of the places of those that run at once.
    pub fn takes_a_place(&self) -> bool {
        matches!(
            self.phase,
            Phase::CreatingRecord
                | Phase::Sending
                | Phase::Storing { is_answered: false }
                | Phase::Looking(_)
        )
    }

    /// Whether leaving the page now would cut it off.
    pub fn is_running(&self) -> bool {
        self.takes_a_place()
            || matches!(
                self.phase,
                Phase::Waiting | Phase::Cancelling | Phase::Rereading(_) | Phase::Replacing(_)
            )
            || (self.phase == Phase::Importing && self.is_asking_for_import())
    }

    /// Whether "Cancel" does anything.
    pub fn can_cancel(&self) -> bool {
        match self.phase {
            // By now it is an image like any other: deleting it asks first.
            Phase::Active
            | Phase::Cancelled
            | Phase::Cancelling
            | Phase::Rereading(_)
            | Phase::Replacing(_) => false,
            Phase::Failed(_) => self.has_record,
            _ => true,
        }
    }

    /// Whether "Retry" does anything.
    pub fn can_retry(&self) -> bool {
        matches!(self.phase, Phase::Failed(_))
    }

    /// Whether "Dismiss" does anything.
    pub fn can_dismiss(&self) -> bool {
        matches!(self.phase, Phase::Active | Phase::Cancelled | Phase::Failed(_))
    }

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
            // Cancelled while it was being made. A lost answer may have made it all the same.
            (Phase::Cancelling, Ok(()) | Err(ApiError::Offline | ApiError::Aborted)) => {
                vec![Effect::Delete(self.image.clone())]
            }
            (Phase::Cancelling, Err(_)) => self.forget(Phase::Cancelled),
            // Lost (a proxy's 504 too), or there already (409), which is ours from an earlier try: nobody else knows the id.
            (Phase::CreatingRecord, Err(error))
                if is_lost(&error) || error.kind() == Some(FaultKind::Conflict) =>
            {
                self.look(Lost::Record(error))
            }
            (Phase::CreatingRecord, Err(error)) => self.forget(Phase::Failed(Failure::Record(error))),
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
            Ok(ImageStatus::Active | ImageStatus::Deactivated) => self.forget(Phase::Active),
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
            (ImageStatus::Active | ImageStatus::Deactivated, _) => self.forget(Phase::Active),
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
        match &self.hash {
            FileHash::Known(hash) if self.can_cancel() => {
                vec![Effect::FindTwins(hash.clone())]
            }
            _ => Vec::new(),
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
        (self.twins, self.usage, self.import) = (Vec::new(), None, None);
        self.is_unreadable = false;
        if self.is_id_spent && self.has_record {
            self.phase = Phase::Rereading(fresh);
            return vec![Effect::Reread(self.image.clone())];
        }
        if self.is_id_spent {
            self.take_id(fresh);
        }
        self.phase = Phase::Waiting;
        Vec::new()
    }

    /// The format to declare in place of the one that was refused, where the content tells it.
    pub fn better_format(&self) -> Option<DiskFormat> {
        let found = DiskFormat::from(self.report.as_ref()?.suggested_format()?.name());
        (self.body.disk_format.as_ref() != Some(&found)).then_some(found)
    }

    /// Declares another format, for the record that the next try makes after a 415.
    pub fn set_format(&mut self, disk: DiskFormat) {
        let body = &mut self.body;
        let container = container_with(&disk, body.disk_format.as_ref(), body.container_format.as_ref());
        body.container_format = Some(container.clone());
        body.disk_format = Some(disk.clone());
        self.chosen = Some((disk, container));
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

    fn vanish(&mut self) -> Vec<Effect> {
        self.has_record = false;
        self.is_id_spent = true;
        self.forget(Phase::Failed(Failure::Vanished))
    }

    fn fail(&mut self, failure: Failure) -> Vec<Effect> {
        self.phase = Phase::Failed(failure);
        Vec::new()
    }

    fn forget(&mut self, phase: Phase) -> Vec<Effect> {
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

/// Whether the request may have been done all the same.
fn is_lost(error: &ApiError) -> bool {
    matches!(error, ApiError::Offline | ApiError::Decode { .. })
}

#[cfg(test)]
mod tests;
