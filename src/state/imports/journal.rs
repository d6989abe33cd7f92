//! The journal in `localStorage`, shared by the tabs of this browser: each may follow the same import, the cloud does it once.

use crate::{
    client::storage::{self, Area},
    domain::import::journal::JournalEntry,
};

const KEY: &str = "sextant.imports";

/// Every entry, also those of other people and clouds.
pub fn entries() -> Vec<JournalEntry> {
    storage::read(Area::Browser, KEY).unwrap_or_default()
}

/// Writes an entry, in place of an older one of the same import. An image is fetched but once: a try whose answer was lost may have
/// named another address, or another store.
pub fn remember(entry: JournalEntry) {
    let mut all = entries();
    let is_fetch = |one: &JournalEntry| one.uri.is_some() && one.image == entry.image;
    all.retain(|other| !(other.is_same(&entry) || is_fetch(&entry) && is_fetch(other)));
    all.push(entry);
    storage::write(Area::Browser, KEY, &all);
}

/// Removes the entry of an import.
pub fn forget(entry: &JournalEntry) {
    let mut all = entries();
    all.retain(|other| !other.is_same(entry));
    match all.is_empty() {
        true => storage::remove(Area::Browser, KEY),
        false => storage::write(Area::Browser, KEY, &all),
    }
}
