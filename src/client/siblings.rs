//! Talks with the app's other tabs in this browser (same origin only): a new tab asks them for the session, so that nobody signs
//! in twice. Nothing is stored on the way.

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::client::browser::Listener;

/// An open line to the siblings, as long as it is kept.
pub struct Siblings {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl Siblings {
    /// Opens the line `name`; what can't be read as an `M` is passed over. `None` in a browser without such lines.
    pub fn open<M: DeserializeOwned>(name: &str, mut on_message: impl FnMut(M) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Listener::new(&channel, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            if let Some(message) = text.and_then(|text| serde_json::from_str(&text).ok()) {
                on_message(message);
            }
        });
        Some(Self { channel, _listener: listener })
    }

    /// Says something to all siblings that are there.
    pub fn say(&self, message: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(message) {
            // Fails only once closed, which it is with this value.
            let _ = self.channel.post_message(&text.into());
        }
    }
}

impl Drop for Siblings {
    fn drop(&mut self) {
        self.channel.close();
    }
}
