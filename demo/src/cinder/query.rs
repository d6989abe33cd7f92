//! Lists: filters, order and pages, as Cinder has them for volumes and snapshots alike.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::words::{invalid_input, missing};
use crate::error::Refusal;
use crate::nova::query::{first, pairs, write};

const MOST: usize = 1000;
const SORT_KEYS: [&str; 9] = [
    "id",
    "status",
    "size",
    "availability_zone",
    "created_at",
    "updated_at",
    "name",
    "bootable",
    "description",
];

/// A list request.
pub struct Query<'a> {
    asked: Vec<(String, String)>,
    /// `Volume` or `Snapshot`, for a marker that is none.
    pub title: &'static str,
    /// What the answer's list is called.
    pub plural: &'static str,
    /// Attributes that filter; others are not heeded.
    pub filters: &'a [&'static str],
    /// The address of the list, for the link to the next page.
    pub url: String,
}

impl<'a> Query<'a> {
    /// Of the query of an address.
    pub fn new(
        query: Option<&str>,
        title: &'static str,
        plural: &'static str,
        filters: &'a [&'static str],
        url: String,
    ) -> Self {
        Self { asked: pairs(query.unwrap_or("")), title, plural, filters, url }
    }

    /// Whose things are asked for: of one project, or of all by the administrator.
    pub fn project(&self, is_admin: bool, own: &str) -> Option<String> {
        let all = first(&self.asked, "all_tenants").is_some_and(|word| {
            ["1", "true", "yes", "on", "t", "y"].contains(&word.to_ascii_lowercase().as_str())
        });
        match first(&self.asked, "project_id").filter(|_| is_admin && all) {
            Some(project) => Some(project.to_owned()),
            None => (!(is_admin && all)).then(|| own.to_owned()),
        }
    }

    /// The answer's body: of the details of all, newest first, what is asked for, each as `shown`.
    pub fn answer(&self, mut all: Vec<Value>, shown: impl Fn(Value) -> Value) -> Result<Value, Refusal> {
        let limit = self.number("limit")?.unwrap_or(MOST).min(MOST);
        let offset = self.number("offset")?.unwrap_or(0);
        self.sort(&mut all)?;
        all.retain(|item| self.matches(item));
        if let Some(marker) = first(&self.asked, "marker") {
            let at = all.iter().position(|item| item["id"] == marker);
            all.drain(..=at.ok_or_else(|| missing(self.title, marker))?);
        }
        let page: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
        let mut body = Map::new();
        // A full page has a link to the next, also where that will be empty.
        if let Some(last) = page.last().filter(|_| page.len() == limit) {
            let mut pairs: Vec<_> = self.asked.iter().filter(|(key, _)| key != "marker").cloned().collect();
            pairs.push(("marker".to_owned(), last["id"].as_str().unwrap_or("").to_owned()));
            let href = format!("{}?{}", self.url, write(&pairs));
            body.insert(format!("{}_links", self.plural), json!([{"rel": "next", "href": href}]));
        }
        body.insert(self.plural.to_owned(), page.into_iter().map(shown).collect());
        Ok(Value::Object(body))
    }

    fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let Some(text) = first(&self.asked, name) else { return Ok(None) };
        match text.parse::<i64>() {
            Err(_) => Err(Refusal::bad_request(format!("{name} param must be an integer"))),
            Ok(..0) => Err(Refusal::bad_request(format!("{name} param must be positive"))),
            Ok(number) => Ok(Some(usize::try_from(number).unwrap_or(usize::MAX))),
        }
    }

    fn sort(&self, all: &mut [Value]) -> Result<(), Refusal> {
        let given = first(&self.asked, "sort").or(first(&self.asked, "sort_key")).unwrap_or("");
        let usual = first(&self.asked, "sort_dir").unwrap_or("desc");
        for part in given.split(',').filter(|part| !part.is_empty()).rev() {
            let (key, direction) = part.split_once(':').unwrap_or((part, usual));
            if !SORT_KEYS.contains(&key.trim()) {
                return Err(invalid_input("Invalid sort key"));
            }
            if !["asc", "desc"].contains(&direction) {
                let why = "Unknown sort direction, must be 'desc' or 'asc'.";
                return Err(invalid_input(why));
            }
            all.sort_by(|a, b| {
                let order = order(&a[key.trim()], &b[key.trim()]);
                if direction == "desc" { order.reverse() } else { order }
            });
        }
        Ok(())
    }

    fn matches(&self, item: &Value) -> bool {
        self.filters.iter().all(|key| match first(&self.asked, key) {
            None => true,
            Some(wanted) => match &item[*key] {
                Value::String(text) => text.eq_ignore_ascii_case(wanted),
                Value::Number(number) => number.to_string() == wanted,
                _ => false,
            },
        })
    }
}

fn order(a: &Value, b: &Value) -> Ordering {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.as_str().cmp(&b.as_str()),
    }
}
