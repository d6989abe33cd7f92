//! The journal of uploads, kept in `localStorage`: what is needed to find a half-made record after the tab was closed. No token,
//! no content. A Web Lock held while an upload runs tells the interrupted from those of other tabs.

use crate::openstack::{
    glance::image::{Image, ImageStatus},
    ids::{ImageId, ProjectId, UserId},
};
use serde::{Deserialize, Serialize};

/// An upload that has begun, and that we don't know to have ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The record.
    pub image: ImageId,
    /// The cloud, by its name in `config.json`.
    pub cloud: String,
    /// Whose project.
    pub project: ProjectId,
    /// Who began it.
    pub user: UserId,
    /// The file's name.
    pub file_name: String,
    /// The file's bytes, to know it again.
    pub size: u64,
    /// When it began, seconds since 1970.
    pub began: i64,
    /// The store that the bytes were to end in, where one was chosen.
    #[serde(default)]
    pub store: Option<String>,
}

impl JournalEntry {
    /// The name of the Web Lock that is held while it runs.
    pub fn lock_name(&self) -> String {
        lock_name(&self.image)
    }
}

/// The name of the Web Lock that is held while an upload to this image runs.
pub fn lock_name(image: &ImageId) -> String {
    format!("sextant-upload-{image}")
}

/// The entries of this person in this project that no tab is working on.
pub fn interrupted<'a>(
    entries: &'a [JournalEntry],
    held_locks: &[String],
    cloud: &str,
    project: &ProjectId,
    user: &UserId,
) -> Vec<&'a JournalEntry> {
    let is_ours =
        |entry: &&JournalEntry| entry.cloud == cloud && entry.project == *project && entry.user == *user;
    let is_free = |entry: &&JournalEntry| !held_locks.contains(&entry.lock_name());
    entries.iter().filter(is_ours).filter(is_free).collect()
}

/// Whether an image still is what an interrupted upload leaves behind: without its bytes, and no tab is working on it. Anything
/// else is somebody's image by now, which nobody asked to have deleted or written to.
pub fn is_leftover(image: &Image, held_locks: &[String]) -> bool {
    use ImageStatus::*;
    matches!(image.status, Queued | Uploading | Importing | Saving)
        && !held_locks.contains(&lock_name(&image.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_bytes_and_no_tab_is_left_over() {
        let image = |status: &str| -> Image {
            serde_json::from_value(serde_json::json!({"id": "i", "status": status})).unwrap()
        };
        for status in ["queued", "uploading", "importing", "saving"] {
            assert!(is_leftover(&image(status), &["sextant-upload-j".to_owned()]), "{status}");
            assert!(!is_leftover(&image(status), &["sextant-upload-i".to_owned()]), "{status}");
        }
        for status in ["active", "deactivated", "killed", "deleted", "pending_delete", "thawing"] {
            assert!(!is_leftover(&image(status), &[]), "{status}");
        }
    }

    #[test]
    fn only_ones_own_uploads_that_no_tab_works_on_were_interrupted() {
        let entry = |image: &str, cloud: &str, project: &str, user: &str| JournalEntry {
            image: image.into(),
            cloud: cloud.into(),
            project: project.into(),
            user: user.into(),
            file_name: "f".into(),
            size: 1,
            began: 0,
            store: None,
        };
        let entries = [
            entry("ours", "c", "p", "u"),
            entry("running", "c", "p", "u"),
            entry("other-cloud", "d", "p", "u"),
            entry("other-project", "c", "q", "u"),
            entry("other-person", "c", "p", "v"),
        ];
        let held = ["sextant-upload-running".to_owned()];
        let found = interrupted(&entries, &held, "c", &"p".into(), &"u".into());
        assert_eq!(found.iter().map(|entry| entry.image.as_str()).collect::<Vec<_>>(), ["ours"]);
    }
}
