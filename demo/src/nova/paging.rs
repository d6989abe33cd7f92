//! `limit` and `marker`, as Nova's lists have them.

use serde_json::{Value, json};

use super::query::{self, first};
use crate::error::Refusal;

const MOST: usize = 1000;

/// One page of a list.
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The link to the next, in Nova's form; none on the last.
    pub next: Option<Value>,
}

/// Cuts the page that the query asks for out of all items; `id` says what markers name.
pub fn page<T>(
    mut items: Vec<T>,
    asked: &[(String, String)],
    url: &str,
    id: impl Fn(&T) -> &str,
) -> Result<Page<T>, Refusal> {
    if let Some(marker) = first(asked, "marker") {
        let at = items.iter().position(|item| id(item) == marker);
        let at = at.ok_or_else(|| Refusal::bad_request(format!("marker [{marker}] not found")))?;
        items.drain(..=at);
    }
    let limit = match first(asked, "limit") {
        None => MOST,
        Some(limit) => {
            let number = limit.parse::<usize>().map_err(|_| {
                Refusal::bad_request(format!(
                    "Invalid input for query parameters limit. Value: {limit}. '{limit}' does not match '^[0-9]*$'"
                ))
            })?;
            // 0 asks for as many as there may be.
            if number == 0 { MOST } else { number.min(MOST) }
        }
    };
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| {
        let mut pairs: Vec<(String, String)> =
            asked.iter().filter(|(key, _)| key != "marker").cloned().collect();
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        pairs.push(("marker".to_owned(), id(last).to_owned()));
        json!([{"rel": "next", "href": format!("{url}?{}", query::write(&pairs))}])
    });
    Ok(Page { items, next })
}
