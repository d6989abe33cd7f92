//! What the web server, or a service's first filter, refuses before the service has looked at it.

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};

use crate::error::Refusal;
use crate::service::{NO_ROUTE, Service};

// uWSGI's buffer, which address and headers must fit into together.
const MOST: usize = 64 << 10;

/// Why a request does not get as far as the service, if it does not.
pub fn refuse(service: Service, request: &Request) -> Option<Refusal> {
    let uri = request.uri();
    let address = uri.path().len() + uri.query().map_or(0, str::len);
    if address > MOST {
        return Some(Refusal::new(StatusCode::URI_TOO_LONG, "Request URI Too Long"));
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if address + headers > MOST {
        return Some(Refusal::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Headers Too Large"));
    }
    // What stands for bytes that are no UTF-8.
    let decoded = form_urlencoded::parse(uri.query().unwrap_or("").as_bytes());
    let is_text =
        decoded.into_iter().all(|(name, value)| !name.contains('\u{fffd}') && !value.contains('\u{fffd}'));
    if !is_text {
        return Some(Refusal::bad_request(undecodable(service)));
    }
    head(service, request)
}

fn undecodable(service: Service) -> &'static str {
    match service {
        Service::Image => {
            "Error decoding your request. Either the URL or the request body contained characters that could not be \
             decoded by Glance"
        }
        Service::Compute | Service::Volume => "Query string is not UTF-8 encoded",
        _ => {
            "The server could not comply with the request since it is either malformed or otherwise incorrect."
        }
    }
}

/// Only Keystone's routes, and the lists of versions, know HEAD; axum takes it for GET everywhere.
fn head(service: Service, request: &Request) -> Option<Refusal> {
    let is_known = service == Service::Identity || request.uri().path().matches('/').count() <= 2;
    if request.method() != Method::HEAD || is_known {
        return None;
    }
    // Nothing is at a path that no route takes, whatever the method.
    request.extensions().get::<MatchedPath>()?;
    Some(match service {
        Service::Compute | Service::Volume => {
            Refusal::not_found("The resource could not be found.").kind(NO_ROUTE)
        }
        _ => {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "The method HEAD is not allowed for this resource.")
        }
    })
}
