//! What a closed tab may have left behind: a journal in `localStorage` says what was begun, the servers' metadata which they
//! are, and a Web Lock which of them a tab is still at.

use crate::{
    domain::verification::plan::{LONGEST_LIMIT, MARK},
    openstack::{
        ids::{ImageId, ProjectId, UserId},
        nova::server::{Server, ServerStatus},
        time::unix_seconds,
    },
};
use serde::{Deserialize, Serialize};

/// No verification runs longer than this, seconds: the longest limit, and as much again for cleaning up.
const SURELY_OVER: i64 = LONGEST_LIMIT as i64 * 60 * 2;
/// A server that was asked for just before the tab was closed may not be listed yet, seconds.
const MAY_STILL_COME: i64 = 120;

/// A verification that has begun, and that we don't know to be cleaned up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The mark in the server's metadata.
    pub mark: String,
    /// The cloud, by its name in `config.json`.
    pub cloud: String,
    /// Whose project.
    pub project: ProjectId,
    /// Who began it.
    pub user: UserId,
    /// The image that is checked.
    pub image: ImageId,
    /// When it began, seconds since 1970.
    pub began: i64,
}

/// Where one is at work.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The cloud.
    pub cloud: &'a str,
    /// The project.
    pub project: &'a ProjectId,
    /// The person.
    pub user: &'a UserId,
    /// The locks that any tab of this browser holds; `None` where the browser has none.
    pub held: Option<&'a [String]>,
    /// Seconds since 1970.
    pub now: i64,
}

impl JournalEntry {
    /// Whether it was begun by this person in this project.
    pub fn is_of(&self, place: &Place) -> bool {
        self.cloud == place.cloud && self.project == *place.project && self.user == *place.user
    }

    /// Whether it can be forgotten when no server bears its mark.
    pub fn is_settled(&self, place: &Place) -> bool {
        self.is_of(place) && place.is_free(&self.mark, self.began) && place.now - self.began > MAY_STILL_COME
    }
}

impl Place<'_> {
    /// Whether no tab is at it any more; where the browser can't tell, when it must be over.
    fn is_free(&self, mark: &str, began: i64) -> bool {
        match self.held {
            Some(held) => !held.contains(&lock_name(mark)),
            None => self.now - began > SURELY_OVER,
        }
    }
}

/// The name of the Web Lock that is held while a verification runs.
pub fn lock_name(mark: &str) -> String {
    format!("sextant-verify-{mark}")
}

/// The servers that this person's verifications have left behind: those of this browser that no tab is at, and those of another
/// browser that must be over.
pub fn leftovers(servers: &[Server], entries: &[JournalEntry], place: &Place) -> Vec<Server> {
    let is_left = |server: &&Server| {
        let Some(mark) = server.metadata.get(MARK) else { return false };
        // Nova lists a deleted server for a moment longer.
        let is_gone = matches!(server.status, ServerStatus::Deleted | ServerStatus::SoftDeleted);
        if server.user_id != *place.user || is_gone {
            return false;
        }
        match entries.iter().find(|entry| entry.mark == *mark && entry.is_of(place)) {
            Some(entry) => place.is_free(mark, entry.began),
            None => {
                let is_old = unix_seconds(&server.created).is_some_and(|made| place.now - made > SURELY_OVER);
                is_old && place.held.is_none_or(|held| !held.contains(&lock_name(mark)))
            }
        }
    };
    servers.iter().filter(is_left).cloned().collect()
}
