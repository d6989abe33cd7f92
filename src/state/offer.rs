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
    turns: StoredValue<Turns>,
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
            turns: StoredValue::default(),
            ask: StoredValue::new_local(Box::new(move || Box::pin(ask()))),
        };
        offer.again();
        offer
    }

    /// What is there; an answer of before stays while it is asked for again.
    pub fn value(self) -> RwSignal<Option<T>> {
        self.value
    }

    /// Why there is nothing, or nothing newer; it stays until the next answer. Tracked.
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
        let turn = self.turns.try_update_value(Turns::begin);
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by the time of the answer.
            let counts = |turn| self.turns.try_update_value(|turns| turns.end(turn)) == Some(true);
            if matches!(answer, Err(ApiError::Aborted)) || !turn.is_some_and(counts) {
                return;
            }
            match answer {
                Ok(value) => {
                    self.value.try_set(Some(value));
                    self.error.try_set(None);
                }
                Err(error) => {
                    let shown = self.error.try_get_untracked().flatten();
                    // One that says the same is not shown anew: its button may have the focus.
                    if !shown.is_some_and(|shown| shown.is_like(&error)) {
                        self.error.try_set(Some(error));
                    }
                }
            }
        });
    }
}

/// Several questions may be under way: an answer counts unless one to a later question has come before it.
#[derive(Default)]
struct Turns {
    begun: u32,
    ended: u32,
}

impl Turns {
    /// The number of a new question.
    fn begin(&mut self) -> u32 {
        self.begun += 1;
        self.begun
    }

    /// A question is answered: whether that counts.
    fn end(&mut self, turn: u32) -> bool {
        let counts = turn > self.ended;
        self.ended = self.ended.max(turn);
        counts
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_a_newer_one_has_overtaken_does_not_count() {
        let mut turns = Turns::default();
        let [first, second, third] = [(); 3].map(|()| turns.begin());
        assert!(turns.end(second));
        assert!(!turns.end(first), "out of date");
        assert!(turns.end(third));
        let fourth = turns.begin();
        assert!(turns.end(fourth));
    }
}
