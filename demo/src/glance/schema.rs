//! Glance's JSON schemas: giving them out, and checking images against the image schema with its own error texts.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::error::Refusal;
use crate::jsonschema;

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
    jsonschema::check_property(&IMAGE, name, value).map_err(|mismatch| refuse("image", &mismatch.text))
}

/// Glance's 400 for what does not fit.
pub fn refuse(schema: &str, why: &str) -> Refusal {
    Refusal::bad_request(format!("Provided object does not match schema '{schema}': {why}"))
}

/// The answer to a schema, or anything else, that Glance has not.
pub fn not_found() -> Refusal {
    Refusal::not_found("The resource could not be found.")
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
