//! `POST /v2/images`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, Transaction};
use serde_json::Value;

use super::access::{access_denied, denied, may_change};
use super::files::STORES;
use super::image::Image;
use super::info::METHODS;
use super::{draft, quota};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;
use crate::{clock, faults, ids};

/// Makes a queued image.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let image = app.db.write(move |tx| make(tx, &caller, &body)).await?;
    let headers = [
        ("Location", format!("{}/v2/images/{}", app.url(Service::Image), image.id)),
        ("OpenStack-image-import-methods", METHODS.join(",")),
        // Glance names its reserved stores too (transcript 072).
        (
            "OpenStack-image-store-ids",
            format!("{},os_glance_staging_store,os_glance_tasks_store", STORES.join(",")),
        ),
    ];
    Ok((StatusCode::CREATED, headers, Json(image.view())).into_response())
}

fn make(tx: &Transaction, caller: &Caller, body: &Value) -> Result<Image, Refusal> {
    let Some(fields) = body.as_object() else {
        return Err(Refusal::bad_request("Request body must be a JSON object."));
    };
    let now = clock::now();
    let mut image = Image {
        id: ids::uuid(),
        owner: Some(caller.project_id.clone()),
        visibility: "shared".into(),
        status: "queued".into(),
        created_at: now,
        updated_at: now,
        ..Image::default()
    };
    for (name, value) in fields {
        draft::check_name(name).map_err(|refusal| match refusal.message {
            // Found later than in a change, and told otherwise.
            why if why.ends_with("is reserved.") => access_denied(&why),
            message => Refusal { message, ..refusal },
        })?;
        draft::set(&mut image, name, value)?;
    }
    draft::check_property_quota(&image.properties)?;
    if !caller.is_member() {
        return Err(denied("add_image"));
    }
    if !caller.is_admin() && may_change(caller, &image, "add_image").is_err() {
        let owner = image.owner.unwrap_or_default();
        return Err(access_denied(&format!("You are not permitted to create images owned by '{owner}'")));
    }
    draft::check_visibility(caller, &image.visibility)?;
    if let Some(fault) = faults::sentinel(image.name.as_deref(), "") {
        return Err(fault);
    }
    quota::enforce(tx, image.owner.as_deref().unwrap_or(""), "image_count_total", 1)?;
    if is_used(tx, &image.id)? {
        return Err(Refusal::conflict(format!("Image ID {} already exists!", image.id)));
    }
    image.insert(tx)?;
    Ok(image)
}

/// Ids of deleted images stay used.
fn is_used(c: &Connection, id: &str) -> rusqlite::Result<bool> {
    c.query_row("SELECT count(*) > 0 FROM images WHERE id = ?", [id], |row| row.get(0))
}
