//! Recorded answers, for tests: `tests/fixtures/<service>/<name>.json`, cut from real services' transcripts.

use crate::openstack::request::Answer;
use serde_json::Value;

/// A recorded answer, as the client would hand it over.
pub fn answer(name: &str) -> Answer {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|problem| panic!("{path}: {problem}"));
    let mut recorded: Value = serde_json::from_str(&text).unwrap();
    let status = u16::try_from(recorded["status"].as_u64().unwrap()).unwrap();
    let headers: Vec<(String, String)> = recorded["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let body = match recorded["body"].take() {
        Value::Null => String::new(),
        Value::String(text) => text,
        json => json.to_string(),
    };
    Answer::new(status, headers, body)
}
