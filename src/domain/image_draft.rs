//! What the create and edit forms hold: texts as typed. From it come the problems, the body of a new record, and the smallest
//! patch that makes an image what the form says.

pub mod conflict;
pub mod effect;
mod fields;

use crate::{
    domain::metadata::{self, Properties},
    openstack::{
        glance::{
            CreateImage,
            image::{ContainerFormat, DiskFormat, Image, Visibility},
            patch::Patch,
        },
        ids::ImageId,
    },
};
use serde::{Deserialize, Serialize};

use crate::domain::image_draft::fields::{
    FIELDS, as_set, clean_tags, missing, not_an_id, tag_problem, too_long, whole_number,
};
pub use crate::domain::image_draft::fields::{
    Field, LARGEST_MINIMUM, LONGEST_TEXT, MOST_TAGS, Problem, Problems,
};

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
    /// "Metadata": the other properties that can be set.
    #[serde(default)]
    pub properties: Properties,
}

/// The properties that have a field of their own.
pub const OWN_PROPERTIES: [&str; 4] = ["description", "architecture", "kernel_id", "ramdisk_id"];

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
            properties: Properties::new(),
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
            properties: other_properties(image),
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
        let is_unsettable = |key: &String| OWN_PROPERTIES.contains(&&**key) || metadata::fixed(key).is_some();
        check(Field::Metadata, self.properties.keys().any(is_unsettable).then_some(Problem::Property));
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
        if problems.is_empty() { Ok(self.body(id)) } else { Err(problems) }
    }

    /// The body of a new record, whatever is wrong with it: for one that says what another has said.
    pub fn body(&self, id: ImageId) -> CreateImage {
        let properties = [
            ("description", self.description.trim()),
            ("architecture", self.architecture.trim()),
            ("kernel_id", self.kernel.trim()),
            ("ramdisk_id", self.ramdisk.trim()),
        ];
        let own = properties.into_iter().filter(|(_, value)| !value.is_empty());
        let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
        CreateImage {
            id: Some(id),
            name: Some(self.name.trim().to_owned()).filter(|name| !name.is_empty()),
            disk_format: self.disk_format.clone(),
            container_format: self.container_format.clone(),
            // Always said: Glance's own default would be "shared".
            visibility: Some(self.visibility.clone()),
            min_disk: whole_number(&self.min_disk).ok(),
            min_ram: whole_number(&self.min_ram).ok(),
            protected: Some(self.protected),
            // Not hidden is the default, and a Glance before 2.7 does not know the word.
            os_hidden: self.hidden.then_some(true),
            tags: clean_tags(&self.tags),
            properties: self.properties.clone().into_iter().chain(own).collect(),
        }
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
                Field::Metadata => {
                    patch.0.extend(metadata::diff(&other_properties(base), &self.properties).0)
                }
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
            Field::Tags => as_set(&self.tags) != as_set(&before.tags),
            Field::Metadata => self.properties != before.properties,
        }
    }
}

/// The properties without a field of their own, but those that can't be set.
fn other_properties(image: &Image) -> Properties {
    let is_other = |key: &String| !OWN_PROPERTIES.contains(&&**key) && metadata::fixed(key).is_none();
    let others = image.extra.iter().filter(|(key, _)| is_other(key));
    others.map(|(key, value)| (key.clone(), value.clone())).collect()
}

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

#[cfg(test)]
mod tests;
