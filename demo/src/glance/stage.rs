//! `PUT /v2/images/{id}/stage`: bytes for a later `glance-direct` import.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::access::changeable;
use super::answer::no_content;
use super::image::{self, Image};
use super::upload::{check_media_type, refuse, take_in};
use super::{files, quota};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

/// Keeps the bytes aside; the image is `uploading` until it is imported.
pub async fn stage(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    check_media_type(&headers)?;
    let asked = id.clone();
    app.db
        .read(move |c| -> Result<(), Refusal> {
            let image = changeable(c, &caller, &asked, "modify_image")?;
            check(&image)?;
            let owner = image.owner.as_deref().unwrap_or("");
            quota::enforce(c, owner, "image_stage_total", 0)?;
            quota::enforce(c, owner, "image_count_uploading", 1)
        })
        .await?;
    let received = take_in(&app, body).await.map_err(refuse)?;
    let worker = app.clone();
    let kept = app
        .db
        .write(move |tx| -> Result<Option<()>, Refusal> {
            let Some(mut image) = image::find(tx, &id)? else {
                files::remove(&received.path);
                return Ok(None);
            };
            // Somebody else may have staged meanwhile.
            if let Err(refusal) = check(&image) {
                files::remove(&received.path);
                return Err(refusal);
            }
            files::publish(&received.path, &files::staged(&worker, &id))?;
            image.status = "uploading".into();
            image.size = i64::try_from(received.size).ok();
            image.save(tx)?;
            Ok(Some(()))
        })
        .await?;
    kept.map(|()| no_content())
        .ok_or_else(|| Refusal::not_found("The image was deleted while it was staged."))
}

fn check(image: &Image) -> Result<(), Refusal> {
    match image.status.as_str() {
        "queued" => Ok(()),
        status => Err(Refusal::conflict(format!(
            "Image status transition from {status} to uploading is not allowed"
        ))),
    }
}
