//! A refusal, before a service has put it into its own words.
//!
//! Handlers return `Result<_, Refusal>`; `wire` writes the body in the shape of the service that was asked, because the
//! same refusal looks different in each (and in Glance also by the request's `Accept`).

use std::fmt::Display;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Why a request is not done.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// The service's own sentence.
    pub message: String,
    /// WebOb's detail, below Glance's message.
    pub detail: Option<String>,
    /// Neutron's `type`, or a fault name that replaces Nova's and Cinder's default for the status.
    pub kind: Option<&'static str>,
    /// Headers beyond the usual ones.
    pub headers: Box<HeaderMap>,
    /// A whole body that replaces the service's usual shape.
    pub body: Option<Box<Value>>,
}

impl Refusal {
    /// A refusal with this status and message.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            detail: None,
            kind: None,
            headers: Box::default(),
            body: None,
        }
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401 in the words of keystonemiddleware; `wire` adds `WWW-Authenticate`.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The request you have made requires authentication.")
    }

    /// 403.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 413.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    /// 501 for what the demo cloud does not speak.
    pub fn not_spoken(what: impl Display) -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            format!("The demo cloud does not speak {what}; see demo/README.md for what it does."),
        )
    }

    /// 500; the cause goes to the log.
    pub fn internal(cause: impl Display) -> Self {
        tracing::error!("internal error: {cause}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server has either erred or is incapable of performing the requested operation.",
        )
    }

    /// With WebOb's detail.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With Neutron's error type, or another fault name for Nova and Cinder.
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = Some(kind);
        self
    }

    /// With one more header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a body of its own.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(Box::new(body));
        self
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(error)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Refusal {
    /// Only carries the refusal to `wire`, which knows the service.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
