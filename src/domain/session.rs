//! The session as a machine: what it is now, and what a token, a refusal or the clock makes of it. Pure; `state::session` runs it.

use serde::{Deserialize, Serialize};

use crate::openstack::keystone::Token;

/// The person is warned this long before the token ends, in seconds.
pub const WARN_BEFORE: i64 = 5 * 60;

/// A token with what is needed to know when it ends on a machine whose clock is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The token and its body.
    pub token: Token,
    /// The name of the cloud in `config.json` that issued it.
    pub cloud: String,
    /// This machine's clock minus the cloud's, in seconds.
    pub clock_skew: i64,
}

impl Grant {
    /// A token that arrived at `now` (seconds since 1970, this machine's clock).
    pub fn new(token: Token, cloud: impl Into<String>, now: i64) -> Self {
        let clock_skew = token.issued_unix().map_or(0, |issued| now - issued);
        Self { token, cloud: cloud.into(), clock_skew }
    }

    /// How many seconds are left at `now`; negative once it has ended. `None` where the cloud gave no date that can be read.
    pub fn seconds_left(&self, now: i64) -> Option<i64> {
        self.token.expires_unix().map(|end| end - (now - self.clock_skew))
    }

    fn has_ended(&self, now: i64) -> bool {
        self.seconds_left(now).is_some_and(|left| left <= 0)
    }
}

/// What the session is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SessionState {
    /// The stored session, or a sibling tab's, is being looked for.
    #[default]
    Restoring,
    /// Nobody is signed in.
    SignedOut,
    /// Signed in, no project chosen yet.
    Unscoped(Grant),
    /// Signed in to a project.
    Scoped(Grant),
    /// The token was refused or has ended. The pages stay; signing in again goes on where it was.
    Expired(Grant),
}

impl SessionState {
    /// What a restored grant makes of it.
    pub fn restored(grant: Option<Grant>, now: i64) -> Self {
        match grant {
            Some(grant) if !grant.has_ended(now) => Self::granted(grant),
            _ => SessionState::SignedOut,
        }
    }

    /// What a new grant makes of it.
    pub fn granted(grant: Grant) -> Self {
        if grant.token.project.is_some() {
            SessionState::Scoped(grant)
        } else {
            SessionState::Unscoped(grant)
        }
    }

    /// The token was refused with 401, or the clock says that it has ended. A session without a project has no pages to
    /// keep: it starts anew.
    #[must_use]
    pub fn expired(self) -> Self {
        match self {
            SessionState::Scoped(grant) => SessionState::Expired(grant),
            SessionState::Unscoped(_) => SessionState::SignedOut,
            other => other,
        }
    }

    /// The grant, whatever its state.
    pub fn grant(&self) -> Option<&Grant> {
        match self {
            SessionState::Unscoped(grant) | SessionState::Scoped(grant) | SessionState::Expired(grant) => {
                Some(grant)
            }
            SessionState::Restoring | SessionState::SignedOut => None,
        }
    }

    /// The grant that requests may be sent with.
    pub fn usable_grant(&self) -> Option<&Grant> {
        match self {
            SessionState::Unscoped(grant) | SessionState::Scoped(grant) => Some(grant),
            _ => None,
        }
    }

    /// Whether the pages are shown (behind the sign-in dialog once expired).
    pub fn has_pages(&self) -> bool {
        matches!(self, SessionState::Scoped(_) | SessionState::Expired(_))
    }

    /// Whether `new` goes on with the work of this session: the same person, in the same project of the same cloud.
    pub fn is_continued_by(&self, new: &Grant) -> bool {
        self.grant().is_some_and(|old| {
            old.cloud == new.cloud
                && old.token.user.id == new.token.user.id
                && old.token.project.as_ref().map(|it| &it.id) == new.token.project.as_ref().map(|it| &it.id)
        })
    }
}

/// The path to go to after signing in, where `wanted` is one of the app's own; anything that could leave the app is refused, and
/// so is what a URL can't hold as it stands: the router would find another path there, or (`/.//x`) none at all.
pub fn safe_redirect(wanted: &str) -> Option<&str> {
    let path = wanted.split(['?', '#']).next().unwrap_or_default();
    let parts = path.strip_prefix('/')?;
    // One slash at the end does no harm.
    let is_plain = parts.is_empty() || parts.strip_suffix('/').unwrap_or(parts).split('/').all(is_kept);
    let is_own = is_plain
        && !wanted.starts_with("/sign-in")
        && !wanted.contains('\\')
        && !wanted.chars().any(char::is_control);
    is_own.then_some(wanted)
}

/// Whether a URL keeps this part of a path as it is: `%2e` is a dot to it.
fn is_kept(part: &str) -> bool {
    let dots = part.to_ascii_lowercase().replace("%2e", ".");
    !matches!(dots.as_str(), "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::{
        catalog::Catalog,
        ids::{ProjectId, UserId},
        keystone::{Project, User},
        secret::Secret,
    };

    const NOON: i64 = 1_795_435_200; // 2026-11-23T12:00:00Z

    fn grant(project: Option<&str>, now: i64) -> Grant {
        let project = project.map(|id| Project { id: ProjectId::from(id), ..Project::default() });
        let token = Token {
            id: Secret::new("t"),
            user: User { id: UserId::from("u1"), ..User::default() },
            project,
            roles: Vec::new(),
            credential: None,
            catalog: Catalog::default(),
            issued_at: "2026-11-23T12:00:00.000000Z".to_owned(),
            expires_at: "2026-11-23T13:00:00.000000Z".to_owned(),
        };
        Grant::new(token, "demo", now)
    }

    #[test]
    fn a_wrong_clock_does_not_end_a_session() {
        let five_hours_fast = NOON + 5 * 3600;
        let grant = grant(Some("p"), five_hours_fast);
        assert_eq!(grant.seconds_left(five_hours_fast), Some(3600));
        assert_eq!(grant.seconds_left(five_hours_fast + 3601), Some(-1));
    }

    #[test]
    fn a_restored_session_that_has_ended_is_signed_out() {
        let kept = grant(Some("p"), NOON);
        assert!(matches!(SessionState::restored(Some(kept.clone()), NOON + 10), SessionState::Scoped(_)));
        assert_eq!(SessionState::restored(Some(kept), NOON + 3600), SessionState::SignedOut);
        assert_eq!(SessionState::restored(None, NOON), SessionState::SignedOut);
    }

    #[test]
    fn a_refused_token_keeps_the_pages_only_in_a_project() {
        assert!(SessionState::granted(grant(Some("p"), NOON)).expired().has_pages());
        assert_eq!(SessionState::granted(grant(None, NOON)).expired(), SessionState::SignedOut);
        assert_eq!(SessionState::Restoring.expired(), SessionState::Restoring);
    }

    #[test]
    fn an_expired_session_can_not_send() {
        let expired = SessionState::granted(grant(Some("p"), NOON)).expired();
        assert!(expired.usable_grant().is_none());
        assert!(expired.grant().is_some());
    }

    #[test]
    fn only_the_same_person_in_the_same_project_goes_on() {
        let old = SessionState::granted(grant(Some("p"), NOON)).expired();
        assert!(old.is_continued_by(&grant(Some("p"), NOON)));
        assert!(!old.is_continued_by(&grant(Some("q"), NOON)));
        let mut other = grant(Some("p"), NOON);
        other.token.user.id = UserId::from("u2");
        assert!(!old.is_continued_by(&other));
        other = grant(Some("p"), NOON);
        other.cloud = "second".to_owned();
        assert!(!old.is_continued_by(&other));
    }

    #[test]
    fn redirects_stay_in_the_app() {
        for (wanted, allowed) in [
            ("/images", true),
            ("/launch?image=1", true),
            ("/", true),
            ("/?next=//x", true),
            ("/images/", true),
            ("/images/ID/edit", true),
            ("/images?x=a//b&y=/../c", true),
            ("/images#/./", true),
            ("/images/a.b/..c", true),
            ("/.//x.example", false),
            ("/..//x.example", false),
            ("/%2e//x.example", false),
            ("/.%2E//x.example", false),
            ("/images/../x", false),
            ("/images/%2E%2e", false),
            ("/images//ID", false),
            ("/images//", false),
            ("/./sign-in", false),
            ("//evil.example", false),
            ("https://evil.example", false),
            ("/\\evil.example", false),
            ("javascript:alert(1)", false),
            ("/sign-in?next=/images", false),
            ("/images\n", false),
            ("", false),
        ] {
            assert_eq!(safe_redirect(wanted).is_some(), allowed, "{wanted:?}");
        }
    }
}
