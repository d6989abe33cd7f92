//! Keystone v3: signing in, changing the project, signing out, names of projects.

use crate::openstack::{
    catalog::Catalog,
    error::ApiError,
    ids::{DomainId, ProjectId, UserId},
    lenient::{list, null_is_default},
    request::{Answer, Request, Service, decode_json, segment},
    secret::Secret,
    time::unix_seconds,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A token and all that its body tells, kept together so that a reload needs no call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The token itself.
    pub id: Secret,
    /// Who signed in.
    pub user: User,
    /// The project that it is for; an unscoped token has none.
    pub project: Option<Project>,
    /// The names of the roles in the project.
    pub roles: Vec<String>,
    /// The application credential that it came from; such a token is of one project, and no other can be had with it.
    #[serde(default)]
    pub credential: Option<UsedCredential>,
    /// Where the services are; empty for an unscoped token.
    pub catalog: Catalog,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// When it was issued; against our own clock it shows how wrong that is.
    pub issued_at: String,
}

impl Token {
    /// When it ends, in seconds since 1970 by the server's clock.
    pub fn expires_unix(&self) -> Option<i64> {
        unix_seconds(&self.expires_at)
    }

    /// When it was issued, in seconds since 1970 by the server's clock.
    pub fn issued_unix(&self) -> Option<i64> {
        unix_seconds(&self.issued_at)
    }
}

/// The application credential that somebody has signed in with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedCredential {
    /// The id.
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: String,
}

/// Who a token belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The domain that the user is in.
    #[serde(default)]
    pub domain: Domain,
}

/// A domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// The id ("default").
    pub id: DomainId,
    /// The name ("Default").
    #[serde(default)]
    pub name: String,
}

/// A project, as far as a token or a listing tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The id.
    pub id: ProjectId,
    /// The name.
    pub name: String,
    /// The domain's id, from either shape.
    #[serde(default)]
    pub domain_id: DomainId,
    /// What it is for.
    #[serde(default, deserialize_with = "null_is_default")]
    pub description: String,
    /// A disabled project can't be chosen.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// What a person types to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
    /// The domain's name or id ("Default").
    pub domain: String,
}

/// An application credential, as a person types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppCredential {
    /// Which one.
    pub name: CredentialName,
    /// Its secret.
    pub secret: Secret,
}

/// What an application credential is named by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialName {
    /// Its id alone.
    Id(String),
    /// Its name, which only its user has but once.
    OfUser {
        /// The credential's name.
        name: String,
        /// The user's name.
        user: String,
        /// The domain's name or id.
        domain: String,
    },
}

impl CredentialName {
    /// Whether a text is an id: Keystone makes them of 32 hexadecimal digits.
    pub fn is_id(text: &str) -> bool {
        text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// The id or the name.
    pub fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::OfUser { name: text, .. } => text,
        }
    }
}

/// Signs in with an application credential, right into its project.
pub fn sign_in_with(credential: &AppCredential) -> Request<Token> {
    let mut method = match &credential.name {
        CredentialName::Id(id) => json!({ "id": id }),
        CredentialName::OfUser { name, user, domain } => {
            json!({ "name": name, "user": { "name": user, "domain": domain_of(domain) } })
        }
    };
    method["secret"] = credential.secret.reveal().into();
    // Keystone refuses a scope here: the credential has its own.
    token_request(&json!({
        "identity": { "methods": ["application_credential"], "application_credential": method },
    }))
}

/// Signs in without a project: the projects are asked for next.
pub fn sign_in(credentials: &Credentials) -> Request<Token> {
    token_request(&json!({ "identity": password_identity(credentials), "scope": "unscoped" }))
}

/// Signs in right into a project.
pub fn sign_in_to(credentials: &Credentials, project: &ProjectId) -> Request<Token> {
    let scope = json!({ "project": { "id": project } });
    token_request(&json!({ "identity": password_identity(credentials), "scope": scope }))
}

/// A token for another project from one in hand. It ends when that one ends.
pub fn rescope(token: &Secret, project: &ProjectId) -> Request<Token> {
    token_request(&json!({
        "identity": { "methods": ["token"], "token": { "id": token.reveal() } },
        "scope": { "project": { "id": project } },
    }))
}

/// The projects that the holder of a token may choose from.
pub fn list_my_projects(token: &Secret) -> Request<Vec<Project>> {
    Request::<Value>::get(Service::Identity, "/v3/auth/projects")
        .with_token(token)
        .decoded_by(decode_projects)
}

/// Every project; administrators only.
pub fn list_projects() -> Request<Vec<Project>> {
    Request::<Value>::get(Service::Identity, "/v3/projects").decoded_by(decode_projects)
}

/// The projects of a name: several where several domains have one. Administrators only.
pub fn find_projects(name: &str) -> Request<Vec<Project>> {
    list_projects().query("name", name)
}

/// One project, for its name. Members may read their own; others are refused.
pub fn get_project(project: &ProjectId) -> Request<Project> {
    Request::<Value>::get(Service::Identity, format!("/v3/projects/{}", segment(project)))
        .decoded_by(|answer| decode_json::<ProjectEnvelope>(answer).map(|envelope| envelope.project))
}

/// Ends a token on the server, by itself.
pub fn revoke(token: &Secret) -> Request<()> {
    Request::delete(Service::Identity, "/v3/auth/tokens")
        .with_token(token)
        .header("X-Subject-Token", token.clone())
}

fn password_identity(credentials: &Credentials) -> Value {
    json!({
        "methods": ["password"],
        "password": { "user": {
            "name": credentials.user,
            "domain": domain_of(&credentials.domain),
            "password": credentials.password.reveal(),
        } },
    })
}

/// Keystone's first domain has the id "default" and the name "Default"; people type either.
fn domain_of(typed: &str) -> Value {
    match typed.trim() {
        "default" => json!({ "id": "default" }),
        name => json!({ "name": name }),
    }
}

fn token_request(auth: &Value) -> Request<Token> {
    Request::<Value>::post(Service::Identity, "/v3/auth/tokens")
        .json(&json!({ "auth": auth }))
        .anonymous()
        .decoded_by(decode_token)
}

#[derive(Deserialize)]
struct ProjectEnvelope {
    project: Project,
}

#[derive(Deserialize)]
struct ProjectsEnvelope {
    #[serde(deserialize_with = "list")]
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct TokenEnvelope {
    token: TokenBody,
}

#[derive(Deserialize)]
struct TokenBody {
    user: User,
    project: Option<TokenProject>,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    catalog: Catalog,
    application_credential: Option<UsedCredential>,
    expires_at: String,
    #[serde(default)]
    issued_at: String,
}

#[derive(Deserialize)]
struct TokenProject {
    id: ProjectId,
    name: String,
    #[serde(default)]
    domain: Domain,
}

#[derive(Deserialize)]
struct Role {
    name: String,
}

fn decode_projects(answer: &Answer) -> Result<Vec<Project>, ApiError> {
    let mut projects = decode_json::<ProjectsEnvelope>(answer)?.projects;
    projects.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    Ok(projects)
}

fn decode_token(answer: &Answer) -> Result<Token, ApiError> {
    let id = answer.header("x-subject-token").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ApiError::Decode { what: "X-Subject-Token".to_owned() })?;
    let body = decode_json::<TokenEnvelope>(answer)?.token;
    let project = body.project.map(|project| Project {
        id: project.id,
        name: project.name,
        domain_id: project.domain.id,
        description: String::new(),
        enabled: true,
    });
    let mut catalog = body.catalog;
    if let Some(project) = &project {
        catalog.fill_in(&project.id);
    }
    Ok(Token {
        id: Secret::from(id),
        user: body.user,
        project,
        roles: body.roles.into_iter().map(|role| role.name).collect(),
        credential: body.application_credential,
        catalog,
        expires_at: body.expires_at,
        issued_at: body.issued_at,
    })
}

#[cfg(test)]
mod tests;
