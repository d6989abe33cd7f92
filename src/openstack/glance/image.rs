//! An image as Glance describes it. Reading never fails for what we don't know: only a row without id is no image.

use crate::openstack::{
    ids::{ImageId, ProjectId},
    lenient::{as_bool, as_text, as_u64},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

crate::open_enum! {
    /// Where an image is in its life.
    ImageStatus {
        /// A record without bytes.
        Queued = "queued",
        /// Bytes are coming in.
        Saving = "saving",
        /// Bytes are being staged for an import.
        Uploading = "uploading",
        /// An import is under way.
        Importing = "importing",
        /// Usable.
        Active = "active",
        /// Taken out of use; its bytes can't be read.
        Deactivated = "deactivated",
        /// A failed upload of the old API.
        Killed = "killed",
        /// Gone.
        Deleted = "deleted",
        /// Will be gone.
        PendingDelete = "pending_delete",
    }
}

crate::open_enum! {
    /// Who sees an image.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Its project.
        Private = "private",
        /// Its project, and projects that it was offered to.
        Shared = "shared",
        /// Everybody who asks for it.
        Community = "community",
    }
}

crate::open_enum! {
    /// The format of the bytes. Clouds may allow more than these, and fewer.
    DiskFormat {
        /// Plain bytes.
        Raw = "raw",
        /// QEMU's.
        Qcow2 = "qcow2",
        /// An optical disc.
        Iso = "iso",
        /// VMware's.
        Vmdk = "vmdk",
        /// VirtualBox's.
        Vdi = "vdi",
        /// Microsoft's older one.
        Vhd = "vhd",
        /// Microsoft's newer one.
        Vhdx = "vhdx",
        /// Virtuozzo's.
        Ploop = "ploop",
        /// Amazon kernel.
        Aki = "aki",
        /// Amazon ramdisk.
        Ari = "ari",
        /// Amazon machine.
        Ami = "ami",
    }
}

crate::open_enum! {
    /// What is around the bytes.
    ContainerFormat {
        /// Nothing.
        Bare = "bare",
        /// OVF.
        Ovf = "ovf",
        /// A tar of OVF.
        Ova = "ova",
        /// Amazon kernel.
        Aki = "aki",
        /// Amazon ramdisk.
        Ari = "ari",
        /// Amazon machine.
        Ami = "ami",
        /// A container's layers.
        Docker = "docker",
        /// Compression.
        Compressed = "compressed",
    }
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The id.
    pub id: ImageId,
    /// The name; an image needn't have one.
    pub name: Option<String>,
    /// Where it is in its life.
    pub status: ImageStatus,
    /// Who sees it.
    pub visibility: Visibility,
    /// Whether it can't be deleted.
    pub protected: bool,
    /// Whether the default listing leaves it out.
    pub os_hidden: bool,
    /// The project that it belongs to; may be nobody.
    pub owner: Option<ProjectId>,
    /// Bytes stored.
    pub size: Option<u64>,
    /// Bytes once unpacked.
    pub virtual_size: Option<u64>,
    /// The format of the bytes.
    pub disk_format: Option<DiskFormat>,
    /// What is around them.
    pub container_format: Option<ContainerFormat>,
    /// MD5, for old tools.
    pub checksum: Option<String>,
    /// The algorithm of `os_hash_value` ("sha512").
    pub os_hash_algo: Option<String>,
    /// The hash of the bytes.
    pub os_hash_value: Option<String>,
    /// In GiB.
    pub min_disk: u64,
    /// In MiB.
    pub min_ram: u64,
    /// When the record was made, RFC 3339.
    pub created_at: String,
    /// When it last changed, RFC 3339.
    pub updated_at: String,
    /// The tags, sorted: Glance keeps a set of them, and lists it in another order from one worker process to the next.
    pub tags: Vec<String>,
    /// The stores that hold it.
    pub stores: Vec<String>,
    /// Where it is, on clouds that tell.
    pub direct_url: Option<String>,
    /// Every property that isn't a base attribute.
    pub extra: BTreeMap<String, String>,
}

/// The attributes that every image has, which are therefore no properties.
pub const BASE_ATTRIBUTES: &[&str] = &[
    "id",
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "owner",
    "size",
    "virtual_size",
    "disk_format",
    "container_format",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "min_disk",
    "min_ram",
    "created_at",
    "updated_at",
    "tags",
    "stores",
    "direct_url",
    "locations",
    "self",
    "file",
    "schema",
];

impl Image {
    /// A property by its key.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.extra.get(key).map(String::as_str)
    }

    /// The description, which is a property.
    pub fn description(&self) -> Option<&str> {
        self.property("description")
    }

    /// The architecture as Nova's scheduler reads it: `hw_architecture` before `architecture`.
    pub fn architecture(&self) -> Option<&str> {
        self.property("hw_architecture")
            .or_else(|| self.property("architecture"))
            .filter(|name| !name.is_empty())
    }

    /// Whether it was made from a server. Nova marks as such only what has bytes of its own.
    pub fn is_snapshot(&self) -> bool {
        self.property("image_type") == Some("snapshot") || self.is_volume_backed()
    }

    /// Whether it is a snapshot of a volume-backed server: a list of volume snapshots with no bytes of its own.
    pub fn is_volume_backed(&self) -> bool {
        self.property("block_device_mapping").is_some_and(|mapping| !matches!(mapping.trim(), "" | "[]"))
    }

    /// GiB of the volume that a volume-backed snapshot boots from: Cinder makes no smaller one of it.
    pub fn boot_volume_size(&self) -> Option<u64> {
        let mapping: Vec<Value> = serde_json::from_str(self.property("block_device_mapping")?).ok()?;
        let boots = |device: &&Value| device["boot_index"].as_i64() == Some(0);
        mapping.iter().find(boots)?["volume_size"].as_u64()
    }

    /// Reads an image from Glance's flat object.
    pub fn from_object(mut object: Map<String, Value>) -> Option<Self> {
        let id = ImageId::from(text(&mut object, "id")?);
        let flag = |object: &mut Map<String, Value>, key: &str| {
            object.remove(key).and_then(|value| as_bool(&value)).unwrap_or(false)
        };
        let number =
            |object: &mut Map<String, Value>, key: &str| object.remove(key).and_then(|value| as_u64(&value));
        let image = Self {
            name: text(&mut object, "name"),
            status: text(&mut object, "status").unwrap_or_default().into(),
            visibility: text(&mut object, "visibility").unwrap_or_default().into(),
            protected: flag(&mut object, "protected"),
            os_hidden: flag(&mut object, "os_hidden"),
            owner: text(&mut object, "owner").filter(|owner| !owner.is_empty()).map(ProjectId::from),
            size: number(&mut object, "size"),
            virtual_size: number(&mut object, "virtual_size"),
            disk_format: text(&mut object, "disk_format").map(DiskFormat::from),
            container_format: text(&mut object, "container_format").map(ContainerFormat::from),
            checksum: text(&mut object, "checksum"),
            os_hash_algo: text(&mut object, "os_hash_algo"),
            os_hash_value: text(&mut object, "os_hash_value"),
            min_disk: number(&mut object, "min_disk").unwrap_or(0),
            min_ram: number(&mut object, "min_ram").unwrap_or(0),
            created_at: text(&mut object, "created_at").unwrap_or_default(),
            updated_at: text(&mut object, "updated_at").unwrap_or_default(),
            tags: object.remove("tags").map(sorted).unwrap_or_default(),
            stores: text(&mut object, "stores").map(|stores| split_stores(&stores)).unwrap_or_default(),
            direct_url: text(&mut object, "direct_url"),
            extra: BTreeMap::new(),
            id,
        };
        let properties = object.into_iter().filter(|(key, _)| !BASE_ATTRIBUTES.contains(&key.as_str()));
        let extra = properties.map(|(key, value)| (key, as_text(value).unwrap_or_default())).collect();
        Some(Self { extra, ..image })
    }
}

fn text(object: &mut Map<String, Value>, key: &str) -> Option<String> {
    object.remove(key).and_then(as_text)
}

fn sorted(tags: Value) -> Vec<String> {
    let Value::Array(tags) = tags else { return Vec::new() };
    let mut tags: Vec<_> = tags.into_iter().filter_map(as_text).collect();
    tags.sort_unstable();
    tags
}

fn split_stores(stores: &str) -> Vec<String> {
    stores.split(',').map(str::trim).filter(|store| !store.is_empty()).map(str::to_owned).collect()
}

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Map::deserialize(deserializer)?;
        Self::from_object(object).ok_or_else(|| D::Error::missing_field("id"))
    }
}

/// As Glance writes it: one flat object. For the raw view, and for caches.
impl Serialize for Image {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object: Map<String, Value> =
            self.extra.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect();
        let base: [(&str, Value); 20] = [
            ("id", self.id.as_str().into()),
            ("name", self.name.clone().into()),
            ("status", self.status.as_str().into()),
            ("visibility", self.visibility.as_str().into()),
            ("protected", self.protected.into()),
            ("os_hidden", self.os_hidden.into()),
            ("owner", self.owner.as_ref().map(ProjectId::as_str).into()),
            ("size", self.size.into()),
            ("virtual_size", self.virtual_size.into()),
            ("disk_format", self.disk_format.as_ref().map(DiskFormat::as_str).into()),
            ("container_format", self.container_format.as_ref().map(ContainerFormat::as_str).into()),
            ("checksum", self.checksum.clone().into()),
            ("os_hash_algo", self.os_hash_algo.clone().into()),
            ("os_hash_value", self.os_hash_value.clone().into()),
            ("min_disk", self.min_disk.into()),
            ("min_ram", self.min_ram.into()),
            ("created_at", self.created_at.as_str().into()),
            ("updated_at", self.updated_at.as_str().into()),
            ("tags", self.tags.clone().into()),
            ("stores", self.stores.join(",").into()),
        ];
        object.extend(base.map(|(key, value)| (key.to_owned(), value)));
        if let Some(url) = &self.direct_url {
            object.insert("direct_url".to_owned(), url.as_str().into());
        }
        object.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
