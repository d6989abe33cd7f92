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
    (fraction < share).then(|| match draw % 4 {
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
