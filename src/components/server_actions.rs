//! What a list and a page do with an instance: snapshot and deletion, each in a dialog.

mod delete;
mod snapshot;

use leptos::prelude::*;

use crate::{
    components::{
        server_actions::{delete::DeleteServer, snapshot::TakeSnapshot},
        server_words::not_now_words,
    },
    domain::{
        access::Person,
        server_access::{NotNow, can_delete_server, can_snapshot},
    },
    openstack::nova::server::Server,
    state::images::use_images,
};

/// What can be asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// An image of it.
    Snapshot,
    /// Its end.
    Delete,
}

impl Asked {
    fn allowed(self) -> fn(&Server, &Person) -> Result<(), NotNow> {
        match self {
            Asked::Snapshot => can_snapshot,
            Asked::Delete => can_delete_server,
        }
    }
}

/// A page's place for the dialogs.
#[derive(Clone, Copy)]
pub struct ServerActions {
    asked: RwSignal<Option<(Asked, Server)>>,
    me: Memo<Option<Person>>,
}

impl ServerActions {
    /// Makes the place; the page shows [`ServerDialogs`]. Call it at the top of a component.
    pub fn place() -> Self {
        Self { asked: RwSignal::new(None), me: use_images().me() }
    }

    /// Opens a dialog.
    pub fn ask(self, what: Asked, server: Server) {
        self.asked.set(Some((what, server)));
    }

    /// Closes it.
    pub fn close(self) {
        // The page may have been left meanwhile.
        self.asked.try_set(None);
    }

    /// Whether a dialog is open still, so that what comes after it is wanted.
    pub fn is_open(self) -> bool {
        self.asked.try_with_untracked(Option::is_some).unwrap_or(false)
    }

    /// Why it can't be done now, in words; tracked.
    pub fn reason(self, what: Asked, server: Signal<Server>) -> Signal<Option<String>> {
        Signal::derive(move || {
            let me = self.me.read();
            what.allowed()(&server.read(), me.as_ref()?).err().as_ref().map(not_now_words)
        })
    }
}

/// The dialog, open while something is asked.
#[component]
pub fn ServerDialogs(
    /// The page's place.
    actions: ServerActions,
    /// Called once Nova has taken on a deletion.
    #[prop(optional, into)]
    on_deleted: Option<Callback<()>>,
) -> impl IntoView {
    move || {
        actions.asked.get().map(|(what, server)| match what {
            Asked::Snapshot => view! { <TakeSnapshot actions=actions server=server /> }.into_any(),
            Asked::Delete => {
                view! { <DeleteServer actions=actions server=server on_deleted=on_deleted /> }.into_any()
            }
        })
    }
}
