//! The fields of the form, and what can be wrong with what is typed into one.

use std::collections::{BTreeMap, BTreeSet};

/// Glance's limit for names, tags and property keys, in characters; ours for descriptions.
pub const LONGEST_TEXT: usize = 255;
/// Glance's limit of tags.
pub const MOST_TAGS: usize = 128;
/// Glance keeps minimums in 32 bits with a sign.
pub const LARGEST_MINIMUM: u64 = 2_147_483_647;

/// A field of the form, in the form's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// "Image name".
    Name,
    /// "Description".
    Description,
    /// "File".
    File,
    /// "Format".
    DiskFormat,
    /// "Container format".
    ContainerFormat,
    /// "Architecture".
    Architecture,
    /// "Minimum disk (GB)".
    MinDisk,
    /// "Minimum RAM (MB)".
    MinRam,
    /// "Kernel".
    Kernel,
    /// "Ramdisk".
    Ramdisk,
    /// "Visibility".
    Visibility,
    /// "Protected".
    Protected,
    /// "Hidden".
    Hidden,
    /// "Tags".
    Tags,
    /// "Metadata".
    Metadata,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was given.
    Missing,
    /// More characters than there may be.
    TooLong {
        /// How many there may be.
        max: usize,
    },
    /// Not a whole number from 0 on.
    NotAWholeNumber,
    /// More than there may be.
    TooLarge {
        /// How much there may be.
        max: u64,
    },
    /// More tags than there may be.
    TooManyTags {
        /// How many there may be.
        max: usize,
    },
    /// Not the id of an image.
    NotAnId,
    /// A property is wrong, which it says itself.
    Property,
}

/// What is wrong, by field.
pub type Problems = BTreeMap<Field, Problem>;

/// All of them.
pub(super) const FIELDS: [Field; 15] = [
    Field::Name,
    Field::Description,
    Field::File,
    Field::DiskFormat,
    Field::ContainerFormat,
    Field::Architecture,
    Field::MinDisk,
    Field::MinRam,
    Field::Kernel,
    Field::Ramdisk,
    Field::Visibility,
    Field::Protected,
    Field::Hidden,
    Field::Tags,
    Field::Metadata,
];

pub(super) fn missing(is_missing: bool) -> Option<Problem> {
    is_missing.then_some(Problem::Missing)
}

pub(super) fn too_long(text: &str) -> Option<Problem> {
    (text.chars().count() > LONGEST_TEXT).then_some(Problem::TooLong { max: LONGEST_TEXT })
}

/// Empty is not taken for 0: nobody should lift a minimum by emptying its field.
pub(super) fn whole_number(text: &str) -> Result<u64, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::NotAWholeNumber);
    }
    match text.parse() {
        Ok(number) if number <= LARGEST_MINIMUM => Ok(number),
        _ => Err(Problem::TooLarge { max: LARGEST_MINIMUM }),
    }
}

/// Nova wants the id of an image here; Glance's schema refuses anything but a UUID.
pub(super) fn not_an_id(text: &str) -> Option<Problem> {
    let text = text.trim();
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    (!text.is_empty() && !is_uuid).then_some(Problem::NotAnId)
}

pub(super) fn tag_problem(tags: &[String]) -> Option<Problem> {
    let tags = clean_tags(tags);
    if tags.len() > MOST_TAGS {
        return Some(Problem::TooManyTags { max: MOST_TAGS });
    }
    tags.iter().find_map(|tag| too_long(tag))
}

/// As Glance keeps them: in no order, so another order is no change.
pub(super) fn as_set(tags: &[String]) -> BTreeSet<&str> {
    tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()).collect()
}

/// Trimmed, without empty ones, each once, in their order.
pub(super) fn clean_tags(tags: &[String]) -> Vec<String> {
    let mut clean: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if !clean.iter().any(|known| known == tag) {
            clean.push(tag.to_owned());
        }
    }
    clean
}
