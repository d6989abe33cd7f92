//! Why a flavor does not fit, in words with figures.

use crate::{
    components::server_words::{bytes_words, disk_words, ram_words},
    domain::flavor_fit::{Refusal, Resource, Warning, nearest::WayOut, specs::Topic},
    i18n::{intl, t},
};

/// Why Nova will refuse.
pub fn refusal_words(refusal: &Refusal) -> String {
    let words = &t().flavors;
    match *refusal {
        Refusal::Ram { needs, has } => (words.needs_ram)(&ram_words(needs), &ram_words(has)),
        Refusal::MinDisk { needs, has } => (words.needs_disk)(&disk_words(needs), &disk_words(has)),
        Refusal::ImageSize { image, has } => (words.image_size)(&bytes_words(image), &disk_words(has)),
        Refusal::NoDisk => words.no_disk.to_owned(),
        Refusal::Quota { resource, needs, left } => match resource {
            Resource::Instances => (words.over_instances)(&intl::integer(needs), &intl::integer(left)),
            Resource::Cores => (words.over_cores)(&intl::integer(needs), &intl::integer(left)),
            Resource::Ram => (words.over_ram)(&ram_words(needs), &ram_words(left)),
        },
    }
}

/// What will probably go wrong later.
pub fn warning_words(warning: &Warning) -> String {
    let words = &t().flavors;
    match warning {
        Warning::Unpacked { image, has } => (words.unpacks)(&bytes_words(*image), &disk_words(*has)),
        Warning::NoDisk => words.no_disk_admin.to_owned(),
        Warning::Contradiction(found) => {
            let (image, flavor) = (found.image.as_str(), found.flavor.as_str());
            match &found.topic {
                Topic::Architecture => (words.other_architecture)(image, flavor),
                Topic::Firmware => (words.other_firmware)(image, flavor),
                Topic::MachineType => (words.other_machine)(image, flavor),
                Topic::Property(key) => (words.other_property)(key, image, flavor),
                Topic::Trait(name) => (words.other_trait)(name, image, flavor),
            }
        }
    }
}

/// What can be changed so that some flavor fits.
pub fn way_out_words(way: &WayOut) -> String {
    let words = &t().flavors;
    match *way {
        WayOut::NewVolume { size, flavors } => {
            (words.way_volume)(&disk_words(size), &intl::integer(flavors as u64))
        }
        WayOut::FewerInstances { at_most } => (words.way_fewer)(&intl::integer(at_most.into())),
        WayOut::LowerMinRam { to } => (words.way_min_ram)(&ram_words(to)),
        WayOut::LowerMinDisk { to } => (words.way_min_disk)(&disk_words(to)),
        WayOut::MoreQuota { resource, missing } => match resource {
            Resource::Instances => (words.way_instances)(&intl::integer(missing)),
            Resource::Cores => (words.way_cores)(&intl::integer(missing)),
            Resource::Ram => (words.way_ram)(&ram_words(missing)),
        },
        WayOut::LargerFlavor => words.way_larger.to_owned(),
    }
}
