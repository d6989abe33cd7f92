//! Who may see and do what: Glance's default policies.

use rusqlite::{Connection, OptionalExtension};

use super::image::Image;
use crate::caller::Caller;

/// Whether an image shows itself to a caller by its id (lists are narrower).
pub fn may_see(c: &Connection, caller: &Caller, image: &Image) -> rusqlite::Result<bool> {
    if caller.is_admin() || owns(caller, image) || matches!(image.visibility.as_str(), "public" | "community") {
        return Ok(true);
    }
    Ok(image.visibility == "shared" && member_status(c, &image.id, &caller.project_id)?.is_some())
}

/// Whether the image belongs to the caller's project.
pub fn owns(caller: &Caller, image: &Image) -> bool {
    image.owner.as_deref() == Some(&caller.project_id)
}

/// The status of a project's membership in an image.
pub fn member_status(c: &Connection, image: &str, project: &str) -> rusqlite::Result<Option<String>> {
    c.prepare_cached("SELECT status FROM image_members WHERE image_id = ? AND member = ?")?
        .query_row([image, project], |row| row.get(0))
        .optional()
}
