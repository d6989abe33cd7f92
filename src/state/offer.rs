//! One thing that a page asks the cloud for: the answer, or why there is none, and asking again.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    openstack::{
        error::ApiError,
        ids::FlavorId,
        nova::{self, flavor::Flavor},
        request::Request,
    },
    state::{pages::all_rows, session::Session, versions::versions_of},
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
    /// Asks for it.
    pub fn new<F: Future<Output = Result<T, ApiError>> + 'static>(ask: impl Fn() -> F + 'static) -> Self {
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
            // The page may be gone by the time of the answer.
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

/// The flavors with the extra specs, or without where the cloud is too old to list them: as it says of itself, or by refusing
/// (406).
///
/// # Errors
/// As Nova says.
pub async fn ask_flavors(session: Session) -> Result<Vec<Flavor>, ApiError> {
    all_rows(
        |flavor: &Flavor| &flavor.id,
        async |after: Option<&FlavorId>| {
            ask_newest(session, nova::list_flavors(after), nova::list_flavors_plain(after)).await
        },
    )
    .await
}

/// Asks for what came with a microversion, or for as much as there was before where the cloud is older than that.
///
/// # Errors
/// As the service says.
pub async fn ask_newest<T>(session: Session, newest: Request<T>, plain: Request<T>) -> Result<T, ApiError> {
    let versions = versions_of(session, newest.service).await;
    if newest.microversion.is_some_and(|version| versions.lacks(version)) {
        return session.send(plain).await;
    }
    match session.send(newest).await {
        Err(error) if error.fault().is_some_and(|fault| fault.status == 406) => session.send(plain).await,
        answer => answer,
    }
}
