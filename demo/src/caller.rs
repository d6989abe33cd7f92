//! Who asks: the token's user, project and roles.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::error::Refusal;
use crate::keystone;
use crate::service::Service;
use crate::state::App;

/// The bearer of a valid `X-Auth-Token`. As a handler argument it refuses all others with the service's 401.
#[derive(Debug, Clone)]
pub struct Caller {
    /// User id.
    pub user_id: String,
    /// User name.
    pub user_name: String,
    /// Project id; empty for an unscoped token, which only Keystone lets through.
    pub project_id: String,
    /// Project name; empty for an unscoped token.
    pub project_name: String,
    /// Role names, implied ones included.
    pub roles: Vec<String>,
    /// The token as it was sent.
    pub token: String,
    /// The application credential that the token was had with.
    pub app_credential: Option<String>,
    /// Microseconds since 1970.
    pub expires_at: i64,
}

impl Caller {
    /// True when the token holds this role, directly or implied.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
    }

    /// The administrator of the cloud.
    pub fn is_admin(&self) -> bool {
        self.has_role("admin")
    }

    /// A member of the token's project (administrators too).
    pub fn is_member(&self) -> bool {
        self.has_role("member")
    }

    /// A reader of the token's project (members and administrators too).
    pub fn is_reader(&self) -> bool {
        self.has_role("reader")
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let token = parts.headers.get("x-auth-token").and_then(|value| value.to_str().ok());
        let token = token.filter(|token| !token.is_empty()).ok_or_else(Refusal::unauthorized)?.to_owned();
        let found = app.db.read(move |c| keystone::caller(c, &token)).await?;
        let caller = found.ok_or_else(Refusal::unauthorized)?;
        let service = parts.extensions.get::<Service>().copied();
        if caller.project_id.is_empty() && service != Some(Service::Identity) {
            return Err(Refusal::unauthorized());
        }
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}
