//! The filters of the list: within one kind any value will do, and every kind must be met.

use crate::{
    domain::image_list::index::IndexedImage,
    openstack::{
        glance::image::{ContainerFormat, DiskFormat, ImageStatus, Visibility},
        ids::ProjectId,
    },
};

/// What is filtered by. Empty lists and `None` let everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Any of these statuses.
    pub status: Vec<ImageStatus>,
    /// Any of these visibilities.
    pub visibility: Vec<Visibility>,
    /// Any of these formats.
    pub format: Vec<DiskFormat>,
    /// Any of these container formats.
    pub container: Vec<ContainerFormat>,
    /// Any of these owners.
    pub owner: Vec<ProjectId>,
    /// All of these tags, as in Glance.
    pub tag: Vec<String>,
    /// Any of these operating systems (`os_distro`).
    pub os: Vec<String>,
    /// Protected ones only, or the others.
    pub protected: Option<bool>,
    /// Hidden ones only, or the others.
    pub hidden: Option<bool>,
    /// At least so many bytes.
    pub size_min: Option<u64>,
    /// At most so many bytes.
    pub size_max: Option<u64>,
    /// A minimum disk of at most so many GiB.
    pub min_disk_max: Option<u64>,
    /// A minimum RAM of at most so many MiB.
    pub min_ram_max: Option<u64>,
    /// Created at or after this time (RFC 3339, or its beginning).
    pub created_since: Option<String>,
    /// Updated at or after this time.
    pub updated_since: Option<String>,
}

impl Filters {
    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an image gets through.
    pub fn accept(&self, row: &IndexedImage) -> bool {
        let image = &row.image;
        let is_since =
            |at: &str, since: &Option<String>| since.as_ref().is_none_or(|since| at >= since.as_str());
        any_of(&self.status, Some(&image.status))
            && any_of(&self.visibility, Some(&image.visibility))
            && any_of(&self.format, image.disk_format.as_ref())
            && any_of(&self.container, image.container_format.as_ref())
            && any_of(&self.owner, image.owner.as_ref())
            && self.tag.iter().all(|tag| image.tags.contains(tag))
            && (self.os.is_empty()
                || image.property("os_distro").is_some_and(|os| self.os.iter().any(|any| any == os)))
            && self.protected.is_none_or(|wanted| image.protected == wanted)
            && self.hidden.is_none_or(|wanted| image.os_hidden == wanted)
            && self.size_min.is_none_or(|min| image.size.is_some_and(|size| size >= min))
            && self.size_max.is_none_or(|max| image.size.is_some_and(|size| size <= max))
            && self.min_disk_max.is_none_or(|max| image.min_disk <= max)
            && self.min_ram_max.is_none_or(|max| image.min_ram <= max)
            && is_since(&image.created_at, &self.created_since)
            && is_since(&image.updated_at, &self.updated_since)
    }
}

fn any_of<T: PartialEq>(wanted: &[T], value: Option<&T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(value))
}
