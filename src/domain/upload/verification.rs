//! Whether the bytes in the cloud are the file's: its own hash, worked out here, against the one that Glance worked out.

use serde::{Deserialize, Serialize};

use crate::{
    domain::upload::{Phase, Upload},
    openstack::glance::image::DiskFormat,
};

/// The only algorithm that we work out. It is Glance's default (`hashing_algorithm`).
const OURS: &str = "sha512";

/// The file's SHA-512, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FileHash {
    /// Not begun.
    #[default]
    Unknown,
    /// So many bytes are read.
    Working(u64),
    /// In hexadecimal.
    Known(String),
    /// It will not be known.
    Failed(NoHash),
}

/// Why a file's hash will not be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHash {
    /// The file was changed, moved or removed since it was chosen.
    Unreadable,
    /// The worker that does it didn't start, or broke.
    NoWorker,
}

/// What Glance says of the bytes that it stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredHash {
    /// `os_hash_algo`.
    pub algorithm: Option<String>,
    /// `os_hash_value`.
    pub value: Option<String>,
}

/// What came of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// The file is still being read; so many bytes so far.
    Working(u64),
    /// The same bytes.
    Verified,
    /// Other bytes.
    Mismatch,
    /// Nobody knows, and why.
    NotVerified(Why),
}

/// Why there was no comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Our side has no hash.
    NoHash(NoHash),
    /// The cloud gives none.
    CloudHasNone,
    /// The cloud's is of another kind.
    OtherAlgorithm(String),
    /// The cloud has converted the image to this format.
    Converted(DiskFormat),
}

/// Why an image that became active may not be the file that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    /// The cloud has other bytes.
    OtherBytes,
    /// The file was changed, moved or removed before it was compared: the bytes may be of two versions of it.
    FileChanged,
}

impl Upload {
    /// Whether the active image may not be the file. Browsers send a file that changes in place to its end without a word.
    pub fn doubt(&self) -> Option<Doubt> {
        match self.verification()? {
            Verification::Mismatch => Some(Doubt::OtherBytes),
            Verification::NotVerified(Why::NoHash(NoHash::Unreadable)) => Some(Doubt::FileChanged),
            Verification::NotVerified(_) => self.is_unreadable.then_some(Doubt::FileChanged),
            // The reading goes on, and will tell.
            Verification::Working(_) | Verification::Verified => None,
        }
    }

    /// Whether the bytes in the cloud are the file's; once the image is active.
    pub fn verification(&self) -> Option<Verification> {
        if self.phase != Phase::Active {
            return None;
        }
        if let Some(format) = &self.stored_format
            && self.body.disk_format.as_ref().is_some_and(|declared| declared != format)
        {
            return Some(Verification::NotVerified(Why::Converted(format.clone())));
        }
        let stored = self.stored.clone().unwrap_or_default();
        let (Some(algorithm), Some(theirs)) = (stored.algorithm, stored.value) else {
            return Some(Verification::NotVerified(Why::CloudHasNone));
        };
        // Nothing to wait for.
        if !algorithm.eq_ignore_ascii_case(OURS) {
            return Some(Verification::NotVerified(Why::OtherAlgorithm(algorithm)));
        }
        Some(match &self.hash {
            FileHash::Known(ours) if ours.eq_ignore_ascii_case(&theirs) => Verification::Verified,
            FileHash::Known(_) => Verification::Mismatch,
            FileHash::Working(read) => Verification::Working(*read),
            FileHash::Unknown => Verification::NotVerified(Why::NoHash(NoHash::NoWorker)),
            FileHash::Failed(why) => Verification::NotVerified(Why::NoHash(*why)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_hash_of_the_same_kind_verifies() {
        let known = |hash: &str| FileHash::Known(hash.to_owned());
        let table = [
            (known("ab"), Some("sha512"), Some("ab"), Verification::Verified),
            (known("ab"), Some("SHA512"), Some("AB"), Verification::Verified),
            (known("ab"), Some("sha512"), Some("cd"), Verification::Mismatch),
            (FileHash::Working(7), Some("sha512"), Some("ab"), Verification::Working(7)),
            (known("ab"), None, Some("ab"), Verification::NotVerified(Why::CloudHasNone)),
            (known("ab"), Some("sha512"), None, Verification::NotVerified(Why::CloudHasNone)),
            (
                FileHash::Working(7),
                Some("sha256"),
                Some("ab"),
                Verification::NotVerified(Why::OtherAlgorithm("sha256".to_owned())),
            ),
            (
                FileHash::Failed(NoHash::Unreadable),
                Some("sha512"),
                Some("ab"),
                Verification::NotVerified(Why::NoHash(NoHash::Unreadable)),
            ),
        ];
        for (hash, algorithm, value, want) in table {
            let stored =
                StoredHash { algorithm: algorithm.map(str::to_owned), value: value.map(str::to_owned) };
            let upload = Upload { hash, stored: Some(stored), phase: Phase::Active, ..Upload::default() };
            assert_eq!(upload.verification(), Some(want.clone()), "{want:?}");
            assert_eq!(Upload { phase: Phase::Sending, ..upload }.verification(), None);
        }
    }

    #[test]
    fn other_bytes_and_a_file_that_changed_are_doubted() {
        let of = |hash: &FileHash, algorithm: &str, is_unreadable: bool| {
            let stored = StoredHash { algorithm: Some(algorithm.to_owned()), value: Some("ab".to_owned()) };
            let (hash, stored) = (hash.clone(), Some(stored));
            Upload { hash, stored, is_unreadable, phase: Phase::Active, ..Upload::default() }
        };
        let known = |hash: &str| FileHash::Known(hash.to_owned());
        let table = [
            (of(&known("ab"), OURS, false), None),
            // It was changed after all of it had been sent and read.
            (of(&known("ab"), OURS, true), None),
            (of(&known("cd"), OURS, false), Some(Doubt::OtherBytes)),
            (of(&FileHash::Failed(NoHash::Unreadable), OURS, false), Some(Doubt::FileChanged)),
            (of(&FileHash::Failed(NoHash::NoWorker), OURS, false), None),
            (of(&FileHash::Failed(NoHash::NoWorker), OURS, true), Some(Doubt::FileChanged)),
            (of(&known("ab"), "sha256", true), Some(Doubt::FileChanged)),
            (of(&FileHash::Working(7), OURS, true), None),
        ];
        for (upload, want) in table {
            assert_eq!(upload.doubt(), want, "{upload:?}");
            assert!(!upload.can_cancel(), "deleting it asks first");
            assert_eq!(Upload { phase: Phase::Sending, ..upload }.doubt(), None);
        }
    }
}
