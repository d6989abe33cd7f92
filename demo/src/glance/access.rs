//! Who may see and do what: Glance's default policies.

use rusqlite::{Connection, OptionalExtension};

use super::image::{self, Image};
use crate::caller::Caller;
use crate::error::Refusal;

/// Whether an image shows itself to a caller by its id (lists are narrower).
pub fn may_see(c: &Connection, caller: &Caller, image: &Image) -> rusqlite::Result<bool> {
    if caller.is_admin() || owns(caller, image) || matches!(image.visibility.as_str(), "public" | "community")
    {
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

/// The image, where the caller may see it; else the 404 that also hides what is there.
pub fn visible(c: &Connection, caller: &Caller, id: &str) -> Result<Image, Refusal> {
    match image::find(c, id)? {
        Some(image) if may_see(c, caller, &image)? => Ok(image),
        _ => Err(Refusal::not_found(format!("No image found with ID {id}"))),
    }
}

/// The same in the words of members and tags.
pub fn visible_to_share(c: &Connection, caller: &Caller, id: &str) -> Result<Image, Refusal> {
    visible(c, caller, id).map_err(|_| Refusal::not_found(format!("Image {id} not found.")))
}

/// A visible image that the caller may change: a member of the owning project, or the administrator.
pub fn changeable(c: &Connection, caller: &Caller, id: &str, action: &str) -> Result<Image, Refusal> {
    let image = visible(c, caller, id)?;
    may_change(caller, &image, action)?;
    Ok(image)
}

/// The policy of most writes.
pub fn may_change(caller: &Caller, image: &Image, action: &str) -> Result<(), Refusal> {
    if caller.is_admin() || (caller.is_member() && owns(caller, image)) {
        Ok(())
    } else {
        Err(denied(action))
    }
}

/// The policy of the rest.
pub fn admin_only(caller: &Caller, action: &str) -> Result<(), Refusal> {
    if caller.is_admin() { Ok(()) } else { Err(denied(action)) }
}

/// Glance's 403 where its domain says no, and not its policy.
pub fn access_denied(why: &str) -> Refusal {
    Refusal::forbidden("Access was denied to this resource.").detail(why)
}

/// Glance's 403.
pub fn denied(action: &str) -> Refusal {
    Refusal::forbidden(format!("You are not authorized to complete {action} action."))
}
