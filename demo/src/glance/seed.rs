//! The images of a fresh demo cloud: those of `openstack/seed.py`, and more.

use rusqlite::Transaction;

use super::files;
use crate::state::App;

/// Makes the folders and the seeded images' bytes.
pub fn seed_files(app: &App) -> anyhow::Result<()> {
    files::reset(&app.folder)?;
    files::prepare(&app.folder)?;
    Ok(())
}

/// Makes the seeded images' rows.
pub fn seed(_: &Transaction, _: &App) -> rusqlite::Result<()> {
    Ok(())
}
