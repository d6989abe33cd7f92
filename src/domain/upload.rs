//! One upload as a machine: event in; new phase and effects out. `queue` runs several, `state::uploads` performs the effects.
//!
//! The record is always known by an id that we chose, so that nothing half-made is ever lost sight of: a cancelled upload deletes
//! it, a failed one is tried again on it.

pub mod correction;
pub mod diagnosis;
mod event;
pub mod journal;
pub mod meter;
pub mod queue;
pub mod replacement;
pub mod store;
mod transitions;
pub mod verification;

use sextant_inspector::report::Report;

pub use crate::domain::upload::event::{Effect, Event, Look};
use crate::{
    domain::{
        image_format::container_with,
        import::Import,
        polling::Backoff,
        upload::{
            meter::Meter,
            verification::{FileHash, StoredHash},
        },
    },
    openstack::{
        error::ApiError,
        glance::{
            CreateImage,
            image::{ContainerFormat, DiskFormat, ImageStatus},
            info::ImageUsage,
        },
        ids::{ImageId, ProjectId},
    },
};

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
}

#[cfg(test)]
mod tests;
