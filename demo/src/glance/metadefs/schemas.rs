//! The JSON schemas of metadata definitions: given out, and held against what is written.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::error::Refusal;
use crate::glance::schema::{not_found, refuse};
use crate::jsonschema;
use crate::python::repr;

static NAMESPACE: LazyLock<Value> = LazyLock::new(namespace);
static OBJECT: LazyLock<Value> = LazyLock::new(object);
static PROPERTY: LazyLock<Value> = LazyLock::new(|| property(true));
static NAMELESS: LazyLock<Value> = LazyLock::new(|| property(false));
static TAG: LazyLock<Value> =
    LazyLock::new(|| item("tag", &["name"], json!({"name": {"type": "string", "maxLength": 80}})));
static TYPE: LazyLock<Value> = LazyLock::new(|| {
    let text = json!({"type": "string", "maxLength": 80});
    item(
        "resource_type_association",
        &["name"],
        json!({"name": text, "prefix": text, "properties_target": text}),
    )
});
static TAGS: LazyLock<Value> = LazyLock::new(|| {
    let tag = json!({"type": "object", "properties": {"name": {"type": "string", "maxLength": 80}},
        "required": ["name"], "additionalProperties": false});
    json!({"name": "tags", "properties": {"tags": {"type": "array", "items": tag}}, "additionalProperties": false})
});

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// `GET /v2/schemas/metadefs/{name}`.
pub async fn show(_: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    Ok(Json(match name.as_str() {
        "namespace" => NAMESPACE.clone(),
        "namespaces" => collection("namespaces", &NAMESPACE),
        "object" => OBJECT.clone(),
        "objects" => collection("objects", &OBJECT),
        "property" => PROPERTY.clone(),
        "properties" => {
            let mut whole = collection("properties", &NAMELESS);
            whole["properties"]["properties"] = json!({"type": "object", "additionalProperties": *NAMELESS});
            whole
        }
        "tag" => TAG.clone(),
        "tags" => collection("tags", &TAG),
        "resource_type" => TYPE.clone(),
        "resource_types" => collection("resource_type_associations", &TYPE),
        _ => return Err(not_found()),
    }))
}

/// Holds a body against the schema of this name; read-only attributes are refused before that.
pub fn check(name: &str, body: &Value) -> Result<(), Refusal> {
    let schema = match name {
        "namespace" => &NAMESPACE,
        "object" => &OBJECT,
        "property" => &PROPERTY,
        "tag" => &TAG,
        "tags" => &TAGS,
        _ => &TYPE,
    };
    let read_only: &[&str] = match name {
        "namespace" | "object" => &["self", "schema", "created_at", "updated_at"],
        _ => &["created_at", "updated_at"],
    };
    if let Some(key) = read_only.iter().find(|key| body.get(key).is_some()) {
        return Err(Refusal::forbidden(format!("Attribute '{key}' is read-only.")));
    }
    if !body.is_object() {
        return Err(refuse(name, &format!("{} is not of type 'object'", repr(body))));
    }
    jsonschema::check(schema, body).map_err(|mismatch| refuse(name, &mismatch.text))?;
    let definitions = body["properties"].as_object().filter(|_| name == "object");
    for definition in definitions.into_iter().flat_map(Map::values) {
        jsonschema::check(&NAMELESS, definition).map_err(|mismatch| refuse("property", &mismatch.text))?;
    }
    Ok(())
}

fn item(name: &str, required: &[&str], mut properties: Value) -> Value {
    let time = json!({"type": "string", "format": "date-time"});
    properties["created_at"] = time.clone();
    properties["updated_at"] = time;
    json!({"name": name, "properties": properties, "additionalProperties": false, "required": required})
}

fn property(with_name: bool) -> Value {
    let required: &[&str] = if with_name { &["type", "title", "name"] } else { &["type", "title"] };
    let mut schema = item("property", required, definition());
    schema["definitions"] = definitions();
    if let Some(definitions) = schema["definitions"].as_object_mut() {
        definitions.shift_remove("property");
    }
    schema
}

fn object() -> Value {
    let mut schema = item(
        "object",
        &["name"],
        json!({
            "name": {"type": "string", "maxLength": 80},
            "description": {"type": "string"},
            "required": {"$ref": "#/definitions/stringArray"},
            "properties": {"$ref": "#/definitions/property"},
            "schema": {"type": "string", "readOnly": true},
            "self": {"type": "string", "readOnly": true},
        }),
    );
    schema["definitions"] = definitions();
    schema
}

fn namespace() -> Value {
    let text = |most: u32| json!({"type": "string", "maxLength": most});
    let named = |more: Value| {
        let mut properties = json!({"name": {"type": "string"}});
        if let (Some(properties), Value::Object(more)) = (properties.as_object_mut(), more) {
            properties.extend(more);
        }
        json!({"type": "array", "items": {"type": "object", "properties": properties}})
    };
    let mut schema = item(
        "namespace",
        &["namespace"],
        json!({
            "namespace": text(80),
            "display_name": text(80),
            "description": text(500),
            "visibility": {"type": "string", "enum": ["public", "private"]},
            "protected": {"type": "boolean"},
            "owner": text(255),
            "schema": {"type": "string"},
            "self": {"type": "string"},
            "resource_type_associations":
                named(json!({"prefix": {"type": "string"}, "properties_target": {"type": "string"}})),
            "properties": {"$ref": "#/definitions/property"},
            "objects": named(json!({
                "description": {"type": "string"},
                "required": {"$ref": "#/definitions/stringArray"},
                "properties": {"$ref": "#/definitions/property"},
            })),
            "tags": named(json!({})),
        }),
    );
    schema["definitions"] = definitions();
    schema
}

fn definitions() -> Value {
    json!({
        "positiveInteger": {"type": "integer", "minimum": 0},
        "positiveIntegerDefault0": {"allOf": [{"$ref": "#/definitions/positiveInteger"}, {"default": 0}]},
        "stringArray": {"type": "array", "items": {"type": "string"}, "uniqueItems": true},
        "property": {"type": "object", "additionalProperties":
            {"type": "object", "required": ["title", "type"], "properties": definition()}},
    })
}

fn definition() -> Value {
    let kinds: Vec<Value> = TYPES.iter().map(|kind| json!(kind)).chain([Value::Null]).collect();
    let kind = json!({"type": "string", "enum": kinds});
    json!({
        "name": {"type": "string"},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "operators": {"type": "array", "items": {"type": "string"}},
        "type": kind,
        "required": {"$ref": "#/definitions/stringArray"},
        "minimum": {"type": "number"},
        "maximum": {"type": "number"},
        "maxLength": {"$ref": "#/definitions/positiveInteger"},
        "minLength": {"$ref": "#/definitions/positiveIntegerDefault0"},
        "pattern": {"type": "string", "format": "regex"},
        "enum": {"type": "array"},
        "readonly": {"type": "boolean"},
        "default": {},
        "items": {"type": "object", "properties": {"type": kind, "enum": {"type": "array"}}},
        "maxItems": {"$ref": "#/definitions/positiveInteger"},
        "minItems": {"$ref": "#/definitions/positiveIntegerDefault0"},
        "uniqueItems": {"type": "boolean", "default": false},
        "additionalItems": {"type": "boolean"},
    })
}

/// A list of such things, with the definitions at the top.
fn collection(name: &str, item: &Value) -> Value {
    let mut item = item.clone();
    let definitions = item.as_object_mut().and_then(|item| item.shift_remove("definitions"));
    let text = json!({"type": "string"});
    let link = |rel: &str, href: &str| json!({"rel": rel, "href": href});
    let mut whole = json!({
        "name": name,
        "properties": {name: {"type": "array", "items": item}, "first": text, "next": text, "schema": text},
        "links": [link("first", "{first}"), link("next", "{next}"), link("describedby", "{schema}")],
    });
    if let Some(definitions) = definitions {
        whole["definitions"] = definitions;
    }
    whole
}
