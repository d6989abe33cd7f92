//! Keystone v3: tokens, and the users, projects and roles behind them.
//!
//! There is one domain (`default`) and one region (`RegionOne`). Passwords are kept as salted SHA-256, which is fit for
//! accounts whose passwords are printed at start, and for nothing else.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

mod auth;
mod catalog;
mod credentials;
mod limits;
mod projects;
mod records;
mod roles;
mod secrets;
mod seed;
mod tokens;
mod users;
mod versions;

pub use limits::limit;
pub use secrets::hex;
pub use seed::{ACCOUNTS, Account, seed};
pub use tokens::caller;

/// Keystone's tables.
pub const SCHEMA: &str = include_str!("keystone/schema.sql");

/// Keystone's routes.
pub fn router() -> Router<Arc<App>> {
    let credential = "/v3/users/{user}/application_credentials";
    let grant = "/v3/projects/{project}/users/{user}/roles";
    Router::new()
        .merge(records::router(&users::USERS))
        .merge(records::router(&projects::PROJECTS))
        .merge(records::router(&roles::ROLES))
        .route("/", get(versions::all))
        .route("/v3", get(versions::v3))
        .route("/v3/auth/tokens", post(auth::issue).get(auth::validate).delete(auth::revoke))
        .route("/v3/auth/projects", get(projects::mine))
        .route("/v3/auth/domains", get(projects::my_domains))
        .route("/v3/auth/system", get(projects::my_system))
        .route("/v3/auth/catalog", get(catalog::mine))
        .route("/v3/users/{user}/password", post(users::change_password))
        .route("/v3/users/{user}/projects", get(projects::of_user))
        .route("/v3/users/{user}/groups", get(projects::groups_of_user))
        .route(credential, get(credentials::list).post(credentials::create))
        .route(&format!("{credential}/{{id}}"), get(credentials::show).delete(credentials::delete))
        .route(grant, get(roles::granted))
        .route(&format!("{grant}/{{role}}"), put(roles::grant).get(roles::check).delete(roles::revoke))
        .route("/v3/role_assignments", get(roles::assignments))
        .route("/v3/domains", get(projects::domains))
        .route("/v3/domains/{domain}", get(projects::domain))
        .route("/v3/regions", get(catalog::regions))
        .route("/v3/services", get(catalog::services))
        .route("/v3/endpoints", get(catalog::endpoints))
        .route("/v3/registered_limits", get(limits::registered))
        .route("/v3/registered_limits/{limit}", get(limits::show_registered).patch(limits::update_registered))
        .route("/v3/limits/model", get(limits::model))
        .route("/v3/limits", get(limits::list).post(limits::create))
        .route("/v3/limits/{limit}", get(limits::show).patch(limits::update).delete(limits::delete))
}

/// Only the administrator may; the rule's name is part of Keystone's message.
fn admin_only(caller: &Caller, rule: &str) -> Result<(), Refusal> {
    if caller.is_admin() { Ok(()) } else { Err(denied(rule)) }
}

fn denied(rule: &str) -> Refusal {
    Refusal::forbidden(format!("You are not authorized to perform the requested action: identity:{rule}."))
}

fn missing(kind: &str, id: &str) -> Refusal {
    Refusal::not_found(format!("Could not find {kind}: {id}."))
}
