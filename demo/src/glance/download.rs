//! `GET /v2/images/{id}/file`.

use std::io::SeekFrom;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::access::visible;
use super::files;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

/// The bytes of an active image, or a range of them.
pub async fn download(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let admin = caller.is_admin();
    let image = app.db.read(move |c| visible(c, &caller, &id)).await?;
    if image.status == "deactivated" && !admin {
        return Err(Refusal::forbidden(
            "The requested image has been deactivated. Image data download is forbidden.",
        ));
    }
    let store = image.stores.first().filter(|_| matches!(image.status.as_str(), "active" | "deactivated"));
    let Some(store) = store else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let mut file = File::open(files::path(&app, store, &image.id)).await?;
    let size = file.metadata().await?.len();
    let wanted = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let range = wanted.map(|wanted| parse(wanted, size)).transpose()?;
    let (start, end) = range.unwrap_or((0, size));
    file.seek(SeekFrom::Start(start)).await?;
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(end - start), 64 << 10));
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut response = (status, body).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(end - start));
    if let Some(Ok(md5)) = image.checksum.as_deref().map(HeaderValue::from_str) {
        out.insert(HeaderName::from_static("content-md5"), md5);
    }
    if range.is_some()
        && let Ok(value) = HeaderValue::from_str(&format!("bytes {start}-{}/{size}", end - 1))
    {
        out.insert(header::CONTENT_RANGE, value);
    }
    Ok(response)
}

/// Start and end (exclusive) of `bytes=a-b`, `bytes=a-` or `bytes=-n`.
fn parse(wanted: &str, size: u64) -> Result<(u64, u64), Refusal> {
    let refuse = |detail: String| {
        Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "The Range requested is not available.")
            .detail(detail)
    };
    let invalid = || refuse("Invalid Range header.".into());
    if wanted.contains(',') {
        return Err(Refusal::bad_request(
            "Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests \
             instead.",
        ));
    }
    let (from, to) =
        wanted.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(invalid)?;
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| invalid());
    let (start, end) = match (from.trim(), to.trim()) {
        ("", last) => (size.saturating_sub(number(last)?), size),
        (first, "") => (number(first)?, size),
        (first, last) => (number(first)?, number(last)?.saturating_add(1).min(size)),
    };
    if start >= size {
        return Err(refuse(format!(
            "Invalid start position in Range header. Start position MUST be in the inclusive range [0, {}].",
            size.saturating_sub(1)
        )));
    }
    if end <= start { Err(invalid()) } else { Ok((start, end)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_browser_sends_them() {
        for (text, range) in [
            ("bytes=0-15", Some((0, 16))),
            ("bytes=90-", Some((90, 100))),
            ("bytes=-10", Some((90, 100))),
            ("bytes=0-999", Some((0, 100))),
            ("bytes=100-", None),
            ("bytes=5-4", None),
            ("lines=1-2", None),
        ] {
            assert_eq!(parse(text, 100).ok(), range, "{text}");
        }
    }
}
