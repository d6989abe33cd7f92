//! The listing that start.js has asked for already, while the app itself was still being fetched: a page that is loaded again
//! has its images as soon as it can show them. Whoever sends that very request takes the answer; in all other cases nobody does.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Promise, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::{
    client::storage::{self, Area},
    openstack::{request::Answer, secret::Secret},
};

/// Where the word for the next loading of this tab's page is left.
const KEY: &str = "sextant.first";
/// Where start.js has put what it asked: `{ url, token, answer }`.
const PLACE: &str = "sextantEarly";
/// Less than a person notices.
const PATIENCE_MS: u32 = 50;

/// What start.js is to ask for; the token it has from the session, which must be of the same cloud.
#[derive(Serialize)]
struct First<'a> {
    cloud: &'a str,
    url: &'a str,
}

/// Leaves word of what a page of this tab asks a cloud for before anything else.
pub fn note_first(cloud: &str, url: &str) {
    storage::write(Area::Tab, KEY, &First { cloud, url });
}

/// The promise of what start.js has asked for, unless it is taken.
pub fn asked() -> Option<Promise> {
    part(&left()?, "answer")?.dyn_into().ok()
}

/// Waits until that is there, but not long: where a cloud takes its time, the page is shown without it.
pub async fn arrived(asked: Promise) {
    let is_over = future_to_promise(async {
        TimeoutFuture::new(PATIENCE_MS).await;
        Ok(JsValue::UNDEFINED)
    });
    // A failure is told by who takes the answer.
    let _ = JsFuture::from(Promise::race(&Array::of2(&asked, &is_over))).await;
}

/// The answer to a GET of `url` with `token`, where start.js has asked for just that and nobody has taken it yet. `None` also
/// where no answer came: then it is asked for once more, by who can say why.
pub async fn take(url: &str, token: &Secret) -> Option<Answer> {
    let asked = left()?;
    let is = |name, wanted: &str| part(&asked, name).and_then(|it| it.as_string()).as_deref() == Some(wanted);
    if !is("url", url) || !is("token", token.reveal()) {
        return None;
    }
    // Only once: the next time the cloud may say something else.
    Reflect::delete_property(&js_sys::global(), &PLACE.into()).ok()?;
    let answer = JsFuture::from(part(&asked, "answer")?.dyn_into::<Promise>().ok()?).await.ok()?;
    let parts = Array::from(&answer);
    let header = |pair: JsValue| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    Some(Answer {
        status: u16::try_from(parts.get(0).as_f64()? as i64).ok()?,
        headers: Array::from(&parts.get(1)).iter().filter_map(header).collect(),
        body: parts.get(2).as_string()?,
    })
}

/// What start.js has left, unless it is taken.
fn left() -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &PLACE.into()).ok().filter(JsValue::is_object)
}

fn part(left: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(left, &name.into()).ok()
}
