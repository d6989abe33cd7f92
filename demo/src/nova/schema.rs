//! Checks of request bodies, worded as Nova's JSON schemas word them: values in Python's notation.

use super::words::invalid;
use crate::error::Refusal;
use crate::python::{repr as python, repr_text as quoted};
use serde_json::{Map, Value};

/// As `str()` prints it: strings stand bare.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| python(value), str::to_owned)
}

/// The whole body as a JSON object.
pub fn body(value: Value) -> Result<Map<String, Value>, Refusal> {
    match value {
        Value::Object(map) => Ok(map),
        other => Err(Refusal::bad_request(format!("{} is not of type 'object'", python(&other)))),
    }
}

/// The object below `key`, which must be there, as `{"server": {…}}` has it.
pub fn object<'a>(map: &'a Map<String, Value>, key: &str) -> Result<&'a Map<String, Value>, Refusal> {
    match map.get(key) {
        Some(Value::Object(inner)) => Ok(inner),
        Some(other) => Err(wrong_type(key, other, "object")),
        None => Err(Refusal::bad_request(format!("'{key}' is a required property"))),
    }
}

/// "… is a required property" for a key of the object at `path`.
pub fn missing(map: &Map<String, Value>, key: &str, path: &str) -> Refusal {
    invalid(path, &python(&Value::Object(map.clone())), &format!("'{key}' is a required property"))
}

/// "… is not of type …".
pub fn wrong_type(path: &str, value: &Value, wanted: &str) -> Refusal {
    invalid(path, &plain(value), &format!("{} is not of type '{wanted}'", python(value)))
}

/// Refuses keys that the schema does not know.
pub fn only(map: &Map<String, Value>, path: &str, known: &[&str]) -> Result<(), Refusal> {
    let odd: Vec<String> =
        map.keys().filter(|key| !known.contains(&key.as_str())).map(|key| quoted(key)).collect();
    if odd.is_empty() {
        return Ok(());
    }
    let verb = if odd.len() == 1 { "was" } else { "were" };
    Err(invalid(
        path,
        &python(&Value::Object(map.clone())),
        &format!("Additional properties are not allowed ({} {verb} unexpected)", odd.join(", ")),
    ))
}

/// A name of 1 to 255 characters without leading or trailing spaces; v2.1's rule for servers, flavors and key pairs.
pub fn name(value: &Value, path: &str) -> Result<String, Refusal> {
    let Value::String(text) = value else {
        return Err(wrong_type(path, value, "string"));
    };
    let length = text.chars().count();
    let why = if length > 255 {
        format!("{} is too long", python(value))
    } else if length == 0 {
        format!("{} should be non-empty", python(value))
    } else if text.trim() != text || text.chars().any(char::is_control) {
        return Err(Refusal::bad_request(
            "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with \
             whitespace.",
        ));
    } else {
        return Ok(text.clone());
    };
    Err(invalid(path, text, &why))
}

/// An optional string with a greatest length.
pub fn text(map: &Map<String, Value>, key: &str, path: &str, most: usize) -> Result<Option<String>, Refusal> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= most => Ok(Some(text.clone())),
        Some(value @ Value::String(text)) => {
            Err(invalid(path, text, &format!("{} is too long", python(value))))
        }
        Some(other) => Err(wrong_type(path, other, "string")),
    }
}

/// A whole number, also written as a string, as Nova's `positive_integer` and `non_negative_integer` take it.
pub fn integer(value: &Value, path: &str, least: i64) -> Result<i64, Refusal> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') => text.parse().ok(),
        _ => None,
    };
    match number {
        None if value.is_string() => {
            let pattern = if least < 0 { "^-?[0-9]+$" } else { "^[0-9]*$" };
            Err(invalid(path, &plain(value), &format!("{} does not match '{pattern}'", python(value))))
        }
        None => Err(invalid(
            path,
            &plain(value),
            &format!("{} is not of type 'integer', 'string'", python(value)),
        )),
        Some(number) if number < least => {
            Err(invalid(path, &plain(value), &format!("{number} is less than the minimum of {least}")))
        }
        Some(number) if number > i64::from(i32::MAX) => Err(invalid(
            path,
            &plain(value),
            &format!("{number} is greater than the maximum of {}", i32::MAX),
        )),
        Some(number) => Ok(number),
    }
}

/// A size in GiB, as `volume_size` of Cinder's and Nova's own schemas has it; where null is allowed, it says nothing.
pub fn size(map: &Map<String, Value>, key: &str, may_be_null: bool) -> Result<Option<i64>, Refusal> {
    let value = match map.get(key) {
        None => return Ok(None),
        Some(Value::Null) if may_be_null => return Ok(None),
        Some(value) => value,
    };
    let refuse = |why: &str| Err(invalid(key, &plain(value), &format!("{} {why}", python(value))));
    let number = match value {
        Value::Number(number) if number.as_i64().is_some() => number.as_i64(),
        Value::String(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse().ok()
        }
        Value::String(_) => return refuse("does not match '^[0-9]+$'"),
        _ if may_be_null => return refuse("is not of type 'integer', 'string', 'null'"),
        _ => return refuse("is not of type 'integer', 'string'"),
    };
    match number {
        Some(..1) => refuse("is less than the minimum of 1"),
        Some(number) if number <= i64::from(i32::MAX) => Ok(Some(number)),
        _ => refuse(&format!("is greater than the maximum of {}", i32::MAX)),
    }
}

/// A map of strings with keys and values of at most 255 characters: server metadata.
pub fn metadata(value: &Value, path: &str) -> Result<std::collections::BTreeMap<String, String>, Refusal> {
    let Value::Object(map) = value else {
        return Err(wrong_type(path, value, "object"));
    };
    map.iter()
        .map(|(key, value)| {
            if key.is_empty() || key.chars().count() > 255 {
                return Err(invalid(
                    path,
                    &python(&Value::Object(map.clone())),
                    &format!(
                        "{} does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{{1,255}}$'",
                        quoted(key)
                    ),
                ));
            }
            match value {
                Value::String(text) if text.chars().count() <= 255 => Ok((key.clone(), text.clone())),
                Value::String(text) => Err(invalid(key, text, &format!("{} is too long", python(value)))),
                other => Err(wrong_type(key, other, "string")),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_name_is_refused_in_novas_words() {
        let long = "x".repeat(300);
        let fault = name(&json!(long), "name").err().map(|fault| fault.message);
        assert_eq!(
            fault,
            Some(format!("Invalid input for field/attribute name. Value: {long}. '{long}' is too long"))
        );
    }
}
