//! Show, delete, deactivate and reactivate one image, and its tags.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::params;
use serde_json::{Value, json};

use super::access::{changeable, may_change, may_see, visible, visible_to_share};
use super::answer::no_content;
use super::draft::check_tag_quota;
use super::image::{self, Image};
use super::{files, schema};
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::faults;
use crate::state::App;

/// `GET /v2/images/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let image = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(image.view()))
}

/// `DELETE /v2/images/{id}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let image = app
        .db
        .write(move |tx| -> Result<Image, Refusal> {
            let image = match image::find(tx, &id)? {
                Some(image) if may_see(tx, &caller, &image)? => image,
                _ => return Err(Refusal::not_found(format!("Failed to find image {id} to delete"))),
            };
            may_change(&caller, &image, "delete_image")?;
            if image.protected {
                return Err(Refusal::forbidden(format!("Image {id} is protected and cannot be deleted.")));
            }
            if let Some(fault) = faults::sentinel(image.name.as_deref(), "delete") {
                return Err(fault);
            }
            tx.execute(
                "UPDATE images SET status = 'deleted', deleted_at = ?1, updated_at = ?1 WHERE id = ?2",
                params![clock::now(), id],
            )?;
            tx.execute("DELETE FROM image_members WHERE image_id = ?", [&id])?;
            Ok(image)
        })
        .await?;
    // Only after the commit: a crash in between leaves files that the next start sweeps up.
    for store in files::STORES {
        files::remove(&files::path(&app, store, &image.id));
    }
    files::remove(&files::staged(&app, &image.id));
    Ok(no_content())
}

/// `POST /v2/images/{id}/actions/deactivate`.
pub async fn deactivate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    switch(&app, caller, id, "deactivate", "active", "deactivated").await
}

/// `POST /v2/images/{id}/actions/reactivate`.
pub async fn reactivate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    switch(&app, caller, id, "reactivate", "deactivated", "active").await
}

async fn switch(
    app: &App,
    caller: Caller,
    id: String,
    action: &'static str,
    from: &'static str,
    to: &'static str,
) -> Result<Response, Refusal> {
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let mut image = changeable(tx, &caller, &id, action)?;
            if image.status == to {
                return Ok(());
            }
            if image.status != from {
                let status = &image.status;
                return Err(Refusal::forbidden(format!(
                    "Not allowed to {action} image in status '{status}'"
                )));
            }
            image.status = to.into();
            Ok(image.save(tx)?)
        })
        .await?;
    Ok(no_content())
}

/// A tag as a real Glance reads it from an address: WSGI hands paths on as Latin-1, with slashes that were escaped.
fn in_address(tag: &str) -> Result<String, Refusal> {
    if tag.contains('/') {
        return Err(Refusal::not_found("The resource could not be found."));
    }
    Ok(tag.bytes().map(char::from).collect())
}

/// `PUT /v2/images/{id}/tags/{tag}`.
pub async fn add_tag(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let tag = in_address(&tag)?;
    schema::check("tags", &json!([tag]))?;
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let mut image = visible_to_share(tx, &caller, &id)?;
            may_change(&caller, &image, "modify_image")?;
            if !image.tags.contains(&tag) {
                check_tag_quota(image.tags.len() + 1)?;
                image.tags.push(tag);
                image.save(tx)?;
            }
            Ok(())
        })
        .await?;
    Ok(no_content())
}

/// `DELETE /v2/images/{id}/tags/{tag}`.
pub async fn remove_tag(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let tag = in_address(&tag)?;
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let mut image = visible_to_share(tx, &caller, &id)?;
            may_change(&caller, &image, "modify_image")?;
            let Some(at) = image.tags.iter().position(|have| *have == tag) else {
                return Err(Refusal::not_found("The resource could not be found."));
            };
            image.tags.remove(at);
            Ok(image.save(tx)?)
        })
        .await?;
    Ok(no_content())
}
