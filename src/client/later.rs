//! The functions that the first sight of the images does not need: `cargo xtask dist` puts them into a file of its own.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::client::browser::painted;

/// Resolves once what has just been changed is painted, and the functions are here: for what the first sight of the images can
/// do without. `cargo xtask profile` records what does not wait for this.
pub async fn after_first_sight() {
    painted().await;
    fetch().await;
}

/// Fetches them (start.js), unless they are here. Where that fails, the first one that is called tries again.
pub async fn fetch() {
    let fetch = Reflect::get(&js_sys::global(), &"sextantLater".into()).map(JsCast::dyn_into::<Function>);
    if let Ok(Ok(fetch)) = fetch
        && let Ok(Ok(done)) = fetch.call0(&JsValue::UNDEFINED).map(JsCast::dyn_into::<Promise>)
    {
        // What fails here is told by the one that needs it.
        let _ = JsFuture::from(done).await;
    }
}
