//! Glance's empty answers, which have a content type all the same.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// 204.
pub fn no_content() -> Response {
    empty(StatusCode::NO_CONTENT)
}

/// 202.
pub fn accepted() -> Response {
    empty(StatusCode::ACCEPTED)
}

fn empty(status: StatusCode) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")]).into_response()
}
