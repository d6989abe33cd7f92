//! The pauses between two polls, and what ends them early.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::state::servers::Servers;

/// Takes a pause off the list, also when the page that waited is left.
struct Listed {
    servers: Servers,
    number: u32,
}

impl Drop for Listed {
    fn drop(&mut self) {
        // Without the list there is nothing to take it from.
        let _ = self.servers.pauses.try_update_value(|pauses| pauses.remove(&self.number));
    }
}

impl Servers {
    /// Ends every pause: whoever follows something reads it now.
    pub fn refresh(self) {
        self.is_due.set_value(true);
        for resolve in self.pauses.try_update_value(std::mem::take).unwrap_or_default().into_values() {
            // Resolving a promise can't fail.
            let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
        }
    }

    /// Waits so long, or until [`Servers::refresh`]; without a time until then.
    pub(super) async fn pause(self, milliseconds: Option<u32>) {
        let number = self.next_pause.get_value();
        self.next_pause.set_value(number.wrapping_add(1));
        let _listed = Listed { servers: self, number };
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            if let Some(milliseconds) = milliseconds {
                let milliseconds = i32::try_from(milliseconds).unwrap_or(i32::MAX);
                // A browser that has no timers runs no page at all.
                let _ =
                    window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
            }
            self.pauses.update_value(|pauses| {
                pauses.insert(number, resolve);
            });
        });
        // Never rejected.
        let _ = JsFuture::from(promise).await;
    }
}
