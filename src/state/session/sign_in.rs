//! Signing in, by password or application credential, changing the project, and signing out.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    client::{
        browser::now_seconds,
        storage::{self, Area},
    },
    domain::{
        config::{Cloud, Misfit},
        session::{Grant, SessionState},
    },
    openstack::{
        error::{ApiError, FaultKind},
        ids::ProjectId,
        keystone::{self, AppCredential, Credentials, Project, Token},
        secret::Secret,
    },
    state::session::{Session, tabs::Hail},
};

const LAST_KEY: &str = "sextant.last-sign-in";

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
    /// The application credential's id or name, where it was that.
    #[serde(default)]
    pub credential: Option<String>,
}

/// Why a sign-in failed.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInError {
    /// User, password and domain don't belong together.
    WrongCredentials,
    /// The secret does not belong to the application credential, or that has ended: Keystone does not tell which.
    WrongSecret,
    /// There is no application credential of that id.
    NoCredential,
    /// An application credential is for one project only.
    OneProject,
    /// What `config.json` says of the cloud is not in its catalog.
    Misfit {
        /// The key.
        key: String,
        /// Its value.
        found: String,
        /// What the catalog has.
        known: Vec<String>,
    },
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

impl Session {
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
        let unscoped = self
            .ask_keystone(cloud, &keystone::sign_in(&credentials))
            .await
            .map_err(|error| refusal(error, cloud, SignInError::WrongCredentials))?;
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
                credential: None,
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
        self.accept(cloud, token)
    }

    /// Signs in with an application credential, into its project.
    ///
    /// # Errors
    /// Each kind of failure has its own variant.
    pub async fn sign_in_with(self, cloud: &Cloud, credential: AppCredential) -> Result<(), SignInError> {
        let token = self.ask_keystone(cloud, &keystone::sign_in_with(&credential)).await.map_err(
            |error| match error.kind() {
                Some(FaultKind::NotFound) => SignInError::NoCredential,
                _ => refusal(error, cloud, SignInError::WrongSecret),
            },
        )?;
        let last = LastSignIn {
            cloud: cloud.name.clone(),
            user: token.user.name.clone(),
            domain: token.user.domain.name.clone(),
            project: None,
            credential: Some(credential.name.text().to_owned()),
        };
        storage::write(Area::Browser, LAST_KEY, &last);
        self.projects.set(token.project.iter().cloned().collect());
        self.accept(cloud, token)
    }

    /// Goes to another project with the token that is there.
    ///
    /// # Errors
    /// As of signing in; the present session stays.
    pub async fn switch_project(self, project: &Project) -> Result<(), SignInError> {
        let Some(grant) = self.state.get_untracked().usable_grant().cloned() else {
            return Err(SignInError::Other(ApiError::Aborted));
        };
        if grant.token.credential.is_some() {
            return Err(SignInError::OneProject);
        }
        let Some(cloud) = self.cloud(&grant.cloud) else { return Err(SignInError::Other(ApiError::Aborted)) };
        let token = self.rescope(&cloud, &grant.token.id, project).await?;
        if grant.token.project.is_none() {
            self.revoke_in_background(cloud.clone(), grant.token.id);
        }
        self.accept(&cloud, token)
    }

    /// Ends the session here and in the cloud.
    ///
    /// # Errors
    /// Where the cloud could not be told; the session has ended here all the same.
    pub async fn sign_out(self) -> Result<(), ApiError> {
        let grant = self.state.get_untracked().grant().cloned();
        self.leave();
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

    pub(super) async fn rescope(
        self,
        cloud: &Cloud,
        token: &Secret,
        project: &Project,
    ) -> Result<Token, SignInError> {
        self.ask_keystone(cloud, &keystone::rescope(token, &project.id)).await.map_err(|error| {
            match error.kind() {
                Some(FaultKind::Unauthorized | FaultKind::Forbidden | FaultKind::NotFound) => {
                    SignInError::ProjectRefused { project: project.name.clone() }
                }
                _ => SignInError::Other(error),
            }
        })
    }

    /// Takes a new token: goes on with an expired session of the same person and project, or begins a new one.
    fn accept(self, cloud: &Cloud, token: Token) -> Result<(), SignInError> {
        if let Some(Misfit { key, found, known }) = cloud.misfit(&token.catalog) {
            let clouds = self.config.with_value(|config| config.clouds.clone());
            let at = clouds.iter().position(|other| other.name == cloud.name).unwrap_or_default();
            self.revoke_in_background(cloud.clone(), token.id);
            return Err(SignInError::Misfit { key: format!("clouds[{at}].{key}"), found, known });
        }
        if let Some(project) = &token.project {
            let last = LastSignIn { project: Some(project.id.clone()), ..self.last_sign_in() };
            storage::write(Area::Browser, LAST_KEY, &last);
        }
        self.enter(SessionState::granted(Grant::new(token, &cloud.name, now_seconds())));
        Ok(())
    }
}

/// Why Keystone gave no token; `wrong` where it does not accept what was typed.
pub(super) fn refusal(error: ApiError, cloud: &Cloud, wrong: SignInError) -> SignInError {
    match error {
        error if error.kind() == Some(FaultKind::Unauthorized) => wrong,
        ApiError::Offline => SignInError::Unreachable { url: cloud.identity.clone() },
        error => SignInError::Other(error),
    }
}
