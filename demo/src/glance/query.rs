//! The list's query parameters: reading, checking and writing them into links.

use crate::clock;
use crate::error::Refusal;

/// Keys that images can be sorted by.
pub const SORT_KEYS: [&str; 8] =
    ["name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"];

const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 1000;

/// One condition of a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// A text column is one of these.
    In(&'static str, Vec<String>),
    /// A number column compared with an operator.
    Number(&'static str, &'static str, i64),
    /// A time column, to the second, compared with an operator.
    Time(&'static str, &'static str, i64),
    /// A true-or-false column.
    Flag(&'static str, bool),
    /// Has this tag.
    Tag(String),
    /// Has this custom property with this value.
    Property(String, String),
}

/// What a list request asks for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Rows on a page.
    pub limit: usize,
    /// Id of the last image of the page before.
    pub marker: Option<String>,
    /// Column and whether it descends.
    pub sort: Vec<(&'static str, bool)>,
    /// public, private, shared, community or all.
    pub visibility: Option<String>,
    /// Which memberships count.
    pub member_status: String,
    /// Only hidden images, or none of them.
    pub os_hidden: bool,
    /// Everything else.
    pub filters: Vec<Filter>,
}

const TEXT: [&str; 9] = [
    "id",
    "name",
    "status",
    "disk_format",
    "container_format",
    "owner",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
];
const LISTS: [&str; 5] = ["id", "name", "status", "disk_format", "container_format"];
const NUMBERS: [&str; 4] = ["size", "virtual_size", "min_ram", "min_disk"];

/// Reads the parameters.
pub fn read(pairs: &[(String, String)]) -> Result<Query, Refusal> {
    let mut query = Query { limit: DEFAULT_LIMIT, member_status: "accepted".into(), ..Query::default() };
    let mut keys = Vec::new();
    let mut directions = Vec::new();
    let mut combined = None;
    for (name, value) in pairs {
        match name.as_str() {
            "limit" => query.limit = limit(value)?,
            "marker" => query.marker = Some(value.clone()),
            "sort_key" => keys.push(value.as_str()),
            "sort_dir" => directions.push(value.as_str()),
            "sort" => combined = Some(value.as_str()),
            "visibility" => query.visibility = Some(visibility(value)?),
            "member_status" => query.member_status = member_status(value)?,
            "os_hidden" => query.os_hidden = flag("os_hidden", value)?,
            _ => query.filters.push(filter(name, value)?),
        }
    }
    query.sort = sort(combined, &keys, &directions)?;
    Ok(query)
}

/// Rows on a page.
pub fn limit(value: &str) -> Result<usize, Refusal> {
    let limit: i64 = value.parse().map_err(|_| Refusal::bad_request("limit param must be an integer"))?;
    let limit = usize::try_from(limit).map_err(|_| Refusal::bad_request("limit param must be positive"))?;
    Ok(limit.min(MAX_LIMIT))
}

fn visibility(value: &str) -> Result<String, Refusal> {
    match value {
        "public" | "private" | "shared" | "community" | "all" => Ok(value.to_owned()),
        _ => Err(Refusal::bad_request(format!("Invalid visibility value: {value}"))),
    }
}

fn member_status(value: &str) -> Result<String, Refusal> {
    match value {
        "pending" | "accepted" | "rejected" | "all" => Ok(value.to_owned()),
        _ => Err(Refusal::bad_request(format!("Invalid status: {value}"))),
    }
}

fn flag(name: &str, value: &str) -> Result<bool, Refusal> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Refusal::bad_request(format!(
            "Invalid value '{value}' for '{name}' filter. Valid values are 'true' or 'false'."
        ))),
    }
}

fn filter(name: &str, value: &str) -> Result<Filter, Refusal> {
    if let Some(column) = known(&TEXT, name) {
        return match value.strip_prefix("in:") {
            Some(list) if LISTS.contains(&column) => Ok(Filter::In(column, split_list(list)?)),
            _ => Ok(Filter::In(column, vec![value.to_owned()])),
        };
    }
    let number = |column, operator| match value.parse() {
        Ok(number) => Ok(Filter::Number(column, operator, number)),
        Err(_) => Err(Refusal::bad_request("Unable to filter on a range with a non-numeric value.")),
    };
    if let Some(column) = known(&NUMBERS, name) {
        return number(column, "=");
    }
    for (suffix, operator) in [("_min", ">="), ("_max", "<=")] {
        if let Some(stem) = name.strip_suffix(suffix) {
            return match known(&NUMBERS, stem) {
                Some(column) => number(column, operator),
                None => Err(Refusal::bad_request("Unable to filter by unknown range.")),
            };
        }
    }
    match name {
        "created_at" => time("created_at", value),
        "updated_at" => time("updated_at", value),
        "protected" => Ok(Filter::Flag("protected", flag("protected", value)?)),
        "tag" => Ok(Filter::Tag(value.to_owned())),
        _ => Ok(Filter::Property(name.to_owned(), value.to_owned())),
    }
}

fn known(names: &[&'static str], name: &str) -> Option<&'static str> {
    names.iter().find(|known| **known == name).copied()
}

fn time(column: &'static str, value: &str) -> Result<Filter, Refusal> {
    let (operator, text) = match value.split_once(':') {
        Some((word, rest)) if word.bytes().all(|byte| byte.is_ascii_alphabetic()) => (word, rest),
        _ => ("eq", value),
    };
    let operator = match operator {
        "gt" => ">",
        "gte" => ">=",
        "lt" => "<",
        "lte" => "<=",
        "eq" => "=",
        "neq" => "!=",
        _ => return Err(Refusal::bad_request("Unable to filter on a unknown operator.")),
    };
    let micros = clock::parse(text).ok_or_else(|| {
        Refusal::bad_request(format!("Bad \"{column}\" query filter format. Use ISO 8601 DateTime notation."))
    })?;
    Ok(Filter::Time(column, operator, micros.div_euclid(clock::SECOND)))
}

/// `a,"b,c",d`.
fn split_list(list: &str) -> Result<Vec<String>, Refusal> {
    let mut items = Vec::new();
    let mut item = String::new();
    let mut quoted = false;
    for char in list.chars() {
        match char {
            '"' => quoted = !quoted,
            ',' if !quoted => items.push(std::mem::take(&mut item)),
            _ => item.push(char),
        }
    }
    if quoted {
        return Err(Refusal::bad_request(format!("Invalid filter value {list}. The quote is not closed.")));
    }
    items.push(item);
    Ok(items)
}

fn sort(
    combined: Option<&str>,
    keys: &[&str],
    directions: &[&str],
) -> Result<Vec<(&'static str, bool)>, Refusal> {
    let mut sort = Vec::new();
    if let Some(combined) = combined {
        if !keys.is_empty() || !directions.is_empty() {
            return Err(Refusal::bad_request("Old and new sorting syntax cannot be combined"));
        }
        for part in combined.split(',') {
            let (key, direction) = part.trim().split_once(':').unwrap_or((part.trim(), "desc"));
            sort.push((sort_key(key)?, descends(direction)?));
        }
    } else {
        if directions.len() > 1 && directions.len() != keys.len() {
            return Err(Refusal::bad_request("Number of sort dirs does not match the number of sort keys"));
        }
        for (index, key) in keys.iter().enumerate() {
            let direction = directions.get(index).or(directions.first()).unwrap_or(&"desc");
            sort.push((sort_key(key)?, descends(direction)?));
        }
        if let ([], [direction, ..]) = (keys, directions) {
            sort.push(("created_at", descends(direction)?));
        }
    }
    // Without these the order of equal rows would change from page to page.
    let last = sort.last().is_none_or(|(_, descends)| *descends);
    for key in ["created_at", "id"] {
        if !sort.iter().any(|(have, _)| *have == key) {
            sort.push((key, last));
        }
    }
    Ok(sort)
}

fn sort_key(key: &str) -> Result<&'static str, Refusal> {
    known(&SORT_KEYS, key).ok_or_else(|| {
        let keys = SORT_KEYS.join(", ");
        Refusal::bad_request(format!("Invalid sort key: {key}. It must be one of the following: {keys}."))
    })
}

fn descends(direction: &str) -> Result<bool, Refusal> {
    match direction {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(Refusal::bad_request(format!("Invalid sort direction: {direction}"))),
    }
}

/// The list's own address; `marker` replaces the one that was asked with.
pub fn link(pairs: &[(String, String)], marker: Option<&str>) -> String {
    address("/v2/images", pairs, marker)
}

/// The same of any list.
pub fn address(path: &str, pairs: &[(String, String)], marker: Option<&str>) -> String {
    let mut parts: Vec<String> = pairs
        .iter()
        .filter(|(name, _)| marker.is_none() || name != "marker")
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    parts.extend(marker.map(|marker| format!("marker={marker}")));
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// Python's `quote_plus`.
pub fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, value: &str) -> Result<Query, Refusal> {
        read(&[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn quoted_names_may_hold_commas() {
        let query = one("name", "in:\"a,b\",c").expect("a valid filter");
        assert_eq!(query.filters, [Filter::In("name", vec!["a,b".into(), "c".into()])]);
    }

    #[test]
    fn the_default_order_is_newest_first() {
        let query = read(&[]).expect("no parameters are fine");
        assert_eq!(query.sort, [("created_at", true), ("id", true)]);
        assert_eq!(query.limit, 25);
    }

    #[test]
    fn nonsense_is_refused() {
        for (name, value) in [
            ("limit", "-1"),
            ("limit", "x"),
            ("sort", "nope:asc"),
            ("sort", "name:up"),
            ("visibility", "x"),
            ("size_min", "big"),
            ("created_at", "gt:yesterday"),
            ("created_at", "around:2026-01-01T00:00:00Z"),
            ("os_hidden", "maybe"),
            ("name", "in:\"open"),
        ] {
            assert!(one(name, value).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn times_may_come_with_and_without_operator() {
        for value in ["2026-11-23T08:35:43Z", "eq:2026-11-23T08:35:43Z", "gte:2026-11-23T08:35:43"] {
            assert!(one("updated_at", value).is_ok(), "{value}");
        }
    }

    #[test]
    fn links_are_written_as_python_does() {
        let pairs = [("sort".to_owned(), "name:asc".to_owned()), ("marker".to_owned(), "old".to_owned())];
        assert_eq!(link(&pairs, Some("new")), "/v2/images?sort=name%3Aasc&marker=new");
    }
}
