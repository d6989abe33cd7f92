//! The flavors, read once the page first needs them: for the filter "fits flavor" and for the details of a row.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    openstack::{error::ApiError, nova::flavor::Flavor},
    state::{offer::ask_flavors, session::Session},
};

/// The flavors, as far as they are known.
#[derive(Clone, Copy)]
pub struct Flavors {
    session: Session,
    all: RwSignal<Option<Vec<Flavor>>>,
    error: RwSignal<Option<ApiError>>,
    is_running: StoredValue<bool>,
}

impl Flavors {
    /// Asks for nothing yet.
    pub fn new(session: Session) -> Self {
        Self {
            session,
            all: RwSignal::new(None),
            error: RwSignal::new(None),
            is_running: StoredValue::new(false),
        }
    }

    /// All that the project may use, once they are there.
    pub fn all(self) -> RwSignal<Option<Vec<Flavor>>> {
        self.all
    }

    /// Why they are not; tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Reads them unless they are there or on their way.
    pub fn ensure(self) {
        if self.is_running.get_value() || self.all.read_untracked().is_some() {
            return;
        }
        self.is_running.set_value(true);
        spawn_local(async move {
            let answer = ask_flavors(self.session).await;
            // The page may be gone by the time of the answer.
            self.is_running.try_set_value(false);
            match answer {
                Ok(mut flavors) => {
                    flavors.sort_by_key(|flavor| (flavor.ram, flavor.vcpus, flavor.disk));
                    self.error.try_set(None);
                    self.all.try_set(Some(flavors));
                }
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
        });
    }
}
