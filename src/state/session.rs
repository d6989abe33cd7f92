//! The session service: keeps the token, and sends every request of the app to the right address with it.

mod clock;
pub mod guest;
mod projects;
mod regions;
pub mod sign_in;
mod tabs;

use std::{collections::BTreeMap, sync::Arc};

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use crate::{
    client::{
        browser::{new_abort_controller, now_seconds},
        early,
        send::send,
        siblings::Siblings,
        storage::{self, Area},
    },
    domain::{
        config::{Cloud, Config, Problem},
        launch_draft,
        session::{Grant, SessionState},
    },
    openstack::{
        catalog::endpoint_url,
        error::{ApiError, FaultKind},
        ids::ProjectId,
        keystone::{self, Project},
        request::{Answer, Method, Request, Service},
        secret::Secret,
    },
    state::session::clock::CLOCK_EVERY,
};

const GRANT_KEY: &str = "sextant.session";
/// Where the tab keeps whose the drafts of its launch wizards are: of which user, on which cloud.
const DRAFTS_OF: &str = "sextant.drafts-of";

/// The session service.
#[derive(Clone, Copy)]
pub struct Session {
    config: StoredValue<Config>,
    config_warnings: StoredValue<Vec<Problem>>,
    state: RwSignal<SessionState>,
    /// As `state`; made once, since each such view is kept for as long as its owner.
    state_view: Signal<SessionState>,
    /// Counts the sessions: answers to requests of an older one are dropped.
    generation: RwSignal<u32>,
    abort: StoredValue<AbortController, LocalStorage>,
    projects: RwSignal<Vec<Project>>,
    projects_view: Signal<Vec<Project>>,
    /// Names of projects by id: one's own, and all of them where Keystone lets one read them.
    names: RwSignal<BTreeMap<ProjectId, String>>,
    /// The region that the services are used of, where there are several.
    region: RwSignal<Option<String>>,
    minutes_left: RwSignal<Option<u64>>,
    minutes_left_view: Signal<Option<u64>>,
    /// Requests that wait for the person to sign in again: resolvers of their promises.
    waiting: StoredValue<Vec<js_sys::Function>, LocalStorage>,
    siblings: StoredValue<Option<Siblings>, LocalStorage>,
    last_action: StoredValue<i64>,
    is_busy: StoredValue<Option<Arc<dyn Fn() -> bool + Send + Sync>>>,
    has_signed_out: StoredValue<bool>,
}

impl Session {
    /// Makes the service and restores what this tab, or a sibling, still has. The warnings are what was wrong with the
    /// configuration and does no harm.
    pub fn provide(config: Config, warnings: Vec<Problem>) -> Self {
        let state = RwSignal::new(SessionState::Restoring);
        let projects = RwSignal::new(Vec::new());
        let minutes_left = RwSignal::new(None);
        let session = Self {
            config: StoredValue::new(config),
            config_warnings: StoredValue::new(warnings),
            state,
            state_view: state.into(),
            generation: RwSignal::new(0),
            abort: StoredValue::new_local(new_abort_controller()),
            projects,
            projects_view: projects.into(),
            names: RwSignal::new(BTreeMap::new()),
            region: RwSignal::new(None),
            minutes_left,
            minutes_left_view: minutes_left.into(),
            waiting: StoredValue::new_local(Vec::new()),
            siblings: StoredValue::new_local(None),
            last_action: StoredValue::new(now_seconds()),
            is_busy: StoredValue::new(None),
            has_signed_out: StoredValue::new(false),
        };
        provide_context(session);
        session.idle_watch();
        let stored = storage::read::<Grant>(Area::Tab, GRANT_KEY)
            .filter(|grant| session.cloud(&grant.cloud).is_some());
        session.hail_siblings(stored.is_none());
        if stored.is_some() {
            session.enter(SessionState::restored(stored, now_seconds()));
        }
        set_interval(move || session.look_at_clock(), CLOCK_EVERY);
        session
    }

    /// What the session is; tracked.
    pub fn state(self) -> Signal<SessionState> {
        self.state_view
    }

    /// The operator's configuration.
    pub fn config(self) -> Config {
        self.config.get_value()
    }

    /// What is odd about `config.json` without doing harm: keys that mean nothing.
    pub fn config_warnings(self) -> Vec<Problem> {
        self.config_warnings.get_value()
    }

    /// The grant, whatever its state; tracked.
    pub fn grant(self) -> Option<Grant> {
        self.state.read().grant().cloned()
    }

    /// The current project; tracked.
    pub fn project(self) -> Option<Project> {
        self.state.read().grant().and_then(|grant| grant.token.project.clone())
    }

    /// The roles in the current project; tracked.
    pub fn roles(self) -> Vec<String> {
        self.state.read().grant().map(|grant| grant.token.roles.clone()).unwrap_or_default()
    }

    /// Changes with every new session and project; tracked. What was loaded for another number is of no use.
    pub fn generation(self) -> u32 {
        self.generation.get()
    }

    /// The projects that the person may switch to; tracked.
    pub fn projects(self) -> Signal<Vec<Project>> {
        self.projects_view
    }

    /// Minutes until the session ends, once it is time to warn; tracked.
    pub fn minutes_left(self) -> Signal<Option<u64>> {
        self.minutes_left_view
    }

    /// Whether the cloud has a service; tracked.
    pub fn has_service(self, service: Service) -> bool {
        self.endpoint_of(&self.state.read(), service).is_some()
    }

    /// Whether somebody has signed out of this page: whoever comes next begins at the beginning, not where they were.
    pub fn has_signed_out(self) -> bool {
        self.has_signed_out.get_value()
    }

    /// Sends a request with the session's token to the service's endpoint. A refused token (401) opens the sign-in dialog over the
    /// page; a GET then waits for it and is sent once more, anything else fails and can be pressed again.
    ///
    /// # Errors
    /// As `client::send`; `Aborted` also when the project was switched or the person signed out meanwhile.
    pub async fn send<T>(self, request: Request<T>) -> Result<T, ApiError> {
        let answer = self.send_raw(request.raw(), None).await?;
        request.decode(&answer)
    }

    /// As `send`, until `abort`.
    ///
    /// # Errors
    /// As `send`; `Aborted` after that, too.
    pub async fn send_until<T>(self, request: Request<T>, abort: AbortSignal) -> Result<T, ApiError> {
        let answer = self.send_raw(request.raw(), Some(abort)).await?;
        request.decode(&answer)
    }

    async fn send_raw(
        self,
        request: Request<Answer>,
        abort: Option<AbortSignal>,
    ) -> Result<Answer, ApiError> {
        let generation = self.generation.get_untracked();
        let Some(used) = self.token() else { return Err(ApiError::Aborted) };
        let first = self.send_once(&request, generation, abort.as_ref()).await;
        let refused = matches!(&first, Err(error) if error.kind() == Some(FaultKind::Unauthorized));
        if !refused || generation != self.generation.get_untracked() {
            return first;
        }
        self.expire_token(&used);
        // Nothing was done by a request that was refused; but what was not a question is the person's to press again.
        if request.method != Method::Get || !self.until_signed_in_again(generation).await {
            return first;
        }
        self.send_once(&request, generation, abort.as_ref()).await
    }

    /// The image service's address and the token, for the uploader.
    pub fn image_endpoint(self) -> Option<(String, Secret)> {
        self.endpoint(Service::Image)
    }

    /// A service's address and the token, for work that goes on in another project.
    pub fn endpoint(self, service: Service) -> Option<(String, Secret)> {
        let state = self.state.get_untracked();
        let base = self.endpoint_of(&state, service)?;
        Some((base, state.grant()?.token.id.clone()))
    }

    /// Leaves word for the next loading of this tab's page that `request` is what it asks first (client::early).
    pub fn note_first<T>(self, request: &Request<T>) {
        let state = self.state.read_untracked();
        if let (Some(base), Some(grant)) = (self.endpoint_of(&state, request.service), state.grant()) {
            early::note_first(&grant.cloud, &endpoint_url(&base, &request.path_and_query()));
        }
    }

    /// Says that a token is not accepted any more. A late refusal of one that has been replaced since means nothing.
    pub fn expire_token(self, refused: &Secret) {
        if self.token().as_ref() == Some(refused) {
            self.expire();
        }
    }

    fn token(self) -> Option<Secret> {
        self.state.read_untracked().grant().map(|grant| grant.token.id.clone())
    }

    fn expire(self) {
        if self.state.read_untracked().usable_grant().is_some() {
            self.enter(self.state.get_untracked().expired());
        }
    }

    async fn send_once(
        self,
        request: &Request<Answer>,
        generation: u32,
        abort: Option<&AbortSignal>,
    ) -> Result<Answer, ApiError> {
        let state = self.state.get_untracked();
        let Some(grant) = state.grant() else { return Err(ApiError::Aborted) };
        let Some(base) = self.endpoint_of(&state, request.service) else {
            return Err(ApiError::NoService(request.service));
        };
        let of_session = self.abort.with_value(AbortController::signal);
        let answer = send(&base, Some(&grant.token.id), request, abort.or(Some(&of_session))).await;
        if generation == self.generation.get_untracked() { answer } else { Err(ApiError::Aborted) }
    }

    /// Waits while the session is expired; true when the same session goes on.
    async fn until_signed_in_again(self, generation: u32) -> bool {
        if matches!(*self.state.read_untracked(), SessionState::Expired(_)) {
            let waiting = js_sys::Promise::new(&mut |resolve, _| {
                self.waiting.update_value(|waiting| waiting.push(resolve))
            });
            // Never rejected.
            let _ = JsFuture::from(waiting).await;
        }
        self.generation.get_untracked() == generation && self.state.read_untracked().usable_grant().is_some()
    }

    async fn ask_keystone<T>(self, cloud: &Cloud, request: &Request<T>) -> Result<T, ApiError> {
        let answer = send(&absolute(&cloud.identity), None, &request.raw(), None).await?;
        request.decode(&answer)
    }

    /// Ends a token that is not needed any more.
    fn revoke_in_background(self, cloud: Cloud, token: Secret) {
        spawn_local(async move {
            // It ends by itself later; nobody can do anything about a failure.
            let _ = self.ask_keystone(&cloud, &keystone::revoke(&token)).await;
        });
    }

    fn cloud(self, name: &str) -> Option<Cloud> {
        self.config.with_value(|config| config.clouds.iter().find(|cloud| cloud.name == name).cloned())
    }

    fn endpoint_of(self, state: &SessionState, service: Service) -> Option<String> {
        let grant = state.grant()?;
        let cloud = self.cloud(&grant.cloud)?;
        let region = self.region.read_untracked();
        let url = cloud.service_url(Some(&grant.token.catalog), service, region.as_deref())?;
        Some(absolute(&url))
    }

    /// What pages have loaded and asked for is of no use any more.
    fn begin_anew(self) {
        self.generation.update(|generation| *generation += 1);
        self.abort.update_value(|abort| {
            abort.abort();
            *abort = new_abort_controller();
        });
    }

    /// The person has gone: what they have typed must go, too.
    fn leave(self) {
        self.has_signed_out.set_value(true);
        forget_drafts();
        self.enter(SessionState::SignedOut);
    }

    fn enter(self, state: SessionState) {
        let is_same = match (&*self.state.read_untracked(), &state) {
            (_, SessionState::Expired(_)) => true,
            (old, SessionState::Scoped(new)) => old.is_continued_by(new),
            _ => false,
        };
        if !is_same {
            self.begin_anew();
        }
        if let Some(grant) = state.grant() {
            keep_drafts_of(grant);
        }
        if let Some(grant) = state.usable_grant() {
            self.find_region(grant);
        }
        match state.usable_grant() {
            Some(grant) => storage::write(Area::Tab, GRANT_KEY, grant),
            None => storage::remove(Area::Tab, GRANT_KEY),
        }
        if matches!(state, SessionState::SignedOut) {
            self.projects.set(Vec::new());
            self.names.set(BTreeMap::new());
            self.region.set(None);
        }
        let is_over = !matches!(state, SessionState::Expired(_));
        self.state.set(state);
        if is_over {
            for resolve in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
                // Resolving a promise can't fail.
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }
        }
        self.look_at_clock();
    }
}

/// The session service.
pub fn use_session() -> Session {
    expect_context()
}

/// What was typed in this tab's launch wizards is no other person's business. Its own person goes on with it, also where they
/// have reloaded a page whose session had ended.
fn keep_drafts_of(grant: &Grant) {
    if !are_drafts_of(grant) {
        forget_drafts();
        storage::write(Area::Tab, DRAFTS_OF, &person_of(grant));
    }
}

fn are_drafts_of(grant: &Grant) -> bool {
    storage::read(Area::Tab, DRAFTS_OF) == Some(person_of(grant))
}

fn person_of(grant: &Grant) -> String {
    format!("{} {}", grant.token.user.id, grant.cloud)
}

fn forget_drafts() {
    storage::remove_all(Area::Tab, launch_draft::STORAGE_PREFIX);
}

/// A path of this origin as a full URL.
fn absolute(address: &str) -> String {
    if address.starts_with('/') {
        format!("{}{address}", window().location().origin().unwrap_or_default())
    } else {
        address.to_owned()
    }
}
