//! What a closed tab has left behind: found by the servers' metadata and the journal, and offered for deletion.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::{browser::now_seconds, web_lock},
    domain::verification::{
        leftover::{Place, leftovers},
        plan::MARK,
    },
    openstack::{error::ApiError, ids::ServerId, nova, nova::server::Server, request::Service},
    state::{
        servers::all_servers,
        uploads::origin::Origin,
        verifications::{Verifications, journal, run},
    },
};

impl Verifications {
    /// Looks in every new session, and in another project.
    pub(super) fn look_for_leftovers(self) {
        Effect::new(move |_| {
            self.session.generation();
            self.found.set(Vec::new());
            self.look(false);
        });
    }

    /// Looks again. Without an entry in the journal nothing is asked of the cloud, unless `always`: what another browser has
    /// left behind is for the page to find, not for every visit.
    pub fn look(self, always: bool) {
        let Some(origin) = Origin::current(self.session) else { return };
        if !untrack(|| self.session.has_service(Service::Compute)) {
            return;
        }
        let generation = untrack(|| self.session.generation());
        spawn_local(async move {
            let entries = journal::entries();
            let held = web_lock::held().await;
            let place = Place {
                cloud: &origin.cloud,
                project: &origin.project.id,
                user: &origin.user,
                held: held.as_deref(),
                now: now_seconds(),
            };
            if !always && !entries.iter().any(|entry| entry.is_of(&place)) {
                return;
            }
            // Of all of them: what is not on the first page may be there all the same.
            let page = |after: Option<&ServerId>| nova::list_servers_after(after, false);
            // Looked for again at the next visit.
            let Ok(servers) = all_servers(self.session, page).await else { return };
            if untrack(|| self.session.generation()) != generation {
                return;
            }
            let is_there = |mark: &str| {
                servers.iter().any(|server| server.metadata.get(MARK).is_some_and(|it| it == mark))
            };
            entries
                .iter()
                .filter(|entry| entry.is_settled(&place) && !is_there(&entry.mark))
                .for_each(|entry| journal::forget(&entry.mark));
            let found = leftovers(&servers, &entries, &place);
            if *self.found.read_untracked() != found {
                self.found.set(found);
            }
        });
    }

    /// Deletes one.
    ///
    /// # Errors
    /// As Nova says; without words when it has taken the deletion and the server does not go.
    pub async fn delete_leftover(self, server: &Server) -> Result<(), Option<ApiError>> {
        let origin = Origin::current(self.session).ok_or(Some(ApiError::Aborted))?;
        run::delete(&server.id, &origin).await?;
        if let Some(mark) = server.metadata.get(MARK) {
            journal::forget(mark);
        }
        self.hide_leftover(&server.id);
        Ok(())
    }

    /// Doesn't show one any more, until the next visit.
    pub fn hide_leftover(self, server: &ServerId) {
        self.found.update(|found| found.retain(|other| other.id != *server));
    }
}
