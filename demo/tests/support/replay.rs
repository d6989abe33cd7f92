//! Replaying recorded exchanges: what was sent to a real service is sent to the demo cloud, and the answers are compared
//! value by value. Ids, dates, tokens and addresses are translated, and learnt on the way.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One recorded exchange.
pub struct Transcript {
    pub number: u32,
    pub name: String,
    pub method: String,
    pub url: String,
    pub request_headers: BTreeMap<String, String>,
    pub request_body: Value,
    pub status: u16,
    pub response_headers: BTreeMap<String, String>,
    pub response_body: Value,
}

/// All transcripts of some folders, in the order of the recording.
pub fn load(folders: &[&str]) -> Vec<Transcript> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts");
    let mut all: Vec<Transcript> = folders
        .iter()
        .flat_map(|folder| {
            std::fs::read_dir(format!("{root}/{folder}")).expect("the folder is in the repository")
        })
        .map(|entry| {
            let path = entry.expect("a readable folder").path();
            let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a readable file");
            let value: Value = serde_json::from_str(&text).expect("valid JSON");
            let headers = |key: &str| {
                let pairs = value[key].as_object().cloned().unwrap_or_default();
                pairs.into_iter().map(|(name, value)| (name.to_lowercase(), text_of(&value))).collect()
            };
            Transcript {
                number: file[..3].parse().expect("a number in front"),
                name: file,
                method: text_of(&value["method"]),
                url: text_of(&value["url"]),
                request_headers: headers("request_headers"),
                request_body: value["request_body"].clone(),
                status: value["status"]
                    .as_u64()
                    .and_then(|status| u16::try_from(status).ok())
                    .expect("a status"),
                response_headers: headers("response_headers"),
                response_body: value["response_body"].clone(),
            }
        })
        .collect();
    all.sort_by_key(|transcript| transcript.number);
    all
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What is known of the recorded cloud's names for things that have another name in ours.
#[derive(Default)]
pub struct Dictionary {
    ids: BTreeMap<String, String>,
    /// Addresses and other fixed words: recorded, ours.
    pub words: Vec<(String, String)>,
}

impl Dictionary {
    /// A recorded text in our words.
    pub fn translate(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (theirs, ours) in self.words.iter().map(|(a, b)| (a, b)).chain(&self.ids) {
            text = text.replace(theirs.as_str(), ours);
        }
        text
    }

    /// A recorded body in our words.
    pub fn translate_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.translate(text).into(),
            Value::Array(items) => items.iter().map(|item| self.translate_value(item)).collect(),
            Value::Object(items) => {
                let items = items.iter().map(|(key, item)| (key.clone(), self.translate_value(item)));
                Value::Object(items.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    pub fn learn(&mut self, theirs: &str, ours: &str) {
        self.ids.insert(theirs.to_owned(), ours.to_owned());
    }

    /// Collects where an answer differs from the recorded one.
    pub fn compare(
        &mut self,
        path: &str,
        theirs: &Value,
        ours: &Value,
        volatile: &[&str],
        out: &mut Vec<String>,
    ) {
        let key = path.rsplit('.').next().unwrap_or("");
        match (theirs, ours) {
            (Value::Object(theirs), Value::Object(ours)) => {
                for (name, value) in theirs {
                    match ours.get(name) {
                        Some(mine) => self.compare(&format!("{path}.{name}"), value, mine, volatile, out),
                        None => out.push(format!("{path}.{name} is missing")),
                    }
                }
                for name in ours.keys().filter(|name| !theirs.contains_key(*name)) {
                    out.push(format!("{path}.{name} is too much"));
                }
            }
            (Value::Array(theirs), Value::Array(ours)) => {
                if theirs.len() != ours.len() {
                    out.push(format!("{path} has {} items, recorded were {}", ours.len(), theirs.len()));
                }
                for (index, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                    self.compare(&format!("{path}[{index}]"), theirs, ours, volatile, out);
                }
            }
            _ if volatile.contains(&key) => {
                let alike = std::mem::discriminant(theirs) == std::mem::discriminant(ours);
                out.extend((!alike).then(|| format!("{path} is {ours}, of another kind than {theirs}")));
            }
            (Value::String(theirs), Value::String(ours)) => self.compare_text(path, theirs, ours, out),
            _ if theirs != ours => out.push(format!("{path} is {ours}, recorded was {theirs}")),
            _ => {}
        }
    }

    fn compare_text(&mut self, path: &str, theirs: &str, ours: &str, out: &mut Vec<String>) {
        if is_id(theirs) && is_id(ours) && !self.ids.contains_key(theirs) && theirs.len() == ours.len() {
            self.learn(theirs, ours);
        }
        let expected = self.translate(theirs);
        if blur(&expected) != blur(ours) {
            out.push(format!("{path} is {ours:?}, recorded was {expected:?}"));
        }
    }
}

/// A UUID, or 32 hex digits.
pub fn is_id(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    digits == 32 && matches!(text.len(), 32 | 36) && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// Without what differs from run to run: digits of dates, request ids and audit ids.
fn blur(text: &str) -> String {
    let is_date = text.len() >= 19 && text.as_bytes()[4] == b'-' && text.as_bytes()[10] == b'T';
    if is_date {
        return text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    }
    if let Some(id) = text.strip_prefix("req-").filter(|id| is_id(id)) {
        return format!("req-{}", "0".repeat(id.len()));
    }
    text.to_owned()
}
