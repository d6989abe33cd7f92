//! `POST /v2/images/{id}/import`: checks at once, the work as a task.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::access::{changeable, denied, visible};
use super::answer::accepted;
use super::files::STORES;
use super::image::Image;
use super::info::METHODS;
use super::tasks::{self, NewTask};
use super::{quota, upload};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::ids;
use crate::state::App;
use crate::wire::RequestId;

mod fetch;
mod work;

/// Properties that show an import going on.
pub const IMPORTING: &str = "os_glance_importing_to_stores";
/// Stores that an import did not reach.
pub const FAILED: &str = "os_glance_failed_import";
const LOCK: &str = "os_glance_import_task";

/// Where an import's bytes come from.
#[derive(Debug, Clone)]
enum Source {
    Staged,
    Web(String),
    Copy,
}

/// An import that was accepted.
#[derive(Debug, Clone)]
struct Job {
    image: String,
    task: String,
    source: Source,
    stores: Vec<String>,
    all_must_succeed: bool,
}

/// Accepts an import.
pub async fn import(
    State(app): State<Arc<App>>,
    caller: Caller,
    Extension(RequestId(request)): Extension<RequestId>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Refusal> {
    let source = read_source(&body)?;
    let stores = read_stores(&body, &headers)?;
    let job = app.db.write(move |tx| accept(tx, &caller, &request, &id, source, stores, &body)).await?;
    tokio::spawn(work::run(app, job));
    Ok(accepted())
}

fn read_source(body: &Value) -> Result<Source, Refusal> {
    let Some(method) = body.get("method") else {
        return Err(Refusal::bad_request("Import request requires a 'method' field."));
    };
    let Some(name) = method.get("name") else {
        return Err(Refusal::bad_request("Import request requires a 'name' field."));
    };
    match name.as_str().unwrap_or("") {
        "glance-direct" => Ok(Source::Staged),
        "copy-image" => Ok(Source::Copy),
        "web-download" => match method["uri"].as_str() {
            Some(uri) if fetch::is_allowed(uri) => Ok(Source::Web(uri.to_owned())),
            Some(uri) => {
                Err(Refusal::bad_request(format!("URI for web-download does not pass filtering: {uri}")))
            }
            None => Err(Refusal::bad_request("URI for web-download does not pass filtering: None")),
        },
        name if METHODS.contains(&name) => Err(Refusal::not_spoken(format_args!("the import method {name}"))),
        _ => {
            let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
            Err(Refusal::bad_request(format!("Unknown import method name '{name}'.")))
        }
    }
}

fn read_stores(body: &Value, headers: &HeaderMap) -> Result<Vec<String>, Refusal> {
    let all = body["all_stores"] == true;
    match body.get("stores") {
        Some(_) if all => Err(Refusal::bad_request(
            "All_stores parameter can't be used with x-image-meta-store header or stores parameter",
        )),
        Some(Value::Array(names)) if !names.is_empty() => names
            .iter()
            .map(|name| match name.as_str() {
                Some(name) if STORES.contains(&name) => Ok(name.to_owned()),
                Some(name) => Err(Refusal::conflict(format!("Store for identifier {name} not found"))),
                None => Err(Refusal::bad_request("stores parameter must be a list of stores")),
            })
            .collect(),
        Some(_) => Err(Refusal::bad_request("stores parameter must be a list of stores")),
        None if all => Ok(STORES.map(str::to_owned).to_vec()),
        None => Ok(vec![upload::wanted_store(headers)?]),
    }
}

fn accept(
    tx: &Transaction,
    caller: &Caller,
    request: &str,
    id: &str,
    source: Source,
    mut stores: Vec<String>,
    body: &Value,
) -> Result<Job, Refusal> {
    let mut image = match source {
        Source::Copy => {
            let image = visible(tx, caller, id)?;
            if !caller.is_admin() {
                return Err(denied("copy_image"));
            }
            image
        }
        _ => changeable(tx, caller, id, "modify_image")?,
    };
    check_status(&image, &source)?;
    if image.property(LOCK).is_some() {
        return Err(Refusal::conflict(format!(
            "New operation on image '{id}' is not permitted as prior operation is still in progress"
        )));
    }
    if matches!(source, Source::Copy) {
        check_copies(&image, &mut stores, body["all_stores"] == true)?;
    }
    let owner = image.owner.clone().unwrap_or_default();
    quota::enforce(tx, &owner, "image_size_total", 0)?;
    if matches!(source, Source::Web(_)) {
        quota::enforce(tx, &owner, "image_stage_total", 0)?;
        quota::enforce(tx, &owner, "image_count_uploading", 1)?;
    }
    let task = ids::uuid();
    let input = json!({"image_id": id, "import_req": body, "backend": stores});
    tasks::insert(
        tx,
        &NewTask {
            id: &task,
            owner: &caller.project_id,
            image: id,
            request,
            user: &caller.user_id,
            input: &input,
        },
    )?;
    image.properties.insert(IMPORTING.into(), stores.join(",").into());
    image.properties.insert(FAILED.into(), "".into());
    image.properties.insert(LOCK.into(), task.clone().into());
    if !matches!(source, Source::Copy) {
        image.status = "importing".into();
    }
    image.save(tx)?;
    let all_must_succeed = body.get("all_stores_must_succeed").is_none_or(|flag| flag != false);
    Ok(Job { image: id.to_owned(), task, source, stores, all_must_succeed })
}

fn check_status(image: &Image, source: &Source) -> Result<(), Refusal> {
    let formats = [("container_format", &image.container_format), ("disk_format", &image.disk_format)];
    if let Some((name, _)) = formats.iter().find(|(_, value)| value.is_none())
        && !matches!(source, Source::Copy)
    {
        return Err(Refusal::conflict(format!("'{name}' needs to be set before import")));
    }
    let refusal = match (source, image.status.as_str()) {
        (Source::Copy, "active") | (Source::Web(_), "queued") | (Source::Staged, "uploading") => {
            return Ok(());
        }
        (Source::Copy, _) => "Only images with status active can be targeted for copying",
        (_, "active") => "Image with status active cannot be target for import",
        (Source::Web(_), _) => "Image needs to be in 'queued' state to use 'web-download' method",
        (Source::Staged, _) => "Image needs to be staged before 'glance-direct' method can be used",
    };
    Err(Refusal::conflict(refusal))
}

/// Only to stores that lack it; "all" means those that lack it.
fn check_copies(image: &Image, stores: &mut Vec<String>, all: bool) -> Result<(), Refusal> {
    if all {
        stores.retain(|store| !image.stores.contains(store));
        return Ok(());
    }
    match stores.iter().find(|store| image.stores.contains(store)) {
        Some(store) => Err(Refusal::bad_request(format!("Image is already present at store '{store}'"))),
        None => Ok(()),
    }
}
