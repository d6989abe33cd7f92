//! What was offered to an administrator's project. Glance's listings of offers tell an administrator of every shared image there
//! is, so that each is asked whether this project is among its members.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    domain::{access::Person, polling::in_turn},
    openstack::{
        error::FaultKind,
        glance::{image::Visibility, member::get_member},
        ids::{ImageId, ProjectId},
    },
    state::images::Images,
};

/// Images that are asked about after one round: a cloud may have thousands, which then have their turn after the next ones.
const AT_MOST: usize = 300;
/// Questions that run at once.
const AT_ONCE: usize = 3;

impl Images {
    /// Asks in the background, until another round begins.
    pub(super) fn find_offers(self, round: u32, me: &Person) {
        let shared: Vec<ImageId> = {
            let index = self.index.read_untracked();
            let images = index.rows().map(|row| &row.image);
            let shared = images.filter(|image| image.visibility == Visibility::Shared && !me.owns(image));
            shared.map(|image| image.id.clone()).collect()
        };
        self.offers_due.update_value(|(due, last)| {
            *due = in_turn(shared, last.as_ref(), AT_MOST);
            due.reverse();
        });
        for _ in 0..AT_ONCE {
            spawn_local(self.ask_for_offers(round, me.project.clone()));
        }
    }

    async fn ask_for_offers(self, round: u32, project: ProjectId) {
        while self.round.get_value() == round {
            let next = self.offers_due.try_update_value(|(due, last)| {
                let next = due.pop()?;
                *last = Some(next.clone());
                Some(next)
            });
            let Some(image) = next.flatten() else { return };
            let asked = self.moment();
            let status =
                match self.session.send_until(get_member(&image, &project), self.asking_signal()).await {
                    Ok(member) => Some(member.status),
                    Err(error) if error.kind() == Some(FaultKind::NotFound) => None,
                    // What is not known stays as it was; the next round asks again.
                    Err(_) => continue,
                };
            self.update(|index| index.take_membership(&image, status, asked));
        }
    }
}
