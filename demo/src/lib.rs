//! The demo cloud: enough of Keystone v3, Glance v2, Nova v2.1, Neutron v2.0 and Cinder v3 to run Sextant against.
//!
//! `app(state)` is the whole server as an axum router; tests call it with `oneshot`. It shares no types with the app.
//!
//! # How a service plugs in
//!
//! Each service is one module (`keystone`, `glance`, `nova`, `neutron`, `cinder`) with
//!
//! ```ignore
//! pub const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS …;";            // run at every start; tables are shared by all
//! pub fn seed(tx: &rusqlite::Transaction) -> rusqlite::Result<()>;     // run once, in one transaction for all services
//! pub fn router() -> axum::Router<Arc<App>>;                           // paths below the prefix: "/v2.1/servers"
//! pub fn resume(app: &Arc<App>);                                       // nova only: called by `serve` once it listens
//! ```
//!
//! The router is nested at `Service::prefix()` (`/compute`, …); `"/"` there is the version list. A trailing slash is
//! taken off before routing. What no route takes answers 501 (`Refusal::not_spoken`); the core adds that fallback.
//! An `x-openstack-request-id`, CORS headers and preflights, latency and chaos are the core's job (`wire`).
//!
//! # What handlers use
//!
//! * `State(app): State<Arc<App>>`: `app.db`, `app.options`, `app.url(Service::Compute)` (`http://127.0.0.1:5050/compute`).
//! * `caller: Caller`: user, project and roles of the token, or the service's own 401. `caller.is_admin()`,
//!   `is_member()`, `is_reader()`.
//! * `JsonBody(value): JsonBody`: the body as `serde_json::Value`.
//! * `Extension(RequestId(id))`.
//! * `Result<_, Refusal>`: `Refusal::bad_request("…")`, `forbidden`, `not_found`, `conflict`, `new(status, "…")`; the body
//!   is written in the asked service's shape: Nova/Cinder `{"badRequest": {code, message}}` by status (`.kind("…")`
//!   for another fault name), Neutron `{"NeutronError": {type, …}}` (`.kind("NetworkNotFound")`), Glance's WebOb JSON
//!   or HTML by `Accept`, Keystone's `{"error": …}`. `.body(json)` replaces it whole.
//! * `app.db.read(move |c| -> rusqlite::Result<_> {…}).await?` and `app.db.write(move |tx| -> Result<_, Refusal> {…}).await?`:
//!   blocking work on its own thread; a write is one transaction, rolled back when the closure gives an error (any
//!   error type that is `Into<Refusal>`). `read_now`/`write_now` for start-up and blocking threads.
//! * `ids::uuid()`, `ids::hex()`; for seeds `ids::project("demo")`, `ids::user("alice")`, `ids::stable_uuid("flavor", "m1.tiny")`
//!   (seeded images: `stable_uuid("image", name)`).
//! * `clock::now()` (microseconds, as all times in the database), `clock::seconds(t)`, `clock::micros(t)`, `clock::naive(t)`.
//!
//! # Images for Nova and Cinder
//!
//! * `glance::find(c, id) -> rusqlite::Result<Option<Image>>` (a row: status, owner, visibility, min_ram, min_disk, size,
//!   virtual_size, disk_format, properties, …), `glance::may_see(c, &caller, &image) -> rusqlite::Result<bool>`.
//! * `glance::begin_snapshot(tx, Snapshot { … }) -> Result<Image, Refusal>` makes the queued image;
//!   `glance::finish_snapshot(&app, image_id, base_image_id).await` gives it the base image's bytes and makes it active.
#![warn(missing_docs)]

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::{Method, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use tower::ServiceExt;

use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

pub mod body;
pub mod caller;
pub mod cinder;
pub mod clock;
mod compress;
pub mod config;
pub mod cors;
pub mod db;
pub mod disks;
pub mod drain;
mod early;
pub mod error;
pub mod faults;
pub mod glance;
pub mod ids;
pub mod jsonschema;
pub mod keystone;
pub mod neutron;
pub mod nova;
pub mod old;
pub mod python;
pub mod serve;
pub mod service;
pub mod state;
mod unspoken;
pub mod web;
mod webob;
pub mod wire;

/// The whole server: the services below their prefixes, the app for all else.
pub fn app(state: Arc<App>) -> Router {
    let services = [
        (Service::Identity, keystone::router()),
        (Service::Image, glance::router()),
        (Service::Compute, nova::router()),
        (Service::Network, neutron::router()),
        (Service::Volume, cinder::router()),
    ];
    let mut router = Router::new();
    for (service, routes) in services {
        router = router.nest(service.prefix(), routes.fallback(not_spoken));
    }
    let router = router.layer(from_fn_with_state(state.clone(), old::age));
    let router = router.layer(from_fn_with_state(state.clone(), wire::dress)).with_state(state.clone());
    let compressing = router.clone().layer(compress::layer());
    Router::new().fallback(move |request: Request| {
        // The services themselves know nothing of it, not even by a header.
        let is_wanted = request.headers().contains_key(header::ACCEPT_ENCODING);
        let router = if is_wanted { &compressing } else { &router };
        let (router, state) = (router.clone(), state.clone());
        async move {
            match Service::of_path(request.uri().path()) {
                Some(service) => {
                    let preflight = cors::is_preflight(request.method(), request.headers());
                    let mut response = router.oneshot(with_plain_path(request)).await.into_response();
                    wire::name_methods(service, preflight, response.headers_mut());
                    response
                }
                None => state.site.serve(request).await,
            }
        }
    })
}

/// What the real service has and we have not is 501; what nobody has is 404, as with the real service.
async fn not_spoken(method: Method, OriginalUri(uri): OriginalUri) -> Refusal {
    let path = uri.path();
    match Service::of_path(path) {
        Some(service) if !unspoken::is_real(service, path) => match service {
            Service::Identity => Refusal::not_found(
                "The requested URL was not found on the server. If you entered the URL manually please check your \
                 spelling and try again.",
            )
            .kind(service::NO_ROUTE),
            Service::Compute | Service::Volume => {
                Refusal::not_found("The resource could not be found.").kind(service::NO_ROUTE)
            }
            _ => Refusal::not_found("The resource could not be found."),
        },
        _ => Refusal::not_spoken(format!("{method} {path}")),
    }
}

/// Several slashes are one to the web servers, and all services take `/v3/` for `/v3`; axum does not. Below that Glance
/// and Nova do not either: their clients ask for `/v2/images/` when they have no id, and must hear that there is none.
fn with_plain_path(mut request: Request) -> Request {
    let uri = request.uri();
    let mut path = uri.path().to_owned();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    let path = path.strip_suffix('/').filter(|rest| takes_slash(rest)).unwrap_or(&path);
    if path.len() == uri.path().len() {
        return request;
    }
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

fn takes_slash(path: &str) -> bool {
    match Service::of_path(path) {
        None => false,
        Some(Service::Image | Service::Compute) => path.matches('/').count() <= 2,
        Some(_) => true,
    }
}
