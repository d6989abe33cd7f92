//! Downloading for `web-download`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::{Client, Url, redirect};

use crate::error::Refusal;
use crate::glance::intake::{Intake, Received};
use crate::glance::{files, tasks};
use crate::state::App;

const MIB: u64 = 1 << 20;

/// Glance's default filter lets ports 80 and 443 through. A demo's servers are on loopback and on high ports, so those pass
/// too; what is below is still refused, as the recorded cloud does with port 22.
pub fn is_allowed(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| passes(&url))
}

fn passes(url: &Url) -> bool {
    let port = url.port_or_known_default().unwrap_or(0);
    matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && (matches!(port, 80 | 443) || port >= 1024)
}

/// Fetches to a temporary file; the task's message tells how far it is.
pub async fn fetch(app: &Arc<App>, task: &str, uri: &str) -> Result<Received, String> {
    // Redirects are filtered like the first address, as Glance does.
    let follow = redirect::Policy::custom(|attempt| {
        if attempt.previous().len() > 10 || !passes(attempt.url()) {
            attempt.stop()
        } else {
            attempt.follow()
        }
    });
    let client = Client::builder()
        .redirect(follow)
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(60))
        .build()
        .map_err(|error| error.to_string())?;
    let response = client.get(uri).send().await.map_err(|error| error.to_string())?;
    if !response.status().is_success() {
        return Err(format!("{uri} answered {}", response.status()));
    }
    let intake = Intake::start(files::temporary(app), app.options.image_size_cap);
    let mut parts = response.bytes_stream();
    let (mut size, mut told) = (0, Instant::now());
    while let Some(part) = parts.next().await {
        let bytes = part.map_err(|error| error.to_string())?;
        size += bytes.len() as u64;
        if !intake.send(bytes).await {
            break;
        }
        if told.elapsed() > Duration::from_millis(500) {
            told = Instant::now();
            tell(app, task, size).await;
        }
    }
    let received = intake.finish().await.map_err(|failure| format!("{failure:?}"))?;
    tell(app, task, size).await;
    Ok(received)
}

/// `Copied 12 MiB`, as Glance words it.
pub async fn tell(app: &Arc<App>, task: &str, size: u64) {
    let (task, message) = (task.to_owned(), format!("Copied {} MiB", size / MIB));
    let told =
        app.db.write(move |tx| -> Result<(), Refusal> { Ok(tasks::progress(tx, &task, &message)?) }).await;
    if let Err(refusal) = told {
        // The import itself goes on: only its message is old.
        tracing::warn!("a task's progress is not noted: {}", refusal.message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_on_harmless_ports_pass() {
        for (uri, passes) in [
            ("http://127.0.0.1:8097/tiny.qcow2", true),
            ("https://cloud-images.example/x.img", true),
            ("http://127.0.0.1:22/x", false),
            ("ftp://127.0.0.1/x", false),
            ("file:///etc/passwd", false),
            ("not a url", false),
        ] {
            assert_eq!(is_allowed(uri), passes, "{uri}");
        }
    }
}
