//! Which of the services a request is for, and how each of them words things on the wire.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::error::Refusal;

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
            (None, Self::Image) => webob(refusal, request),
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

/// Glance's errors are WebOb's: JSON for exactly `application/json`, else HTML.
fn webob(refusal: &Refusal, request: &HeaderMap) -> (&'static str, String) {
    let status = refusal.status;
    let title = webob_title(status);
    let code = format!("{} {title}", status.as_u16());
    let json_wanted = request.get(header::ACCEPT).is_some_and(|accept| accept == "application/json");
    let words = if status == StatusCode::UNAUTHORIZED { WEBOB_401 } else { &refusal.message };
    let detail = refusal.detail.as_deref().unwrap_or("");
    let quote = |text: &str| if json_wanted { text.to_owned() } else { escape(text) };
    let (words, detail) = (quote(words), quote(detail));
    let text = if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        format!("{words}\n<br /><br />\n{detail}")
    } else {
        format!("{words}<br /><br />\n{detail}\n\n")
    };
    if json_wanted {
        ("application/json", json!({"message": text, "code": code, "title": title}).to_string())
    } else {
        let page = format!(
            "<html>\n <head>\n  <title>{code}</title>\n </head>\n <body>\n  <h1>{code}</h1>\n  {text}\n </body>\n</html>"
        );
        ("text/html; charset=UTF-8", page)
    }
}

const WEBOB_401: &str = "This server could not verify that you are authorized to access the document you requested. \
    Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply \
    the credentials required.";

fn webob_title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        413 => "Request Entity Too Large",
        416 => "Request Range Not Satisfiable",
        _ => status.canonical_reason().unwrap_or("Error"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}
