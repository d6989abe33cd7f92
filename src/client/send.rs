//! Performs one request: the only place where the app talks to a cloud (uploads aside).

use gloo_net::http::Request as HttpRequest;
use wasm_bindgen::JsValue;
use web_sys::RequestInit;

use crate::{
    client::early,
    openstack::{
        catalog::endpoint_url,
        error::ApiError,
        request::{Answer, Method, Request},
        secret::Secret,
    },
};

/// Sends `request` to the service whose endpoint is `base`, with the session's token where the request wants one.
///
/// # Errors
/// `Offline` where no answer came (network, CORS, proxy: a browser can't tell), `Aborted` after `abort`, otherwise what
/// [`Request::decode`] says.
pub async fn send(
    base: &str,
    token: Option<&Secret>,
    request: &Request<Answer>,
    abort: Option<&web_sys::AbortSignal>,
) -> Result<Answer, ApiError> {
    let failed = |_| {
        if abort.is_some_and(web_sys::AbortSignal::aborted) { ApiError::Aborted } else { ApiError::Offline }
    };
    let url = endpoint_url(base, &request.path_and_query());
    if let (Method::Get, Some(token)) = (request.method, token)
        && let Some(answer) = early::take(&url, token).await
    {
        return request.decode(&answer);
    }
    // Fails for a URL or header that the browser refuses: the endpoint of a broken catalog, so "no answer" too.
    let ready = prepare(&url, token, request, abort).map_err(failed)?;
    let response = HttpRequest::from(ready).send().await.map_err(|_| failed(JsValue::NULL))?;
    let headers =
        response.headers().entries().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let status = response.status();
    let body = response.text().await.map_err(|_| failed(JsValue::NULL))?;
    request.decode(&Answer { status, headers, body })
}

/// Made by hand, since gloo's builder puts a stray "&" behind a query.
fn prepare(
    url: &str,
    token: Option<&Secret>,
    request: &Request<Answer>,
    abort: Option<&web_sys::AbortSignal>,
) -> Result<web_sys::Request, JsValue> {
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_signal(abort);
    if let Some(body) = &request.body {
        init.set_body(&JsValue::from_str(body));
    }
    let ready = web_sys::Request::new_with_str_and_init(url, &init)?;
    for (name, value) in request.header_pairs() {
        ready.headers().set(name, &value)?;
    }
    if let (true, Some(token)) = (request.wants_session_token(), token) {
        ready.headers().set("X-Auth-Token", token.reveal())?;
    }
    Ok(ready)
}
