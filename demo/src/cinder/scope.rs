//! Whose request it is: Cinder has the project in each address, and wants it to be the token's.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

/// A caller who asks below the project of the token.
pub struct Scoped(pub Caller);

impl FromRequestParts<Arc<App>> for Scoped {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let named = RawPathParams::from_request_parts(parts, app).await;
        let fits = named.is_ok_and(|params| {
            params.iter().any(|(name, value)| name == "project" && value == caller.project_id)
        });
        if fits { Ok(Self(caller)) } else { Err(Refusal::bad_request("Malformed request url")) }
    }
}
