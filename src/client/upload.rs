//! Sends a file as the body of one PUT. `fetch` tells no upload progress, so this is an `XMLHttpRequest`; the file goes to it as
//! a Blob and is never read into memory.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, ProgressEvent, XmlHttpRequest};

use crate::{
    client::browser::Listener,
    openstack::glance,
    openstack::{
        catalog::endpoint_url,
        error::{ApiError, Fault},
        request::{Answer, Service},
        secret::Secret,
    },
};

/// An upload under way. Dropping it does not stop it; [`Upload::abort`] does.
#[derive(Clone)]
pub struct Upload {
    request: XmlHttpRequest,
    aborted: Rc<RefCell<bool>>,
    // Kept alive as long as the upload is.
    listeners: Rc<RefCell<Vec<Listener>>>,
}

impl Upload {
    /// Stops sending; `on_done` is then called with [`ApiError::Aborted`].
    pub fn abort(&self) {
        // Noted before the call: an aborted request looks like a network failure.
        *self.aborted.borrow_mut() = true;
        // Aborting a finished request does nothing; there is no other failure.
        let _ = self.request.abort();
    }
}

/// Starts to send `file` to a path of the image service. `on_progress` gets the bytes sent; `on_done` is called once.
///
/// # Errors
/// `Offline` where the browser refuses to start (a malformed URL).
pub fn start(
    base: &str,
    token: &Secret,
    path: &str,
    file: &File,
    on_progress: impl Fn(u64) + 'static,
    on_done: impl FnOnce(Result<(), ApiError>) + 'static,
) -> Result<Upload, ApiError> {
    let refused = |_: JsValue| ApiError::Offline;
    let request = XmlHttpRequest::new().map_err(refused)?;
    request.open("PUT", &endpoint_url(base, path)).map_err(refused)?;
    for (name, value) in
        [("Accept", "application/json"), ("Content-Type", glance::BYTES), ("X-Auth-Token", token.reveal())]
    {
        request.set_request_header(name, value).map_err(refused)?;
    }

    let upload = Upload { request: request.clone(), aborted: Rc::default(), listeners: Rc::default() };
    let mut listeners = Vec::new();
    if let Ok(sending) = request.upload() {
        listeners.push(Listener::new(&sending, "progress", move |event| {
            if let Some(event) = event.dyn_ref::<ProgressEvent>() {
                on_progress(whole_bytes(event.loaded()));
            }
        }));
    }
    let mut on_done = Some(on_done);
    // `loadend` comes last after success, failure and abort alike.
    listeners.push(Listener::new(&request, "loadend", {
        let upload = upload.clone();
        move |_| {
            // The listeners hold this closure, which holds the upload: let go of the circle.
            let listeners = upload.listeners.take();
            if let Some(on_done) = on_done.take() {
                on_done(upload.outcome());
            }
            // Not dropped inside its own call.
            wasm_bindgen_futures::spawn_local(async move { drop(listeners) });
        }
    }));
    *upload.listeners.borrow_mut() = listeners;
    request.send_with_opt_blob(Some(file)).map_err(refused)?;
    Ok(upload)
}

impl Upload {
    fn outcome(&self) -> Result<(), ApiError> {
        if *self.aborted.borrow() {
            return Err(ApiError::Aborted);
        }
        match self.request.status().unwrap_or(0) {
            0 => Err(ApiError::Offline),
            200..=299 => Ok(()),
            status => {
                let headers = ["x-openstack-request-id", "retry-after", "content-type"]
                    .into_iter()
                    .filter_map(|name| {
                        let value = self.request.get_response_header(name).ok().flatten()?;
                        Some((name.to_owned(), value))
                    })
                    .collect();
                let body = self.request.response_text().ok().flatten().unwrap_or_default();
                Err(Fault::parse(Service::Image, &Answer { status, headers, body }).into())
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes below 2^53")]
fn whole_bytes(count: f64) -> u64 {
    count as u64
}
