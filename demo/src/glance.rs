//! Glance v2: images, their bytes, members, tags, tasks and metadata definitions.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, delete, get, post, put};

use crate::state::App;

mod access;
mod actions;
mod answer;
mod create;
mod download;
mod draft;
mod files;
mod image;
mod import;
mod info;
mod intake;
mod list;
mod members;
mod metadefs;
mod patch;
mod query;
mod quota;
mod schema;
mod seed;
mod snapshots;
mod stage;
mod stores;
mod tasks;
mod upload;
mod verdict;

pub use access::may_see;
pub use files::reset;
pub use image::{Image, find};
pub use seed::{bulk, seed, seed_files};
pub use snapshots::{Snapshot, begin_snapshot, empty_snapshot, finish_snapshot};

/// Glance's tables.
pub const SCHEMA: &str = include_str!("glance/schema.sql");

/// Glance's routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", any(info::root))
        .route("/versions", get(info::versions))
        .route("/v2/images", get(list::list).post(create::create))
        .route("/v2/images/{id}", get(actions::show).patch(patch::patch).delete(actions::delete))
        .route("/v2/images/{id}/file", put(upload::upload).get(download::download))
        .route("/v2/images/{id}/stage", put(stage::stage))
        .route("/v2/images/{id}/import", post(import::import))
        .route("/v2/images/{id}/tasks", get(tasks::of_image))
        .route("/v2/tasks", get(tasks::list).post(tasks::create))
        .route("/v2/tasks/{id}", get(tasks::show))
        .route("/v2/stores/{store}/{image}", delete(stores::remove))
        .merge(metadefs::router())
        .route("/v2/images/{id}/actions/deactivate", post(actions::deactivate))
        .route("/v2/images/{id}/actions/reactivate", post(actions::reactivate))
        .route("/v2/images/{id}/tags/{tag}", put(actions::add_tag).delete(actions::remove_tag))
        .route("/v2/images/{id}/members", get(members::list).post(members::add))
        .route(
            "/v2/images/{id}/members/{member}",
            get(members::show).put(members::update).delete(members::remove),
        )
        .route("/v2/info/import", get(info::import))
        .route("/v2/info/stores", get(info::stores))
        .route("/v2/info/stores/detail", get(info::stores_detail))
        .route("/v2/info/usage", get(quota::show))
        .route("/v2/schemas/{name}", get(schema::show))
        .layer(DefaultBodyLimit::disable())
}

/// Puts right what the last run left half done.
pub fn resume(app: &Arc<App>) -> anyhow::Result<()> {
    files::resume(app)
}
