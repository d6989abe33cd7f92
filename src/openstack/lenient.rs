//! Reading what a service may leave out, send as null, or send in another type than documented.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Null reads as the default.
pub fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A number that may come as null, as text (`"swap": ""`) or as a float; 0 when it is none.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Value::deserialize(deserializer).map(|value| as_u64(&value).unwrap_or(0))
}

/// A list of which the odd rows are left out, with how many those were.
pub fn rows<T: serde::de::DeserializeOwned>(value: Value) -> (Vec<T>, usize) {
    let Value::Array(values) = value else { return (Vec::new(), 0) };
    let total = values.len();
    let rows: Vec<T> = values.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect();
    let skipped = total - rows.len();
    (rows, skipped)
}

/// Like `rows`, as a serde function: the odd rows are left out.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    Value::deserialize(deserializer).map(|value| rows(value).0)
}

/// A non-negative whole number, however it is written.
pub fn as_u64(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64()?;
            (0.0..1.8e19).contains(&float).then_some(float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Text of any scalar; `None` for null. Objects and lists are shown as their JSON.
pub fn as_text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A switch that may come as text.
pub fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
