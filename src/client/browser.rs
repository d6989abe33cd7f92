//! The browser's clock, random numbers and page state, as arguments for the pure layers.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::AbortController;

use crate::openstack::ids::ImageId;

/// Milliseconds since 1970, by the machine's clock (which may be wrong).
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Seconds since 1970, by the machine's clock.
#[allow(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64 with its fraction dropped")]
pub fn now_seconds() -> i64 {
    (now_ms() / 1000.0) as i64
}

/// A new random image id (UUID version 4), so that a lost answer to the POST leaves no unknown record.
/// `crypto.randomUUID` would need a secure context; `getRandomValues` does not.
pub fn new_image_id() -> ImageId {
    let mut bytes = [0_u8; 16];
    // Fails only for more than 65,536 bytes; a browser without it has no WebAssembly either.
    let _ = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .map(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    ImageId::from(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

/// What ends requests before their answers.
#[allow(clippy::expect_used, reason = "every browser that has WebAssembly has AbortController")]
pub fn new_abort_controller() -> AbortController {
    AbortController::new().expect("the browser has AbortController")
}

/// The files of a picker or a drop.
pub fn all_files(list: &web_sys::FileList) -> Vec<web_sys::File> {
    let list: &js_sys::Object = list.unchecked_ref();
    js_sys::Array::from(list).iter().filter_map(|file| file.dyn_into().ok()).collect()
}

/// An event listener that ends with this value.
pub struct Listener {
    target: web_sys::EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Calls `callback` at each `event` of `target` until dropped.
    pub fn new(
        target: &web_sys::EventTarget,
        event: &'static str,
        callback: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let callback = Closure::wrap(Box::new(callback) as Box<dyn FnMut(web_sys::Event)>);
        // Adding a listener with a real function can't fail.
        let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        Self { target: target.clone(), event, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Removing one that is there can't fail.
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, self.callback.as_ref().unchecked_ref());
    }
}

/// How many things this machine does at the same time; one where the browser does not tell.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small count; the cast saturates"
)]
pub fn core_count() -> u32 {
    web_sys::window().map_or(1, |window| window.navigator().hardware_concurrency() as u32)
}

/// Resolves once what has just been changed on the page is painted; soon, where nothing is painted (a hidden tab).
pub async fn painted() {
    // Longer than a slow machine on a slow line takes to draw the first rows.
    const AT_LATEST_MS: i32 = 5_000;
    let Some(window) = web_sys::window() else { return };
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        // Each fails only in a window that is going away, where nobody waits any more.
        let _ = window.request_animation_frame(&resolve);
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, AT_LATEST_MS);
    });
    // The promise is never rejected. The frame is painted after its callback: the next task comes after that.
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    gloo_timers::future::TimeoutFuture::new(0).await;
}

/// Resolves at once when the tab is visible, else as soon as it is.
pub async fn until_visible() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    while document.hidden() {
        let listener: Rc<RefCell<Option<Listener>>> = Rc::default();
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            *listener.borrow_mut() = Some(Listener::new(&document, "visibilitychange", move |_| {
                // Resolving a promise can't fail.
                let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
            }));
        });
        // The promise is never rejected.
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    }
}
