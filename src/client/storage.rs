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
