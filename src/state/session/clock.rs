//! The session's end by the clock: the token's, and the operator's `idle_minutes`.

use std::{sync::Arc, time::Duration};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::browser::{Listener, now_seconds},
    domain::session::WARN_BEFORE,
    state::session::{Session, forget_drafts},
};

/// How often the clock is looked at for expiry.
pub const CLOCK_EVERY: Duration = Duration::from_secs(15);

impl Session {
    /// Notes when the person last did something, for the operator's `idle_minutes`.
    pub(super) fn idle_watch(self) {
        let idle_minutes = self.config.with_value(|config| config.idle_minutes);
        if idle_minutes == 0 {
            return;
        }
        for event in ["pointerdown", "keydown", "visibilitychange"] {
            let listener = Listener::new(&document(), event, move |_| {
                // The machine may have slept, and no timer with it: look before this counts as an action.
                if self.is_idle() { self.look_at_clock() } else { self.last_action.set_value(now_seconds()) }
            });
            // For as long as the app runs.
            std::mem::forget(listener);
        }
    }

    /// Whether nobody has touched the app for longer than the operator allows.
    fn is_idle(self) -> bool {
        let idle_minutes = self.config.with_value(|config| config.idle_minutes);
        idle_minutes > 0 && now_seconds() - self.last_action.get_value() > i64::from(idle_minutes) * 60
    }

    /// Says whether something is running that idleness must not end (an upload).
    pub fn keep_alive_while(self, is_busy: impl Fn() -> bool + Send + Sync + 'static) {
        self.is_busy.set_value(Some(Arc::new(is_busy)));
    }

    pub(super) fn look_at_clock(self) {
        if self.is_idle() {
            if self.state.read_untracked().grant().is_none() {
                // Nobody has come back to them.
                forget_drafts();
            }
            let is_busy = self.is_busy.get_value().is_some_and(|is_busy| is_busy());
            if !is_busy && self.state.read_untracked().has_pages() {
                spawn_local(async move {
                    // Ended here in any case; the token ends by itself later.
                    let _ = self.sign_out().await;
                });
                return;
            }
        }
        let left =
            self.state.read_untracked().usable_grant().and_then(|grant| grant.seconds_left(now_seconds()));
        match left {
            Some(left) if left <= 0 => self.expire(),
            Some(left) if left <= WARN_BEFORE => {
                self.minutes_left.set(u64::try_from(left).ok().map(|left| left / 60))
            }
            _ => {
                if self.minutes_left.get_untracked().is_some() {
                    self.minutes_left.set(None);
                }
            }
        }
    }
}
