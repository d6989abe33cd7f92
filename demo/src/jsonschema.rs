//! The part of JSON schema that the services' own schemas use, with the error texts of Python's `jsonschema`.

use serde_json::Value;

use crate::python::{pformat, repr, repr_text};

/// Where a value does not fit, and Python's words for it.
#[derive(Debug)]
pub struct Mismatch {
    /// Keys and indices from the top, joined by slashes; empty at the top.
    pub field: String,
    /// `str()` of Python's error.
    pub text: String,
}

/// A place in a document: how messages name the schema and the value there.
#[derive(Clone)]
struct Place {
    schema: String,
    instance: String,
    field: String,
}

impl Place {
    fn below(&self, schema: &str, key: &str, is_index: bool) -> Self {
        let step = if is_index { key.to_owned() } else { repr_text(key) };
        let slash = if self.field.is_empty() { "" } else { "/" };
        Self {
            schema: format!("{}{schema}", self.schema),
            instance: format!("{}[{step}]", self.instance),
            field: format!("{}{slash}{key}", self.field),
        }
    }
}

/// Holds a whole document against a schema.
pub fn check(root: &Value, value: &Value) -> Result<(), Mismatch> {
    let top = Place { schema: "schema".into(), instance: "instance".into(), field: String::new() };
    Walk { root }.check(root, &top, value)
}

/// Holds one property of a document against its place in the schema.
pub fn check_property(root: &Value, name: &str, value: &Value) -> Result<(), Mismatch> {
    let top = Place { schema: "schema".into(), instance: "instance".into(), field: String::new() };
    let (schema, path) = match root["properties"].get(name) {
        Some(schema) => (schema, format!("['properties'][{}]", repr_text(name))),
        None => (&root["additionalProperties"], "['additionalProperties']".to_owned()),
    };
    Walk { root }.check(schema, &top.below(&path, name, false), value)
}

struct Walk<'a> {
    // References start from here.
    root: &'a Value,
}

impl Walk<'_> {
    /// In the schema's own order of keywords, as jsonschema goes.
    fn check(&self, schema: &Value, place: &Place, value: &Value) -> Result<(), Mismatch> {
        for (keyword, rule) in schema.as_object().into_iter().flatten() {
            if let Some(what) = violated(keyword, rule, value) {
                return Err(mismatch(schema, place, keyword, value, &what));
            }
            match keyword.as_str() {
                "$ref" => {
                    let target =
                        rule.as_str().and_then(|link| self.root.pointer(link.trim_start_matches('#')));
                    self.check(target.unwrap_or(&Value::Null), place, value)?;
                }
                "allOf" => {
                    for part in rule.as_array().into_iter().flatten() {
                        self.check(part, place, value)?;
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, &place.below("['items']", &index.to_string(), true), item)?;
                    }
                }
                "properties" | "additionalProperties" => {
                    self.check_members(schema, place, keyword, value)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_members(
        &self,
        schema: &Value,
        place: &Place,
        keyword: &str,
        value: &Value,
    ) -> Result<(), Mismatch> {
        for (name, item) in value.as_object().into_iter().flatten() {
            let key = repr_text(name);
            let (rule, path) = match schema["properties"].get(name) {
                Some(own) if keyword == "properties" => (own, format!("['properties'][{key}]")),
                None if keyword == "additionalProperties" => {
                    (&schema[keyword], "['additionalProperties']".into())
                }
                _ => continue,
            };
            if *rule == false {
                let what = format!("Additional properties are not allowed ({key} was unexpected)");
                return Err(mismatch(schema, place, keyword, value, &what));
            }
            self.check(rule, &place.below(&path, name, false), item)?;
        }
        Ok(())
    }
}

/// What a keyword that looks at this value alone has against it.
fn violated(keyword: &str, rule: &Value, value: &Value) -> Option<String> {
    let text = value.as_str();
    let length = |text: &str| text.chars().count() as u64;
    let why = match keyword {
        "type" => {
            let types: Vec<&str> = match rule {
                Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                other => other.as_str().into_iter().collect(),
            };
            let fits = types.iter().any(|wanted| is_of(value, wanted));
            let types: Vec<String> = types.iter().map(|wanted| repr_text(wanted)).collect();
            return (!fits).then(|| format!("{} is not of type {}", repr(value), types.join(", ")));
        }
        "required" => {
            let mut names = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing = names.find(|name| value.is_object() && value.get(name).is_none())?;
            return Some(format!("{} is a required property", repr_text(missing)));
        }
        "enum" if !rule.as_array().is_some_and(|allowed| allowed.contains(value)) => {
            format!("is not one of {}", repr(rule))
        }
        "maxLength" if text.map(length) > rule.as_u64() => "is too long".into(),
        // The schemas ask for one at least, never for more.
        "minLength" | "minProperties" | "minItems" if is_empty(value) => "should be non-empty".into(),
        "minimum" if value.is_number() && value.as_f64() < rule.as_f64() => {
            format!("is less than the minimum of {}", repr(rule))
        }
        "pattern" if text.is_some_and(|text| !matches(rule.as_str().unwrap_or(""), text)) => {
            format!("does not match {}", repr(rule))
        }
        "uniqueItems" => {
            let items = value.as_array()?;
            let repeated = items.iter().enumerate().any(|(index, item)| items[..index].contains(item));
            return repeated.then(|| format!("{} has non-unique elements", repr(value)));
        }
        _ => return None,
    };
    Some(format!("{} {why}", repr(value)))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn mismatch(schema: &Value, place: &Place, keyword: &str, value: &Value, what: &str) -> Mismatch {
    let text = format!(
        "{what}\n\nFailed validating {} in {}:\n{}\n\nOn {}:\n{}",
        repr_text(keyword),
        place.schema,
        indented(&pformat(schema)),
        place.instance,
        indented(&pformat(value)),
    );
    Mismatch { field: place.field.clone(), text }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn is_of(value: &Value, wanted: &str) -> bool {
    match wanted {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

/// The services' schemas have three patterns: some visible character, an id of Keystone's, a UUID.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        r"[\S]+" => text.chars().any(|char| !char.is_whitespace()),
        "^[a-zA-Z0-9-]+$" => !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        _ => is_uuid(text),
    }
}

/// 8-4-4-4-12 hex digits.
pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_mismatch_is_told_as_python_tells_it() {
        let schema =
            json!({"properties": {"name": {"type": "string", "maxLength": 3}}, "required": ["name"]});
        for (value, field, start) in [
            (json!({}), "", "'name' is a required property\n\nFailed validating 'required' in schema:\n"),
            (
                json!({"name": 7}),
                "name",
                "7 is not of type 'string'\n\nFailed validating 'type' in schema['properties']['name']:",
            ),
            (json!({"name": "long"}), "name", "'long' is too long\n"),
        ] {
            let mismatch = check(&schema, &value).expect_err("a mismatch");
            assert_eq!(mismatch.field, field);
            assert!(mismatch.text.starts_with(start), "{}", mismatch.text);
        }
        assert!(check(&schema, &json!({"name": "ok", "more": 1})).is_ok());
    }
}
