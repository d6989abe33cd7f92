//! Nova, not spoken yet: every request answers 501.

use std::sync::Arc;

use axum::Router;
use rusqlite::Transaction;

use crate::state::App;

/// Tables.
pub const SCHEMA: &str = "";

/// Routes.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}

/// First data.
pub fn seed(_: &Transaction) -> rusqlite::Result<()> {
    Ok(())
}

/// Picks up work that the last run left.
pub fn resume(_: &Arc<App>) {}
