//! `PUT /v2/images/{id}/file`.

use std::fs;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use tokio::task::spawn_blocking;

use super::access::changeable;
use super::answer::no_content;
use super::files::{self, STORES};
use super::image;
use super::intake::{Failure, Intake, Received};
use super::patch::unsupported;
use super::quota;
use super::verdict::{self, Verdict};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::faults;
use crate::state::App;

/// The bytes of a queued image.
pub async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    check_media_type(&headers)?;
    let store = wanted_store(&headers)?;
    let image = id.clone();
    let fault = app
        .db
        .write(move |tx| -> Result<Option<Refusal>, Refusal> {
            let mut image = changeable(tx, &caller, &image, "upload_image")?;
            check_formats(&image, "saving")?;
            if image.status != "queued" {
                return Err(Refusal::conflict(format!(
                    "Image status transition from {} to saving is not allowed",
                    image.status
                )));
            }
            quota::enforce(tx, image.owner.as_deref().unwrap_or(""), "image_size_total", 0)?;
            quota::enforce(tx, image.owner.as_deref().unwrap_or(""), "image_count_uploading", 1)?;
            // Seen on Glance 32 with a file store: what was refused with 415 stays in the store, and takes the place of
            // whatever is sent to the same image later.
            let is_taken = !image.stores.is_empty();
            image.status = "saving".into();
            image.save(tx)?;
            let taken = is_taken.then(|| Refusal::internal("the store has data of this image already"));
            Ok(faults::sentinel(image.name.as_deref(), "upload").or(taken))
        })
        .await?;
    let guard = Guard { app: app.clone(), id: Some(id.clone()) };
    let received = take_in(&app, body).await.map_err(refuse)?;
    if let Some(fault) = fault {
        files::remove(&received.path);
        return Err(fault);
    }
    let id_kept = id.clone();
    let worker = app.clone();
    // From here on it runs to its end, also when the client does not wait for the answer.
    let result = spawn_blocking(move || settle(&worker, &id_kept, &store, received));
    guard.release();
    match result.await.map_err(Refusal::internal)? {
        Ok(()) => Ok(no_content()),
        Err(refusal) => Err(refusal),
    }
}

/// Only `application/octet-stream` is data.
pub fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if media_type == "application/octet-stream" { Ok(()) } else { Err(unsupported(media_type)) }
}

/// The store that the client names, or the default.
pub fn wanted_store(headers: &HeaderMap) -> Result<String, Refusal> {
    let wanted = headers.get("x-image-meta-store").and_then(|value| value.to_str().ok());
    match wanted {
        None => Ok(STORES[0].to_owned()),
        Some(store) if STORES.contains(&store) => Ok(store.to_owned()),
        Some(store) => Err(Refusal::bad_request(format!(
            "Invalid store '{store}' in header x-image-meta-store: Store not found."
        ))),
    }
}

/// Both formats must be known before bytes come.
pub fn check_formats(image: &image::Image, verb: &str) -> Result<(), Refusal> {
    let formats = [("disk_format", &image.disk_format), ("container_format", &image.container_format)];
    let missing: Vec<&str> =
        formats.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    match missing.as_slice() {
        [] => Ok(()),
        [one] => Err(Refusal::bad_request(format!("Property {one} must be set prior to {verb} data."))),
        more => Err(Refusal::bad_request(format!(
            "Properties {} must be set prior to {verb} data.",
            more.join(", ")
        ))),
    }
}

/// Streams a request's body to disk.
pub async fn take_in(app: &Arc<App>, body: Body) -> Result<Received, Failure> {
    let intake = Intake::start(files::temporary(app), app.options.image_size_cap);
    let mut stream = body.into_data_stream();
    while let Some(part) = stream.next().await {
        let Ok(bytes) = part else { return intake.stop().await };
        if !intake.send(bytes).await {
            return intake.stop().await;
        }
    }
    intake.finish().await
}

/// The answer to bytes that did not arrive.
pub fn refuse(failure: Failure) -> Refusal {
    match failure {
        Failure::Cut => Refusal::bad_request("The client disconnected before sending all data."),
        Failure::TooLarge => {
            Refusal::too_large("The incoming image is too large: The provided image is too large.")
        }
        Failure::Io(error) => Refusal::internal(error),
    }
}

/// Judges the bytes, and makes the image active or queued again.
fn settle(app: &Arc<App>, id: &str, store: &str, received: Received) -> Result<(), Refusal> {
    let declared = app.db.read_now(|c| image::find(c, id))?.unwrap_or_default();
    let verdict = verdict::judge(&received.path, received.size, &declared)?;
    let target = files::path(app, store, id);
    match &verdict {
        Verdict::Accepted { .. } => files::publish(&received.path, &target)?,
        Verdict::Refused => fs::remove_file(&received.path)?,
    }
    let kept = app.db.write_now(|tx| -> Result<bool, Refusal> {
        let Some(mut image) = image::find(tx, id)? else { return Ok(false) };
        // A refused image keeps checksum and stores, as recorded (transcript 115).
        image.checksum = Some(received.md5);
        image.os_hash_algo = Some("sha512".into());
        image.os_hash_value = Some(received.sha512);
        image.stores = vec![store.to_owned()];
        match verdict {
            Verdict::Accepted { virtual_size } => {
                image.status = "active".into();
                image.size = i64::try_from(received.size).ok();
                image.virtual_size = virtual_size.and_then(|size| i64::try_from(size).ok());
            }
            Verdict::Refused => {
                image.status = "queued".into();
                image.size = None;
                image.virtual_size = None;
            }
        }
        image.save(tx)?;
        Ok(true)
    })?;
    match verdict {
        _ if !kept => {
            files::remove(&target);
            Err(Refusal::new(
                StatusCode::GONE,
                format!(
                    "Image {id} could not be found after upload. The image may have been deleted during the upload, \
                     cleaning up the chunks uploaded."
                ),
            ))
        }
        Verdict::Refused => Err(unsupported("application/octet-stream")),
        Verdict::Accepted { .. } => Ok(()),
    }
}

/// Puts the image back to `queued` when the upload ends in any way but a verdict: refused, failed, or dropped because
/// the client went away.
struct Guard {
    app: Arc<App>,
    id: Option<String>,
}

impl Guard {
    fn release(mut self) {
        self.id = None;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let app = self.app.clone();
        spawn_blocking(move || {
            let back = app.db.write_now(|tx| -> rusqlite::Result<()> {
                let Some(mut image) = image::find(tx, &id)? else { return Ok(()) };
                if image.status == "saving" {
                    image.status = "queued".into();
                    image.save(tx)?;
                }
                Ok(())
            });
            if let Err(error) = back {
                tracing::error!("cannot put image {id} back to queued: {error}");
            }
        });
    }
}
