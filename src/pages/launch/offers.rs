//! What the cloud offers to choose from: everything is asked for at once, each answer on its own.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    openstack::{
        error::ApiError,
        neutron::{self, Network},
        nova::{self, KeyPair, flavor::Flavor, limits::Limits},
        request::Service,
    },
    state::session::Session,
};

type Ask<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, ApiError>>>>>;

/// One thing asked for.
pub struct Offer<T: Send + Sync + 'static> {
    value: RwSignal<Option<T>>,
    error: RwSignal<Option<ApiError>>,
    ask: StoredValue<Ask<T>, LocalStorage>,
}

impl<T: Send + Sync + 'static> Clone for Offer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Offer<T> {}

impl<T: Send + Sync + 'static> Offer<T> {
    fn new<F: Future<Output = Result<T, ApiError>> + 'static>(ask: impl Fn() -> F + 'static) -> Self {
        let offer = Self {
            value: RwSignal::new(None),
            error: RwSignal::new(None),
            ask: StoredValue::new_local(Box::new(move || Box::pin(ask()))),
        };
        offer.again();
        offer
    }

    /// What is there; an answer of before stays while it is asked for again.
    pub fn value(self) -> RwSignal<Option<T>> {
        self.value
    }

    /// Why there is nothing; tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Neither an answer nor a failure yet; tracked.
    pub fn is_waiting(self) -> bool {
        self.value.read().is_none() && self.error.read().is_none()
    }

    /// Asks again.
    pub fn again(self) {
        let answer = self.ask.with_value(|ask| ask());
        self.error.set(None);
        spawn_local(async move {
            // The wizard may be gone by the time of the answer.
            match answer.await {
                Ok(value) => {
                    self.value.try_set(Some(value));
                }
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
        });
    }
}

/// Everything that the wizard asks for, the images aside.
#[derive(Clone, Copy)]
pub struct Offers {
    /// The flavors.
    pub flavors: Offer<Vec<Flavor>>,
    /// What the project may have and has.
    pub limits: Offer<Limits>,
    /// The networks; none where the cloud has no such service.
    pub networks: Option<Offer<Vec<Network>>>,
    /// The person's key pairs.
    pub key_pairs: Offer<Vec<KeyPair>>,
    /// The zones that are up.
    pub zones: Offer<Vec<String>>,
}

impl Offers {
    /// Asks for everything, all at once.
    pub fn ask(session: Session) -> Self {
        let has_networks = untrack(|| session.has_service(Service::Network));
        Self {
            flavors: Offer::new(move || ask_flavors(session)),
            limits: Offer::new(move || session.send(nova::get_limits())),
            networks: has_networks.then(|| Offer::new(move || session.send(neutron::list_networks()))),
            key_pairs: Offer::new(move || session.send(nova::list_keypairs())),
            zones: Offer::new(move || session.send(nova::list_availability_zones())),
        }
    }
}

/// With the extra specs, or without where the cloud is too old to list them (406).
async fn ask_flavors(session: Session) -> Result<Vec<Flavor>, ApiError> {
    match session.send(nova::list_flavors()).await {
        Err(error) if error.fault().is_some_and(|fault| fault.status == 406) => {
            session.send(nova::list_flavors_plain()).await
        }
        answer => answer,
    }
}
