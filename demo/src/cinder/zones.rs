//! Availability zones: there is one, of the same name as Nova's.

use axum::Json;
use serde_json::{Value, json};

use super::scope::Scoped;
use crate::nova::zones::ZONE;

/// `GET /os-availability-zone`.
pub async fn list(_: Scoped) -> Json<Value> {
    Json(json!({"availabilityZoneInfo": [{"zoneName": ZONE, "zoneState": {"available": true}}]}))
}
