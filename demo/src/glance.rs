//! Glance v2: images, their bytes, members, tags, tasks and metadata definitions.

use std::sync::Arc;

use axum::Router;

use crate::state::App;

mod access;
mod files;
mod image;
mod seed;
mod snapshots;

pub use access::may_see;
pub use files::reset;
pub use image::{Image, find};
pub use seed::{seed, seed_files};
pub use snapshots::{Snapshot, begin_snapshot, finish_snapshot};

/// Glance's tables.
pub const SCHEMA: &str = include_str!("glance/schema.sql");

/// Glance's routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}

/// Puts right what the last run left half done.
pub fn resume(app: &Arc<App>) -> anyhow::Result<()> {
    files::resume(app)
}
