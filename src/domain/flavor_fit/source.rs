//! What a server is booted from, as far as flavors are concerned.

use crate::{domain::units::ceil_gib, openstack::glance::image::Image};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of thing is booted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// An image.
    #[default]
    Image,
    /// A snapshot of a server.
    Snapshot,
    /// An existing volume.
    Volume,
    /// A snapshot of a volume, of which a new volume is made.
    VolumeSnapshot,
}

impl SourceKind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Image, Self::Snapshot, Self::Volume, Self::VolumeSnapshot];

    /// Its word in the URL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Snapshot => "snapshot",
            Self::Volume => "volume",
            Self::VolumeSnapshot => "volume-snapshot",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether Glance keeps it.
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Image | Self::Snapshot)
    }
}

/// What a server is booted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What kind of thing.
    pub kind: SourceKind,
    /// MiB.
    pub min_ram: u64,
    /// GiB.
    pub min_disk: u64,
    /// Bytes stored, which Nova's API compares.
    pub size: Option<u64>,
    /// Bytes once unpacked, which the host needs.
    pub virtual_size: Option<u64>,
    /// A snapshot that is a list of volume snapshots: it brings its own disks.
    pub is_volume_backed: bool,
    /// GiB of the volume that such a snapshot boots from; 0 where there is none, or its size isn't known.
    pub boot_volume: u64,
    /// The properties that Nova reads.
    pub properties: BTreeMap<String, String>,
}

impl Source {
    /// An image, or a snapshot of a server.
    pub fn of_image(image: &Image) -> Self {
        Self {
            kind: if image.is_snapshot() { SourceKind::Snapshot } else { SourceKind::Image },
            min_ram: image.min_ram,
            min_disk: image.min_disk,
            size: image.size,
            virtual_size: image.virtual_size,
            is_volume_backed: image.is_volume_backed(),
            boot_volume: image.boot_volume_size().unwrap_or(0),
            properties: image.extra.clone(),
        }
    }

    /// A volume, or a snapshot of one, by its `volume_image_metadata`. The volume's own size is its own affair.
    pub fn of_volume(kind: SourceKind, metadata: &BTreeMap<String, String>) -> Self {
        let number = |key: &str| metadata.get(key).and_then(|text| text.trim().parse().ok());
        Self {
            kind,
            min_ram: number("min_ram").unwrap_or(0),
            min_disk: number("min_disk").unwrap_or(0),
            size: number("size"),
            virtual_size: number("virtual_size"),
            is_volume_backed: true,
            boot_volume: 0,
            properties: metadata.clone(),
        }
    }

    /// Whether the server's root disk is the flavor's, so that its size matters.
    pub fn uses_flavor_disk(&self, has_new_volume: bool) -> bool {
        matches!(self.kind, SourceKind::Image | SourceKind::Snapshot)
            && !self.is_volume_backed
            && !has_new_volume
    }

    /// The smallest new volume that holds it, in GiB: `max(min_disk, ceil(virtual size))`, at least 1, or its boot volume's size. The
    /// compressed size stands in where the cloud doesn't know the virtual one.
    pub fn smallest_volume(&self) -> u64 {
        let bytes = self.virtual_size.max(self.size).unwrap_or(0);
        self.min_disk.max(ceil_gib(bytes)).max(self.boot_volume).max(1)
    }

    /// A property by its key, if it says anything.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties.get(key).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}
