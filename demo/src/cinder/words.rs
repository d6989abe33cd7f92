//! Sentences that Cinder uses in many places.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::Refusal;

/// 400 where Cinder raises WebOb's own, which says nothing of the cause.
pub fn malformed() -> Refusal {
    Refusal::bad_request(
        "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    )
}

/// 400 as Cinder's `InvalidInput` reads.
pub fn invalid_input(why: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid input received: {why}"))
}

/// 404 of a volume, a snapshot or a type.
pub fn missing(what: &str, id: &str) -> Refusal {
    Refusal::not_found(format!("{what} {id} could not be found."))
}

/// 413 as Cinder words a quota that is used up.
pub fn over_quota(message: &str) -> Refusal {
    let body = json!({"overLimit": {"code": 413, "message": message, "retryAfter": "0"}});
    Refusal::too_large(message).body(body).header(header::RETRY_AFTER, HeaderValue::from_static("0"))
}

/// An answer without a body, as JSON all the same: what Cinder says where a handler has returned nothing.
pub struct Nothing(pub StatusCode);

impl IntoResponse for Nothing {
    fn into_response(self) -> Response {
        (self.0, [(header::CONTENT_TYPE, "application/json")]).into_response()
    }
}

/// An answer without a body, as WebOb gives it: 202 of what goes on later.
pub fn accepted() -> (StatusCode, [(HeaderName, &'static str); 1]) {
    (StatusCode::ACCEPTED, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")])
}
