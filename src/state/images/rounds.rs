//! Reading the index: a whole round of listings, or only what has changed since.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use web_sys::{AbortController, AbortSignal};

use crate::{
    client::{
        browser::{new_abort_controller, now_ms},
        later,
    },
    domain::{
        access::Person,
        image_list::index::{ImageIndex, Moment, Pass},
        offers::Offers,
    },
    openstack::{
        error::{ApiError, FaultKind},
        glance::{self, ImagePage, ListImages},
        ids::ImageId,
    },
    state::images::Images,
};

/// Rows of the first request: what fits a screen, so that it is quick.
const FIRST_PAGE: u32 = 50;
/// Rows of every further one: the most that Glance gives.
pub(super) const FULL_PAGE: u32 = 1000;

/// What came of a round of listings.
#[derive(PartialEq)]
struct Round {
    /// How many rows were no images.
    skipped: usize,
    /// Why a listing other than the first has failed, if one has: what only that one tells is as it was before.
    missed: Option<ApiError>,
}

impl Images {
    /// Reads the whole index again; the rows stay meanwhile.
    pub fn refresh(self) {
        let round = self.next_round();
        self.load.update(|load| load.is_running = true);
        spawn_local(async move {
            let outcome = self.run_round(round).await;
            if self.round.get_value() != round || outcome == Err(ApiError::Aborted) {
                return;
            }
            self.load.update(|load| {
                load.is_running = false;
                match outcome {
                    Ok(Round { skipped, missed }) => {
                        load.ended_at = Some(now_ms());
                        if missed.is_none() {
                            load.heard_at = load.ended_at;
                        }
                        load.skipped = skipped;
                        load.error = missed;
                    }
                    Err(error) => load.error = Some(error),
                }
            });
        });
    }

    /// Gives up what has not been answered yet; the rows stay.
    pub fn stop(self) {
        self.next_round();
        self.load.update(|load| {
            load.is_running = false;
            if load.ended_at.is_none() {
                load.error = Some(ApiError::Aborted);
            }
        });
    }

    /// A running round gives up when this number has changed; what it waits for is asked no more.
    pub(super) fn next_round(self) -> u32 {
        self.asking.update_value(|asking| {
            asking.abort();
            *asking = new_abort_controller();
        });
        self.offers.update_untracked(Offers::stop);
        self.round.update_value(|round| *round += 1);
        self.round.get_value()
    }

    pub(super) fn asking_signal(self) -> AbortSignal {
        self.asking.with_value(AbortController::signal)
    }

    async fn run_round(self, round: u32) -> Result<Round, ApiError> {
        let Some(me) = self.me.get_untracked() else { return Err(ApiError::Aborted) };
        self.index.update_untracked(ImageIndex::begin);
        let (mut skipped, mut failed, mut missed) = (0, Vec::new(), None);
        for pass in Pass::ALL {
            // For an administrator Glance lists every shared image there, offered to the project or not: it says nothing. What
            // was offered is found image by image, when the round is over.
            if me.is_admin() && matches!(pass, Pass::Pending | Pass::Rejected) {
                continue;
            }
            let is_first_look = pass == Pass::Default && !self.load.read_untracked().has_rows;
            let limit = if is_first_look { FIRST_PAGE } else { FULL_PAGE };
            match self.run_pass(pass, pass.request(limit, None), round, &me).await {
                Ok(rows) => skipped += rows,
                // A cloud that doesn't answer is not asked for more.
                Err(error)
                    if pass == Pass::Default || matches!(error, ApiError::Aborted | ApiError::Offline) =>
                {
                    return Err(error);
                }
                Err(error) => {
                    failed.push(pass);
                    missed.get_or_insert(error);
                }
            }
        }
        self.update(|index| index.finish(&failed));
        if me.is_admin() {
            self.find_offers(&me);
        }
        Ok(Round { skipped, missed })
    }

    /// All pages of a listing.
    async fn run_pass(
        self,
        pass: Pass,
        first: ListImages,
        round: u32,
        me: &Person,
    ) -> Result<usize, ApiError> {
        let mut wanted = first.clone();
        let mut restarts_left = 3;
        let mut followed = BTreeSet::new();
        let mut skipped = 0;
        loop {
            let asked = self.moment();
            let request = glance::list_images(&wanted);
            let page = match self.session.send_until(request, self.asking_signal()).await {
                // Glance refuses a marker that was deleted meanwhile: this pass begins anew.
                Err(error)
                    if error.kind() == Some(FaultKind::BadRequest)
                        && wanted.marker.is_some()
                        && restarts_left > 0 =>
                {
                    restarts_left -= 1;
                    // The round has seen it already, and would keep it.
                    if let Some(gone) = wanted.marker.take() {
                        self.remove(&gone);
                    }
                    wanted = ListImages { limit: Some(FULL_PAGE), ..first.clone() };
                    followed.clear();
                    continue;
                }
                answer => answer?,
            };
            if self.round.get_value() != round {
                return Err(ApiError::Aborted);
            }
            skipped += page.skipped;
            let Some(next) = self.take_page(pass, page, me, asked).await else { return Ok(skipped) };
            // A cache that takes all pages for the same would be asked for ever.
            if !followed.insert(next.clone()) {
                return Err(ApiError::Decode { what: format!("a page of images comes again, after {next}") });
            }
            wanted = ListImages { marker: Some(next), limit: Some(FULL_PAGE), ..wanted };
        }
    }

    /// Takes in a page; where the next one begins.
    async fn take_page(self, pass: Pass, page: ImagePage, me: &Person, asked: Moment) -> Option<ImageId> {
        self.update(|index| index.add(pass, page.images, me, asked));
        if !self.load.read_untracked().has_rows {
            self.load.update(|load| load.has_rows = true);
            // What the person waits for comes first: everything else may wait until it is on the screen.
            later::after_first_sight().await;
            self.session.note_first(&glance::list_images(&Pass::Default.request(FIRST_PAGE, None)));
        }
        page.next
    }

    /// Takes in what has changed since the newest change that is known. Deletions aren't told: they need a round. A failure is
    /// no news: the next time will do.
    pub(super) async fn take_changes(self) {
        let since = self.index.read_untracked().newest_change().map(str::to_owned);
        let (Some(me), Some(since)) = (self.me.get_untracked(), since) else { return self.refresh() };
        let round = self.round.get_value();
        let mut has_heard_all = true;
        for pass in [Pass::Default, Pass::Community, Pass::Hidden] {
            let wanted = ListImages { updated_since: Some(since.clone()), ..pass.request(FULL_PAGE, None) };
            match self.run_pass(pass, wanted, round, &me).await {
                Err(ApiError::Aborted | ApiError::Offline) => return,
                outcome => has_heard_all &= outcome.is_ok(),
            }
        }
        if has_heard_all {
            self.load.update(|load| load.heard_at = Some(now_ms()));
        }
    }
}
