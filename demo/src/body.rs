//! Reading JSON bodies, refused in each service's own words.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::Value;

use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

// Room for a snapshot's or a namespace's long list, and an end for the endless.
const LIMIT: usize = 4 << 20;

/// A JSON body of any shape; the handler looks into it, because only it knows the service's words for what is wrong.
#[derive(Debug)]
pub struct JsonBody(pub Value);

impl FromRequest<Arc<App>> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Refusal> {
        let service = request.extensions().get::<Service>().copied();
        let bytes = to_bytes(request.into_body(), LIMIT)
            .await
            .map_err(|_| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "Request is too large."))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|_| malformed(service))
    }
}

fn malformed(service: Option<Service>) -> Refusal {
    Refusal::bad_request(match service {
        Some(Service::Identity) => {
            "Expecting to find valid JSON in request body. The server could not comply with the request since it is \
             either malformed or otherwise incorrect. The client is assumed to be in error."
        }
        Some(Service::Image) => "Malformed JSON in request body.",
        Some(Service::Network) => "Malformed request body",
        _ => "Malformed request body",
    })
}
