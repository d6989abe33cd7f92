//! Cinder v3. Not in the catalog yet: volumes come with the launch issue, and what is not spoken answers 501.

use std::sync::Arc;

use axum::Router;
use rusqlite::Transaction;

use crate::state::App;

/// Cinder's tables: none yet.
pub const SCHEMA: &str = "";

/// Seeds nothing yet.
pub fn seed(_: &Transaction) -> rusqlite::Result<()> {
    Ok(())
}

/// Cinder's routes: none yet, so that all of them answer 501.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}
