//! What a service says of its versions, at its root and to anybody: `GET /`, without a token. Each service has a form of its
//! own for it, and Glance, Keystone and Cinder answer with 300 (Multiple Choices).

use crate::openstack::{
    error::ApiError,
    request::{Answer, Request, Service, decode_json},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// A version or microversion, as services count them: 2.9 is older than 2.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Version {
    /// Before the dot.
    pub major: u32,
    /// Behind it.
    pub minor: u32,
}

impl FromStr for Version {
    type Err = ();

    /// `2.67`, `v2.1`, `v3`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        Ok(Self { major: major.parse().map_err(drop)?, minor: minor.parse().map_err(drop)? })
    }
}

impl TryFrom<String> for Version {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|()| "no version")
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What a service speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The newest version of the interface (Glance 2.17, Keystone 3.14, Nova 2.1).
    pub newest: Option<Version>,
    /// All that it names: Glance leaves out those whose news the operator has not switched on.
    pub listed: Vec<Version>,
    /// The lowest and the highest microversion, where the service has any (Nova, Cinder).
    pub micro: Option<(Version, Version)>,
}

impl Versions {
    /// Whether a microversion can be asked for; `None` when the service did not say which there are.
    pub fn has(&self, microversion: &str) -> Option<bool> {
        let wanted: Version = microversion.parse().ok()?;
        self.micro.map(|(lowest, highest)| (lowest..=highest).contains(&wanted))
    }

    /// Whether the service is known to be too old for a microversion.
    pub fn lacks(&self, microversion: &str) -> bool {
        self.has(microversion) == Some(false)
    }

    /// Whether the interface may be as new as that; also when the service did not say.
    pub fn reaches(&self, version: &str) -> bool {
        match (self.newest, version.parse::<Version>()) {
            (Some(newest), Ok(wanted)) => newest >= wanted,
            _ => true,
        }
    }

    /// Whether a version is named, or may be where none is.
    pub fn lists(&self, version: &str) -> bool {
        self.listed.is_empty() || self.listed.iter().any(|known| Ok(*known) == version.parse())
    }
}

/// The path that stands for a service's root, above all versions (see `catalog::endpoint_url`).
pub const ROOT: &str = "/";

/// What a service speaks. Asked without a token and with plain headers only, so that no browser asks for leave first.
pub fn list_versions(service: Service) -> Request<Versions> {
    Request::<Value>::get(service, ROOT).decoded_by(read).anonymous()
}

fn read(answer: &Answer) -> Result<Versions, ApiError> {
    let body: Value = decode_json(answer)?;
    // Keystone has one more level; a version's own document has one entry.
    let list = body.pointer("/versions/values").or_else(|| body.get("versions")).and_then(Value::as_array);
    let entries = list.map(Vec::as_slice).or_else(|| body.get("version").map(std::slice::from_ref));
    let entries = entries.ok_or_else(|| ApiError::Decode { what: "Versions".to_owned() })?;
    let version = |entry: &Value, key: &str| entry.get(key)?.as_str()?.parse::<Version>().ok();
    let range = |entry: &Value| Some((version(entry, "min_version")?, version(entry, "version")?));
    let listed: Vec<Version> = entries.iter().filter_map(|entry| version(entry, "id")).collect();
    Ok(Versions {
        newest: listed.iter().max().copied(),
        listed,
        // Nova still lists 2.0, which has none.
        micro: entries.iter().filter_map(range).max_by_key(|(_, highest)| *highest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openstack::{catalog::endpoint_url, fixture};

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("2.9") < version("2.10") && version("v2.103") > version("2.67"));
        assert_eq!((version("v3"), version("v2.1").to_string()), (version("3.0"), "2.1".to_owned()));
        for odd in ["", "latest", "2.x", "v", "-2.1", "2.1.1", "99999999999.1"] {
            assert!(odd.parse::<Version>().is_err(), "{odd:?}");
        }
    }

    #[test]
    fn every_service_is_read_as_recorded() {
        let table = [
            (Service::Identity, "keystone", "3.14", None),
            (Service::Image, "glance", "2.17", None),
            (Service::Compute, "nova", "2.1", Some(("2.1", "2.103"))),
            (Service::Network, "neutron", "2.0", None),
        ];
        for (service, name, newest, micro) in table {
            let answer = fixture::answer(&format!("{name}/versions"));
            let versions = list_versions(service).decode(&answer).unwrap();
            assert_eq!(versions.newest, Some(version(newest)), "{name}");
            assert!(versions.reaches(newest) && versions.lists(newest) && !versions.lists("9.9"), "{name}");
            assert_eq!(versions.micro, micro.map(|(low, high)| (version(low), version(high))), "{name}");
        }
    }

    #[test]
    fn a_microversion_is_there_or_not_or_nobody_said() {
        let body =
            r#"{"versions": [{"id": "v2.1", "min_version": "2.1", "version": "2.60"}, {"odd": 1}, 7]}"#;
        let nova = list_versions(Service::Compute).decode(&Answer::new(200, [], body)).unwrap();
        assert_eq!(
            (nova.has("2.60"), nova.has("2.61"), nova.has("2.7")),
            (Some(true), Some(false), Some(true))
        );
        assert!(nova.lacks("2.67") && !nova.lacks("2.60") && nova.reaches("2.1") && !nova.reaches("2.2"));
        let unknown = Versions::default();
        assert_eq!(unknown.has("2.1"), None);
        assert!(!unknown.lacks("2.67") && unknown.reaches("9.9") && unknown.lists("9.9"));
        let none = r#"{"versions": [{"id": "v2.0", "min_version": "", "version": ""}]}"#;
        let legacy = list_versions(Service::Compute).decode(&Answer::new(300, [], none)).unwrap();
        assert_eq!((legacy.has("2.1"), legacy.newest), (None, Some(version("2.0"))));
        assert!(list_versions(Service::Image).decode(&Answer::new(200, [], "{}")).is_err());
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let nova = Versions {
            newest: Some(version("2.1")),
            listed: vec![version("2.1")],
            micro: Some((version("2.1"), version("2.60"))),
        };
        let text = serde_json::to_string(&nova).unwrap();
        assert_eq!(text, r#"{"newest":"2.1","listed":["2.1"],"micro":["2.1","2.60"]}"#);
        assert_eq!(serde_json::from_str::<Versions>(&text).unwrap(), nova);
    }

    #[test]
    fn they_are_asked_for_above_the_version_and_without_a_token() {
        let request = list_versions(Service::BlockStorage);
        assert!(!request.wants_session_token());
        assert_eq!(request.header_pairs(), [("Accept", "application/json".to_owned())]);
        for (base, want) in [
            ("http://h:8776/v3/p", "http://h:8776/"),
            ("https://h/compute/v2.1", "https://h/compute/"),
            ("https://h/image", "https://h/image/"),
            ("https://v3.example.org", "https://v3.example.org/"),
            ("/identity/v3", "/identity/"),
        ] {
            assert_eq!(endpoint_url(base, &request.path_and_query()), want);
        }
    }
}
