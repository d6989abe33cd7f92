//! Long listings come compressed to who accepts it, as from the proxies that docs/deploy/ puts in front of a cloud: the services
//! themselves never do that.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::compression::{CompressionLayer, CompressionLevel, predicate::Predicate};

/// Shorter ones would hardly become smaller: as in docs/deploy/nginx.conf.
const AT_LEAST: u64 = 1000;

/// For the services' routes.
pub fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_worthwhile)
}

/// Documents only: an image's own bytes are sent as they are.
fn is_worthwhile(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_json = text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    is_json && length.is_none_or(|length| length >= AT_LEAST)
}
