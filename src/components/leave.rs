//! Leaving a page with something typed: the browser asks first.

use leptos::prelude::*;

use crate::client::browser::Listener;

/// The browser asks before the tab is closed or reloaded while `is_dirty` holds; for as long as the calling page is open.
pub fn warn_before_unload(is_dirty: impl Fn() -> bool + 'static) {
    let listener = Listener::new(&window(), "beforeunload", move |event| {
        if untrack(&is_dirty) {
            event.prevent_default();
        }
    });
    let kept = StoredValue::new_local(Some(listener));
    on_cleanup(move || {
        // Gone with the page already, where the whole owner is.
        let _ = kept.try_update_value(Option::take);
    });
}
