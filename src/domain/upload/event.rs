//! What an upload hears, and what it asks for.

use sextant_inspector::report::Report;

use crate::{
    domain::{
        import,
        upload::{
            replacement::Record,
            verification::{NoHash, StoredHash},
        },
    },
    openstack::{
        error::ApiError,
        glance::{
            CreateImage,
            image::{Image, ImageStatus},
            info::ImageUsage,
        },
        ids::{ImageId, ProjectId},
    },
};

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
