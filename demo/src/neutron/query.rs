//! Lists: filters by any attribute, `fields`, `sort_key`, `limit` and `marker`, as Neutron has them for every resource.

use std::cmp::Ordering;

use axum::http::Uri;
use serde_json::{Map, Value, json};

use super::records::{Record, text};
use crate::error::Refusal;
use crate::python;

/// The query of a list request, decoded.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of the address.
    pub fn of(uri: &Uri) -> Self {
        Self(crate::nova::query::pairs(uri.query().unwrap_or("")))
    }

    fn all<'a>(&'a self, key: &str) -> Vec<&'a str> {
        self.0.iter().filter(|(k, _)| k == key).map(|(_, v)| v.as_str()).collect()
    }

    fn one<'a>(&'a self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// The answer's body: the matching records of this page, and a link to the next.
    pub fn answer(&self, plural: &str, url: &str, records: Vec<Record>) -> Result<Value, Refusal> {
        let mut records: Vec<Record> = records.into_iter().filter(|record| self.matches(record)).collect();
        let known = |key: &&str| records.first().is_none_or(|record| record.contains_key(*key));
        let odd: Vec<&str> = self.all("sort_key").into_iter().filter(|key| !known(key)).collect();
        if !odd.is_empty() {
            let why = format!("{} is invalid attribute for sort_keys", python::repr(&json!(odd)));
            return Err(Refusal::bad_request(why).kind("HTTPBadRequest"));
        }
        self.sort(&mut records);
        if let Some(marker) = self.one("marker") {
            let at = records.iter().position(|record| text(record, "id") == marker).ok_or_else(|| {
                Refusal::bad_request(format!("The marker {marker} is not known")).kind("InvalidMarker")
            })?;
            records.drain(..=at);
        }
        let limit = match self.one("limit") {
            None => usize::MAX,
            Some(limit) => limit.parse::<usize>().map_err(|_| {
                let why =
                    format!("Bad limit request: Limit must be an integer 0 or greater and not '{limit}'.");
                Refusal::bad_request(why).kind("BadRequest")
            })?,
        };
        // 0 means no limit in Neutron.
        let limit = if limit == 0 { usize::MAX } else { limit };
        let more = records.len() > limit;
        records.truncate(limit);
        let mut body = Map::new();
        if more && let Some(last) = records.last() {
            let next = format!("{url}?limit={limit}&marker={}", text(last, "id"));
            body.insert(format!("{plural}_links"), json!([{"rel": "next", "href": next}]));
        }
        let shown: Vec<Value> = records.into_iter().map(|record| self.shape(record)).collect();
        body.insert(plural.to_owned(), Value::Array(shown));
        Ok(Value::Object(body))
    }

    /// Only the fields asked for.
    pub fn shape(&self, mut record: Record) -> Value {
        let fields = self.all("fields");
        if !fields.is_empty() {
            record.retain(|key, _| fields.contains(&key.as_str()));
        }
        Value::Object(record)
    }

    fn matches(&self, record: &Record) -> bool {
        let special = ["fields", "limit", "marker", "sort_key", "sort_dir", "page_reverse"];
        let mut keys: Vec<&str> =
            self.0.iter().map(|(k, _)| k.as_str()).filter(|k| !special.contains(k)).collect();
        keys.dedup();
        keys.into_iter().all(|key| match record.get(key) {
            // Values of one key are alternatives. Unknown keys filter nothing, as Neutron's own default has it.
            Some(value) => self.all(key).into_iter().any(|wanted| equals(value, wanted)),
            None => true,
        })
    }

    fn sort(&self, records: &mut [Record]) {
        let directions = self.all("sort_dir");
        for (index, key) in self.all("sort_key").into_iter().enumerate().rev() {
            let descending = directions.get(index) == Some(&"desc");
            records.sort_by(|a, b| {
                let order = order(a.get(key), b.get(key));
                if descending { order.reverse() } else { order }
            });
        }
    }
}

fn equals(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Bool(value) => {
            wanted.eq_ignore_ascii_case(if *value { "true" } else { "false" })
                || wanted == if *value { "1" } else { "0" }
        }
        Value::Number(number) => number.to_string() == wanted,
        // `fixed_ips=ip_address=10.0.0.1`: of a list of objects, one whose attribute is so.
        Value::Array(items) => items.iter().any(|item| match wanted.split_once('=') {
            Some((key, wanted)) if item.is_object() => item[key].as_str() == Some(wanted),
            _ => item.as_str() == Some(wanted),
        }),
        _ => false,
    }
}

fn order(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a.and_then(Value::as_i64), b.and_then(Value::as_i64)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.map(Value::to_string).cmp(&b.map(Value::to_string)),
    }
}
