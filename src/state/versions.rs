//! What the cloud's services speak: each is asked once per address and tab, when something first depends on it.
//!
//! What cannot be asked (a proxy hides the root) is not known; then what is newest is tried, and the service itself refuses.

use std::{cell::RefCell, collections::BTreeMap};

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::{
    client::{
        send::send,
        storage::{self, Area},
    },
    openstack::{
        catalog::endpoint_url,
        request::Service,
        versions::{ROOT, Versions, list_versions},
    },
    state::{offer::Offer, session::Session},
};

thread_local! {
    /// The questions of this page by address, so that two who ask at once share one. Each is answered by the versions as JSON.
    static ASKED: RefCell<BTreeMap<String, Promise>> = const { RefCell::new(BTreeMap::new()) };
}

/// What a service of the session's cloud speaks.
pub async fn versions_of(session: Session, service: Service) -> Versions {
    match session.endpoint(service) {
        Some((base, _)) => versions_at(&base, service).await,
        None => Versions::default(),
    }
}

/// What the service at an address speaks.
pub async fn versions_at(base: &str, service: Service) -> Versions {
    let root = endpoint_url(base, ROOT);
    // At once where the tab knows it: what depends on it then goes out in its turn, not after all else that a page asks for.
    if let Some(known) = storage::read(Area::Tab, &key(&root)) {
        return known;
    }
    let promise = ASKED.with_borrow_mut(|asked| {
        asked.entry(root.clone()).or_insert_with(|| future_to_promise(ask(root, service))).clone()
    });
    let answer = JsFuture::from(promise).await.ok().and_then(|text| text.as_string());
    answer.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The same for a view: nothing until it is known.
pub fn use_versions(session: Session, service: Service) -> RwSignal<Option<Versions>> {
    Offer::new(move || async move { Ok(versions_of(session, service).await) }).value()
}

/// As JSON. A failure is not kept in the tab: the next page asks again.
async fn ask(root: String, service: Service) -> Result<JsValue, JsValue> {
    let request = list_versions(service);
    let answer = send(&root, None, &request.raw(), None).await;
    let versions = answer.and_then(|answer| request.decode(&answer)).map_err(|_| JsValue::NULL)?;
    storage::write(Area::Tab, &key(&root), &versions);
    serde_json::to_string(&versions).map(|text| JsValue::from_str(&text)).map_err(|_| JsValue::NULL)
}

/// Where the tab keeps what the service at an address speaks.
fn key(root: &str) -> String {
    format!("sextant.versions {root}")
}
