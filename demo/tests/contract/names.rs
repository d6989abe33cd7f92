//! The recorded cloud's names for things, and this cloud's: ids, addresses, accounts, images.

use std::collections::BTreeMap;

use serde_json::Value;

/// Under these keys stand names that somebody gave.
const NAMES: [&str; 5] = ["name", "image_name", "original_name", "owner_user_name", "owner_project_name"];

/// What is known so far. Ids are learnt on the way.
pub struct Names {
    ids: BTreeMap<String, String>,
    /// Addresses and secrets, wherever they stand: recorded, here.
    pub words: Vec<(String, String)>,
    /// Names of users, projects, flavors, networks and images, where a name stands alone.
    pub given: BTreeMap<String, String>,
}

impl Names {
    pub fn new(given: BTreeMap<String, String>) -> Self {
        Self { ids: BTreeMap::new(), words: Vec::new(), given }
    }

    /// A recorded text in this cloud's words.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (theirs, ours) in self.words.iter().map(|(a, b)| (a, b)).chain(&self.ids) {
            if text.contains(theirs.as_str()) {
                text = text.replace(theirs.as_str(), ours);
            }
        }
        for (theirs, ours) in &self.given {
            let filter = format!("name={theirs}");
            if let Some(rest) = text.strip_suffix(&filter) {
                text = format!("{rest}name={ours}");
            }
        }
        // A filter by names, as it is sent and as Glance repeats it.
        if text.contains("name=in") {
            for (theirs, ours) in &self.given {
                for quote in ["\"", "%22"] {
                    text = text.replace(&format!("{quote}{theirs}{quote}"), &format!("{quote}{ours}{quote}"));
                }
            }
        }
        text
    }

    /// The value of a key.
    pub fn value_of(&self, key: &str, text: &str) -> String {
        match self.given.get(text) {
            Some(ours) if NAMES.contains(&key) => ours.clone(),
            _ => self.text(text),
        }
    }

    /// A recorded body in this cloud's words.
    pub fn body(&self, key: &str, value: &Value) -> Value {
        match value {
            Value::String(text) => self.value_of(key, text).into(),
            Value::Array(items) => items.iter().map(|item| self.body(key, item)).collect(),
            Value::Object(items) => {
                items.iter().map(|(key, item)| (key.clone(), self.body(key, item))).collect()
            }
            other => other.clone(),
        }
    }

    pub fn learn(&mut self, theirs: &str, ours: &str) {
        self.ids.insert(theirs.to_owned(), ours.to_owned());
    }

    /// This cloud's id for a recorded one.
    pub fn known(&self, theirs: &str) -> Option<&str> {
        self.ids.get(theirs).map(String::as_str)
    }

    /// Learns an id that is met for the first time.
    pub fn meet(&mut self, theirs: &str, ours: &str) {
        if is_id(theirs) && is_id(ours) && theirs.len() == ours.len() && !self.ids.contains_key(theirs) {
            self.learn(theirs, ours);
        }
    }
}

/// A UUID, or 32 hex digits.
pub fn is_id(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    digits == 32 && matches!(text.len(), 32 | 36) && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}
