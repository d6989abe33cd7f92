//! Failures on demand: `--chaos P`. The sentinel names for single faults are in the README's table.

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;

/// What a chaotic cloud does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 500 in the service's own shape.
    Internal,
    /// 503 in the service's own shape.
    Unavailable,
    /// A proxy's 502, in HTML and without CORS headers.
    BadGateway,
    /// The connection ends in the middle of the answer.
    Dropped,
}

/// Draws a fault for a share of the requests.
pub fn chaos(share: f64) -> Option<Fault> {
    if share <= 0.0 {
        return None;
    }
    let draw = uuid::Uuid::new_v4().as_u128();
    let fraction = (draw >> 96) as f64 / f64::from(u32::MAX);
    (fraction < share).then_some(match draw % 4 {
        0 => Fault::Internal,
        1 => Fault::Unavailable,
        2 => Fault::BadGateway,
        _ => Fault::Dropped,
    })
}

/// The fault as an answer: a refusal to be worded by the service, or a finished answer that no service had a say in.
pub fn answer(fault: Fault) -> Result<Response, Refusal> {
    match fault {
        Fault::Internal => Err(Refusal::internal("chaos")),
        Fault::Unavailable => {
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The service is temporarily unavailable."))
        }
        Fault::BadGateway => {
            let page = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad \
                        Gateway</h1></center>\n<hr><center>proxy</center>\n</body>\n</html>\n";
            Ok((StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html")], page).into_response())
        }
        Fault::Dropped => {
            let parts: [Result<Bytes, std::io::Error>; 2] =
                [Ok(Bytes::from_static(b"{")), Err(std::io::ErrorKind::ConnectionReset.into())];
            Ok(Response::new(Body::from_stream(futures_util::stream::iter(parts))))
        }
    }
}

/// The fault that a sentinel in a name asks for: `demo-fail-409`, or `demo-fail-delete-409` where `action` is `delete`.
pub fn sentinel(name: Option<&str>, action: &str) -> Option<Refusal> {
    let marker = if action.is_empty() { "demo-fail-".to_owned() } else { format!("demo-fail-{action}-") };
    let (_, rest) = name?.split_once(&marker)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let status = StatusCode::from_bytes(digits.as_bytes()).ok().filter(|status| status.as_u16() >= 400)?;
    let words = match status.as_u16() {
        403 => "You are not authorized to complete this action.",
        409 => "There was a conflict when trying to complete your request.",
        413 => "The incoming image is too large: The provided image is too large.",
        500 => "The server has either erred or is incapable of performing the requested operation.",
        503 => "The server is currently unavailable. Please try again at a later time.",
        _ => "A failure asked for by a sentinel name.",
    };
    Some(Refusal::new(status, words))
}
