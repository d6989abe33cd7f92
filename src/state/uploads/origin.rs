//! Where an upload, or other long work, belongs: its cloud, person and project, with a token of its own. So it goes on when the project is switched,
//! and takes the session's newer token when the same person has signed in to the same project again.

use std::cell::RefCell;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use crate::{
    client::send::send,
    domain::session::SessionState,
    openstack::{
        error::{ApiError, FaultKind},
        glance::{
            TASKS_AND_USAGE,
            info::{ImageUsage, get_usage},
        },
        ids::UserId,
        keystone::Project,
        request::{Request, Service},
        secret::Secret,
        versions::Versions,
    },
    state::{session::Session, versions::versions_at},
};

/// How often a question that met an ended token looks whether the person has signed in again.
const SIGNED_IN_YET_MS: u32 = 1_000;

/// Where an upload belongs.
pub struct Origin {
    session: Session,
    /// The cloud, by its name in `config.json`.
    pub cloud: String,
    /// Who began it.
    pub user: UserId,
    /// Whose image it will be.
    pub project: Project,
    /// The addresses of the services that such work needs, as far as the cloud has them.
    bases: Vec<(Service, String)>,
    token: RefCell<Secret>,
}

impl Origin {
    /// The present session's.
    pub fn current(session: Session) -> Option<Self> {
        let grant = untrack(|| session.grant())?;
        let (_, token) = session.image_endpoint()?;
        let services = [Service::Image, Service::Compute, Service::BlockStorage];
        let bases = services.into_iter().filter_map(|it| Some((it, session.endpoint(it)?.0))).collect();
        Some(Self {
            session,
            cloud: grant.cloud,
            user: grant.token.user.id,
            project: grant.token.project?,
            bases,
            token: RefCell::new(token),
        })
    }

    /// Whether the session is still in the same project; tracked.
    pub fn is_current(&self) -> bool {
        self.session.grant().is_some_and(|grant| {
            let project = grant.token.project.as_ref().map(|project| &project.id);
            grant.cloud == self.cloud && grant.token.user.id == self.user && project == Some(&self.project.id)
        })
    }

    /// The image service's address, and the newest token that is known for this project.
    pub fn endpoint(&self) -> (String, Secret) {
        (self.base(Service::Image).unwrap_or_default(), self.token())
    }

    fn base(&self, service: Service) -> Option<String> {
        self.bases.iter().find(|(other, _)| *other == service).map(|(_, base)| base.clone())
    }

    fn token(&self) -> Secret {
        if untrack(|| self.is_current())
            && let Some((_, token)) = self.session.image_endpoint()
        {
            self.token.replace(token);
        }
        self.token.borrow().clone()
    }

    /// Sends a request. A refused token opens the sign-in dialog, where it is the session's own.
    ///
    /// # Errors
    /// As `client::send`.
    pub async fn send<T>(&self, request: &Request<T>) -> Result<T, ApiError> {
        self.send_as(request).await.1
    }

    /// With the token that it was sent with.
    async fn send_as<T>(&self, request: &Request<T>) -> (Secret, Result<T, ApiError>) {
        let token = self.token();
        let Some(base) = self.base(request.service) else {
            return (token, Err(ApiError::NoService(request.service)));
        };
        let answer =
            send(&base, Some(&token), &request.raw(), None).await.and_then(|answer| request.decode(&answer));
        if let Err(error) = &answer {
            self.note(error, &token);
        }
        (token, answer)
    }

    /// As `send`, for a question that may wait: with an ended token it is asked again once the person has signed in.
    ///
    /// # Errors
    /// As `client::send`; the refusal when the person went elsewhere instead.
    pub async fn ask<T>(&self, request: &Request<T>) -> Result<T, ApiError> {
        loop {
            let (token, answer) = self.send_as(request).await;
            let is_refused = matches!(&answer, Err(error) if error.kind() == Some(FaultKind::Unauthorized));
            if !is_refused || !(self.is_renewed_since(&token) || self.until_signed_in_again().await) {
                return answer;
            }
        }
    }

    /// What a service speaks.
    pub async fn versions(&self, service: Service) -> Versions {
        match self.base(service) {
            Some(base) => versions_at(&base, service).await,
            None => Versions::default(),
        }
    }

    /// What the project uses of its limits; nothing where the cloud has none, is too old for them, or does not tell.
    pub async fn usage(&self) -> Option<ImageUsage> {
        let is_told = self.versions(Service::Image).await.reaches(TASKS_AND_USAGE);
        if is_told { self.ask(&get_usage()).await.ok() } else { None }
    }

    /// Tells the session of a token that is not accepted any more.
    pub fn note(&self, error: &ApiError, token: &Secret) {
        if error.kind() == Some(FaultKind::Unauthorized) && untrack(|| self.is_current()) {
            self.session.expire_token(token);
        }
    }

    /// Whether the person has signed in again since this token was taken: a refusal of it may come only now.
    pub fn is_renewed_since(&self, token: &Secret) -> bool {
        let is_usable = self.session.state().read_untracked().usable_grant().is_some();
        is_usable && untrack(|| self.is_current()) && self.token() != *token
    }

    /// Waits while the session is expired; true when it goes on in the same project.
    async fn until_signed_in_again(&self) -> bool {
        let is_expired = || matches!(*self.session.state().read_untracked(), SessionState::Expired(_));
        if !is_expired() {
            return false;
        }
        while is_expired() {
            TimeoutFuture::new(SIGNED_IN_YET_MS).await;
        }
        untrack(|| self.is_current())
    }
}
