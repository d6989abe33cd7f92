//! Which of the services a request is for, and how each of them words things on the wire.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::error::Refusal;
use crate::webob;

/// The kind of a refusal that comes from the router of Keystone, Nova or Cinder, and not from the service behind it.
pub const NO_ROUTE: &str = "no route";

/// The kind of a refusal that comes from a filter of WebOb's before the service.
pub const FILTER: &str = "filter";

/// A service of the demo cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Keystone, `/identity`.
    Identity,
    /// Glance, `/image`.
    Image,
    /// Nova, `/compute`.
    Compute,
    /// Neutron, `/networking`.
    Network,
    /// Cinder, `/volume`.
    Volume,
}

impl Service {
    /// All services.
    pub const ALL: [Self; 5] = [Self::Identity, Self::Image, Self::Compute, Self::Network, Self::Volume];

    /// Path prefix, as DevStack lays it out.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Identity => "/identity",
            Self::Image => "/image",
            Self::Compute => "/compute",
            Self::Network => "/networking",
            Self::Volume => "/volume",
        }
    }

    /// The service whose path this is.
    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| {
            path.strip_prefix(service.prefix()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The refusal's body in this service's shape.
    pub fn refuse(self, refusal: &Refusal, request: &HeaderMap, identity_url: &str) -> Response<Body> {
        let status = refusal.status;
        let (content_type, body) = match (&refusal.body, self) {
            (Some(body), _) => ("application/json", body.to_string()),
            (None, Self::Compute | Self::Volume) if refusal.kind == Some(NO_ROUTE) => {
                webob::refusal(refusal, request)
            }
            (None, _) if refusal.kind == Some(FILTER) => webob::refusal(refusal, request),
            (None, Self::Identity) if refusal.kind == Some(NO_ROUTE) => {
                let message = &refusal.message;
                let page =
                    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n";
                ("text/html; charset=utf-8", format!("{page}<p>{message}</p>\n"))
            }
            (None, Self::Image) => webob::refusal(refusal, request),
            (None, Self::Identity) => ("application/json", keystone(status, &refusal.message).to_string()),
            // The other services leave 401 to keystonemiddleware, which words it as Keystone does.
            (None, _) if status == StatusCode::UNAUTHORIZED => {
                ("application/json", keystone(status, &refusal.message).to_string())
            }
            (None, Self::Network) => {
                let kind = refusal.kind.unwrap_or(neutron_kind(status));
                let body = json!({"NeutronError": {"type": kind, "message": refusal.message, "detail": ""}});
                ("application/json", body.to_string())
            }
            (None, Self::Compute | Self::Volume) => {
                let fault = refusal.kind.unwrap_or(fault_name(status));
                let body = json!({fault: {"code": status.as_u16(), "message": refusal.message}});
                let content_type = if self == Self::Compute {
                    "application/json; charset=UTF-8"
                } else {
                    "application/json"
                };
                (content_type, body.to_string())
            }
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if status == StatusCode::UNAUTHORIZED
            && let Ok(value) = HeaderValue::from_str(&format!("Keystone uri=\"{identity_url}/v3\""))
        {
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
        headers.extend(refusal.headers.as_ref().clone());
        response
    }
}

fn keystone(status: StatusCode, message: &str) -> Value {
    let title = status.canonical_reason().unwrap_or("Error");
    json!({"error": {"code": status.as_u16(), "message": message, "title": title}})
}

fn fault_name(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "badRequest",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "itemNotFound",
        405 => "badMethod",
        406 => "notAcceptable",
        409 => "conflictingRequest",
        413 => "overLimit",
        415 => "badMediaType",
        429 => "overLimit",
        501 => "notImplemented",
        503 => "serviceUnavailable",
        _ => "computeFault",
    }
}

fn neutron_kind(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "HTTPBadRequest",
        403 => "PolicyNotAuthorized",
        404 => "HTTPNotFound",
        409 => "HTTPConflict",
        501 => "HTTPNotImplemented",
        _ => "HTTPInternalServerError",
    }
}
