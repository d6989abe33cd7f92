//! The service catalog of a token: which service is reached where.

use crate::openstack::request::Service;
use serde::{Deserialize, Serialize};

crate::open_enum! {
    /// Which of a service's faces an endpoint is.
    Interface {
        /// For people: the default.
        Public = "public",
        /// For the cloud's own services.
        Internal = "internal",
        /// For administrators.
        Admin = "admin",
    }
}

/// The catalog in a token's body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Catalog(pub Vec<CatalogEntry>);

/// One service of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogEntry {
    /// The service type, or an alias of it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name ("glance"); of no meaning.
    #[serde(default)]
    pub name: String,
    /// Where it is.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
}

/// One way to reach a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// For whom.
    pub interface: Interface,
    /// In which region.
    #[serde(default)]
    pub region_id: Option<String>,
    /// The region's older name.
    #[serde(default)]
    pub region: Option<String>,
    /// Where; perhaps with a path prefix, a version, a trailing slash.
    pub url: String,
}

impl Catalog {
    /// The base URL of a service, without trailing slash; `region: None` takes the first.
    pub fn endpoint(&self, service: Service, region: Option<&str>, interface: &Interface) -> Option<String> {
        // The aliases are in order of preference: `volumev3` before `volume`, which may be the old v1.
        type_names(service)
            .iter()
            .find_map(|name| {
                self.0.iter().filter(|entry| entry.kind == *name).flat_map(|entry| &entry.endpoints).find(
                    |endpoint| {
                        let here = |name: &Option<String>| name.as_deref() == region;
                        endpoint.interface == *interface
                            && (region.is_none() || here(&endpoint.region_id) || here(&endpoint.region))
                    },
                )
            })
            .map(|endpoint| endpoint.url.trim_end_matches('/').to_owned())
    }

    /// Whether the catalog knows the service at all.
    pub fn has(&self, service: Service) -> bool {
        self.0.iter().any(|entry| type_names(service).contains(&entry.kind.as_str()))
    }

    /// All regions, sorted.
    pub fn regions(&self) -> Vec<String> {
        let endpoints = self.0.iter().flat_map(|entry| &entry.endpoints);
        let mut regions: Vec<_> =
            endpoints.filter_map(|at| at.region_id.clone().or(at.region.clone())).collect();
        regions.sort_unstable();
        regions.dedup();
        regions
    }
}

/// The names under which a service may stand in the catalog (<https://service-types.openstack.org>).
fn type_names(service: Service) -> &'static [&'static str] {
    match service {
        Service::Identity => &["identity", "identityv3"],
        Service::Image => &["image", "imagev2"],
        Service::Compute => &["compute", "computev21"],
        Service::Network => &["network"],
        Service::BlockStorage => &["block-storage", "block-store", "volumev3", "volume"],
    }
}

/// Joins an endpoint's URL and a request's path. The path begins with a version; an endpoint that has one already
/// (`https://cloud/compute/v2.1`, `http://cinder/v3/<project>`) keeps its own.
pub fn endpoint_url(base: &str, path_and_query: &str) -> String {
    let base = base.trim_end_matches('/');
    let path = path_and_query.strip_prefix('/').unwrap_or(path_and_query);
    if !has_version(base) {
        return format!("{base}/{path}");
    }
    match path.split_once('/') {
        Some((first, rest)) if is_version(first) => format!("{base}/{rest}"),
        _ => format!("{base}/{path}"),
    }
}

fn has_version(base: &str) -> bool {
    let path =
        base.split_once("://").map_or(base, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    path.split('/').any(is_version)
}

/// `v3`, `v2.1`.
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|number| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

#[cfg(test)]
mod tests;
