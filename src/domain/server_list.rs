//! What the list of instances shows, as its address says it: search and order.

use crate::openstack::{
    nova::server::Server,
    request::{percent_decode, percent_encode},
};
use std::cmp::Ordering;

/// What the rows can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The name.
    Name,
    /// The image's name.
    Image,
    /// The flavor's name.
    Flavor,
    /// The status.
    Status,
    /// When it was made.
    Created,
}

impl Column {
    const ALL: [(&'static str, Column); 5] = [
        ("name", Column::Name),
        ("image", Column::Image),
        ("flavor", Column::Flavor),
        ("status", Column::Status),
        ("created", Column::Created),
    ];
}

/// The list's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerQuery {
    /// What is searched for.
    pub search: String,
    /// What it is ordered by.
    pub column: Column,
    /// From A to Z, from old to new.
    pub is_ascending: bool,
}

impl Default for ServerQuery {
    /// The newest first, as Nova lists them.
    fn default() -> Self {
        Self { search: String::new(), column: Column::Created, is_ascending: false }
    }
}

impl ServerQuery {
    /// Reads an address's query, with or without its question mark. What isn't known is left out.
    pub fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for pair in query.trim_start_matches('?').split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "q" => read.search = percent_decode(&value.replace('+', " ")),
                "sort" => {
                    let name = value.trim_start_matches('-');
                    if let Some((_, column)) = Column::ALL.into_iter().find(|(word, _)| *word == name) {
                        (read.column, read.is_ascending) = (column, !value.starts_with('-'));
                    }
                }
                _ => {}
            }
        }
        read
    }

    /// The address's query with its question mark; empty for the default.
    pub fn print(&self) -> String {
        let mut parts = Vec::new();
        if !self.search.is_empty() {
            parts.push(format!("q={}", percent_encode(&self.search)));
        }
        if !self.is_natural() {
            let word = Column::ALL.iter().find(|(_, column)| *column == self.column).map(|(word, _)| word);
            parts.extend(word.map(|word| format!("sort={}{word}", if self.is_ascending { "" } else { "-" })));
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// The newest first needs no word in the address.
    fn is_natural(&self) -> bool {
        self.column == Column::Created && !self.is_ascending
    }

    /// After a click on a column's head: names from A to Z first, dates from the newest.
    #[must_use]
    pub fn clicked(&self, column: Column) -> Self {
        let is_ascending = if self.column == column { !self.is_ascending } else { column != Column::Created };
        Self { search: self.search.clone(), column, is_ascending }
    }
}

/// Whether a server has all the words of `search` somewhere in what is known of it, whatever their case. `beside` is what the
/// row shows and the server doesn't hold: its image's name, its status in words.
pub fn matches(server: &Server, beside: &[&str], search: &str) -> bool {
    let text = |option: &Option<String>| option.clone().unwrap_or_default();
    let mut all = vec![
        server.name.clone(),
        server.id.to_string(),
        server.status.as_str().to_owned(),
        text(&server.flavor.name),
        text(&server.key_name),
        text(&server.availability_zone),
        text(&server.description),
    ];
    all.extend(beside.iter().map(|text| (*text).to_owned()));
    all.extend(server.addresses.values().flatten().map(|address| address.addr.clone()));
    all.extend(server.addresses.keys().cloned());
    all.extend(server.metadata.iter().map(|(key, value)| format!("{key}={value}")));
    let all = all.join("\n").to_lowercase();
    search.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

/// The order of two rows by what stands in the column; equal ones stay as Nova has them.
pub fn compare(query: &ServerQuery, a: &str, b: &str) -> Ordering {
    let order = a.to_lowercase().cmp(&b.to_lowercase());
    if query.is_ascending { order } else { order.reverse() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        for query in ["", "?q=web%20%26%20db", "?sort=name", "?q=a&sort=-status", "?sort=created"] {
            assert_eq!(ServerQuery::parse(query).print(), query);
        }
        assert_eq!(ServerQuery::parse("?sort=nonsense&x=1&q"), ServerQuery::default());
        assert!(!ServerQuery::parse("q=%ff%").print().is_empty());
    }

    #[test]
    fn a_second_click_turns_the_order() {
        let by_name = ServerQuery::default().clicked(Column::Name);
        assert!(by_name.is_ascending && !by_name.clicked(Column::Name).is_ascending);
        assert!(!by_name.clicked(Column::Created).is_ascending);
    }

    #[test]
    fn every_word_is_looked_for_everywhere() {
        let server: Server = serde_json::from_value(json!({
            "id": "7bf1", "name": "Web-1", "status": "ACTIVE", "flavor": {"original_name": "m1.tiny"},
            "addresses": {"demo-net": [{"addr": "10.20.0.207"}]}, "metadata": {"role": "front"}}))
        .unwrap();
        for search in
            ["", "web", "WEB tiny", "10.20 active", "role=front", "ubuntu", "7bf", "demo-net", "läuft"]
        {
            assert!(matches(&server, &["Ubuntu 24.04", "Läuft"], search), "{search}");
        }
        assert!(!matches(&server, &[], "web debian"));
    }
}
