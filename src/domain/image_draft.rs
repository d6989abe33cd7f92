//! What the create and edit forms hold: texts as typed. From it come the problems, the body of a new record, and the smallest
//! patch that makes an image what the form says.

pub mod conflict;

use crate::openstack::{
    glance::{
        CreateImage,
        image::{ContainerFormat, DiskFormat, Image, Visibility},
        patch::Patch,
    },
    ids::ImageId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Glance's limit for names, tags and property keys, in characters; ours for descriptions.
pub const LONGEST_TEXT: usize = 255;
/// Glance's limit of tags.
pub const MOST_TAGS: usize = 128;
/// Glance keeps minimums in 32 bits with a sign.
pub const LARGEST_MINIMUM: u64 = 2_147_483_647;

/// What the form holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageDraft {
    /// "Image name".
    pub name: String,
    /// "Description": the property `description`.
    pub description: String,
    /// "Format"; none until chosen.
    pub disk_format: Option<DiskFormat>,
    /// "Container format"; none until chosen.
    pub container_format: Option<ContainerFormat>,
    /// "Architecture": the property `architecture`.
    pub architecture: String,
    /// "Minimum disk (GB)", as typed.
    pub min_disk: String,
    /// "Minimum RAM (MB)", as typed.
    pub min_ram: String,
    /// "Kernel": the property `kernel_id`.
    pub kernel: String,
    /// "Ramdisk": the property `ramdisk_id`.
    pub ramdisk: String,
    /// "Visibility".
    pub visibility: Visibility,
    /// "Protected".
    pub protected: bool,
    /// "Hidden".
    pub hidden: bool,
    /// "Tags".
    pub tags: Vec<String>,
}

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
}

/// What is wrong, by field.
pub type Problems = BTreeMap<Field, Problem>;

impl Default for ImageDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            disk_format: None,
            container_format: None,
            architecture: String::new(),
            min_disk: "0".to_owned(),
            min_ram: "0".to_owned(),
            kernel: String::new(),
            ramdisk: String::new(),
            visibility: Visibility::Private,
            protected: false,
            hidden: false,
            tags: Vec::new(),
        }
    }
}

impl ImageDraft {
    /// An image as the form shows it.
    pub fn of(image: &Image) -> Self {
        let property = |key: &str| image.property(key).unwrap_or_default().to_owned();
        Self {
            name: image.name.clone().unwrap_or_default(),
            description: property("description"),
            disk_format: image.disk_format.clone(),
            container_format: image.container_format.clone(),
            architecture: property("architecture"),
            min_disk: image.min_disk.to_string(),
            min_ram: image.min_ram.to_string(),
            kernel: property("kernel_id"),
            ramdisk: property("ramdisk_id"),
            visibility: image.visibility.clone(),
            protected: image.protected,
            hidden: image.os_hidden,
            tags: image.tags.clone(),
        }
    }

    /// What is wrong with it as a new image. That a file is there, the page knows.
    pub fn validate(&self) -> Problems {
        let mut problems = Problems::new();
        let mut check = |field: Field, problem: Option<Problem>| {
            if let Some(problem) = problem {
                problems.entry(field).or_insert(problem);
            }
        };
        check(Field::Name, missing(self.name.trim().is_empty()).or_else(|| too_long(self.name.trim())));
        check(Field::Description, too_long(&self.description));
        check(Field::DiskFormat, missing(self.disk_format.is_none()));
        check(Field::ContainerFormat, missing(self.container_format.is_none()));
        check(Field::Architecture, too_long(&self.architecture));
        check(Field::MinDisk, whole_number(&self.min_disk).err());
        check(Field::MinRam, whole_number(&self.min_ram).err());
        check(Field::Kernel, not_an_id(&self.kernel));
        check(Field::Ramdisk, not_an_id(&self.ramdisk));
        check(Field::Tags, tag_problem(&self.tags));
        problems
    }

    /// What is wrong with the fields that were changed: an image without a name may keep none.
    pub fn validate_changes(&self, base: &Image) -> Problems {
        let before = Self::of(base);
        let mut problems = self.validate();
        problems.retain(|field, _| self.differs(&before, *field));
        problems
    }

    /// The fields that differ from the image's.
    pub fn changed_fields(&self, base: &Image) -> Vec<Field> {
        let before = Self::of(base);
        FIELDS.iter().copied().filter(|field| self.differs(&before, *field)).collect()
    }

    /// The body of a new record.
    ///
    /// # Errors
    /// The problems, when there are any.
    pub fn to_create(&self, id: ImageId) -> Result<CreateImage, Problems> {
        let problems = self.validate();
        if !problems.is_empty() {
            return Err(problems);
        }
        let properties = [
            ("description", self.description.trim()),
            ("architecture", self.architecture.trim()),
            ("kernel_id", self.kernel.trim()),
            ("ramdisk_id", self.ramdisk.trim()),
        ];
        let properties = properties.into_iter().filter(|(_, value)| !value.is_empty());
        Ok(CreateImage {
            id: Some(id),
            name: Some(self.name.trim().to_owned()),
            disk_format: self.disk_format.clone(),
            container_format: self.container_format.clone(),
            // Always said: Glance's own default would be "shared".
            visibility: Some(self.visibility.clone()),
            min_disk: whole_number(&self.min_disk).ok(),
            min_ram: whole_number(&self.min_ram).ok(),
            protected: Some(self.protected),
            os_hidden: Some(self.hidden),
            tags: clean_tags(&self.tags),
            properties: properties.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        })
    }

    /// The smallest patch that makes the image what the form says: nothing that wasn't touched, so no property, member or
    /// visibility can be lost.
    pub fn diff(&self, base: &Image) -> Patch {
        let mut patch = Patch::default();
        for field in self.changed_fields(base) {
            match field {
                Field::Name => patch.replace("name", self.name.trim()),
                Field::Description => set_property(&mut patch, base, "description", &self.description),
                Field::DiskFormat => {
                    patch.replace("disk_format", word(self.disk_format.as_ref().map(|f| f.as_str())))
                }
                Field::ContainerFormat => {
                    patch.replace(
                        "container_format",
                        word(self.container_format.as_ref().map(|f| f.as_str())),
                    );
                }
                Field::Architecture => set_property(&mut patch, base, "architecture", &self.architecture),
                Field::MinDisk => {
                    patch.replace("min_disk", whole_number(&self.min_disk).unwrap_or(base.min_disk))
                }
                Field::MinRam => {
                    patch.replace("min_ram", whole_number(&self.min_ram).unwrap_or(base.min_ram))
                }
                Field::Kernel => set_property(&mut patch, base, "kernel_id", &self.kernel),
                Field::Ramdisk => set_property(&mut patch, base, "ramdisk_id", &self.ramdisk),
                Field::Visibility => patch.replace("visibility", self.visibility.as_str()),
                Field::Protected => patch.replace("protected", self.protected),
                Field::Hidden => patch.replace("os_hidden", self.hidden),
                Field::Tags => patch.replace("tags", clean_tags(&self.tags)),
                Field::File => {}
            }
        }
        patch
    }

    fn differs(&self, before: &Self, field: Field) -> bool {
        let text = |mine: &str, theirs: &str| mine.trim() != theirs.trim();
        let number = |mine: &str, theirs: &str| match (whole_number(mine), whole_number(theirs)) {
            (Ok(mine), Ok(theirs)) => mine != theirs,
            _ => mine != theirs,
        };
        match field {
            Field::Name => text(&self.name, &before.name),
            Field::Description => text(&self.description, &before.description),
            Field::File => false,
            Field::DiskFormat => self.disk_format != before.disk_format,
            Field::ContainerFormat => self.container_format != before.container_format,
            Field::Architecture => text(&self.architecture, &before.architecture),
            Field::MinDisk => number(&self.min_disk, &before.min_disk),
            Field::MinRam => number(&self.min_ram, &before.min_ram),
            Field::Kernel => text(&self.kernel, &before.kernel),
            Field::Ramdisk => text(&self.ramdisk, &before.ramdisk),
            Field::Visibility => self.visibility != before.visibility,
            Field::Protected => self.protected != before.protected,
            Field::Hidden => self.hidden != before.hidden,
            Field::Tags => clean_tags(&self.tags) != clean_tags(&before.tags),
        }
    }
}

const FIELDS: [Field; 14] = [
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
];

/// Empty means that the property goes away, if it is there at all.
fn set_property(patch: &mut Patch, base: &Image, key: &str, value: &str) {
    match value.trim() {
        "" if base.extra.contains_key(key) => patch.remove(key),
        "" => {}
        value => patch.set(key, value),
    }
}

fn word(text: Option<&str>) -> serde_json::Value {
    text.into()
}

fn missing(is_missing: bool) -> Option<Problem> {
    is_missing.then_some(Problem::Missing)
}

fn too_long(text: &str) -> Option<Problem> {
    (text.chars().count() > LONGEST_TEXT).then_some(Problem::TooLong { max: LONGEST_TEXT })
}

/// Empty is not taken for 0: nobody should lift a minimum by emptying its field.
fn whole_number(text: &str) -> Result<u64, Problem> {
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
fn not_an_id(text: &str) -> Option<Problem> {
    let text = text.trim();
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    (!text.is_empty() && !is_uuid).then_some(Problem::NotAnId)
}

fn tag_problem(tags: &[String]) -> Option<Problem> {
    let tags = clean_tags(tags);
    if tags.len() > MOST_TAGS {
        return Some(Problem::TooManyTags { max: MOST_TAGS });
    }
    tags.iter().find_map(|tag| too_long(tag))
}

/// Trimmed, without empty ones, each once, in their order.
fn clean_tags(tags: &[String]) -> Vec<String> {
    let mut clean: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if !clean.iter().any(|known| known == tag) {
            clean.push(tag.to_owned());
        }
    }
    clean
}

#[cfg(test)]
mod tests;
