//! Microversions: which one a request asks for, and what the answer says of it.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;
use crate::nova::microversion as of_nova;
use crate::old::Ceiling;
use crate::wire::RequestId;

/// The newest microversion that Cinder 28 (2026.1) names.
pub const MAX: Microversion = Microversion(71);

/// The minor part of "3.x".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Microversion(pub u16);

impl Microversion {
    /// Whether the request asked for at least 3.`minor`.
    pub fn since(self, minor: u16) -> bool {
        self.0 >= minor
    }
}

impl<S: Sync> FromRequestParts<S> for Microversion {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(0)))
    }
}

/// Reads the wanted microversion, hands it to the handlers, and states it on the answer, next to the request's id.
pub async fn negotiate(mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let (version, mut response) = match wanted(request.headers(), newest(&request)) {
        Ok(version) => {
            request.extensions_mut().insert(version);
            (Some(format!("3.{}", version.0)), next.run(request).await)
        }
        Err((named, refusal)) => (named, refusal.into_response()),
    };
    // keystonemiddleware answers before Cinder sees the request, and Cinder's routes know no 405.
    if matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED) {
        return response;
    }
    let state = |headers: &mut HeaderMap| {
        if let Some(version) = &version {
            insert(headers, "openstack-api-version", &format!("volume {version}"));
            headers.insert(header::VARY, HeaderValue::from_static("OpenStack-API-Version"));
        }
        // Only what Cinder itself has written bears the older header, too.
        if let Some(RequestId(id)) = id.as_ref().filter(|_| !is_bare(headers)) {
            insert(headers, "x-compute-request-id", id);
        }
    };
    match response.extensions_mut().get_mut::<Refusal>() {
        Some(refusal) => state(&mut refusal.headers),
        None => state(response.headers_mut()),
    }
    response
}

fn is_bare(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn insert(headers: &mut HeaderMap, name: &'static str, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// The newest that a request may name.
fn newest(request: &Request) -> Microversion {
    request.extensions().get().map_or(MAX, |ceiling: &Ceiling| Microversion(ceiling.0))
}

/// `Err` carries the version to name in the answer's headers.
fn wanted(headers: &HeaderMap, newest: Microversion) -> Result<Microversion, (Option<String>, Refusal)> {
    let Some(asked) = headers.get("openstack-api-version") else { return Ok(Microversion(0)) };
    // What is no text is of no valid format either.
    let asked = asked.to_str().unwrap_or("volume ?");
    let version = asked.split(',').find_map(|part| part.trim().strip_prefix("volume ").map(str::trim));
    match version {
        None => Err((None, super::words::malformed())),
        Some("latest") => Ok(newest),
        Some(version) => of_nova::parse(version, (3, 0, newest.0))
            .map(Microversion)
            .map_err(|(named, refusal)| (named.filter(|named| named.starts_with("3.")), refusal)),
    }
}
