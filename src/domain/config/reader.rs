//! Reads `config.json` by hand, so that every problem names its key, and all are told at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sextant_inspector::decision::Rules;

use crate::{
    domain::config::{Cloud, Config, EditImages, Expected, Problem, address},
    openstack::{
        catalog::{Interface, service_named},
        glance::image::Visibility,
        request::Service,
    },
};

/// Of what is found not more than this is told.
const SHOWN: usize = 120;
const LANGUAGES: &[&str] = &["en", "zh-CN"];
const KEYS: &[&str] = &[
    "clouds",
    "edit_images",
    "partition_tables",
    "default_visibility",
    "idle_minutes",
    "language",
    "brand",
    "demo",
];
const CLOUD_KEYS: &[&str] = &["name", "identity", "region", "interface", "services"];

/// See [`super::parse`].
pub fn read(text: &str) -> Result<(Config, Vec<Problem>), Vec<Problem>> {
    if text.trim_start().starts_with('<') {
        return Err(vec![Problem::Page]);
    }
    let file: Value =
        serde_json::from_str(text).map_err(|error| vec![Problem::NotJson(error.to_string())])?;
    let Value::Object(file) = file else { return Err(vec![Problem::NotObject]) };
    let mut reader = Reader::default();
    reader.report_unknown("", &file, KEYS);
    let config = Config {
        clouds: reader.clouds(&file),
        edit_images: reader.one_of(&file, "", "edit_images", &["admin", "owner"]).map_or_else(
            EditImages::default,
            |word| {
                if word == "owner" { EditImages::Owner } else { EditImages::Admin }
            },
        ),
        checks: Rules {
            tolerate_mbr: reader.one_of(&file, "", "partition_tables", &["warn", "refuse"]) != Some("refuse"),
            ..Rules::default()
        },
        default_visibility: reader
            .one_of(&file, "", "default_visibility", &["private", "shared", "community", "public"])
            .map_or(Visibility::Private, Visibility::from),
        idle_minutes: reader
            .value(&file, "", "idle_minutes", Expected::WholeNumber, |value| {
                value.as_u64().and_then(|minutes| u32::try_from(minutes).ok())
            })
            .unwrap_or(0),
        language: reader.language(&file),
        brand: reader.text(&file, "", "brand").unwrap_or_else(|| "Sextant".to_owned()),
        demo: reader.value(&file, "", "demo", Expected::YesNo, Value::as_bool).unwrap_or(false),
    };
    if reader.problems.iter().any(Problem::is_fatal) {
        Err(reader.problems)
    } else {
        Ok((config, reader.problems))
    }
}

/// Reads a file of the operator's, and gathers what is wrong with it.
#[derive(Default)]
pub struct Reader {
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
        expected: Expected,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = object.get(key).filter(|value| !value.is_null())?;
        let read = read(value);
        if read.is_none() {
            self.refuse(format!("{place}{key}"), value, expected);
        }
        read
    }

    /// The trimmed text of an optional key; an empty one is a mistake.
    pub fn text(&mut self, object: &Map<String, Value>, place: &str, key: &str) -> Option<String> {
        self.value(object, place, key, Expected::Text, |value| {
            value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        })
    }

    /// Notes a value that can't be used.
    pub fn refuse(&mut self, key: String, found: &Value, expected: Expected) {
        let found = found.to_string();
        let found = match found.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &found[..end]),
            None => found,
        };
        self.problems.push(Problem::BadValue { key, found, expected });
    }

    fn one_of(
        &mut self,
        object: &Map<String, Value>,
        place: &str,
        key: &str,
        words: &'static [&'static str],
    ) -> Option<&'static str> {
        self.value(object, place, key, Expected::OneOf(words), |value| {
            words.iter().find(|word| value.as_str() == Some(word)).copied()
        })
    }

    /// `zh`, `zh-Hans` and `zh-CN` are the same.
    fn language(&mut self, file: &Map<String, Value>) -> Option<String> {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        self.value(file, "", "language", Expected::OneOf(LANGUAGES), |value| {
            let tag = value.as_str()?;
            LANGUAGES.iter().any(|known| primary(known) == primary(tag)).then(|| tag.to_owned())
        })
    }

    fn clouds(&mut self, file: &Map<String, Value>) -> Vec<Cloud> {
        if file.get("clouds").is_none_or(Value::is_null) {
            self.problems.push(Problem::Missing("clouds".to_owned()));
        }
        let entries = self
            .value(file, "", "clouds", Expected::Clouds, |value| {
                value.as_array().filter(|clouds| !clouds.is_empty()).cloned()
            })
            .unwrap_or_default();
        let mut clouds: Vec<Cloud> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let place = format!("clouds[{index}].");
            let Value::Object(object) = entry else {
                self.refuse(format!("clouds[{index}]"), entry, Expected::Object);
                continue;
            };
            let cloud = self.cloud(&place, object);
            // One without a usable address has been told of already.
            if !cloud.name.is_empty() && clouds.iter().any(|other| other.name == cloud.name) {
                self.refuse(format!("{place}name"), &Value::from(cloud.name.as_str()), Expected::OwnName);
            }
            clouds.push(cloud);
        }
        clouds
    }

    fn cloud(&mut self, place: &str, entry: &Map<String, Value>) -> Cloud {
        self.report_unknown(place, entry, CLOUD_KEYS);
        if entry.get("identity").is_none_or(Value::is_null) {
            self.problems.push(Problem::Missing(format!("{place}identity")));
        }
        let identity = self
            .value(entry, place, "identity", Expected::Keystone, |value| {
                address::read_keystone(value.as_str()?)
            })
            .unwrap_or_default();
        Cloud {
            name: self.text(entry, place, "name").unwrap_or_else(|| identity.clone()),
            identity,
            region: self.text(entry, place, "region"),
            interface: self
                .one_of(entry, place, "interface", &["public", "internal", "admin"])
                .map_or(Interface::Public, Interface::from),
            prefixes: self.prefixes(place, entry),
        }
    }

    /// `"services": "catalog"`, or an object of addresses by service type, which may be any name that the catalog could have.
    fn prefixes(&mut self, place: &str, entry: &Map<String, Value>) -> BTreeMap<Service, String> {
        let named = self.value(entry, place, "services", Expected::Services, |value| match value {
            Value::String(word) if word == "catalog" => Some(Map::new()),
            Value::Object(prefixes) => Some(prefixes.clone()),
            _ => None,
        });
        let place = format!("{place}services.");
        let mut prefixes = BTreeMap::new();
        let named = named.unwrap_or_default();
        for (name, found) in &named {
            let Some(service) = service_named(name).filter(|service| *service != Service::Identity) else {
                self.problems.push(Problem::UnknownKey(format!("{place}{name}")));
                continue;
            };
            let read = |value: &Value| address::read(value.as_str()?);
            let Some(prefix) = self.value(&named, &place, name, Expected::Address, read) else { continue };
            if prefixes.insert(service, prefix).is_some() {
                self.refuse(format!("{place}{name}"), found, Expected::OneAddress);
            }
        }
        prefixes
    }
}
