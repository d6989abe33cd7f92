//! Image bytes on disk.
//!
//! `images/<store>/<id>` holds the bytes of one copy. A file only gets there by a rename of one that is complete and
//! synced, and the row says `active` only after that: whenever the process dies, no half image is ever active.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::state::App;
use crate::{clock, ids};

/// The stores, the default one first.
pub const STORES: [&str; 2] = ["local", "archive"];

/// Where a copy's bytes are.
pub fn path(app: &App, store: &str, id: &str) -> PathBuf {
    app.folder.join("images").join(store).join(id)
}

/// Where staged bytes are.
pub fn staged(app: &App, id: &str) -> PathBuf {
    app.folder.join("images/staging").join(id)
}

/// A place for bytes that are still on their way.
pub fn temporary(app: &App) -> PathBuf {
    app.folder.join("images/tmp").join(ids::uuid())
}

/// Moves a complete file to its place, so that it is there after any crash.
pub fn publish(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    match to.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Removes a file that may be gone already.
pub fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!("cannot remove {}: {error}", path.display());
    }
}

/// Makes the folders.
pub fn prepare(folder: &Path) -> io::Result<()> {
    for name in ["local", "archive", "staging", "tmp"] {
        fs::create_dir_all(folder.join("images").join(name))?;
    }
    Ok(())
}

/// Throws all image bytes away.
pub fn reset(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder.join("images")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// After a restart: uploads that were cut off are queued again, imports failed, and files of no image go.
pub fn resume(app: &Arc<App>) -> anyhow::Result<()> {
    prepare(&app.folder)?;
    app.db.write_now::<_, rusqlite::Error>(|tx| {
        let now = clock::now();
        tx.execute(
            "UPDATE images SET status = 'queued', size = NULL, virtual_size = NULL, updated_at = ?
             WHERE status IN ('saving', 'importing') AND deleted_at IS NULL",
            [now],
        )?;
        // A copy that was cut off leaves an active image behind, but not its lock.
        tx.execute(
            "UPDATE images SET properties = json_remove(properties, '$.os_glance_import_task')
             WHERE json_extract(properties, '$.os_glance_import_task') IS NOT NULL",
            [],
        )?;
        tx.execute(
            "UPDATE image_tasks SET status = 'failure', message = 'Task failed due to Internal Error', updated_at = ?
             WHERE status IN ('pending', 'processing')",
            [now],
        )?;
        Ok(())
    })?;
    let sql = "SELECT id, status FROM images WHERE deleted_at IS NULL";
    let known: Vec<(String, String)> = app.db.read_now(|c| {
        let mut statement = c.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()
    })?;
    let with = |statuses: &[&str]| -> HashSet<String> {
        known
            .iter()
            .filter(|(_, status)| statuses.contains(&status.as_str()))
            .map(|(id, _)| id.clone())
            .collect()
    };
    sweep(&app.folder.join("images/tmp"), &HashSet::new())?;
    sweep(&app.folder.join("images/staging"), &with(&["uploading"]))?;
    for store in STORES {
        sweep(&app.folder.join("images").join(store), &with(&["active", "deactivated", "pending_delete"]))?;
    }
    Ok(())
}

fn sweep(folder: &Path, keep: &HashSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| keep.contains(name)) {
            remove(&entry.path());
        }
    }
    Ok(())
}
