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
        _ => return Err(Refusal::not_spoken(format_args!("the schema {name}"))),
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
    check_against(schema, &path, &format!("instance[{}]", repr_text(name)), value)
}

fn check_against(schema: &Value, path: &str, instance: &str, value: &Value) -> Result<(), Refusal> {
    let fail = |what: String, keyword: &str| {
        Err(Refusal::bad_request(format!(
            "Provided object does not match schema 'image': {what}\n\nFailed validating {} in {path}:\n{}\n\nOn \
             {instance}:\n{}",
            repr_text(keyword),
            indented(&pformat(schema)),
            indented(&pformat(value)),
        )))
    };
    // In the schema's own order of keywords, as jsonschema goes.
    for (keyword, rule) in schema.as_object().into_iter().flatten() {
        match keyword.as_str() {
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
            // The only pattern in the schema is that of a UUID.
            "pattern" if value.as_str().is_some_and(|text| !is_uuid(text)) => {
                return fail(format!("{} does not match {}", repr(value), repr(rule)), keyword);
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check_against(rule, &format!("{path}['items']"), &format!("{instance}[{index}]"), item)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn is_of(value: &Value, wanted: &str) -> bool {
    match wanted {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
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
