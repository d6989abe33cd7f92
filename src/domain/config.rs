//! `config.json`: which clouds there are and what the operator decided. Read by hand from JSON, so that every problem names its key.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::openstack::{catalog::Interface, glance::image::Visibility, request::Service};

/// The operator's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The clouds to choose from; never empty.
    pub clouds: Vec<Cloud>,
    /// Who edits images.
    pub edit_images: EditImages,
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
    /// It is not JSON; the parser's words say where.
    NotJson(String),
    /// A key that must be there is not.
    Missing(String),
    /// A key has a value that can't be used.
    BadValue {
        /// The key, with its place: `clouds[0].identity`.
        key: String,
        /// What stands there, as JSON.
        found: String,
        /// What may stand there, in the file's own terms.
        expected: &'static str,
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

const KEYS: &[&str] =
    &["clouds", "edit_images", "default_visibility", "idle_minutes", "language", "brand", "demo"];
const CLOUD_KEYS: &[&str] = &["name", "identity", "region", "interface", "services"];
const SERVICES: [(&str, Service); 4] = [
    ("image", Service::Image),
    ("compute", Service::Compute),
    ("network", Service::Network),
    ("block-storage", Service::BlockStorage),
];

/// Reads the file. The configuration comes with the problems that are not fatal.
///
/// # Errors
/// All problems at once, fatal or not.
pub fn parse(text: &str) -> Result<(Config, Vec<Problem>), Vec<Problem>> {
    let file: Value =
        serde_json::from_str(text).map_err(|error| vec![Problem::NotJson(error.to_string())])?;
    let Value::Object(file) = file else { return Err(vec![Problem::NotJson("not an object".to_owned())]) };
    let mut reader = Reader::default();
    reader.report_unknown("", &file, KEYS);
    let config = Config {
        clouds: reader.clouds(&file),
        edit_images: reader.one_of(
            &file,
            "edit_images",
            "\"admin\" or \"owner\"",
            &[("admin", EditImages::Admin), ("owner", EditImages::Owner)],
        ),
        default_visibility: reader.one_of(
            &file,
            "default_visibility",
            "\"private\", \"shared\", \"community\" or \"public\"",
            &[
                ("private", Visibility::Private),
                ("shared", Visibility::Shared),
                ("community", Visibility::Community),
                ("public", Visibility::Public),
            ],
        ),
        idle_minutes: reader
            .value(&file, "", "idle_minutes", "a whole number from 0", |value| {
                value.as_u64().and_then(|minutes| u32::try_from(minutes).ok())
            })
            .unwrap_or(0),
        language: reader.text(&file, "", "language"),
        brand: reader.text(&file, "", "brand").unwrap_or_else(|| "Sextant".to_owned()),
        demo: reader.value(&file, "", "demo", "true or false", Value::as_bool).unwrap_or(false),
    };
    if reader.problems.iter().any(Problem::is_fatal) {
        Err(reader.problems)
    } else {
        Ok((config, reader.problems))
    }
}

/// Reads a file of the operator's, and gathers what is wrong with it.
#[derive(Default)]
pub(super) struct Reader {
    /// What is wrong so far.
    pub problems: Vec<Problem>,
}

impl Reader {
    /// Reports the keys that mean nothing.
    pub fn report_unknown(&mut self, place: &str, object: &Map<String, Value>, known: &[&str]) {
        let unknown = object.keys().filter(|key| !known.contains(&key.as_str()));
        self.problems.extend(unknown.map(|key| Problem::UnknownKey(format!("{place}{key}"))));
    }

    /// The value of an optional key; `null` is as if it were not there.
    pub fn value<T>(
        &mut self,
        object: &Map<String, Value>,
        place: &str,
        key: &str,
        expected: &'static str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = object.get(key).filter(|value| !value.is_null())?;
        let read = read(value);
        if read.is_none() {
            self.problems.push(Problem::BadValue {
                key: format!("{place}{key}"),
                found: value.to_string(),
                expected,
            });
        }
        read
    }

    /// The trimmed text of an optional key; an empty one is a mistake.
    pub fn text(&mut self, object: &Map<String, Value>, place: &str, key: &str) -> Option<String> {
        self.value(object, place, key, "a text", |value| {
            value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        })
    }

    fn one_of<T: Clone>(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
        expected: &'static str,
        choices: &[(&str, T)],
    ) -> T {
        self.value(object, "", key, expected, |value| {
            choices.iter().find(|(name, _)| value.as_str() == Some(name)).map(|(_, choice)| choice.clone())
        })
        .unwrap_or_else(|| choices[0].1.clone())
    }

    fn clouds(&mut self, file: &Map<String, Value>) -> Vec<Cloud> {
        if !file.contains_key("clouds") {
            self.problems.push(Problem::Missing("clouds".to_owned()));
        }
        let entries = self
            .value(file, "", "clouds", "a list of at least one cloud", |value| {
                value.as_array().filter(|clouds| !clouds.is_empty()).cloned()
            })
            .unwrap_or_default();
        let mut clouds: Vec<Cloud> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let place = format!("clouds[{index}].");
            let Value::Object(entry) = entry else {
                self.problems.push(Problem::BadValue {
                    key: format!("clouds[{index}]"),
                    found: entry.to_string(),
                    expected: "an object",
                });
                continue;
            };
            let cloud = self.cloud(&place, entry);
            if clouds.iter().any(|other| other.name == cloud.name) {
                self.problems.push(Problem::BadValue {
                    key: format!("{place}name"),
                    found: Value::from(cloud.name.as_str()).to_string(),
                    expected: "a name that no other cloud has",
                });
            }
            clouds.push(cloud);
        }
        clouds
    }

    fn cloud(&mut self, place: &str, entry: &Map<String, Value>) -> Cloud {
        self.report_unknown(place, entry, CLOUD_KEYS);
        if !entry.contains_key("identity") {
            self.problems.push(Problem::Missing(format!("{place}identity")));
        }
        let identity = self
            .value(
                entry,
                place,
                "identity",
                "Keystone's address: http(s)://… or a path that begins with /",
                address,
            )
            .unwrap_or_default();
        let name = self.text(entry, place, "name").unwrap_or_else(|| identity.clone());
        let interface = self.text(entry, place, "interface").map_or(Interface::Public, Interface::from);
        Cloud {
            name,
            identity,
            region: self.text(entry, place, "region"),
            interface,
            prefixes: self.prefixes(place, entry),
        }
    }

    /// `"services": "catalog"`, or an object of path prefixes by service type.
    fn prefixes(&mut self, place: &str, entry: &Map<String, Value>) -> BTreeMap<Service, String> {
        const EXPECTED: &str =
            "\"catalog\", or an object of paths by service type (image, compute, network, block-storage)";
        let prefixes = self.value(entry, place, "services", EXPECTED, |value| match value {
            Value::String(word) if word == "catalog" => Some(Map::new()),
            Value::Object(prefixes) => Some(prefixes.clone()),
            _ => None,
        });
        let Some(prefixes) = prefixes else { return BTreeMap::new() };
        let place = format!("{place}services.");
        let names = SERVICES.map(|(name, _)| name);
        self.report_unknown(&place, &prefixes, &names);
        SERVICES
            .into_iter()
            .filter_map(|(name, service)| {
                let prefix =
                    self.value(&prefixes, &place, name, "http(s)://… or a path that begins with /", address)?;
                Some((service, prefix))
            })
            .collect()
    }
}

/// An address that a request may go to; no trailing slash.
fn address(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let is_url = ["http://", "https://"]
        .iter()
        .any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    let is_path = text.starts_with('/') && !text.starts_with("//");
    (is_url || is_path).then(|| text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<Problem> {
        match parse(text) {
            Ok((_, problems)) | Err(problems) => problems,
        }
    }

    #[test]
    fn the_least_configuration_is_one_cloud() {
        let (config, problems) =
            parse(r#"{"clouds": [{"identity": "http://127.0.0.1:5050/identity/v3/"}]}"#).unwrap();
        assert!(problems.is_empty());
        assert_eq!(config.clouds[0].identity, "http://127.0.0.1:5050/identity/v3");
        assert_eq!(config.clouds[0].name, config.clouds[0].identity);
        assert_eq!(config.clouds[0].interface, Interface::Public);
        assert_eq!(config.edit_images, EditImages::Admin);
        assert_eq!(config.default_visibility, Visibility::Private);
        assert!(!config.demo);
    }

    #[test]
    fn services_are_reached_by_the_catalog_or_by_prefixes() {
        let (config, _) =
            parse(r#"{"clouds": [{"identity": "/identity/v3", "services": {"image": "/image", "compute": "/compute/"}}]}"#)
                .unwrap();
        assert_eq!(config.clouds[0].prefixes[&Service::Image], "/image");
        assert_eq!(config.clouds[0].prefixes[&Service::Compute], "/compute");
        let (config, _) =
            parse(r#"{"clouds": [{"identity": "/identity/v3", "services": "catalog"}]}"#).unwrap();
        assert!(config.clouds[0].prefixes.is_empty());
    }

    #[test]
    fn unknown_keys_are_reported_and_harmless() {
        let text = r#"{"clouds": [{"identity": "/v3", "regoin": "R"}], "edit_image": "owner"}"#;
        assert!(parse(text).is_ok());
        assert_eq!(
            problems(text),
            [
                Problem::UnknownKey("edit_image".to_owned()),
                Problem::UnknownKey("clouds[0].regoin".to_owned())
            ]
        );
    }

    #[test]
    fn every_bad_value_names_its_key() {
        for (text, key) in [
            (r#"{"clouds": []}"#, "clouds"),
            (r#"{"clouds": ["x"]}"#, "clouds[0]"),
            (r#"{"clouds": [{"identity": "ftp://x"}]}"#, "clouds[0].identity"),
            (r#"{"clouds": [{"identity": "//evil"}]}"#, "clouds[0].identity"),
            (r#"{"clouds": [{"identity": "/v3"}], "edit_images": "everybody"}"#, "edit_images"),
            (r#"{"clouds": [{"identity": "/v3"}], "idle_minutes": -1}"#, "idle_minutes"),
            (r#"{"clouds": [{"identity": "/v3"}], "demo": "yes"}"#, "demo"),
            (r#"{"clouds": [{"identity": "/v3", "services": "proxy"}]}"#, "clouds[0].services"),
            (r#"{"clouds": [{"identity": "/v3", "services": {"image": 1}}]}"#, "clouds[0].services.image"),
            (
                r#"{"clouds": [{"identity": "/a", "name": "x"}, {"identity": "/b", "name": "x"}]}"#,
                "clouds[1].name",
            ),
        ] {
            assert!(parse(text).is_err(), "{text}");
            assert!(
                problems(text)
                    .iter()
                    .any(|problem| matches!(problem, Problem::BadValue { key: at, .. } if at == key)),
                "{text}: {:?}",
                problems(text)
            );
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(problems("{}"), [Problem::Missing("clouds".to_owned())]);
        assert_eq!(problems(r#"{"clouds": [{}]}"#), [Problem::Missing("clouds[0].identity".to_owned())]);
        assert!(matches!(problems("{")[..], [Problem::NotJson(_)]));
        assert!(matches!(problems("[]")[..], [Problem::NotJson(_)]));
    }
}
