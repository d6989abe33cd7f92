//! The session service: signs in and out, keeps the token, sends every request of the app to the right address with it.

pub mod guest;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use crate::{
    client::{
        browser::{Listener, now_seconds},
        send::send,
        siblings::Siblings,
        storage::{self, Area},
    },
    domain::{
        config::{Cloud, Config},
        session::{Grant, SessionState, WARN_BEFORE},
    },
    openstack::{
        error::{ApiError, FaultKind},
        ids::ProjectId,
        keystone::{self, Credentials, Project},
        request::{Answer, Method, Request, Service},
        secret::Secret,
    },
};

const GRANT_KEY: &str = "sextant.session";
const LAST_KEY: &str = "sextant.last-sign-in";
const SIBLINGS: &str = "sextant.session";
/// How long a new tab waits for its siblings' answer; on one machine they take a few milliseconds.
const SIBLINGS_ANSWER_WITHIN: Duration = Duration::from_millis(250);
/// How often the clock is looked at for expiry.
const CLOCK_EVERY: Duration = Duration::from_secs(15);

/// What is remembered to prefill the next sign-in. No secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSignIn {
    /// The cloud's name.
    pub cloud: String,
    /// The user's name.
    pub user: String,
    /// The domain's name.
    pub domain: String,
    /// The project's id.
    pub project: Option<ProjectId>,
}

/// What tabs say to each other.
#[derive(Serialize, Deserialize)]
enum Hail {
    /// A new tab asks whether somebody has a session.
    WhoHasOne,
    /// Here is mine.
    Here(Box<Grant>),
    /// This one was ended by signing out.
    Ended(Box<Grant>),
}

/// Why a sign-in failed.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInError {
    /// User, password and domain don't belong together.
    WrongCredentials,
    /// The project is unknown, or the person has no role in it: Keystone does not tell which.
    ProjectRefused {
        /// As it was named.
        project: String,
    },
    /// Keystone gave no answer.
    Unreachable {
        /// Where it was looked for.
        url: String,
    },
    /// Anything else.
    Other(ApiError),
}

/// The session service.
#[derive(Clone, Copy)]
pub struct Session {
    config: StoredValue<Config>,
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
    /// Makes the service and restores what this tab, or a sibling, still has.
    pub fn provide(config: Config) -> Self {
        let state = RwSignal::new(SessionState::Restoring);
        let projects = RwSignal::new(Vec::new());
        let minutes_left = RwSignal::new(None);
        let session = Self {
            config: StoredValue::new(config),
            state,
            state_view: state.into(),
            generation: RwSignal::new(0),
            abort: StoredValue::new_local(new_abort_controller()),
            projects,
            projects_view: projects.into(),
            names: RwSignal::new(BTreeMap::new()),
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

    /// What to prefill on the sign-in form.
    pub fn last_sign_in(self) -> LastSignIn {
        storage::read(Area::Browser, LAST_KEY).unwrap_or_default()
    }

    /// Signs in with a password. The project: the one named, else the last one or the only one; with several and none known the
    /// session is unscoped, and the person chooses.
    ///
    /// # Errors
    /// Each kind of failure has its own variant.
    pub async fn sign_in(self, cloud: &Cloud, credentials: Credentials) -> Result<(), SignInError> {
        let unscoped =
            self.ask_keystone(cloud, &keystone::sign_in(&credentials)).await.map_err(
                |error| match error {
                    error if error.kind() == Some(FaultKind::Unauthorized) => SignInError::WrongCredentials,
                    ApiError::Offline => SignInError::Unreachable { url: cloud.identity.clone() },
                    error => SignInError::Other(error),
                },
            )?;
        let last = self.last_sign_in();
        let goes_on = {
            let state = self.state.get_untracked();
            state
                .grant()
                .filter(|grant| {
                    matches!(state, SessionState::Expired(_)) && grant.token.user.id == unscoped.user.id
                })
                .and_then(|grant| grant.token.project.clone())
        };
        storage::write(
            Area::Browser,
            LAST_KEY,
            &LastSignIn {
                cloud: cloud.name.clone(),
                user: credentials.user.clone(),
                domain: credentials.domain.clone(),
                project: last.project.clone(),
            },
        );
        let projects = self
            .ask_keystone(cloud, &keystone::list_my_projects(&unscoped.id))
            .await
            .map_err(SignInError::Other)?;
        let projects: Vec<Project> = projects.into_iter().filter(|project| project.enabled).collect();
        let remembered = projects.iter().find(|project| Some(&project.id) == last.project.as_ref());
        let chosen = goes_on.as_ref().or(remembered).or(match projects.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let chosen = chosen.cloned();
        self.projects.set(projects);
        let token = match chosen {
            None => unscoped,
            Some(project) => {
                let scoped = self.rescope(cloud, &unscoped.id, &project).await?;
                self.revoke_in_background(cloud.clone(), unscoped.id);
                scoped
            }
        };
        self.accept(Grant::new(token, &cloud.name, now_seconds()));
        Ok(())
    }

    /// Goes to another project with the token that is there.
    ///
    /// # Errors
    /// As of signing in; the present session stays.
    pub async fn switch_project(self, project: &Project) -> Result<(), SignInError> {
        let Some(grant) = self.state.get_untracked().usable_grant().cloned() else {
            return Err(SignInError::Other(ApiError::Aborted));
        };
        let Some(cloud) = self.cloud(&grant.cloud) else { return Err(SignInError::Other(ApiError::Aborted)) };
        let token = self.rescope(&cloud, &grant.token.id, project).await?;
        if grant.token.project.is_none() {
            self.revoke_in_background(cloud.clone(), grant.token.id);
        }
        self.accept(Grant::new(token, &cloud.name, now_seconds()));
        Ok(())
    }

    /// Ends the session here and in the cloud.
    ///
    /// # Errors
    /// Where the cloud could not be told; the session has ended here all the same.
    pub async fn sign_out(self) -> Result<(), ApiError> {
        let grant = self.state.get_untracked().grant().cloned();
        self.has_signed_out.set_value(true);
        self.enter(SessionState::SignedOut);
        let Some(grant) = grant else { return Ok(()) };
        self.say(&Hail::Ended(Box::new(grant.clone())));
        let Some(cloud) = self.cloud(&grant.cloud) else { return Ok(()) };
        match self.ask_keystone(&cloud, &keystone::revoke(&grant.token.id)).await {
            // A token that is not valid any more needs no revoking.
            Err(error) if matches!(error.kind(), Some(FaultKind::Unauthorized | FaultKind::NotFound)) => {
                Ok(())
            }
            other => other,
        }
    }

    /// Whether somebody has signed out of this page: whoever comes next begins at the beginning, not where they were.
    pub fn has_signed_out(self) -> bool {
        self.has_signed_out.get_value()
    }

    /// Reads the list of projects again, for the switcher.
    ///
    /// # Errors
    /// As Keystone says; the old list stays.
    pub async fn load_projects(self) -> Result<(), ApiError> {
        let Some(grant) = self.state.get_untracked().usable_grant().cloned() else { return Ok(()) };
        let projects = self.send(keystone::list_my_projects(&grant.token.id)).await?;
        self.projects.set(projects.into_iter().filter(|project| project.enabled).collect());
        Ok(())
    }

    /// The name of a project, where it is known; tracked.
    pub fn project_name(self, project: &ProjectId) -> Option<String> {
        self.names.read().get(project).cloned()
    }

    /// The names of projects, as far as they are known.
    pub fn project_names(self) -> RwSignal<BTreeMap<ProjectId, String>> {
        self.names
    }

    /// Notes the name of a project that was looked up.
    pub fn note_project(self, project: &Project) {
        self.names.update(|names| {
            names.insert(project.id.clone(), project.name.clone());
        });
    }

    /// Reads the names of projects, once a session: an administrator may read all, others their own.
    pub fn learn_project_names(self) {
        if !self.names.read_untracked().is_empty() {
            return;
        }
        spawn_local(async move {
            let is_admin = self
                .state
                .read_untracked()
                .grant()
                .is_some_and(|grant| grant.token.roles.iter().any(|role| role == "admin"));
            let all = if is_admin { self.send(keystone::list_projects()).await.ok() } else { None };
            let known = match all {
                Some(all) => all,
                // Not allowed, or it failed: ids are shown for the others.
                None if self.load_projects().await.is_ok() => self.projects.get_untracked(),
                None => return,
            };
            self.names.set(known.into_iter().map(|project| (project.id, project.name)).collect());
        });
    }

    /// Sends a request with the session's token to the service's endpoint. A refused token (401) opens the sign-in dialog over the
    /// page; a GET then waits for it and is sent once more, anything else fails and can be pressed again.
    ///
    /// # Errors
    /// As `client::send`; `Aborted` also when the project was switched or the person signed out meanwhile.
    pub async fn send<T>(self, request: Request<T>) -> Result<T, ApiError> {
        let answer = self.send_raw(request.raw()).await?;
        request.decode(&answer)
    }

    async fn send_raw(self, request: Request<Answer>) -> Result<Answer, ApiError> {
        let generation = self.generation.get_untracked();
        let Some(used) = self.token() else { return Err(ApiError::Aborted) };
        let first = self.send_once(&request, generation).await;
        let refused = matches!(&first, Err(error) if error.kind() == Some(FaultKind::Unauthorized));
        if !refused || generation != self.generation.get_untracked() {
            return first;
        }
        self.expire_token(&used);
        // Nothing was done by a request that was refused; but what was not a question is the person's to press again.
        if request.method != Method::Get || !self.until_signed_in_again(generation).await {
            return first;
        }
        self.send_once(&request, generation).await
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

    /// Answers siblings for as long as the app runs; a tab without a session asks them for theirs first.
    fn hail_siblings(self, asks: bool) {
        let line = Siblings::open(SIBLINGS, move |hail| match hail {
            Hail::WhoHasOne => {
                let grant = self.state.read_untracked().usable_grant().cloned();
                if let Some(grant) = grant {
                    self.say(&Hail::Here(Box::new(grant)));
                }
            }
            Hail::Ended(grant) => {
                let is_mine = self.token().as_ref() == Some(&grant.token.id);
                let is_busy = self.is_busy.get_value().is_some_and(|is_busy| is_busy());
                match (is_mine, is_busy) {
                    (true, false) => {
                        self.has_signed_out.set_value(true);
                        self.enter(SessionState::SignedOut);
                    }
                    (true, true) => self.expire(),
                    _ => {}
                }
            }
            Hail::Here(grant) => {
                let is_waiting = *self.state.read_untracked() == SessionState::Restoring;
                if is_waiting && self.cloud(&grant.cloud).is_some() {
                    self.enter(SessionState::restored(Some(*grant), now_seconds()));
                }
            }
        });
        self.siblings.set_value(line);
        if asks {
            self.say(&Hail::WhoHasOne);
            set_timeout(
                move || {
                    if *self.state.read_untracked() == SessionState::Restoring {
                        self.enter(SessionState::SignedOut);
                    }
                },
                SIBLINGS_ANSWER_WITHIN,
            );
        }
    }

    fn say(self, hail: &Hail) {
        self.siblings.with_value(|line| {
            if let Some(line) = line {
                line.say(hail);
            }
        });
    }

    /// Notes when the person last did something, for the operator's `idle_minutes`.
    fn idle_watch(self) {
        let idle_minutes = self.config.with_value(|config| config.idle_minutes);
        if idle_minutes == 0 {
            return;
        }
        for event in ["pointerdown", "keydown", "visibilitychange"] {
            let listener = Listener::new(&document(), event, move |_| {
                // The machine may have slept, and no timer with it: look before this counts as an action.
                if self.is_idle() { self.look_at_clock() } else { self.last_action.set_value(now_seconds()) }
            });
            // For as long as the app runs.
            std::mem::forget(listener);
        }
    }

    /// Whether nobody has touched the app for longer than the operator allows.
    fn is_idle(self) -> bool {
        let idle_minutes = self.config.with_value(|config| config.idle_minutes);
        idle_minutes > 0 && now_seconds() - self.last_action.get_value() > i64::from(idle_minutes) * 60
    }

    /// Says whether something is running that idleness must not end (an upload).
    pub fn keep_alive_while(self, is_busy: impl Fn() -> bool + Send + Sync + 'static) {
        self.is_busy.set_value(Some(Arc::new(is_busy)));
    }

    async fn send_once(self, request: &Request<Answer>, generation: u32) -> Result<Answer, ApiError> {
        let state = self.state.get_untracked();
        let Some(grant) = state.grant() else { return Err(ApiError::Aborted) };
        let Some(base) = self.endpoint_of(&state, request.service) else {
            return Err(ApiError::NoService(request.service));
        };
        let abort = self.abort.with_value(AbortController::signal);
        let answer = send(&base, Some(&grant.token.id), request, Some(&abort)).await;
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

    async fn rescope(
        self,
        cloud: &Cloud,
        token: &Secret,
        project: &Project,
    ) -> Result<keystone::Token, SignInError> {
        self.ask_keystone(cloud, &keystone::rescope(token, &project.id)).await.map_err(|error| {
            match error.kind() {
                Some(FaultKind::Unauthorized | FaultKind::Forbidden | FaultKind::NotFound) => {
                    SignInError::ProjectRefused { project: project.name.clone() }
                }
                _ => SignInError::Other(error),
            }
        })
    }

    async fn ask_keystone<T>(self, cloud: &Cloud, request: &Request<T>) -> Result<T, ApiError> {
        let answer = send(&absolute(&cloud.identity), None, &request.raw(), None).await?;
        request.decode(&answer)
    }

    /// Ends a token that is not needed any more: the scoped one can be rescoped just as well.
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
        if service == Service::Identity {
            return Some(absolute(&cloud.identity));
        }
        let url = match cloud.prefixes.get(&service) {
            Some(prefix) => prefix.clone(),
            None => grant.token.catalog.endpoint(service, cloud.region.as_deref(), &cloud.interface)?,
        };
        Some(absolute(&url))
    }

    /// Takes a new token: goes on with an expired session of the same person and project, or begins a new one.
    fn accept(self, grant: Grant) {
        if let Some(project) = &grant.token.project {
            let last = LastSignIn { project: Some(project.id.clone()), ..self.last_sign_in() };
            storage::write(Area::Browser, LAST_KEY, &last);
        }
        self.enter(SessionState::granted(grant));
    }

    fn enter(self, state: SessionState) {
        let is_same = match (&*self.state.read_untracked(), &state) {
            (_, SessionState::Expired(_)) => true,
            (old, SessionState::Scoped(new)) => old.is_continued_by(new),
            _ => false,
        };
        if !is_same {
            self.generation.update(|generation| *generation += 1);
            self.abort.update_value(|abort| {
                abort.abort();
                *abort = new_abort_controller();
            });
        }
        match state.usable_grant() {
            Some(grant) => storage::write(Area::Tab, GRANT_KEY, grant),
            None => storage::remove(Area::Tab, GRANT_KEY),
        }
        if matches!(state, SessionState::SignedOut) {
            self.projects.set(Vec::new());
            self.names.set(BTreeMap::new());
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

    fn look_at_clock(self) {
        let is_busy = self.is_busy.get_value().is_some_and(|is_busy| is_busy());
        if self.is_idle() && !is_busy && self.state.read_untracked().has_pages() {
            spawn_local(async move {
                // Ended here in any case; the token ends by itself later.
                let _ = self.sign_out().await;
            });
            return;
        }
        let left =
            self.state.read_untracked().usable_grant().and_then(|grant| grant.seconds_left(now_seconds()));
        match left {
            Some(left) if left <= 0 => self.expire(),
            Some(left) if left <= WARN_BEFORE => {
                self.minutes_left.set(u64::try_from(left).ok().map(|left| left / 60))
            }
            _ => {
                if self.minutes_left.get_untracked().is_some() {
                    self.minutes_left.set(None);
                }
            }
        }
    }
}

/// The session service.
pub fn use_session() -> Session {
    expect_context()
}

/// A path of this origin as a full URL.
fn absolute(address: &str) -> String {
    if address.starts_with('/') {
        format!("{}{address}", window().location().origin().unwrap_or_default())
    } else {
        address.to_owned()
    }
}

#[allow(clippy::expect_used, reason = "every browser that has WebAssembly has AbortController")]
fn new_abort_controller() -> AbortController {
    AbortController::new().expect("the browser has AbortController")
}
