//! One import as a machine: event in; new phase and effects out. The cloud does the work, we follow it: by the image, and by
//! its tasks, where alone the reason of a failure stands. `state::imports` performs the effects.

pub mod again;
pub mod causes;
pub mod checksum;
pub mod journal;

use crate::{
    domain::{
        import::{
            causes::{Cause, causes},
            checksum::{Checked, Checksum},
        },
        polling::Backoff,
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            image::{DiskFormat, Image, ImageStatus},
            import::{FAILED, IMPORTING, Source},
            info::ImageUsage,
            task::{Task, TaskStatus},
        },
        ids::ImageId,
    },
};

/// How often an image is looked at that shows no sign of the import, before we say that nothing came of it.
const MOST_QUIET_LOOKS: u32 = 8;
/// And how often after it has gone back to "queued", for the task to say why.
const LOOKS_FOR_THE_REASON: u32 = 2;

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The image.
    pub image: ImageId,
    /// Its name.
    pub name: String,
    /// Where the bytes come from.
    pub source: Source,
    /// The store that they go to; `None` is the cloud's default.
    pub store: Option<String>,
    /// What the bytes should be.
    pub expected: Option<Checksum>,
    /// Whether the record is protected by our own form, which a cancel lifts first.
    pub is_protected: bool,
    /// Where it stands.
    pub phase: Phase,
    /// What the image said last.
    pub seen: Option<Image>,
    /// What its task said last.
    pub message: Option<String>,
    /// Why the last look gave no answer. It is looked again all the same.
    pub trouble: Option<ApiError>,
    /// What the project uses of its limits, asked after a failure.
    pub usage: Option<ImageUsage>,
    /// Bytes that had arrived when it was told last: then the address answered.
    pub copied: Option<u64>,
    /// The format to declare before the next try.
    pub wanted_format: Option<DiskFormat>,
    refusal: Option<ApiError>,
    /// Tasks of earlier tries.
    known_tasks: Vec<String>,
    old_tasks: Vec<String>,
    has_begun: bool,
    quiet_looks: u32,
    backoff: Backoff,
}

/// Where an import stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The cloud is being asked to do it.
    #[default]
    Starting,
    /// The cloud is at work, or will be.
    Following,
    /// Done.
    Active(Checked),
    /// Failed; the record, if there is one, waits for another try.
    Failed(Failure),
    /// The record is being deleted.
    Cancelling,
    /// Given up, and nothing left behind.
    Cancelled,
}

/// Why an import failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The cloud refused to begin.
    Refused(ApiError),
    /// It began, and gave up. Its words, where it has any, and the request to quote.
    GaveUp {
        /// The task's message.
        message: Option<String>,
        /// The request that began it.
        request_id: Option<String>,
    },
    /// It said yes, and nothing came of it.
    NotBegun,
    /// Another format could not be declared.
    NotSet(ApiError),
    /// Somebody deleted the image meanwhile.
    Vanished,
    /// The record couldn't be deleted.
    NotDeleted(ApiError),
}

/// What a look finds: the image, and its tasks where the cloud tells them.
pub type Look = (Image, Option<Vec<Task>>);

/// What happens to an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The answer to its beginning.
    Started(Result<(), ApiError>),
    /// The image was looked at, and its tasks where the cloud tells them.
    Looked(Box<Result<Look, ApiError>>),
    /// After a failure, what the project uses of its limits.
    Probed(ImageUsage),
    /// "Set format to … and retry".
    SetFormat(DiskFormat),
    /// The answer to the setting of the format.
    FormatSet(Box<Result<Image, ApiError>>),
    /// The answer to the deletion.
    Deleted(Result<(), ApiError>),
    /// "Cancel".
    Cancel,
    /// "Retry".
    Retry,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the cloud to begin; answer with `Started`.
    Start,
    /// Declare `wanted_format`; answer with `FormatSet`.
    SetFormat,
    /// Look after so many milliseconds; answer with `Looked`.
    Look(u32),
    /// Ask for the project's limits; answer with `Probed`, if at all.
    Probe,
    /// Delete the record; answer with `Deleted`.
    Delete,
    /// Take it out of the journal: there is nothing left to follow.
    Forget,
}

impl Import {
    /// An import whose beginning is not answered yet.
    pub fn new(image: ImageId, name: impl Into<String>, source: Source, store: Option<String>) -> Self {
        Self {
            image,
            name: name.into(),
            source,
            store,
            expected: None,
            is_protected: false,
            phase: Phase::Starting,
            seen: None,
            message: None,
            trouble: None,
            usage: None,
            copied: None,
            wanted_format: None,
            refusal: None,
            known_tasks: Vec::new(),
            old_tasks: Vec::new(),
            has_begun: false,
            quiet_looks: 0,
            backoff: Backoff::default(),
        }
    }

    /// Whether it goes on.
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Following | Phase::Cancelling)
    }

    /// Whether "Cancel" does anything. What is copied is somebody's image: that is not deleted to end a copy, and Glance has no
    /// other way to end one.
    pub fn can_cancel(&self) -> bool {
        let is_own_record = self.source != Source::Copy;
        match &self.phase {
            Phase::Starting | Phase::Following => is_own_record,
            Phase::Failed(failure) => is_own_record && *failure != Failure::Vanished,
            Phase::Active(_) | Phase::Cancelling | Phase::Cancelled => false,
        }
    }

    /// Whether "Retry" does anything. What was staged is gone after a failure.
    pub fn can_retry(&self) -> bool {
        let is_again_possible = self.source != Source::Staged;
        matches!(&self.phase, Phase::Failed(failure) if *failure != Failure::Vanished) && is_again_possible
    }

    /// The declared format where that may be why it failed, and the one that the address speaks of.
    pub fn format_in_question(&self) -> Option<(DiskFormat, Option<DiskFormat>)> {
        if !matches!(self.phase, Phase::Failed(Failure::GaveUp { .. } | Failure::NotSet(_)))
            || !self.can_retry()
        {
            return None;
        }
        causes(self).into_iter().find_map(|(_, cause)| match cause {
            Cause::Format { declared, named } => Some((declared, named)),
            _ => None,
        })
    }

    /// Whether "Dismiss" does anything.
    pub fn can_dismiss(&self) -> bool {
        matches!(self.phase, Phase::Active(_) | Phase::Failed(_) | Phase::Cancelled)
    }

    /// Takes in an event. One that doesn't belong to the phase changes nothing.
    pub fn apply(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Started(answer) => self.started(answer),
            Event::Looked(answer) => self.looked(*answer),
            Event::Probed(usage) => {
                self.usage = Some(usage);
                Vec::new()
            }
            Event::SetFormat(format) if self.format_in_question().is_some() => {
                self.wanted_format = Some(format);
                self.phase = Phase::Starting;
                vec![Effect::SetFormat]
            }
            Event::FormatSet(answer) if self.phase == Phase::Starting => match *answer {
                Ok(image) => {
                    self.seen = Some(image);
                    self.retry()
                }
                Err(error) if error.kind() == Some(FaultKind::NotFound) => self.fail(Failure::Vanished),
                Err(error) => self.fail(Failure::NotSet(error)),
            },
            Event::SetFormat(_) | Event::FormatSet(_) => Vec::new(),
            Event::Deleted(answer) => self.deleted(answer),
            Event::Cancel if self.can_cancel() => {
                self.phase = Phase::Cancelling;
                vec![Effect::Delete]
            }
            Event::Retry if self.can_retry() => self.retry(),
            Event::Cancel | Event::Retry => Vec::new(),
        }
    }

    fn started(&mut self, answer: Result<(), ApiError>) -> Vec<Effect> {
        if self.phase != Phase::Starting {
            return Vec::new();
        }
        match answer {
            Err(error) if !may_run(&error) => return self.fail(Failure::Refused(error)),
            Err(error) => self.refusal = Some(error),
            Ok(()) => self.refusal = None,
        }
        self.phase = Phase::Following;
        vec![Effect::Look(0)]
    }

    fn looked(&mut self, answer: Result<Look, ApiError>) -> Vec<Effect> {
        if self.phase != Phase::Following {
            return Vec::new();
        }
        match answer {
            Ok((image, tasks)) => self.judge(image, tasks),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => self.fail(Failure::Vanished),
            Err(error) => {
                self.trouble = Some(error);
                self.look_again(false)
            }
        }
    }

    fn judge(&mut self, image: Image, tasks: Option<Vec<Task>>) -> Vec<Effect> {
        let tasks = tasks.unwrap_or_default();
        self.known_tasks.extend(tasks.iter().map(|task| task.id.clone()));
        let is_ours = |task: &&Task| {
            !self.old_tasks.contains(&task.id)
                && task.method().is_none_or(|name| name == self.source.method_name())
        };
        let task = tasks.iter().find(is_ours).cloned();
        let has_changed = self.note(&image, task.as_ref());
        let stores = |key: &str| split(image.property(key));
        let is_on_its_way = !stores(IMPORTING).is_empty();
        let has_failed_store = match &self.store {
            Some(store) => stores(FAILED).contains(&store.as_str()),
            None => !stores(FAILED).is_empty(),
        };
        let has_arrived = match (&self.source, &self.store) {
            (Source::Copy, Some(store)) => image.stores.contains(store),
            _ => matches!(image.status, ImageStatus::Active | ImageStatus::Deactivated),
        };
        let has_task_failed = task.as_ref().is_some_and(|task| task.status == TaskStatus::Failure);
        let is_task_running = task.as_ref().is_some_and(|task| !task.status.is_over());
        // So it is before the import of what was staged begins, too.
        let is_staged =
            self.source == Source::Staged && image.status == ImageStatus::Uploading && !is_on_its_way;
        self.has_begun |= is_on_its_way
            || (!is_staged
                && matches!(
                    image.status,
                    ImageStatus::Importing | ImageStatus::Saving | ImageStatus::Uploading
                ));
        let is_gone = matches!(image.status, ImageStatus::Deleted | ImageStatus::PendingDelete);
        // What was staged and failed stays "importing" for good, with nothing on its way; what was fetched goes back to "queued".
        let is_stranded = self.source == Source::Staged && has_failed_store && !is_on_its_way;
        let is_over = match self.source {
            Source::Copy => !is_on_its_way,
            _ => {
                is_staged || is_stranded || matches!(image.status, ImageStatus::Queued | ImageStatus::Killed)
            }
        };
        if is_gone {
            return self.fail(Failure::Vanished);
        }
        if has_arrived && !is_on_its_way {
            let checked = self.expected.as_ref().map_or(Checked::NotAsked, |it| it.check(&image));
            self.phase = Phase::Active(checked);
            return vec![Effect::Forget];
        }
        if has_task_failed && is_over {
            return self.give_up(task);
        }
        if !is_over || is_task_running {
            self.quiet_looks = 0;
            return self.look_again(has_changed);
        }
        self.quiet_looks += 1;
        // A list of failed stores may be of an earlier try.
        let has_ended = self.has_begun || (has_failed_store && self.old_tasks.is_empty());
        if has_ended && self.quiet_looks > LOOKS_FOR_THE_REASON {
            return self.give_up(task);
        }
        if self.quiet_looks > MOST_QUIET_LOOKS {
            let failure = self.refusal.take().map_or(Failure::NotBegun, Failure::Refused);
            return self.fail(failure);
        }
        self.look_again(has_changed)
    }

    /// Keeps what was seen; true when it is news.
    fn note(&mut self, image: &Image, task: Option<&Task>) -> bool {
        let message = task.map(|task| task.message.clone()).filter(|message| !message.is_empty());
        let has_changed = self.seen.as_ref() != Some(image) || self.message != message;
        self.copied = message.as_deref().and_then(copied_bytes).or(self.copied);
        self.seen = Some(image.clone());
        self.message = message;
        self.trouble = None;
        has_changed
    }

    fn give_up(&mut self, task: Option<Task>) -> Vec<Effect> {
        let message = self.message.clone();
        let request_id = task.and_then(|task| task.request_id);
        self.fail(Failure::GaveUp { message, request_id })
    }

    fn deleted(&mut self, answer: Result<(), ApiError>) -> Vec<Effect> {
        match (&self.phase, answer) {
            (Phase::Cancelling, Err(error)) if error.kind() != Some(FaultKind::NotFound) => {
                self.fail(Failure::NotDeleted(error))
            }
            (Phase::Cancelling, _) => {
                self.phase = Phase::Cancelled;
                vec![Effect::Forget]
            }
            _ => Vec::new(),
        }
    }

    fn retry(&mut self) -> Vec<Effect> {
        self.old_tasks.append(&mut self.known_tasks);
        self.phase = Phase::Starting;
        self.message = None;
        self.usage = None;
        self.copied = None;
        self.has_begun = false;
        self.quiet_looks = 0;
        vec![Effect::Start]
    }

    fn look_again(&mut self, has_changed: bool) -> Vec<Effect> {
        self.backoff = self.backoff.after(has_changed);
        vec![Effect::Look(self.backoff.delay_ms())]
    }

    fn fail(&mut self, failure: Failure) -> Vec<Effect> {
        let effects = match &failure {
            Failure::Vanished => vec![Effect::Forget],
            // For the likely causes: the cloud names none.
            Failure::GaveUp { .. } => vec![Effect::Probe],
            _ => Vec::new(),
        };
        self.phase = Phase::Failed(failure);
        effects
    }
}

/// Whether the import may be under way all the same: the answer was lost, or one was under way already.
pub fn may_run(error: &ApiError) -> bool {
    matches!(error, ApiError::Offline | ApiError::Decode { .. })
        || matches!(error.kind(), Some(FaultKind::Conflict | FaultKind::Unavailable))
}

/// Whether the cloud's objection is to the address: its filter of hosts, ports and schemes.
pub fn is_about_the_address(error: &ApiError) -> bool {
    let is_bad = error.kind() == Some(FaultKind::BadRequest);
    is_bad && error.fault().is_some_and(|fault| fault.message.to_ascii_lowercase().contains("uri"))
}

/// The bytes of `Copied 12 MiB`.
pub fn copied_bytes(message: &str) -> Option<u64> {
    let mib: u64 = message.strip_prefix("Copied ")?.strip_suffix(" MiB")?.trim().parse().ok()?;
    mib.checked_mul(1 << 20)
}

fn split(list: Option<&str>) -> Vec<&str> {
    let parts = list.unwrap_or_default().split(',');
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests;
