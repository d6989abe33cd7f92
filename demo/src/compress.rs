//! Long listings come compressed to who accepts it, as from the proxies that docs/deploy/ puts in front of a cloud: the services
//! themselves never do that.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::compression::{
    CompressionLayer, CompressionLevel,
    predicate::{Predicate, SizeAbove},
};

/// Shorter ones would hardly become smaller: as in docs/deploy/nginx.conf.
const AT_LEAST: u16 = 1000;

/// For the services' routes.
pub fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(AT_LEAST).and(is_document))
}

/// Documents only: an image's own bytes are sent as they are.
fn is_document(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}
