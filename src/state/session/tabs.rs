//! The session among the tabs of one browser: a new tab takes it over, and signing out in one ends it in all.

use std::time::Duration;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    client::{browser::now_seconds, siblings::Siblings},
    domain::session::{Grant, SessionState},
    state::session::{Session, are_drafts_of, forget_drafts, person_of},
};

const SIBLINGS: &str = "sextant.session";
/// How long a new tab waits for its siblings' answer before it shows the sign-in; mostly they take a few milliseconds.
const SIBLINGS_ANSWER_WITHIN: Duration = Duration::from_millis(250);
/// A sibling that is busy answers late: its session is still taken over so long after it was asked for, seconds. Not for ever:
/// answers go to all tabs, and a sign-in that was left open for another person stays one.
const LATE_ANSWER_WITHIN: i64 = 10;

/// What tabs say to each other.
#[derive(Serialize, Deserialize)]
pub(super) enum Hail {
    /// A new tab asks whether somebody has a session.
    WhoHasOne,
    /// Here is mine.
    Here(Box<Grant>),
    /// The person of this one has signed out.
    Ended(Box<Grant>),
}

impl Session {
    /// Answers siblings for as long as the app runs; a tab without a session asks them for theirs first.
    pub(super) fn hail_siblings(self, asks: bool) {
        let asked = asks.then(now_seconds);
        let line = Siblings::open(SIBLINGS, move |hail| match hail {
            Hail::WhoHasOne => {
                let grant = self.state.read_untracked().usable_grant().cloned();
                if let Some(grant) = grant {
                    self.say(&Hail::Here(Box::new(grant)));
                }
            }
            Hail::Ended(grant) => self.end_with(&grant),
            Hail::Here(grant) => {
                let is_waiting = match *self.state.read_untracked() {
                    SessionState::Restoring => true,
                    SessionState::SignedOut => {
                        !self.has_signed_out()
                            && asked.is_some_and(|asked| now_seconds() - asked <= LATE_ANSWER_WITHIN)
                    }
                    _ => false,
                };
                if is_waiting && self.cloud(&grant.cloud).is_some() {
                    self.enter(SessionState::restored(Some(*grant), now_seconds()));
                }
            }
        });
        self.siblings.set_value(line);
        if asks {
            self.say(&Hail::WhoHasOne);
            set_timeout(
                move || {
                    if *self.state.read_untracked() == SessionState::Restoring {
                        self.enter(SessionState::SignedOut);
                    }
                },
                SIBLINGS_ANSWER_WITHIN,
            );
        }
    }

    /// Somebody has signed out in another tab. A tab that has switched the project has another token of the same person, which
    /// ends, too; one that sends something keeps it until they have signed in again.
    fn end_with(self, ended: &Grant) {
        let Some(mine) = self.state.get_untracked().grant().cloned() else {
            if are_drafts_of(ended) {
                forget_drafts();
            }
            return;
        };
        if person_of(&mine) != person_of(ended) {
            return;
        }
        if self.is_busy.get_value().is_some_and(|is_busy| is_busy()) {
            return self.expire();
        }
        self.leave();
        if let Some(cloud) = self.cloud(&mine.cloud).filter(|_| mine.token.id != ended.token.id) {
            self.revoke_in_background(cloud, mine.token.id);
        }
    }

    pub(super) fn say(self, hail: &Hail) {
        self.siblings.with_value(|line| {
            if let Some(line) = line {
                line.say(hail);
            }
        });
    }
}
