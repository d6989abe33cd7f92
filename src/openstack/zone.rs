//! Availability zones, which Nova and Cinder list alike.

use crate::openstack::{
    lenient::list,
    request::{Request, Service, decode_json},
};
use serde::Deserialize;
use serde_json::Value;

/// The names of a service's zones that are up.
pub(super) fn list_zones(service: Service, path: &str) -> Request<Vec<String>> {
    #[derive(Deserialize)]
    struct State {
        available: bool,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Zone {
        zone_name: String,
        zone_state: State,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        #[serde(deserialize_with = "list")]
        availability_zone_info: Vec<Zone>,
    }
    Request::<Value>::get(service, path).decoded_by(|answer| {
        let zones = decode_json::<Body>(answer)?.availability_zone_info;
        Ok(zones.into_iter().filter(|zone| zone.zone_state.available).map(|zone| zone.zone_name).collect())
    })
}
