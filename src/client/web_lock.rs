//! Web Locks: a name that one tab of this browser holds, and that is free again as soon as the tab is gone, however it went.
//! web-sys has them only as unstable API, so they are reached by name. Browsers have them in secure contexts only.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// A lock that this tab holds until the value is dropped.
pub struct WebLock {
    release: Function,
}

impl Drop for WebLock {
    fn drop(&mut self) {
        // Resolving a promise can't fail.
        let _ = self.release.call0(&JsValue::UNDEFINED);
    }
}

/// Holds `name` (or queues for it). `None` where the browser has no locks.
pub fn hold(name: &str) -> Option<WebLock> {
    let locks = lock_manager()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let mut release = None;
    let until_released = Promise::new(&mut |resolve, _| release = Some(resolve));
    // The lock is held as long as the promise that this callback gives is pending.
    let granted = Closure::once_into_js(move || until_released);
    let held: Promise = request.call2(&locks, &name.into(), &granted).ok()?.dyn_into().ok()?;
    // Rejected only when the document goes away, and then nobody listens any more.
    wasm_bindgen_futures::spawn_local(async move {
        let _ = JsFuture::from(held).await;
    });
    release.map(|release| WebLock { release })
}

/// The names that any tab of this origin holds now. `None` where the browser has no locks.
pub async fn held() -> Option<Vec<String>> {
    let locks = lock_manager()?;
    let query: Function = Reflect::get(&locks, &"query".into()).ok()?.dyn_into().ok()?;
    let promise: Promise = query.call0(&locks).ok()?.dyn_into().ok()?;
    let snapshot = JsFuture::from(promise).await.ok()?;
    let held: Array = Reflect::get(&snapshot, &"held".into()).ok()?.dyn_into().ok()?;
    Some(held.iter().filter_map(|lock| Reflect::get(&lock, &"name".into()).ok()?.as_string()).collect())
}

fn lock_manager() -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"locks".into()).ok().filter(|locks| locks.is_object())
}
