//! Flavors: list and show for all; create, change, access and extra specs for the administrator.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use self::model::Flavor;
use super::microversion::Microversion;
use super::query::{first, pairs};
use super::{links, paging};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::python;
use crate::service::Service;
use crate::state::App;

mod access;
mod admin;
pub(crate) mod model;
mod specs;

/// What Nova sorts by; the demo cloud keeps its order where it has no such column.
const SORT_KEYS: [&str; 15] = [
    "created_at",
    "description",
    "disabled",
    "ephemeral_gb",
    "flavorid",
    "id",
    "is_public",
    "memory_mb",
    "name",
    "root_gb",
    "rxtx_factor",
    "swap",
    "updated_at",
    "vcpu_weight",
    "vcpus",
];

/// Routes below `/v2.1/flavors`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v2.1/flavors", get(list).post(admin::create))
        .route("/v2.1/flavors/detail", get(detail))
        .route("/v2.1/flavors/{id}", get(show).put(admin::update).delete(admin::delete))
        .route("/v2.1/flavors/{id}/os-flavor-access", get(access::list))
        .route("/v2.1/flavors/{id}/action", post(access::act))
        .route("/v2.1/flavors/{id}/os-extra_specs", get(specs::list).post(specs::create))
        .route(
            "/v2.1/flavors/{id}/os-extra_specs/{key}",
            get(specs::show).put(specs::update).delete(specs::delete),
        )
}

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let url = format!("{}/v2.1/flavors", app.url(Service::Compute));
    let page = matching(&app, caller, uri.query(), &url).await?;
    let brief = |flavor: &Flavor| {
        let mut shown =
            json!({"id": flavor.id, "name": flavor.name, "links": links(&app, "flavors", &flavor.id)});
        if version.since(55) {
            shown["description"] = json!(flavor.description);
        }
        shown
    };
    Ok(Json(body(&page, brief)))
}

async fn detail(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let url = format!("{}/v2.1/flavors/detail", app.url(Service::Compute));
    let page = matching(&app, caller, uri.query(), &url).await?;
    Ok(Json(body(&page, |flavor| view(&app, flavor, version))))
}

async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let flavor = app.db.read(move |c| visible(c, &caller, &id)).await?;
    Ok(Json(json!({"flavor": view(&app, &flavor, version)})))
}

fn body(page: &paging::Page<Flavor>, shown: impl Fn(&Flavor) -> Value) -> Value {
    let mut body = Map::new();
    body.insert("flavors".to_owned(), page.items.iter().map(shown).collect());
    if let Some(next) = &page.next {
        body.insert("flavors_links".to_owned(), next.clone());
    }
    Value::Object(body)
}

async fn matching(
    app: &App,
    caller: Caller,
    query: Option<&str>,
    url: &str,
) -> Result<paging::Page<Flavor>, Refusal> {
    let asked = pairs(query.unwrap_or(""));
    let least = |key: &str| match first(&asked, key) {
        None => Ok(0),
        Some(value) => {
            value.parse::<i64>().map_err(|_| Refusal::bad_request(format!("Invalid {key} filter [{value}]")))
        }
    };
    let (ram, disk) = (least("minRam")?, least("minDisk")?);
    // Only the administrator chooses; all others see what is public, and private ones that they have access to.
    let public = match first(&asked, "is_public").filter(|_| caller.is_admin()).map(str::to_ascii_lowercase) {
        None => Some(true),
        Some(word) if word == "none" => None,
        Some(word) => match word.as_str() {
            "t" | "true" | "1" | "yes" | "on" | "y" => Some(true),
            "f" | "false" | "0" | "no" | "off" | "n" => Some(false),
            _ => return Err(Refusal::bad_request(format!("Invalid is_public filter [{word}]"))),
        },
    };
    let mut flavors = app.db.read(model::list).await?;
    flavors.retain(|flavor| {
        let shown = match public {
            Some(true) => flavor.is_visible_to(&caller.project_id, false),
            Some(false) => !flavor.is_public,
            None => true,
        };
        shown && flavor.ram >= ram && flavor.disk >= disk
    });
    for (key, known) in [("sort_key", &SORT_KEYS[..]), ("sort_dir", &["asc", "desc"])] {
        if let Some(other) = first(&asked, key).filter(|value| !known.contains(value)) {
            return Err(Refusal::bad_request(format!(
                "Invalid input for query parameters {key}. Value: {other}. '{other}' is not one of {}",
                python::repr(&json!(known))
            )));
        }
    }
    let descending = first(&asked, "sort_dir") == Some("desc");
    match first(&asked, "sort_key") {
        None | Some("flavorid" | "id") => {}
        Some("name") => flavors.sort_by(|a, b| a.name.cmp(&b.name)),
        Some("memory_mb") => flavors.sort_by_key(|flavor| flavor.ram),
        Some("vcpus") => flavors.sort_by_key(|flavor| flavor.vcpus),
        Some("root_gb") => flavors.sort_by_key(|flavor| flavor.disk),
        Some(_) => {}
    }
    if descending {
        flavors.reverse();
    }
    paging::page(flavors, &asked, url, |flavor| &flavor.id)
}

/// A flavor as the API shows it.
fn view(app: &App, flavor: &Flavor, version: Microversion) -> Value {
    let no_swap = if version.since(75) { json!(0) } else { json!("") };
    let mut shown = json!({
        "id": flavor.id, "name": flavor.name, "ram": flavor.ram, "disk": flavor.disk,
        "swap": if flavor.swap == 0 { no_swap } else { json!(flavor.swap) },
        "OS-FLV-EXT-DATA:ephemeral": flavor.ephemeral, "OS-FLV-DISABLED:disabled": false, "vcpus": flavor.vcpus,
        "os-flavor-access:is_public": flavor.is_public, "rxtx_factor": flavor.rxtx_factor,
        "links": links(app, "flavors", &flavor.id),
    });
    if version.since(55) {
        shown["description"] = json!(flavor.description);
    }
    if version.since(61) {
        shown["extra_specs"] = json!(flavor.extra_specs);
    }
    shown
}

/// The flavor, where the caller may see it.
fn visible(db: &Connection, caller: &Caller, id: &str) -> Result<Flavor, Refusal> {
    let flavor = model::get(db, id)?;
    let flavor = flavor.filter(|flavor| flavor.is_visible_to(&caller.project_id, caller.is_admin()));
    flavor.ok_or_else(|| Refusal::not_found(format!("Flavor {id} could not be found.")))
}
