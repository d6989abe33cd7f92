//! Performs one request: the only place where the app talks to a cloud (uploads aside).

use gloo_net::http::{Method as HttpMethod, RequestBuilder};

use crate::openstack::{
    catalog::endpoint_url,
    error::ApiError,
    request::{Answer, Method, Request},
    secret::Secret,
};

/// Sends `request` to the service whose endpoint is `base`, with the session's token where the request wants one.
///
/// # Errors
/// `Offline` where no answer came (network, CORS, proxy: a browser can't tell), `Aborted` after `abort`, otherwise what
/// [`Request::decode`] says.
pub async fn send<T>(
    base: &str,
    token: Option<&Secret>,
    request: &Request<T>,
    abort: Option<&web_sys::AbortSignal>,
) -> Result<T, ApiError> {
    let url = endpoint_url(base, &request.path_and_query());
    let mut builder = RequestBuilder::new(&url).method(http_method(request.method)).abort_signal(abort);
    for (name, value) in request.header_pairs() {
        builder = builder.header(name, &value);
    }
    if let (true, Some(token)) = (request.wants_session_token(), token) {
        builder = builder.header("X-Auth-Token", token.reveal());
    }
    let ready = match &request.body {
        Some(body) => builder.body(body.as_str()),
        None => builder.build(),
    };
    let failed = |_| if abort.is_some_and(web_sys::AbortSignal::aborted) { ApiError::Aborted } else { ApiError::Offline };
    // `build` fails for a URL or header that the browser refuses: the endpoint of a broken catalog, so "no answer" too.
    let response = ready.map_err(failed)?.send().await.map_err(failed)?;
    let headers = response.headers().entries().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let status = response.status();
    let body = response.text().await.map_err(failed)?;
    request.decode(&Answer { status, headers, body })
}

fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
        Method::Patch => HttpMethod::PATCH,
        Method::Delete => HttpMethod::DELETE,
    }
}
