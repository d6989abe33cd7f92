//! Keystone v3: tokens, and the users, projects and roles behind them.
//!
//! There is one domain (`default`) and one region (`RegionOne`). Passwords are kept as salted SHA-256, which is fit for
//! accounts whose passwords are printed at start, and for nothing else.

use std::sync::Arc;

use axum::Router;

use crate::state::App;

mod secrets;
mod seed;
mod tokens;

pub use seed::seed;
pub use tokens::caller;

/// Keystone's tables.
pub const SCHEMA: &str = include_str!("keystone/schema.sql");

/// Keystone's routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}
