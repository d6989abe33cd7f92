//! The service catalog of a token: which service is reached where.

use crate::openstack::{ids::ProjectId, request::Service};
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
    /// The base URL of a service, without trailing slash; `region: None` takes the first. An endpoint without a region is for all.
    pub fn endpoint(&self, service: Service, region: Option<&str>, interface: &Interface) -> Option<String> {
        // The aliases are in order of preference: `volumev3` before `volume`, which may be the old v1.
        type_names(service)
            .iter()
            .find_map(|name| {
                self.0.iter().filter(|entry| entry.kind == *name).flat_map(|entry| &entry.endpoints).find(
                    |endpoint| {
                        let own = [&endpoint.region_id, &endpoint.region].map(Option::as_deref);
                        let is_here = region.is_none() || own == [None, None] || own.contains(&region);
                        endpoint.interface == *interface && is_here
                    },
                )
            })
            .map(|endpoint| endpoint.url.trim_end_matches('/').to_owned())
    }

    /// Whether the catalog knows the service at all.
    pub fn has(&self, service: Service) -> bool {
        self.0.iter().any(|entry| type_names(service).contains(&entry.kind.as_str()))
    }

    /// The regions in which any of the services has such an endpoint, sorted.
    pub fn regions(&self, services: &[Service], interface: &Interface) -> Vec<String> {
        let endpoints = self.endpoints_of(services).filter(|endpoint| endpoint.interface == *interface);
        sorted(endpoints.filter_map(|at| at.region_id.clone().or(at.region.clone())))
    }

    /// The interfaces that any of the services has an endpoint for, sorted.
    pub fn interfaces(&self, services: &[Service]) -> Vec<String> {
        sorted(self.endpoints_of(services).map(|at| at.interface.as_str().to_owned()))
    }

    /// Puts the project where a catalog has left a place for it.
    pub fn fill_in(&mut self, project: &ProjectId) {
        for endpoint in self.0.iter_mut().flat_map(|entry| &mut entry.endpoints) {
            for place in ["%(project_id)s", "%(tenant_id)s", "$(project_id)s", "$(tenant_id)s"] {
                if endpoint.url.contains(place) {
                    endpoint.url = endpoint.url.replace(place, project.as_str());
                }
            }
        }
    }

    fn endpoints_of(&self, services: &[Service]) -> impl Iterator<Item = &Endpoint> {
        let is_wanted = |entry: &&CatalogEntry| {
            services.iter().any(|service| type_names(*service).contains(&entry.kind.as_str()))
        };
        self.0.iter().filter(is_wanted).flat_map(|entry| &entry.endpoints)
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The service that a name in the catalog stands for.
pub fn service_named(name: &str) -> Option<Service> {
    [Service::Identity, Service::Image, Service::Compute, Service::Network, Service::BlockStorage]
        .into_iter()
        .find(|service| type_names(*service).contains(&name))
}

/// What an endpoint's URL has from its version on: `/v3/<project>`. A prefix before the same service wants it too.
pub fn version_tail(url: &str) -> Option<&str> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let path = start + url[start..].find('/')?;
    let at = url[path..].split('/').skip(1).scan(path, |at, segment| {
        let here = *at;
        *at += segment.len() + 1;
        Some((here, segment))
    });
    at.into_iter().find(|(_, segment)| is_version(segment)).map(|(at, _)| url[at..].trim_end_matches('/'))
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
/// (`https://cloud/compute/v2.1`, `http://cinder/v3/<project>`) keeps its own. The path `/` is the service's root, above
/// its versions.
pub fn endpoint_url(base: &str, path_and_query: &str) -> String {
    let base = base.trim_end_matches('/');
    if path_and_query == "/" {
        return format!("{}/", root(base));
    }
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
    root(base).len() < base.len()
}

/// The part of an endpoint's URL before its version.
fn root(base: &str) -> &str {
    let path =
        base.find("://").map_or(0, |at| base[at + 3..].find('/').map_or(base.len(), |slash| at + 3 + slash));
    let version = base[path..]
        .match_indices('/')
        .map(|(at, _)| path + at)
        .find(|at| is_version(base[at + 1..].split('/').next().unwrap_or_default()));
    &base[..version.unwrap_or(base.len())]
}

/// Whether a part of a path is a version: `v3`, `v2.1`.
pub fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|number| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

#[cfg(test)]
mod tests;
