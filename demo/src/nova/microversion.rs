//! Microversions: which one a request asks for, and the headers that say which one answered.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;
use crate::old::Ceiling;

/// The newest microversion that Nova 33 (2026.1) names.
pub const MAX: Microversion = Microversion(103);

/// The minor part of "2.x"; everything that Nova v2.1 speaks is major 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Microversion(pub u16);

impl Microversion {
    /// Whether the request asked for at least 2.`minor`.
    pub fn since(self, minor: u16) -> bool {
        self.0 >= minor
    }
}

impl<S: Sync> FromRequestParts<S> for Microversion {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(1)))
    }
}

/// Reads the wanted microversion, hands it to the handlers, and states it on the answer.
pub async fn negotiate(mut request: Request, next: Next) -> Response {
    let (version, mut response) = match wanted(request.headers(), newest(&request)) {
        Ok(version) => {
            request.extensions_mut().insert(version);
            (Some(format!("2.{}", version.0)), next.run(request).await)
        }
        Err((named, refusal)) => (named, refusal.into_response()),
    };
    // keystonemiddleware answers before Nova sees the request: no version headers on its 401.
    if let (Some(version), true) = (version, response.status() != StatusCode::UNAUTHORIZED) {
        state(&version, response.headers_mut());
        if let Some(refusal) = response.extensions_mut().get_mut::<Refusal>() {
            state(&version, &mut refusal.headers);
        }
    }
    response
}

fn state(version: &str, headers: &mut HeaderMap) {
    let named = [
        (HeaderName::from_static("openstack-api-version"), format!("compute {version}")),
        (HeaderName::from_static("x-openstack-nova-api-version"), version.to_owned()),
    ];
    for (name, text) in named {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::VARY, HeaderValue::from_static("OpenStack-API-Version"));
    headers.append(header::VARY, HeaderValue::from_static("X-OpenStack-Nova-API-Version"));
}

/// The newest that a request may name.
fn newest(request: &Request) -> Microversion {
    request.extensions().get().map_or(MAX, |ceiling: &Ceiling| Microversion(ceiling.0))
}

/// Both header forms; the newer one wins. `Err` carries the version to name in the answer's headers.
fn wanted(headers: &HeaderMap, newest: Microversion) -> Result<Microversion, (Option<String>, Refusal)> {
    // What is no text is of no valid format either.
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let asked = text("openstack-api-version")
        .and_then(|list| list.split(',').find_map(|part| part.trim().strip_prefix("compute ").map(str::trim)))
        .or_else(|| text("x-openstack-nova-api-version"));
    match asked {
        None => Ok(Microversion(1)),
        Some("latest") => Ok(newest),
        Some(version) => parse(version, (2, 1, newest.0)).map(Microversion),
    }
}

/// The minor part of a version of `major`, from `least` to `most`; Cinder reads its own in the same words.
pub fn parse(version: &str, (major, least, most): (u16, u16, u16)) -> Result<u16, (Option<String>, Refusal)> {
    let number = |part: &str| {
        let plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        (plain && (part == "0" || !part.starts_with('0'))).then(|| part.parse::<u16>().unwrap_or(u16::MAX))
    };
    let parts = version.split_once('.').and_then(|(major, minor)| Some((number(major)?, number(minor)?)));
    match parts {
        Some((asked, minor)) if asked == major && (least..=most).contains(&minor) => Ok(minor),
        Some(_) => {
            let message = format!(
                "Version {version} is not supported by the API. Minimum is {major}.{least} and maximum is {major}.{most}."
            );
            Err((
                Some(version.to_owned()),
                Refusal::new(StatusCode::NOT_ACCEPTABLE, message).kind("computeFault"),
            ))
        }
        None => {
            let message = format!(
                "API Version String {version} is of invalid format. Must be of format MajorNum.MinorNum."
            );
            Err((None, Refusal::bad_request(message)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_nova_reads_them() {
        let parse = |version| parse(version, (2, 1, MAX.0));
        assert_eq!(parse("2.90").ok(), Some(90));
        let refused = |version| parse(version).err().map(|(_, refusal)| refusal.status.as_u16());
        assert_eq!(refused("9.99"), Some(406));
        assert_eq!(refused("2.104"), Some(406));
        assert_eq!(refused("2"), Some(400));
        assert_eq!(refused("2.x"), Some(400));
    }
}
