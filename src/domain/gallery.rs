//! `gallery.json`: the ready-made images that the operator offers. Read by hand from JSON, so that every problem names its entry
//! and key; an entry that can't be used is left out, the others stay.

use crate::{
    domain::{
        config::{Expected, Problem, reader::Reader},
        image_draft::{LARGEST_MINIMUM, LONGEST_TEXT, OWN_PROPERTIES},
        import::checksum::Checksum,
        metadata,
    },
    openstack::glance::image::DiskFormat,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A ready-made image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is ("Ubuntu").
    pub name: String,
    /// Which one ("24.04 LTS").
    pub version: String,
    /// For which machines, in Nova's word.
    pub architecture: String,
    /// Where the cloud fetches it.
    pub url: String,
    /// The format of the file.
    pub format: DiskFormat,
    /// In GiB.
    pub min_disk: u64,
    /// In MiB.
    pub min_ram: u64,
    /// What the image is described as.
    pub description: String,
    /// The image of the kernel to boot it with, by its id.
    pub kernel: String,
    /// And of the ramdisk.
    pub ramdisk: String,
    /// What the image is to be given besides: none of what has a field of its own in the form.
    pub properties: BTreeMap<String, String>,
    /// What was published with the file, where the address always means the same file.
    pub checksum: Option<Checksum>,
}

impl Entry {
    /// The name that its image gets; unlike that of any other entry.
    pub fn title(&self) -> String {
        let parts = [&self.name, &self.version, &self.architecture].map(|part| part.trim());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

const KEYS: &[&str] =
    &["name", "version", "architecture", "url", "format", "min_disk", "min_ram", "properties", "checksum"];

/// Reads the file: what can be offered, and everything that is wrong.
pub fn parse(text: &str) -> (Vec<Entry>, Vec<Problem>) {
    let file = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(file)) => file,
        Ok(_) => return (Vec::new(), vec![Problem::NotObject]),
        Err(error) => return (Vec::new(), vec![Problem::NotJson(error.to_string())]),
    };
    let mut reader = Reader::default();
    reader.report_unknown("", &file, &["images"]);
    let Some(rows) = reader.value(&file, "", "images", Expected::Images, |value| value.as_array().cloned())
    else {
        if reader.problems.is_empty() {
            reader.problems.push(Problem::Missing("images".to_owned()));
        }
        return (Vec::new(), reader.problems);
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let Value::Object(row) = row else {
            reader.refuse(format!("images[{at}]"), row, Expected::Object);
            continue;
        };
        // By its name too: nobody likes to count.
        let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
        let place = format!("images[{at}] ({}).", name.chars().take(40).collect::<String>());
        let Some(entry) = reader.entry(&place, row) else { continue };
        if entries.iter().any(|other| other.title() == entry.title()) {
            let found = Value::from(entry.title());
            reader.refuse(format!("{place}version"), &found, Expected::OwnTitle);
            continue;
        }
        entries.push(entry);
    }
    (entries, reader.problems)
}

impl Reader {
    fn entry(&mut self, place: &str, row: &Map<String, Value>) -> Option<Entry> {
        let fatal = |reader: &Self| reader.problems.iter().filter(|problem| problem.is_fatal()).count();
        let before = fatal(self);
        self.report_unknown(place, row, KEYS);
        let name = self.needed(place, row, "name", short);
        let url = self.needed(place, row, "url", |value| web_address(value.as_str()?).map(str::to_owned));
        let format = self.needed(place, row, "format", |value| value.as_str().map(DiskFormat::from));
        let text = |reader: &mut Self, key: &str| {
            reader.value(row, place, key, Expected::ShortText, short).unwrap_or_default()
        };
        let (version, architecture) = (text(self, "version"), text(self, "architecture"));
        let number = |reader: &mut Self, key: &str| {
            let read = |value: &Value| value.as_u64().filter(|number| *number <= LARGEST_MINIMUM);
            reader.value(row, place, key, Expected::WholeNumber, read).unwrap_or_default()
        };
        let (min_disk, min_ram) = (number(self, "min_disk"), number(self, "min_ram"));
        let mut properties =
            self.value(row, place, "properties", Expected::Properties, properties).unwrap_or_default();
        // The entry's own word for the machines comes first.
        let [description, architecture_too, kernel, ramdisk] =
            OWN_PROPERTIES.map(|key| properties.remove(key).unwrap_or_default());
        let architecture = if architecture.is_empty() { architecture_too } else { architecture };
        let checksum =
            self.value(row, place, "checksum", Expected::Checksum, |value| Checksum::parse(value.as_str()?));
        if fatal(self) > before {
            return None;
        }
        Some(Entry {
            name: name?,
            version,
            architecture,
            url: url?,
            format: format?,
            min_disk,
            min_ram,
            description,
            kernel,
            ramdisk,
            properties,
            checksum,
        })
    }

    fn needed<T>(
        &mut self,
        place: &str,
        row: &Map<String, Value>,
        key: &'static str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        if row.get(key).is_none_or(Value::is_null) {
            self.problems.push(Problem::Missing(format!("{place}{key}")));
            return None;
        }
        let expected = match key {
            "url" => Expected::WebAddress,
            "format" => Expected::DiskFormat,
            _ => Expected::ShortText,
        };
        self.value(row, place, key, expected, read)
    }
}

/// The trimmed address, where Glance may fetch from it. A password in it would be shown to everybody who sees the image.
pub fn web_address(text: &str) -> Option<&str> {
    let text = text.trim();
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let authority = text[scheme.len()..].split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    (is_plain && !authority.is_empty() && !authority.contains('@')).then_some(text)
}

/// The entries that the words and the architecture leave; every word must occur.
pub fn search<'a>(entries: &'a [Entry], words: &str, architecture: &str) -> Vec<&'a Entry> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let fits = |entry: &&Entry| {
        let text = format!("{} {}", entry.title(), entry.format).to_lowercase();
        (architecture.is_empty() || entry.architecture == architecture)
            && words.iter().all(|word| text.contains(word))
    };
    entries.iter().filter(fits).collect()
}

/// The architectures that occur, each once, in their order.
pub fn architectures(entries: &[Entry]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.architecture.is_empty()) {
        if !all.contains(&entry.architecture) {
            all.push(entry.architecture.clone());
        }
    }
    all
}

fn short(value: &Value) -> Option<String> {
    let text = value.as_str().map(str::trim)?;
    (!text.is_empty() && text.chars().count() <= LONGEST_TEXT).then(|| text.to_owned())
}

fn properties(value: &Value) -> Option<BTreeMap<String, String>> {
    let pairs = value.as_object()?.iter().map(|(key, value)| {
        metadata::fixed(key).is_none().then_some(())?;
        Some((key.clone(), value.as_str()?.to_owned()))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests;
