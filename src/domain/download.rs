//! Downloading an image's bytes: where they can go, what the file is called, and whether what came is what the cloud has.

use crate::{
    domain::upload::meter::Meter,
    openstack::{
        error::ApiError,
        glance::image::{ContainerFormat, Image},
    },
};

/// Held in memory, more than this would bring most browsers down: half of what they give a page.
pub const MOST_IN_MEMORY: u64 = 2 << 30;
/// File systems take 255 bytes; a letter may have four.
const LONGEST_NAME: usize = 60;

/// Where the bytes can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Straight to a file that the person chooses.
    Disk,
    /// Into memory, and from there to the browser's downloads: the person is told before.
    Memory,
    /// Nowhere: the browser can't write to disk, and memory would not do.
    TooLarge,
}

/// Where an image of this size can go. An unknown size may be too large.
pub fn way(can_write_to_disk: bool, size: Option<u64>) -> Way {
    match size {
        _ if can_write_to_disk => Way::Disk,
        Some(size) if size <= MOST_IN_MEMORY => Way::Memory,
        _ => Way::TooLarge,
    }
}

/// What the file is called: the image's name as far as every file system takes it, and the format.
pub fn file_name(image: &Image) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_.+ ()".contains(c);
    let name = image.name.as_deref().unwrap_or_default();
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).take(LONGEST_NAME).collect();
    let plain = plain.trim_matches(['.', ' ', '-']);
    let stem = if plain.is_empty() { image.id.as_str() } else { plain };
    let extension = match (&image.container_format, &image.disk_format) {
        (Some(ContainerFormat::Ova), _) => Some("ova".to_owned()),
        (Some(ContainerFormat::Compressed), _) => Some("gz".to_owned()),
        (_, Some(format)) => Some(format.as_str().chars().filter(char::is_ascii_alphanumeric).collect()),
        (_, None) => None,
    };
    match extension.filter(|it: &String| !it.is_empty() && !stem.ends_with(&format!(".{it}"))) {
        Some(extension) => format!("{stem}.{extension}"),
        None => stem.to_owned(),
    }
}

/// What was compared with the cloud's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The SHA-512 is the one that the cloud has.
    Verified,
    /// Only the number of bytes.
    SizeOnly(NoHash),
    /// Nothing: the cloud told neither a size nor a hash that could be worked out here.
    Nothing(NoHash),
}

/// Why the hash could not be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoHash {
    /// The cloud has none.
    Unknown,
    /// It is of another kind.
    Algorithm(String),
    /// It could not be worked out here.
    NotWorkedOut,
}

/// Why there is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The cloud refused.
    Refused(ApiError),
    /// The connection ended, or fewer or more bytes came than the image has.
    CutOff {
        /// What came.
        got: u64,
        /// What there is, where the cloud tells.
        size: Option<u64>,
    },
    /// All the bytes came, and they are not those that the cloud has.
    Mismatch,
    /// The file could not be written.
    NotWritten,
}

/// Whether what came is what the cloud has.
///
/// # Errors
/// `CutOff` for another number of bytes, `Mismatch` for another hash.
pub fn judge(image: &Image, got: u64, hash: Option<&str>) -> Result<Verdict, Failure> {
    if image.size.is_some_and(|size| size != got) {
        return Err(Failure::CutOff { got, size: image.size });
    }
    let why = match (&image.os_hash_value, image.os_hash_algo.as_deref(), hash) {
        (None, ..) => NoHash::Unknown,
        (Some(_), Some(other), _) if !other.eq_ignore_ascii_case("sha512") => {
            NoHash::Algorithm(other.to_owned())
        }
        (Some(_), None, _) => NoHash::Algorithm(String::new()),
        (Some(_), Some(_), None) => NoHash::NotWorkedOut,
        (Some(known), Some(_), Some(hash)) if known.eq_ignore_ascii_case(hash) => {
            return Ok(Verdict::Verified);
        }
        _ => return Err(Failure::Mismatch),
    };
    Ok(if image.size.is_some() { Verdict::SizeOnly(why) } else { Verdict::Nothing(why) })
}

/// Whether its hash can be compared at all: it needs no working out otherwise.
pub fn wants_hash(image: &Image) -> bool {
    image.os_hash_value.is_some()
        && image.os_hash_algo.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("sha512"))
}

/// Where a download is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Bytes come in.
    Receiving,
    /// There is a file.
    Done(Verdict),
    /// There is none.
    Failed(Failure),
    /// The person has stopped it.
    Cancelled,
}

/// A download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The image, as it was when it was asked for.
    pub image: Image,
    /// Its name.
    pub name: String,
    /// The file's name.
    pub file: String,
    /// How far it is, and how fast.
    pub meter: Meter,
    /// Where it is.
    pub phase: Phase,
}

impl Download {
    /// Whether it is under way.
    pub fn is_running(&self) -> bool {
        self.phase == Phase::Receiving
    }

    /// Whether there is no file of it, and a new try may make one.
    pub fn can_retry(&self) -> bool {
        matches!(self.phase, Phase::Failed(_) | Phase::Cancelled)
    }
}

#[cfg(test)]
mod tests;
