//! `GET /limits`: quotas and their use in one answer, which is what a launch form needs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use serde_json::{Value, json};

use super::microversion::Microversion;
use super::query::{first, pairs};
use super::words::policy;
use super::{groups, quotas};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::state::App;

/// `GET /limits`; the administrator may ask for another project's by `tenant_id`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let asked = pairs(uri.query().unwrap_or(""));
    let project = first(&asked, "tenant_id").unwrap_or(&caller.project_id).to_owned();
    if project != caller.project_id && !caller.is_admin() {
        return Err(policy("os_compute_api:limits:other_project"));
    }
    let (quotas, used, groups) = app
        .db
        .read(move |c| -> rusqlite::Result<_> {
            Ok((quotas::of(c, &project)?, quotas::used(c, &project)?, groups::count(c, &project)?))
        })
        .await?;
    let mut absolute = json!({
        "maxTotalCores": quotas["cores"], "maxTotalInstances": quotas["instances"],
        "maxTotalKeypairs": quotas["key_pairs"], "maxServerMeta": quotas["metadata_items"],
        "maxTotalRAMSize": quotas["ram"], "maxServerGroups": quotas["server_groups"],
        "maxServerGroupMembers": quotas["server_group_members"], "totalRAMUsed": used.ram,
        "totalCoresUsed": used.cores, "totalInstancesUsed": used.instances, "totalServerGroupsUsed": groups,
    });
    if !version.since(36) {
        for key in ["maxTotalFloatingIps", "maxSecurityGroups", "maxSecurityGroupRules"] {
            absolute[key] = json!(-1);
        }
        for key in ["totalFloatingIpsUsed", "totalSecurityGroupsUsed"] {
            absolute[key] = json!(0);
        }
    }
    if !version.since(39) {
        absolute["maxImageMeta"] = json!(quotas["metadata_items"]);
    }
    if !version.since(57) {
        absolute["maxPersonality"] = json!(quotas["injected_files"]);
        absolute["maxPersonalitySize"] = json!(quotas["injected_file_content_bytes"]);
    }
    Ok(Json(json!({"limits": {"rate": [], "absolute": absolute}})))
}
