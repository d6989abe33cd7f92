//! The browser's storage. The session's token goes to `sessionStorage` only (per tab); choices of the person to `localStorage`.
//! Storage may be forbidden, full or holding something odd: reading then gives nothing, writing is given up silently,
//! since everything stored here is a convenience that the app can do without.

use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

/// Which of the two storages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// This tab only; gone when it is closed.
    Tab,
    /// This browser; stays. Never for secrets.
    Browser,
}

impl Area {
    fn storage(self) -> Option<Storage> {
        let window = web_sys::window()?;
        match self {
            Area::Tab => window.session_storage().ok()?,
            Area::Browser => window.local_storage().ok()?,
        }
    }
}

/// What is kept under `key`, if it can be read as a `T`.
pub fn read<T: DeserializeOwned>(area: Area, key: &str) -> Option<T> {
    let text = area.storage()?.get_item(key).ok()??;
    serde_json::from_str(&text).ok()
}

/// Keeps `value` under `key`.
pub fn write(area: Area, key: &str, value: &impl Serialize) {
    if let (Some(storage), Ok(text)) = (area.storage(), serde_json::to_string(value)) {
        // Full or forbidden: see the module's words.
        let _ = storage.set_item(key, &text);
    }
}

/// Forgets what is kept under `key`.
pub fn remove(area: Area, key: &str) {
    if let Some(storage) = area.storage() {
        // Forbidden: then nothing was written either.
        let _ = storage.remove_item(key);
    }
}

/// Forgets everything whose key begins with `prefix`.
pub fn remove_all(area: Area, prefix: &str) {
    let Some(storage) = area.storage() else { return };
    // All are looked up before the first goes: each that goes moves the others. What can't be looked up could not be read either.
    let keys = (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok().flatten());
    let keys: Vec<String> = keys.filter(|key| key.starts_with(prefix)).collect();
    keys.iter().for_each(|key| remove(area, key));
}
