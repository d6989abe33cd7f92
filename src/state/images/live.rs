//! Keeping the index fresh: by the clock, when the person comes back, and image by image where a status will change.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::browser::{Listener, now_ms, until_visible},
    domain::polling::{Backoff, FIRST_DELAY_MS, in_turn, is_transitional},
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, image::Image},
        ids::ImageId,
    },
    state::images::Images,
};

/// While a page shows the list, it is asked so often what has changed, milliseconds.
const CHANGES_EVERY: u32 = 30_000;
/// The index is read anew when the person comes back after so long, milliseconds.
const AWAY_FOR: f64 = 60_000.0;
/// Images asked for in one round of polling: the youngest, which somebody waits for, and so many of all others, in turn.
const YOUNGEST: usize = 5;
const OTHERS: usize = 5;

/// When the images whose status will change are asked for again.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Poll {
    backoff: Backoff,
    /// Milliseconds since 1970; at once where something has just changed.
    due: f64,
}

impl Images {
    pub(super) fn keep_fresh(self) {
        // A first round that has failed is tried again like any other; one that somebody has stopped is not.
        let is_idle = move || {
            let load = self.load.read_untracked();
            let has_ended = load.ended_at.is_some()
                || load.error.as_ref().is_some_and(|error| *error != ApiError::Aborted);
            !load.is_running && has_ended && self.me.get_untracked().is_some()
        };
        let is_stale = move || self.load.read_untracked().is_stale();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(CHANGES_EVERY).await;
                until_visible().await;
                if !is_idle() {
                    continue;
                } else if is_stale() {
                    self.refresh();
                } else if self.followers.get_value() > 0 {
                    self.take_changes().await;
                }
            }
        });
        let left_at = StoredValue::new(None::<f64>);
        let look = move |_| {
            // A window behind others is visible to the browser, but has no focus.
            if document().hidden() || !document().has_focus().unwrap_or(true) {
                left_at.update_value(|at| _ = at.get_or_insert_with(now_ms));
            } else if left_at.get_value().is_some_and(|at| now_ms() - at > AWAY_FOR) && is_idle() {
                left_at.set_value(None);
                self.refresh();
            } else {
                left_at.set_value(None);
            }
        };
        // For as long as the app runs.
        std::mem::forget(Listener::new(&document(), "visibilitychange", look));
        std::mem::forget(Listener::new(&window(), "focus", look));
        std::mem::forget(Listener::new(&window(), "blur", look));
    }

    /// Asks again for the images that are on their way to another status.
    pub(super) async fn follow_passing(self) {
        let mut last = None;
        loop {
            TimeoutFuture::new(FIRST_DELAY_MS).await;
            until_visible().await;
            let poll = self.poll.get_value();
            if now_ms() < poll.due || self.session.state().read_untracked().usable_grant().is_none() {
                continue;
            }
            let mut has_changed = false;
            let passing = self.passing(last.as_ref());
            last = passing.last().cloned();
            for id in &passing {
                has_changed |= self.ask_again(id).await;
            }
            let backoff = poll.backoff.after(has_changed);
            // The first delay is this loop's own.
            let due = now_ms() + f64::from(backoff.delay_ms().saturating_sub(FIRST_DELAY_MS));
            // What has begun meanwhile is asked for at once.
            if self.poll.get_value() == poll {
                self.poll.set_value(Poll { backoff, due });
            }
        }
    }

    /// Images whose status will change: the youngest, and of the others those after `last`.
    fn passing(self, last: Option<&ImageId>) -> Vec<ImageId> {
        let index = self.index.read_untracked();
        let mut passing: Vec<&Image> =
            index.rows().map(|row| &row.image).filter(|image| is_transitional(&image.status)).collect();
        passing.sort_by(|a, b| b.updated_at.cmp(&a.updated_at));
        let ids = passing.into_iter().map(|image| image.id.clone());
        let mut ids: Vec<ImageId> = ids.collect();
        let others = ids.split_off(ids.len().min(YOUNGEST));
        ids.extend(in_turn(others, last, OTHERS));
        ids
    }

    /// Whether the image has changed. A poll that fails has changed nothing: it is asked again.
    async fn ask_again(self, id: &ImageId) -> bool {
        let asked = self.moment();
        match self.session.send(glance::get_image(id)).await {
            Ok(image) => self.take(image, asked),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => {
                self.remove(id);
                true
            }
            Err(_) => false,
        }
    }
}
