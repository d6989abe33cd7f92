//! The servers service: the project's servers as last read, and the loops that follow them while a page shows them.

mod launch;
mod pauses;

use std::collections::{BTreeMap, BTreeSet};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    client::browser::{now_ms, until_visible},
    domain::polling::{Backoff, is_server_transitional},
    openstack::{
        error::{ApiError, Fault, FaultKind},
        glance::{self, ListImages},
        ids::{ImageId, ServerId},
        nova::{self, server::Server},
        page::Page,
        request::Request,
    },
    state::{
        images::Images,
        pages::{all_rows, new_of},
        session::Session,
    },
};

/// Image names asked for in one request: the ids stand in its URL.
const NAMES_AT_ONCE: usize = 100;
/// A list of more servers is read whole only now and then; between, those are asked for that are changing.
const FEW: usize = 100;
/// So often, milliseconds.
const WHOLE_EVERY: f64 = 30_000.0;
/// Servers asked for one by one between two readings of a long list.
const MOVING_AT_MOST: usize = 10;

/// One server, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Followed {
    /// As last read.
    pub server: Option<Server>,
    /// Why the last read failed, if it did; what was read before stays.
    pub error: Option<ApiError>,
    /// It was there and is not any more.
    pub is_gone: bool,
}

/// The project's servers, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerList {
    /// In Nova's order, newest first.
    pub ids: Vec<ServerId>,
    /// They were read at least once.
    pub is_loaded: bool,
    /// A read is under way.
    pub is_running: bool,
    /// Why the last read failed, if it did.
    pub error: Option<ApiError>,
}

/// All servers of a listing.
///
/// # Errors
/// As Nova says to any of the requests.
pub async fn all_servers(
    session: Session,
    ask: impl Fn(Option<&ServerId>) -> Request<Page<Server>>,
) -> Result<Vec<Server>, ApiError> {
    all_rows(|server: &Server| &server.id, async |after: Option<&ServerId>| session.send(ask(after)).await)
        .await
}

/// The servers service.
#[derive(Clone, Copy)]
pub struct Servers {
    session: Session,
    images: Images,
    list: RwSignal<ServerList>,
    /// The same for readers: made once, as each making is kept for as long as the app runs.
    shown_list: Signal<ServerList>,
    /// A signal for each server, so that a poll redraws only what has changed.
    rows: StoredValue<BTreeMap<ServerId, ArcRwSignal<Followed>>>,
    /// Names of images that the images service doesn't hold.
    image_names: RwSignal<BTreeMap<ImageId, ImageName>>,
    /// What ends the pauses between two polls, by number.
    pauses: StoredValue<BTreeMap<u32, js_sys::Function>, LocalStorage>,
    next_pause: StoredValue<u32>,
    /// Somebody wants everything read anew.
    is_due: StoredValue<bool>,
    /// The numbers of the wizards whose launch is under way.
    launches: RwSignal<BTreeSet<String>>,
}

/// What is known of the image that a server was made from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ImageName {
    /// Nothing yet.
    #[default]
    Unknown,
    /// Its name, which may be empty.
    Named(String),
    /// It is not there any more, or not for this project.
    Gone,
}

impl Servers {
    /// Makes the service; it reads nothing until a page follows something.
    pub fn provide(session: Session, images: Images) -> Self {
        let list = RwSignal::new(ServerList::default());
        let servers = Self {
            session,
            images,
            list,
            shown_list: list.into(),
            rows: StoredValue::new(BTreeMap::new()),
            image_names: RwSignal::new(BTreeMap::new()),
            pauses: StoredValue::new_local(BTreeMap::new()),
            next_pause: StoredValue::new(0),
            is_due: StoredValue::new(false),
            launches: RwSignal::new(BTreeSet::new()),
        };
        provide_context(servers);
        // Another project has other servers.
        Effect::new(move |before: Option<u32>| {
            let generation = session.generation();
            if before.is_some_and(|before| before != generation) {
                servers.list.set(ServerList::default());
                servers.rows.set_value(BTreeMap::new());
                servers.image_names.set(BTreeMap::new());
            }
            generation
        });
        servers
    }

    /// The project's servers; tracked.
    pub fn list(self) -> Signal<ServerList> {
        self.shown_list
    }

    /// One of them. The signal lives as long as somebody holds it.
    pub fn row(self, id: &ServerId) -> ArcRwSignal<Followed> {
        if let Some(row) = self.rows.with_value(|rows| rows.get(id).cloned()) {
            return row;
        }
        let row = ArcRwSignal::new(Followed::default());
        self.rows.update_value(|rows| {
            rows.insert(id.clone(), row.clone());
        });
        row
    }

    /// The name of the image that a server was made from; tracked.
    pub fn image_name(self, id: &ImageId) -> ImageName {
        let known = {
            let index = self.images.index();
            let index = index.read();
            index.get(id).map(|entry| ImageName::Named(entry.image.name.clone().unwrap_or_default()))
        };
        known.or_else(|| self.image_names.read().get(id).cloned()).unwrap_or_default()
    }

    /// Reads the list now and, as long as the page that calls this is open, again and again.
    pub fn follow_list(self) {
        // Not a scoped task: that would hold the page's owner, and the owner the task.
        let page = StoredValue::new(());
        spawn_local(async move {
            let mut backoff = Backoff::default();
            let mut read_at = None;
            loop {
                until_visible().await;
                if page.try_get_value().is_none() {
                    return;
                }
                let is_due = self.is_due.try_update_value(std::mem::take).unwrap_or(true)
                    || self.list.read_untracked().ids.len() <= FEW
                    || read_at.is_none_or(|at| now_ms() - at > WHOLE_EVERY);
                let has_changed = if is_due {
                    read_at = Some(now_ms());
                    self.read_list().await
                } else {
                    self.read_moving().await
                };
                backoff = backoff.after(has_changed);
                self.pause(Some(backoff.delay_ms())).await;
            }
        });
    }

    /// Reads one server now and, as long as the page that calls this is open, again and again until it is gone.
    pub fn follow(self, id: ServerId) {
        // Not a scoped task: that would hold the page's owner, and the owner the task.
        let page = StoredValue::new(());
        spawn_local(async move {
            let mut backoff = Backoff::default();
            loop {
                until_visible().await;
                if page.try_get_value().is_none() {
                    return;
                }
                let has_changed = self.read_one(&id).await;
                let row = self.row(&id).get_untracked();
                if row.is_gone {
                    return;
                }
                // A launch is over in seconds, and somebody is looking at it.
                let is_moving =
                    row.error.is_none() && row.server.as_ref().is_some_and(is_server_transitional);
                backoff = if is_moving { Backoff::default() } else { backoff.after(has_changed) };
                // What never was there is asked for again by the person only.
                self.pause((!row.is_missing()).then(|| backoff.delay_ms())).await;
            }
        });
    }

    /// Reads everything now, and forgets why the list could not be read.
    pub fn retry_list(self) {
        self.list.update(|list| list.error = None);
        self.refresh();
    }

    /// Reads everything now, and forgets why this server could not be read.
    pub fn retry(self, id: &ServerId) {
        self.row(id).update(|row| row.error = None);
        self.refresh();
    }

    /// Asks Nova to delete a server. It goes in its own time: the page and the list follow it.
    ///
    /// # Errors
    /// As Nova says; a server that is gone already is deleted.
    pub async fn delete(self, id: &ServerId) -> Result<(), ApiError> {
        let outcome = match self.session.send(nova::delete_server(id)).await {
            Err(error) if error.kind() == Some(FaultKind::NotFound) => Ok(()),
            other => other,
        };
        self.refresh();
        outcome
    }

    /// True when something has changed, or is about to.
    async fn read_list(self) -> bool {
        self.list.update(|list| list.is_running = true);
        let mut ids: Vec<ServerId> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut has_changed = false;
        loop {
            match self.session.send(nova::list_servers_after(ids.last(), false)).await {
                Ok(page) => {
                    let new = new_of(page.rows, |server: &Server| &server.id, &mut seen);
                    let is_last = !page.has_more || new.is_empty();
                    self.ask_names(new.iter().filter_map(|server| server.image.clone()));
                    for server in new {
                        has_changed |= is_server_transitional(&server);
                        ids.push(server.id.clone());
                        has_changed |= self.take(server);
                    }
                    if is_last {
                        has_changed |= self.list.read_untracked().ids != ids;
                        self.list.set(ServerList { ids, is_loaded: true, ..ServerList::default() });
                        return has_changed;
                    }
                    // The first page is shown before the second is there.
                    self.list.update(|list| {
                        if !list.is_loaded {
                            list.ids.clone_from(&ids);
                            list.is_loaded = true;
                        }
                    });
                }
                Err(ApiError::Aborted) => return false,
                Err(error) => {
                    self.list.update(|list| {
                        list.is_running = false;
                        note(&mut list.error, Some(error));
                    });
                    return false;
                }
            }
        }
    }

    /// Asks for the youngest of those that are changing.
    async fn read_moving(self) -> bool {
        let ids = self.list.read_untracked().ids.clone();
        let is_moving =
            |id: &ServerId| self.row(id).read_untracked().server.as_ref().is_some_and(is_server_transitional);
        let moving: Vec<ServerId> = ids.into_iter().filter(is_moving).take(MOVING_AT_MOST).collect();
        let mut has_changed = false;
        for id in &moving {
            has_changed |= self.read_one(id).await;
        }
        has_changed || !moving.is_empty()
    }

    async fn read_one(self, id: &ServerId) -> bool {
        match self.session.send(nova::get_server(id)).await {
            Ok(server) => {
                self.ask_names(server.image.clone().into_iter());
                self.take(server)
            }
            Err(ApiError::Aborted) => false,
            Err(error) => {
                let row = self.row(id);
                row.update(|row| {
                    row.is_gone = row.server.is_some() && error.kind() == Some(FaultKind::NotFound);
                    let error = (!row.is_gone).then_some(error);
                    note(&mut row.error, error);
                });
                let is_gone = row.read_untracked().is_gone;
                if is_gone && self.list.read_untracked().ids.contains(id) {
                    self.list.update(|list| list.ids.retain(|listed| listed != id));
                }
                is_gone
            }
        }
    }

    fn take(self, server: Server) -> bool {
        let row = self.row(&server.id);
        let new = Followed { server: Some(server), ..Followed::default() };
        let has_changed = *row.read_untracked() != new;
        if has_changed {
            row.set(new);
        }
        has_changed
    }

    /// Asks for the names of images that nobody knows yet, once.
    fn ask_names(self, ids: impl Iterator<Item = ImageId>) {
        let mut unknown: Vec<ImageId> = {
            let index = self.images.index();
            let index = index.read_untracked();
            let names = self.image_names.read_untracked();
            ids.filter(|id| index.get(id).is_none() && !names.contains_key(id)).collect()
        };
        unknown.sort();
        unknown.dedup();
        for ids in unknown.chunks(NAMES_AT_ONCE) {
            let ids = ids.to_vec();
            spawn_local(async move {
                let wanted = ListImages { ids: ids.clone(), limit: Some(1000), ..ListImages::default() };
                // A name is a convenience: without it the id is shown, and the next read asks again.
                let Ok(page) = self.session.send(glance::list_images(&wanted)).await else { return };
                self.image_names.update(|names| {
                    for image in page.images {
                        names.insert(image.id, ImageName::Named(image.name.unwrap_or_default()));
                    }
                });
                for id in ids {
                    if !self.image_names.read_untracked().contains_key(&id) {
                        self.ask_hidden_name(id).await;
                    }
                }
            });
        }
    }

    /// The listing leaves out hidden and other projects' community images; asked for by id they answer.
    async fn ask_hidden_name(self, id: ImageId) {
        let name = match self.session.send(glance::get_image(&id)).await {
            Ok(image) => ImageName::Named(image.name.unwrap_or_default()),
            Err(error) if error.kind() == Some(FaultKind::NotFound) => ImageName::Gone,
            Err(_) => return,
        };
        self.image_names.update(|names| {
            names.insert(id, name);
        });
    }
}

impl Followed {
    /// Nova says that there is no such server.
    pub fn is_missing(&self) -> bool {
        self.error.as_ref().and_then(ApiError::kind) == Some(FaultKind::NotFound)
    }
}

/// Notes an error; one that only repeats the last stays that one, so that it is not shown and read out anew at every poll.
fn note(last: &mut Option<ApiError>, new: Option<ApiError>) {
    let is_repeated = match (&*last, &new) {
        (Some(ApiError::Fault(last)), Some(ApiError::Fault(new))) => {
            // Each answer has its own request id.
            let new =
                Fault { request_id: last.request_id.clone(), retry_after: last.retry_after, ..new.clone() };
            *last == new
        }
        (last, new) => last == new,
    };
    if !is_repeated {
        *last = new;
    }
}

/// The servers service.
pub fn use_servers() -> Servers {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::request::{Answer, Service};

    fn refusal(status: u16, request_id: &str) -> ApiError {
        let headers = [("x-openstack-request-id", request_id)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Fault::parse(Service::Compute, &Answer::new(status, headers, "Broken")).into()
    }

    #[test]
    fn the_same_refusal_with_a_new_request_id_is_no_news() {
        let mut shown = Some(refusal(500, "req-1"));
        note(&mut shown, Some(refusal(500, "req-2")));
        assert_eq!(shown, Some(refusal(500, "req-1")));
        note(&mut shown, Some(refusal(503, "req-3")));
        assert_eq!(shown, Some(refusal(503, "req-3")));
        note(&mut shown, Some(ApiError::Offline));
        assert_eq!(shown, Some(ApiError::Offline));
        note(&mut shown, None);
        assert_eq!(shown, None);
    }
}
