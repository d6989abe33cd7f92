//! The cloud's metadata definitions, as far as they were asked for: the list of namespaces at once, what one defines when it
//! is opened, searched, or needed to explain a property that is set.

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    openstack::{
        error::ApiError,
        glance::metadef::{Definition, Namespace, get_definitions, list_namespaces},
    },
    state::session::Session,
};

/// More namespaces than these are not listed: nobody reads them, and each would be asked for by a search.
const MOST_NAMESPACES: usize = 300;

/// What is known of a namespace that was asked for: nothing yet, its definitions, or why they can't be read.
pub type Details = Option<Result<Vec<Definition>, ApiError>>;

/// The definitions, for one page.
#[derive(Clone, Copy)]
pub struct Definitions {
    session: Session,
    namespaces: RwSignal<Option<Result<Vec<Namespace>, ApiError>>>,
    details: RwSignal<BTreeMap<String, Details>>,
    is_busy: RwSignal<bool>,
}

impl Definitions {
    /// None yet: nothing is asked before `load`.
    pub fn new(session: Session) -> Self {
        Self {
            session,
            namespaces: RwSignal::new(None),
            details: RwSignal::new(BTreeMap::new()),
            is_busy: RwSignal::new(false),
        }
    }

    /// The namespaces, by title; tracked.
    pub fn namespaces(self) -> Option<Result<Vec<Namespace>, ApiError>> {
        self.namespaces.get()
    }

    /// What is known of one; `None` when it was not asked for. Tracked.
    pub fn details(self, namespace: &str) -> Option<Details> {
        self.details.read().get(namespace).cloned()
    }

    /// Whether several are being read one after the other; tracked.
    pub fn is_busy(self) -> bool {
        self.is_busy.get()
    }

    /// What is known of a property; tracked.
    pub fn of(self, key: &str) -> Option<Definition> {
        let details = self.details.read();
        let known = details.values().filter_map(|known| known.as_ref()?.as_ref().ok());
        known.flatten().find(|definition| definition.key == key).cloned()
    }

    /// Reads the list, then the namespaces that may define one of `keys`.
    pub fn load(self, keys: Vec<String>) {
        self.namespaces.set(None);
        spawn_local(async move {
            let answer = self.list().await;
            if answer == Err(ApiError::Aborted) {
                return;
            }
            let names = answer.as_ref().map(|all| {
                let may_define = |it: &&Namespace| keys.iter().any(|key| key.starts_with(&it.prefix));
                all.iter().filter(may_define).map(|it| it.name.clone()).collect::<Vec<_>>()
            });
            let names = names.unwrap_or_default();
            if self.namespaces.try_set(Some(answer)).is_none() {
                self.read(names).await;
            }
        });
    }

    /// Reads what a namespace defines, unless it was read.
    pub fn open(self, namespace: String) {
        let is_known = matches!(self.details.read_untracked().get(&namespace), Some(None | Some(Ok(_))));
        if !is_known {
            spawn_local(self.read_one(namespace));
        }
    }

    /// Reads all that was not read, for a search.
    pub fn open_all(self) {
        let namespaces = self.namespaces.read_untracked();
        if let (Some(Ok(all)), false) = (&*namespaces, self.is_busy.get_untracked()) {
            spawn_local(self.read(all.iter().map(|it| it.name.clone()).collect()));
        }
    }

    async fn list(self) -> Result<Vec<Namespace>, ApiError> {
        let mut all = Vec::new();
        let mut marker = None;
        loop {
            let page = self.session.send(list_namespaces(marker.as_deref())).await?;
            let is_empty = page.namespaces.is_empty();
            all.extend(page.namespaces);
            // A page that repeats itself would never end.
            if is_empty || page.next.is_none() || page.next == marker || all.len() >= MOST_NAMESPACES {
                break;
            }
            marker = page.next;
        }
        all.truncate(MOST_NAMESPACES);
        all.sort_by_cached_key(|namespace| namespace.title.to_lowercase());
        Ok(all)
    }

    /// One after the other: nobody waits for all of them, and the cloud has others to serve.
    async fn read(self, names: Vec<String>) {
        self.is_busy.try_set(true);
        for name in names {
            let is_new = self.details.try_with_untracked(|details| !details.contains_key(&name));
            match is_new {
                Some(true) => self.read_one(name).await,
                Some(false) => {}
                // The page was left.
                None => return,
            }
        }
        self.is_busy.try_set(false);
    }

    async fn read_one(self, name: String) {
        let set = |known: Details| {
            self.details.try_update(|details| details.insert(name.clone(), known));
        };
        set(None);
        let answer = self.session.send(get_definitions(&name)).await;
        if answer != Err(ApiError::Aborted) {
            set(Some(answer));
        }
    }
}
