//! Reading JSON bodies, refused in each service's own words.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use futures_util::StreamExt;
use serde_json::Value;

use crate::error::Refusal;
use crate::service::{FILTER, Service};
use crate::state::App;

// Room for a namespace's long list, and an end for the endless.
const LIMIT: usize = 4 << 20;
// oslo.middleware's default, which Keystone, Nova and Cinder have in their pipelines.
const OSLO_LIMIT: usize = 114_688;

/// A JSON body of any shape; the handler looks into it, because only it knows the service's words for what is wrong.
#[derive(Debug)]
pub struct JsonBody(pub Value);

impl FromRequest<Arc<App>> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Refusal> {
        let service = request.extensions().get::<Service>().copied();
        let limit = match service {
            Some(Service::Identity | Service::Compute | Service::Volume) => OSLO_LIMIT,
            _ => LIMIT,
        };
        let mut stream = request.into_body().into_data_stream();
        let mut bytes = Vec::new();
        while let Some(part) = stream.next().await {
            // Whoever sent only a part of it and went silent hears that it makes no sense.
            bytes.extend_from_slice(&part.map_err(|_| malformed(service))?);
            if bytes.len() > limit {
                // As oslo.middleware has it, placeholder and all.
                let words = "Request is too large. Larger than max_request_body_size (%s).";
                return Err(Refusal::too_large(words).kind(FILTER));
            }
        }
        if bytes.is_empty() && service == Some(Service::Image) {
            return Err(Refusal::bad_request("Body expected in request."));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|_| malformed(service))
    }
}

/// What is no JSON, in the service's words.
pub fn malformed(service: Option<Service>) -> Refusal {
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
