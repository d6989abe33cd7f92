//! Probes for the connection doctor: requests that end in time, and that tell whether an answer came, whether the page may read
//! it, and whether the page's own policy stood in the way. No more can be seen from a page.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::{callback::Timeout, future::sleep};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Blob, Request, RequestCache, RequestInit, RequestMode, RequestRedirect, Response,
    ResponseType,
};

use crate::{client::browser::Listener, openstack::request::Answer};

/// A report of the page's policy comes a little after the request has failed.
const REPORT_WITHIN: std::time::Duration = std::time::Duration::from_millis(60);

/// How an answer is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Not at all: it only counts that there is one, whatever it allows.
    Not,
    /// As the app reads it.
    Whole,
    /// Without going where it sends the browser.
    NotFollowing,
}

/// One request.
pub struct Probe<'a> {
    /// Where, in full.
    pub url: &'a str,
    /// How.
    pub method: &'static str,
    /// With which header.
    pub header: Option<(&'a str, &'a str)>,
    /// With which body.
    pub body: Option<JsValue>,
    /// How it is read.
    pub reading: Reading,
    /// How long it may take, in milliseconds.
    pub within: u32,
}

impl<'a> Probe<'a> {
    /// Asks for something.
    pub fn get(url: &'a str, reading: Reading) -> Self {
        Self { url, method: "GET", header: None, body: None, reading, within: 8_000 }
    }
}

/// What came of it.
pub enum Outcome {
    /// An answer that can be read, and the address that it came from.
    Answer(Answer, String),
    /// An answer that can't be read.
    Unreadable,
    /// An answer that leads elsewhere.
    Redirect,
    /// No answer, after so many milliseconds.
    Nothing(u32),
    /// No answer in time.
    TimedOut,
}

/// Sends a probe.
pub async fn send(probe: &Probe<'_>) -> Outcome {
    let began = js_sys::Date::now();
    let Ok(abort) = AbortController::new() else { return Outcome::Nothing(0) };
    let limit = {
        let abort = abort.clone();
        Timeout::new(probe.within, move || abort.abort())
    };
    let outcome = fetch(probe, &abort).await;
    drop(limit);
    match outcome {
        Ok(outcome) => outcome,
        Err(_) if abort.signal().aborted() => Outcome::TimedOut,
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some milliseconds")]
        Err(_) => Outcome::Nothing((js_sys::Date::now() - began) as u32),
    }
}

async fn fetch(probe: &Probe<'_>, abort: &AbortController) -> Result<Outcome, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let init = RequestInit::new();
    init.set_method(probe.method);
    init.set_signal(Some(&abort.signal()));
    init.set_cache(RequestCache::NoStore);
    init.set_mode(if probe.reading == Reading::Not { RequestMode::NoCors } else { RequestMode::Cors });
    if probe.reading == Reading::NotFollowing {
        init.set_redirect(RequestRedirect::Manual);
    }
    if let Some(body) = &probe.body {
        init.set_body(body);
    }
    let request = Request::new_with_str_and_init(probe.url, &init)?;
    request.headers().set("Accept", "application/json")?;
    if let Some((name, value)) = probe.header {
        request.headers().set(name, value)?;
    }
    let response: Response = JsFuture::from(window.fetch_with_request(&request)).await?.unchecked_into();
    match response.type_() {
        ResponseType::Opaque => return Ok(Outcome::Unreadable),
        ResponseType::Opaqueredirect => return Ok(Outcome::Redirect),
        _ => {}
    }
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let header = |name: &str| Some((name.to_owned(), response.headers().get(name).ok().flatten()?));
    let headers = ["content-type", "date", "x-openstack-request-id", "x-compute-request-id"];
    let answer = Answer::new(response.status(), headers.into_iter().filter_map(header), body);
    Ok(Outcome::Answer(answer, response.url()))
}

/// `mebibytes` of zeros, which the browser keeps out of the app's memory.
pub fn zeros(mebibytes: u32) -> Option<Blob> {
    let piece = js_sys::Uint8Array::new_with_length(1 << 20);
    let pieces: js_sys::Array = (0..mebibytes).map(|_| piece.clone()).collect();
    Blob::new_with_u8_array_sequence(&pieces).ok()
}

/// The page's origin, and whether the browser believes that there is a network.
pub fn whereabouts() -> (String, bool) {
    let Some(window) = web_sys::window() else { return (String::new(), false) };
    (window.location().origin().unwrap_or_default(), window.navigator().on_line())
}

/// Hears what the page's own Content-Security-Policy refuses, for as long as it is held.
pub struct PolicyWatch {
    refused: Rc<RefCell<Vec<String>>>,
    _listener: Option<Listener>,
}

impl PolicyWatch {
    /// Begins to listen.
    pub fn begin() -> Self {
        let refused: Rc<RefCell<Vec<String>>> = Rc::default();
        let heard = refused.clone();
        let document = web_sys::window().and_then(|window| window.document());
        let listener = document.map(|document| {
            Listener::new(&document, "securitypolicyviolation", move |event| {
                // Read by name: a policy that only reports must not count as one that refuses.
                let read = |name: &str| Reflect::get(&event, &name.into()).ok().and_then(|it| it.as_string());
                if read("disposition").as_deref() == Some("enforce") {
                    heard.borrow_mut().extend(read("blockedURI"));
                }
            })
        });
        Self { refused, _listener: listener }
    }

    /// Whether a request that has just failed was one of those.
    pub async fn has_refused(&self, url: &str) -> bool {
        sleep(REPORT_WITHIN).await;
        let origin_of = |text: &str| web_sys::Url::new(text).ok().map(|url| url.origin());
        let wanted = origin_of(url);
        self.refused.borrow().iter().any(|refused| origin_of(refused) == wanted)
    }
}
