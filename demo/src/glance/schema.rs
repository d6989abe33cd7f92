//! Glance's JSON schemas: giving them out, and checking images against the image schema with its own error texts.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::python::{pformat, repr, repr_text};
use crate::caller::Caller;
use crate::error::Refusal;

static IMAGE: LazyLock<Value> = LazyLock::new(|| load(include_str!("assets/image.json")));
static IMAGES: LazyLock<Value> = LazyLock::new(|| load(include_str!("assets/images.json")));
static MEMBER: LazyLock<Value> = LazyLock::new(|| load(include_str!("assets/member.json")));
static TASK: LazyLock<Value> = LazyLock::new(task);

/// `GET /v2/schemas/{name}`.
pub async fn show(_: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    let schema = match name.as_str() {
        "image" => IMAGE.clone(),
        "images" => IMAGES.clone(),
        "member" => MEMBER.clone(),
        "members" => collection("members", &MEMBER, false),
        "task" => TASK.clone(),
        "tasks" => collection("tasks", &TASK, true),
        _ => return Err(not_found()),
    };
    Ok(Json(schema))
}

/// The image schema's own properties.
pub fn properties() -> &'static Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    IMAGE["properties"].as_object().unwrap_or(&NONE)
}

/// True for a property of the schema that only Glance sets.
pub fn is_read_only(name: &str) -> bool {
    properties().get(name).is_some_and(|schema| schema["readOnly"] == true)
}

/// Checks one property as the image schema has it; all others must be strings.
pub fn check(name: &str, value: &Value) -> Result<(), Refusal> {
    let (schema, path) = match properties().get(name) {
        Some(schema) => (schema, format!("schema['properties'][{}]", repr_text(name))),
        None => (&IMAGE["additionalProperties"], "schema['additionalProperties']".to_owned()),
    };
    let whole = Schema { name: "image", root: &IMAGE };
    whole.check_at(schema, &path, &format!("instance[{}]", repr_text(name)), value)
}

/// A schema by its name, with the part of JSON schema in it that Glance's own schemas use.
pub struct Schema<'a> {
    /// The name, as messages give it.
    pub name: &'a str,
    /// The whole of it, which references start from.
    pub root: &'a Value,
}

impl Schema<'_> {
    /// Holds a body against it.
    pub fn check(&self, body: &Value) -> Result<(), Refusal> {
        let name = self.name;
        if !body.is_object() {
            let what = format!("{} is not of type 'object'", repr(body));
            return Err(Refusal::bad_request(format!(
                "Provided object does not match schema '{name}': {what}"
            )));
        }
        self.check_at(self.root, "schema", "instance", body)
    }

    fn check_at(&self, schema: &Value, path: &str, instance: &str, value: &Value) -> Result<(), Refusal> {
        let fail = |what: String, keyword: &str| {
            Err(Refusal::bad_request(format!(
                "Provided object does not match schema '{}': {what}\n\nFailed validating {} in {path}:\n{}\n\nOn \
                 {instance}:\n{}",
                self.name,
                repr_text(keyword),
                indented(&pformat(schema)),
                indented(&pformat(value)),
            )))
        };
        // In the schema's own order of keywords, as jsonschema goes.
        for (keyword, rule) in schema.as_object().into_iter().flatten() {
            match keyword.as_str() {
                "$ref" => {
                    let target =
                        rule.as_str().and_then(|link| self.root.pointer(link.trim_start_matches('#')));
                    self.check_at(target.unwrap_or(&Value::Null), path, instance, value)?;
                }
                "allOf" => {
                    for part in rule.as_array().into_iter().flatten() {
                        self.check_at(part, path, instance, value)?;
                    }
                }
                "type" => {
                    let types: Vec<&str> = match rule {
                        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                        other => other.as_str().into_iter().collect(),
                    };
                    if !types.iter().any(|wanted| is_of(value, wanted)) {
                        let types: Vec<String> = types.iter().map(|wanted| repr_text(wanted)).collect();
                        return fail(format!("{} is not of type {}", repr(value), types.join(", ")), keyword);
                    }
                }
                "enum" if !rule.as_array().is_some_and(|allowed| allowed.contains(value)) => {
                    return fail(format!("{} is not one of {}", repr(value), repr(rule)), keyword);
                }
                "maxLength" => {
                    let too_long =
                        |text: &str| rule.as_u64().is_some_and(|max| text.chars().count() as u64 > max);
                    if value.as_str().is_some_and(too_long) {
                        return fail(format!("{} is too long", repr(value)), keyword);
                    }
                }
                "minimum" if value.as_f64() < rule.as_f64() && value.is_number() => {
                    return fail(
                        format!("{} is less than the minimum of {}", repr(value), repr(rule)),
                        keyword,
                    );
                }
                // The only pattern in the schemas is that of a UUID.
                "pattern" if value.as_str().is_some_and(|text| !is_uuid(text)) => {
                    return fail(format!("{} does not match {}", repr(value), repr(rule)), keyword);
                }
                "uniqueItems" => {
                    let items = value.as_array().map_or(&[][..], Vec::as_slice);
                    if items.iter().enumerate().any(|(index, item)| items[..index].contains(item)) {
                        return fail(format!("{} has non-unique elements", repr(value)), keyword);
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check_at(
                            rule,
                            &format!("{path}['items']"),
                            &format!("{instance}[{index}]"),
                            item,
                        )?;
                    }
                }
                "required" => {
                    let names = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                    for name in names.filter(|name| value.is_object() && value.get(name).is_none()) {
                        return fail(format!("{} is a required property", repr_text(name)), keyword);
                    }
                }
                "properties" | "additionalProperties" => {
                    let known = schema["properties"].as_object();
                    for (name, item) in value.as_object().into_iter().flatten() {
                        let key = repr_text(name);
                        let (rule, path) = match known.and_then(|known| known.get(name)) {
                            Some(own) if keyword == "properties" => {
                                (own, format!("{path}['properties'][{key}]"))
                            }
                            None if keyword == "additionalProperties" => {
                                (rule, format!("{path}['additionalProperties']"))
                            }
                            _ => continue,
                        };
                        if *rule == false {
                            let what =
                                format!("Additional properties are not allowed ({key} was unexpected)");
                            return fail(what, keyword);
                        }
                        self.check_at(rule, &path, &format!("{instance}[{key}]"), item)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The answer to a schema, or anything else, that Glance has not.
pub fn not_found() -> Refusal {
    Refusal::not_found("The resource could not be found.")
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

/// 8-4-4-4-12 hex digits.
pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn load(text: &str) -> Value {
    serde_json::from_str(text).expect("our own assets are valid JSON")
}

fn collection(name: &str, item: &Value, paged: bool) -> Value {
    let mut properties = json!({name: {"type": "array", "items": item}, "schema": {"type": "string"}});
    if paged {
        properties["first"] = json!({"type": "string"});
        properties["next"] = json!({"type": "string"});
    }
    json!({"name": name, "properties": properties, "links": [{"rel": "describedby", "href": "{schema}"}]})
}

fn task() -> Value {
    let text = |description: &str| json!({"description": description, "type": "string"});
    let null_or_text = |description: &str| json!({"description": description, "type": ["null", "string"]});
    json!({"name": "task", "properties": {
        "id": text("An identifier for the task"),
        "type": {"description": "The type of task represented by this content", "enum": ["import", "api_image_import"], "type": "string"},
        "status": {"description": "The current status of this task", "enum": ["pending", "processing", "success", "failure"], "type": "string"},
        "input": {"description": "The parameters required by task, JSON blob", "type": ["null", "object"]},
        "result": {"description": "The result of current task, JSON blob", "type": ["null", "object"]},
        "owner": text("An identifier for the owner of this task"),
        "message": text("Human-readable informative message only included when appropriate (usually on failure)"),
        "expires_at": null_or_text("Datetime when this resource would be subject to removal"),
        "created_at": text("Datetime when this resource was created"),
        "updated_at": text("Datetime when this resource was updated"),
        "self": text(""),
        "schema": text(""),
    }})
}
