//! Keeping the index fresh: by the clock, when the person comes back, and image by image where a status will change.

use std::collections::BTreeSet;

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{
        browser::{Listener, now_ms, until_visible},
        later,
    },
    domain::polling::{FIRST_DELAY_MS, Schedule, is_transitional},
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, ListImages, image::Visibility},
        ids::ImageId,
    },
    state::images::{Images, rounds::FULL_PAGE},
};

/// While a page shows the list, it is asked so often what has changed, milliseconds.
const CHANGES_EVERY: u32 = 30_000;
/// The index is read anew when the person comes back after so long, milliseconds.
const AWAY_FOR: f64 = 60_000.0;
/// It is looked so often which images are to be asked for again, milliseconds.
const LOOK_EVERY: u32 = FIRST_DELAY_MS / 2;
/// Up to so many are asked for one by one, more of them by a listing.
const SINGLY: usize = 5;
/// Images that are asked for at once: the listing's address has to name them all.
const AT_MOST: usize = 50;

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

    /// Once there are images, and after what the first sight of them needs.
    pub(super) async fn follow_passing_later(self) {
        while self.index.read_untracked().is_empty() {
            TimeoutFuture::new(LOOK_EVERY).await;
        }
        later::after_first_sight().await;
        spawn_local(self.follow_passing());
    }

    /// Asks again for the images that are on their way to another status.
    async fn follow_passing(self) {
        let mut schedule = Schedule::default();
        loop {
            TimeoutFuture::new(LOOK_EVERY).await;
            until_visible().await;
            if self.session.state().read_untracked().usable_grant().is_none() {
                continue;
            }
            let due = {
                let index = self.index.read_untracked();
                let passing = index.rows().filter(|row| is_transitional(&row.image.status));
                schedule.due(passing.map(|row| (row.image.id.clone(), row.clone())), now_ms(), AT_MOST)
            };
            // A poll that fails is no news: the next one asks again.
            let _ = self.ask_again(due).await;
        }
    }

    async fn ask_again(self, ids: Vec<ImageId>) -> Result<(), ApiError> {
        let mut left: BTreeSet<ImageId> = ids.into_iter().collect();
        for os_hidden in [None, Some(true)] {
            if left.len() <= SINGLY {
                break;
            }
            let wanted = ListImages {
                ids: left.iter().cloned().collect(),
                visibility: Some(Visibility::Other("all".to_owned())),
                os_hidden,
                limit: Some(FULL_PAGE),
                ..ListImages::default()
            };
            let asked = self.moment();
            match self.session.send(glance::list_images(&wanted)).await {
                Ok(page) => {
                    for image in page.images {
                        left.remove(&image.id);
                        self.heard(image, asked);
                    }
                }
                // Some proxy takes such an address for an attack.
                Err(error) if error.kind() == Some(FaultKind::BadRequest) => break,
                Err(error) => return Err(error),
            }
        }
        // Among them what is gone, and offers that wait for an answer.
        for id in left {
            let asked = self.moment();
            match self.session.send(glance::get_image(&id)).await {
                Ok(image) => self.heard(image, asked),
                Err(error) if error.kind() == Some(FaultKind::NotFound) => self.remove(&id),
                Err(error @ (ApiError::Aborted | ApiError::Offline)) => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }
}
