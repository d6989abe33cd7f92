//! The journal in `localStorage`, shared by the tabs of this browser. Reading and writing are one synchronous step.

use crate::{
    client::storage::{self, Area},
    domain::verification::leftover::JournalEntry,
};

const KEY: &str = "sextant.verifications";

/// Every entry, also those of other people and clouds.
pub fn entries() -> Vec<JournalEntry> {
    storage::read(Area::Browser, KEY).unwrap_or_default()
}

/// Writes an entry.
pub fn remember(entry: JournalEntry) {
    let mut all = entries();
    all.push(entry);
    storage::write(Area::Browser, KEY, &all);
}

/// Removes the entry of a mark.
pub fn forget(mark: &str) {
    let mut all = entries();
    let before = all.len();
    all.retain(|entry| entry.mark != mark);
    match all.is_empty() {
        _ if all.len() == before => {}
        true => storage::remove(Area::Browser, KEY),
        false => storage::write(Area::Browser, KEY, &all),
    }
}
