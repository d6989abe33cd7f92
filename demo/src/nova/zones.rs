//! Availability zones: there is one, and one host in it.

use axum::Json;
use serde_json::{Value, json};

use super::words::policy;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;

/// The only zone.
pub const ZONE: &str = "nova";

/// The only host, as the administrator sees it.
pub const HOST: &str = "demo-compute-1";

/// `GET /os-availability-zone`.
pub async fn list(_: Caller) -> Json<Value> {
    Json(
        json!({"availabilityZoneInfo": [{"zoneName": ZONE, "zoneState": {"available": true}, "hosts": null}]}),
    )
}

/// `GET /os-availability-zone/detail`: the administrator's.
pub async fn detail(caller: Caller) -> Result<Json<Value>, Refusal> {
    if !caller.is_admin() {
        return Err(policy("os_compute_api:os-availability-zone:detail"));
    }
    let service = json!({"available": true, "active": true, "updated_at": clock::naive(clock::now())});
    Ok(Json(json!({"availabilityZoneInfo": [
        {"zoneName": "internal", "zoneState": {"available": true},
         "hosts": {HOST: {"nova-scheduler": service, "nova-conductor": service}}},
        {"zoneName": ZONE, "zoneState": {"available": true}, "hosts": {HOST: {"nova-compute": service}}},
    ]})))
}
