//! What Sextant asks of each service that a browser needs leave for: one probe for each header and method, so that it can be
//! said which one is refused. All are sent without a token, or with an empty one, and to records that are not there: a service
//! turns them down before it does anything.

use crate::openstack::{
    glance::patch,
    request::{Method, Service},
};

/// One header or method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// How it is asked.
    pub method: Method,
    /// Where.
    pub path: &'static str,
    /// The header that goes with it. By GET and POST it is the header that is tried, otherwise the method.
    pub header: Option<(&'static str, &'static str)>,
    /// The body.
    pub body: Option<&'static str>,
    /// What Sextant needs it for: the catalogue words it.
    pub purpose: &'static str,
}

impl Demand {
    const fn header(
        path: &'static str,
        name: &'static str,
        value: &'static str,
        purpose: &'static str,
    ) -> Self {
        Self { method: Method::Get, path, header: Some((name, value)), body: None, purpose }
    }

    const fn post(path: &'static str, purpose: &'static str) -> Self {
        let header = Some(("Content-Type", "application/json"));
        Self { method: Method::Post, path, header, body: Some("{}"), purpose }
    }

    const fn delete(path: &'static str, purpose: &'static str) -> Self {
        Self { method: Method::Delete, path, header: None, body: None, purpose }
    }

    /// What is tried, as HTTP names it.
    pub fn name(&self) -> String {
        match (self.method, self.header) {
            (Method::Get | Method::Post, Some((name, _))) => name.to_owned(),
            (method, Some((_, value))) => format!("{} {value}", method.as_str()),
            (method, None) => method.as_str().to_owned(),
        }
    }
}

const TOKEN: &str = "X-Auth-Token";
const IMAGE: &str = "/v2/images/00000000-0000-0000-0000-000000000000";
/// Where an upload would go; also for the check of the upload limits.
pub const IMAGE_FILE: &str = "/v2/images/00000000-0000-0000-0000-000000000000/file";

const IDENTITY_DEMANDS: &[Demand] = &[
    Demand::post("/v3/auth/tokens", "sign_in"),
    Demand::header("/v3/auth/projects", TOKEN, "", "work"),
    Demand::header("/v3/auth/tokens", "X-Subject-Token", "", "sign_out"),
    Demand::delete("/v3/auth/tokens", "sign_out"),
];

const IMAGE_DEMANDS: &[Demand] = &[
    Demand::header("/v2/images", TOKEN, "", "work"),
    Demand::post("/v2/images", "create_image"),
    Demand {
        method: Method::Patch,
        path: IMAGE,
        header: Some(("Content-Type", patch::MEDIA_TYPE)),
        body: Some("[]"),
        purpose: "edit_image",
    },
    Demand {
        method: Method::Put,
        path: IMAGE_FILE,
        header: Some(("Content-Type", "application/octet-stream")),
        body: Some("0"),
        purpose: "upload",
    },
    Demand::delete(IMAGE, "delete_image"),
];

const COMPUTE_DEMANDS: &[Demand] = &[
    Demand::header("/v2.1/servers", TOKEN, "", "work"),
    Demand::post("/v2.1/servers", "launch"),
    Demand::header("/v2.1/servers", "OpenStack-API-Version", "compute 2.1", "microversions"),
    Demand::delete("/v2.1/servers/00000000-0000-0000-0000-000000000000", "delete_server"),
];

const NETWORK_DEMANDS: &[Demand] = &[Demand::header("/v2.0/networks", TOKEN, "", "work")];

const STORAGE_DEMANDS: &[Demand] = &[
    Demand::header("/v3/volumes", TOKEN, "", "work"),
    Demand::post("/v3/volumes", "create_volume"),
    Demand::delete("/v3/volumes/00000000-0000-0000-0000-000000000000", "delete_volume"),
];

/// What is needed of a service.
pub fn demands(service: Service) -> &'static [Demand] {
    match service {
        Service::Identity => IDENTITY_DEMANDS,
        Service::Image => IMAGE_DEMANDS,
        Service::Compute => COMPUTE_DEMANDS,
        Service::Network => NETWORK_DEMANDS,
        Service::BlockStorage => STORAGE_DEMANDS,
    }
}

/// A question that everybody with a token may ask, and that is answered quickly.
pub fn question(service: Service) -> &'static str {
    match service {
        Service::Identity => "/v3/auth/projects",
        Service::Image => "/v2/images?limit=1",
        Service::Compute => "/v2.1/flavors?limit=1",
        Service::Network => "/v2.0/networks?limit=1&fields=id",
        Service::BlockStorage => "/v3/types?limit=1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No record has this id.
    const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

    #[test]
    fn nothing_is_asked_that_could_do_harm() {
        let services =
            [Service::Identity, Service::Image, Service::Compute, Service::Network, Service::BlockStorage];
        for demand in services.into_iter().flat_map(demands) {
            let token = demand.header.filter(|(name, _)| name.ends_with("-Token"));
            assert!(token.is_none_or(|(_, value)| value.is_empty()), "{demand:?}");
            let changes_a_record = matches!(demand.method, Method::Patch | Method::Put | Method::Delete);
            assert!(!changes_a_record || demand.path.contains(NOBODY) || demand.path == "/v3/auth/tokens");
        }
    }

    #[test]
    fn what_is_tried_has_a_name() {
        let names: Vec<String> = demands(Service::Image).iter().map(Demand::name).collect();
        assert_eq!(
            names,
            [
                "X-Auth-Token",
                "Content-Type",
                "PATCH application/openstack-images-v2.1-json-patch",
                "PUT application/octet-stream",
                "DELETE",
            ]
        );
    }
}
