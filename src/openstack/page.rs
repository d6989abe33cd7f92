//! Lists that a service gives in parts.

use serde_json::Value;

/// A part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// What stands in it.
    pub rows: Vec<T>,
    /// There is more, after the last of these.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// The rows of an answer, and what its links (`servers_links`, `volumes_links`, …) say of more: there is if one is to a
    /// next page.
    pub fn of(rows: Vec<T>, links: &[Value]) -> Self {
        Self { rows, has_more: links.iter().any(|link| link["rel"] == "next") }
    }
}
