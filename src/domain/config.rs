//! `config.json`: which clouds there are and what the operator decided, and what that means for where a service is.

pub mod address;
pub(super) mod reader;

use std::collections::BTreeMap;

use sextant_inspector::decision::Rules;

use crate::openstack::{
    catalog::{Catalog, Interface, version_tail},
    glance::image::Visibility,
    request::Service,
};

/// The operator's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The clouds to choose from; never empty.
    pub clouds: Vec<Cloud>,
    /// Who edits images.
    pub edit_images: EditImages,
    /// What Glance's checks of an upload make of what they find.
    pub checks: Rules,
    /// What a new image's visibility is unless the person chooses.
    pub default_visibility: Visibility,
    /// Sign out after so many minutes without a key or a click; 0 never does.
    pub idle_minutes: u32,
    /// The language for browsers that ask for none that Sextant has.
    pub language: Option<String>,
    /// The words beside the mark in the header.
    pub brand: String,
    /// Shows the demo cloud's accounts on the sign-in page.
    pub demo: bool,
}

/// One cloud.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloud {
    /// Its name for people; unique.
    pub name: String,
    /// Keystone's address, a URL or a path of this origin, ending in `/v3`.
    pub identity: String,
    /// The region whose services are used; without one the first that has them.
    pub region: Option<String>,
    /// The endpoints' interface.
    pub interface: Interface,
    /// Paths of this origin that stand for services (behind the operator's proxy). Services without one are
    /// reached by the catalog's URLs, which needs their CORS settings.
    pub prefixes: BTreeMap<Service, String>,
}

/// Who edits images (deleting, sharing and protecting an own image is not editing).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EditImages {
    /// Administrators only.
    #[default]
    Admin,
    /// Also members of the owning project, which is Glance's own default.
    Owner,
}

/// What is wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A page came in its place: there is no such file, and the web server answers with its `index.html`.
    Page,
    /// It is not JSON; the parser's words say where.
    NotJson(String),
    /// It is JSON, but not an object.
    NotObject,
    /// A key that must be there is not.
    Missing(String),
    /// A key has a value that can't be used.
    BadValue {
        /// The key, with its place: `clouds[0].identity`.
        key: String,
        /// What stands there, as JSON.
        found: String,
        /// What may stand there.
        expected: Expected,
    },
    /// A key that means nothing; it may be mistyped.
    UnknownKey(String),
}

impl Problem {
    /// Whether the app can't work with it. An unknown key is only reported.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Problem::UnknownKey(_))
    }
}

/// What may stand at a key of `config.json` or `gallery.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// An object.
    Object,
    /// A list of at least one cloud.
    Clouds,
    /// Any text but an empty one.
    Text,
    /// A name that no other cloud has.
    OwnName,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number from 0.
    WholeNumber,
    /// `true` or `false`.
    YesNo,
    /// See [`address::read`].
    Address,
    /// The same, of Keystone's v3.
    Keystone,
    /// `"catalog"`, or addresses by service type.
    Services,
    /// Nothing: the service has an address already, by another of its names.
    OneAddress,
    /// A list of images.
    Images,
    /// An address that Glance may fetch from.
    WebAddress,
    /// A disk format.
    DiskFormat,
    /// A text of at most 255 characters.
    ShortText,
    /// Name, version and architecture that no other image has together.
    OwnTitle,
    /// Texts by their keys, without Glance's own attributes.
    Properties,
    /// An algorithm and the digits of a checksum.
    Checksum,
}

/// A setting of a cloud that its catalog knows nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The key within the cloud's own: `region` or `interface`.
    pub key: &'static str,
    /// Its value.
    pub found: String,
    /// What the catalog has.
    pub known: Vec<String>,
}

/// Reads the file. The configuration comes with the problems that are not fatal.
///
/// # Errors
/// All problems at once, fatal or not.
pub fn parse(text: &str) -> Result<(Config, Vec<Problem>), Vec<Problem>> {
    reader::read(text)
}

impl Cloud {
    /// Where a service is: a URL, or a path of this origin. `region` is the one that the person chose; the file's own goes before it.
    /// Without a catalog (before signing in) only what the file names is known; with one, a path stands for nothing that the cloud
    /// does not have: the web server answers with the app there. Keystone may be set up to give no catalog: then the file is believed.
    pub fn service_url(
        &self,
        catalog: Option<&Catalog>,
        service: Service,
        region: Option<&str>,
    ) -> Option<String> {
        if service == Service::Identity {
            return Some(self.identity.clone());
        }
        let listed = || catalog?.endpoint(service, self.region.as_deref().or(region), &self.interface);
        let Some(prefix) = self.prefixes.get(&service) else { return listed() };
        if catalog.is_some_and(|catalog| !catalog.0.is_empty() && !catalog.has(service)) {
            return None;
        }
        // Cinder wants the project in the path (all before 2023.1 do); the prefix stands for what comes before the version.
        let tail = || {
            let listed = listed().filter(|_| version_tail(prefix).is_none())?;
            version_tail(&listed).filter(|tail| tail.starts_with("/v3/")).map(str::to_owned)
        };
        let tail = if service == Service::BlockStorage { tail() } else { None };
        Some(format!("{prefix}{}", tail.unwrap_or_default()))
    }

    /// The regions to choose from, sorted: none where the file names one, or where the catalog knows no two.
    pub fn regions(&self, catalog: &Catalog) -> Vec<String> {
        if self.region.is_some() {
            return Vec::new();
        }
        Some(catalog.regions(&self.listed(), &self.interface)).filter(|all| all.len() > 1).unwrap_or_default()
    }

    /// The one region of the catalog, where the file names none.
    pub fn only_region(&self, catalog: &Catalog) -> Option<String> {
        let mut all = catalog.regions(&self.listed(), &self.interface);
        all.pop().filter(|_| all.is_empty() && self.region.is_none())
    }

    /// The region to work in, where there are several: the one chosen before, else the first that has images.
    pub fn region_for(&self, catalog: &Catalog, chosen: Option<&str>) -> Option<String> {
        let regions = self.regions(catalog);
        let is_known = |region: &&String| Some(region.as_str()) == chosen;
        let has_images =
            |region: &&String| self.service_url(Some(catalog), Service::Image, Some(region)).is_some();
        let found =
            regions.iter().find(is_known).or_else(|| regions.iter().find(has_images)).or(regions.first());
        found.cloned()
    }

    /// What in the file does not go with the catalog, so that not one of the services it lists is found.
    pub fn misfit(&self, catalog: &Catalog) -> Option<Misfit> {
        let listed = self.listed();
        let interfaces = catalog.interfaces(&listed);
        let is_found =
            |service: &Service| catalog.endpoint(*service, self.region.as_deref(), &self.interface).is_some();
        if interfaces.is_empty() || listed.iter().any(is_found) {
            return None;
        }
        let interface = self.interface.as_str();
        Some(if !interfaces.iter().any(|known| known == interface) {
            Misfit { key: "interface", found: interface.to_owned(), known: interfaces }
        } else {
            Misfit {
                key: "region",
                found: self.region.clone().unwrap_or_default(),
                known: catalog.regions(&listed, &self.interface),
            }
        })
    }

    /// The services that are looked up in the catalog.
    fn listed(&self) -> Vec<Service> {
        let all = [Service::Image, Service::Compute, Service::Network, Service::BlockStorage];
        all.into_iter().filter(|service| !self.prefixes.contains_key(service)).collect()
    }
}

#[cfg(test)]
mod tests;
