//! `DELETE /v2/stores/{store}/{image}`: one copy less.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::access::{admin_only, visible};
use super::answer::no_content;
use super::files::{self, STORES};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

/// Removes the copy in one store, unless it is the last.
pub async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((store, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    if !STORES.contains(&store.as_str()) {
        return Err(Refusal::conflict(format!("The selected store {store} is not available on this node.")));
    }
    let path = files::path(&app, &store, &id);
    app.db
        .write(move |tx| -> Result<(), Refusal> {
            let found = visible(tx, &caller, &id);
            let mut image = found.map_err(|_| Refusal::not_found(format!("Failed to find image {id}")))?;
            admin_only(&caller, "delete_image_location")?;
            if image.status != "active" {
                return Err(Refusal::conflict("It's not allowed to remove image data from store if image status is not 'active'"));
            }
            if image.stores.len() == 1 {
                return Err(Refusal::forbidden("Cannot delete image data from the only store containing it. Consider deleting the image instead."));
            }
            let Some(at) = image.stores.iter().position(|have| *have == store) else {
                return Err(Refusal::not_found(format!("Image {id} is not stored on store {store}.")));
            };
            image.stores.remove(at);
            Ok(image.save(tx)?)
        })
        .await?;
    files::remove(&path);
    Ok(no_content())
}
