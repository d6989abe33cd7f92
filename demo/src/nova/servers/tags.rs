//! Server tags, since 2.26.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{may_write, model, visible};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::nova::microversion::Microversion;
use crate::nova::schema;
use crate::service::Service;
use crate::state::App;

const MOST: usize = 50;

/// `GET /servers/{id}/tags`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    known(version)?;
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"tags": server.tags})))
}

/// `PUT /servers/{id}/tags`: replaces all.
pub async fn replace(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    known(version)?;
    let tags = body["tags"].as_array().cloned().unwrap_or_default();
    let tags: Result<Vec<String>, Refusal> = tags
        .iter()
        .map(|tag| tag.as_str().map(str::to_owned).ok_or_else(|| schema::wrong_type("tags", tag, "string")))
        .collect();
    let tags = tags?;
    let shown = tags.clone();
    write(&app, caller, id, "update_all", move |own| {
        *own = tags;
        Ok(())
    })
    .await?;
    Ok(Json(json!({"tags": shown})))
}

/// `DELETE /servers/{id}/tags`.
pub async fn clear(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    known(version)?;
    write(&app, caller, id, "delete_all", |own| {
        own.clear();
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /servers/{id}/tags/{tag}`: 204 where the server has it.
pub async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path((id, tag)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    known(version)?;
    let server = app.db.read(move |c| visible(c, &caller, &id)).await?;
    if server.tags.contains(&tag) { Ok(StatusCode::NO_CONTENT) } else { Err(missing(&server.id, &tag)) }
}

/// `PUT /servers/{id}/tags/{tag}`.
pub async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    known(version)?;
    if tag.is_empty() || tag.chars().count() > 60 || tag.contains([',', '/']) {
        return Err(Refusal::bad_request(format!(
            "Tag '{tag}' is invalid. It must be a non empty string without characters '/' and ','. Validation error \
             message: '{tag}' is too long"
        )));
    }
    let url = format!("{}/v2.1/servers/{id}/tags/{tag}", app.url(Service::Compute));
    let is_new = write(&app, caller, id, "update", move |own| {
        let is_new = !own.contains(&tag);
        own.extend(is_new.then_some(tag));
        Ok(is_new)
    })
    .await?;
    Ok(if is_new {
        (StatusCode::CREATED, [(header::LOCATION, url)]).into_response()
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

/// `DELETE /servers/{id}/tags/{tag}`.
pub async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path((id, tag)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    known(version)?;
    let none = Refusal::not_found(format!("Instance {id} has no tag '{tag}'"));
    write(&app, caller, id, "delete", move |own| {
        let at = own.iter().position(|other| *other == tag).ok_or(none)?;
        own.remove(at);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn known(version: Microversion) -> Result<(), Refusal> {
    if version.since(26) { Ok(()) } else { Err(Refusal::not_found("The resource could not be found.")) }
}

async fn write<T: Send + 'static>(
    app: &App,
    caller: Caller,
    id: String,
    what: &str,
    change: impl FnOnce(&mut Vec<String>) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    may_write(&caller, &format!("os_compute_api:os-server-tags:{what}"))?;
    app.db
        .write(move |tx| {
            let mut server = visible(tx, &caller, &id)?;
            let done = change(&mut server.tags)?;
            if server.tags.len() > MOST {
                let message = format!("The number of tags exceeded the per-server limit {MOST}");
                return Err(Refusal::bad_request(message));
            }
            model::update(tx, &server)?;
            Ok(done)
        })
        .await
}

fn missing(id: &str, tag: &str) -> Refusal {
    Refusal::not_found(format!("Server {id} has no tag '{tag}'"))
}
