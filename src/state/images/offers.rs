//! What was offered to an administrator's project. Glance's listings of offers tell an administrator of every shared image there
//! is, so that each is asked whether this project is among its members.

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::browser::until_visible,
    domain::{access::Person, image_list::index::Row, offers::Offers},
    openstack::{
        error::FaultKind,
        glance::{image::Visibility, member::get_member},
    },
    state::images::Images,
};

/// Questions that run at once.
const AT_ONCE: u32 = 3;
/// While nobody looks at the list, it is looked so often whether somebody does, milliseconds.
const LOOK_EVERY: u32 = 1_000;

impl Images {
    /// How many images have been asked about, and how many there are, as long as not all have been; tracked.
    pub fn offers_sought(self) -> Option<(usize, usize)> {
        self.offers.read().sought()
    }

    /// Somebody waits for the offers: asks about all images, not only about a round's.
    pub fn find_all_offers(self) {
        if self.offers.try_update_untracked(Offers::hurry) == Some(true) {
            self.ask_for_offers();
        }
    }

    /// Asks in the background, until the round ends.
    pub(super) fn find_offers(self, me: &Person) {
        let (offered, others): (Vec<_>, Vec<_>) = {
            let index = self.index.read_untracked();
            let is_shared = |row: &&Row| row.image.visibility == Visibility::Shared && !me.owns(&row.image);
            index.rows().filter(is_shared).cloned().partition(|row| row.membership.is_some())
        };
        let ids = |rows: Vec<Row>| rows.into_iter().map(|row| row.image.id.clone()).collect();
        self.offers.update(|offers| offers.begin(ids(offered), ids(others)));
        self.ask_for_offers();
    }

    fn ask_for_offers(self) {
        for _ in self.askers.get_value()..AT_ONCE {
            self.askers.update_value(|askers| *askers += 1);
            spawn_local(async move {
                self.ask_in_turn().await;
                self.askers.update_value(|askers| *askers -= 1);
            });
        }
    }

    async fn ask_in_turn(self) {
        loop {
            self.until_followed().await;
            let next = self.offers.try_update_untracked(Offers::take_next).flatten();
            let me = self.me.get_untracked();
            let (Some(image), Some(me)) = (next, me) else { return };
            let asked = self.moment();
            let wanted = get_member(&image, &me.project);
            let status = match self.session.send_until(wanted, self.asking_signal()).await {
                Ok(member) => Some(member.status),
                Err(error) if error.kind() == Some(FaultKind::NotFound) => None,
                // What is not known stays as it was; the next round asks again.
                Err(_) => continue,
            };
            self.update(|index| index.take_membership(&image, status, asked));
            self.offers.update(|offers| offers.answered(image));
        }
    }

    /// Until somebody looks at the list.
    async fn until_followed(self) {
        until_visible().await;
        while self.followers.get_value() == 0 {
            TimeoutFuture::new(LOOK_EVERY).await;
            until_visible().await;
        }
    }
}
