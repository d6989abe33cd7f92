//! Which projects may use a private flavor.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::admin::admin;
use super::model::{self, Flavor};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::nova::schema;
use crate::state::App;

/// `GET /flavors/{id}/os-flavor-access`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    admin(&caller, "os_compute_api:os-flavor-access")?;
    let flavor = app.db.read(move |c| super::visible(c, &caller, &id)).await?;
    if flavor.is_public {
        return Err(Refusal::not_found("Access list not available for public flavors."));
    }
    Ok(Json(view(&flavor)))
}

/// `POST /flavors/{id}/action`: `addTenantAccess` and `removeTenantAccess`.
pub async fn act(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let body = schema::body(body)?;
    let (grant, action) = match (body.get("addTenantAccess"), body.get("removeTenantAccess")) {
        (Some(action), None) => (true, action),
        (None, Some(action)) => (false, action),
        _ => return Err(Refusal::bad_request("There is no such action.")),
    };
    let project = action["tenant"].as_str().unwrap_or_default().to_owned();
    let rule = if grant { "add_tenant_access" } else { "remove_tenant_access" };
    admin(&caller, &format!("os_compute_api:os-flavor-access:{rule}"))?;
    let flavor = app
        .db
        .write(move |tx| {
            let mut flavor = super::visible(tx, &caller, &id)?;
            let held = flavor.access.contains(&project);
            match (grant, held) {
                (true, _) if flavor.is_public => {
                    return Err(Refusal::conflict("Can not add access to a public flavor."));
                }
                (true, true) => {
                    let message = format!(
                        "Flavor access already exists for flavor {id} and project {project} combination."
                    );
                    return Err(Refusal::conflict(message));
                }
                (false, false) => {
                    let message = format!("Flavor access not found for {id} / {project} combination.");
                    return Err(Refusal::not_found(message));
                }
                (true, false) => flavor.access.push(project),
                (false, true) => flavor.access.retain(|other| *other != project),
            }
            model::save(tx, &flavor)?;
            Ok(flavor)
        })
        .await?;
    Ok(Json(view(&flavor)))
}

fn view(flavor: &Flavor) -> Value {
    let row = |project: &String| json!({"flavor_id": flavor.id, "tenant_id": project});
    json!({"flavor_access": flavor.access.iter().map(row).collect::<Vec<_>>()})
}
