//! The journal in `localStorage`, shared by the tabs of this browser. Reading and writing are one synchronous step, so that
//! no tab overwrites another's entry.

use crate::{
    client::storage::{self, Area},
    domain::upload::journal::JournalEntry,
    openstack::ids::ImageId,
};

const KEY: &str = "sextant.uploads";

/// Every entry, also those of other people and clouds.
pub fn entries() -> Vec<JournalEntry> {
    storage::read(Area::Browser, KEY).unwrap_or_default()
}

/// Writes an entry, in place of an older one of the same image.
pub fn remember(entry: JournalEntry) {
    let mut all = entries();
    all.retain(|other| other.image != entry.image);
    all.push(entry);
    storage::write(Area::Browser, KEY, &all);
}

/// Removes the entry of an image.
pub fn forget(image: &ImageId) {
    let mut all = entries();
    let before = all.len();
    all.retain(|entry| entry.image != *image);
    if all.len() == before {
        return;
    }
    if all.is_empty() {
        storage::remove(Area::Browser, KEY);
    } else {
        storage::write(Area::Browser, KEY, &all);
    }
}
