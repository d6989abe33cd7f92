//! Metadata definitions: what a cloud's operator says that properties are and may be. They are written by people, by hand, so
//! nothing is taken for granted: what does not read as a definition is free text, and everything is bounded.

use crate::openstack::{
    error::ApiError,
    lenient::as_text,
    request::{Answer, Request, Service, decode_json, percent_decode, segment},
};
use serde_json::{Map, Value};

/// The resource type of images, for which namespaces and their prefixes are asked.
const IMAGE: &str = "OS::Glance::Image";
/// Namespaces asked for in one request.
const PAGE: u32 = 100;
/// More properties than these are left out of a namespace.
const MOST_PROPERTIES: usize = 1000;
/// A list of values that is longer is no help to choose from: the property is free text.
const MOST_VALUES: usize = 500;
/// More characters than these are cut off.
const LONGEST_TITLE: usize = 255;
const LONGEST_DESCRIPTION: usize = 4000;

/// A group of definitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespace {
    /// What it is asked for by.
    pub name: String,
    /// Its name for people; the other name where it has none.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// What its properties begin with on an image.
    pub prefix: String,
}

/// A page of namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamespacePage {
    /// The namespaces.
    pub namespaces: Vec<Namespace>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// What one property is and may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The property's key on an image, with the prefix.
    pub key: String,
    /// Its name for people; the key where it has none.
    pub title: String,
    /// What it does; may be empty.
    pub description: String,
    /// The object of the namespace that it belongs to; empty for the namespace itself.
    pub group: String,
    /// The value to begin with; may be empty.
    pub default: String,
    /// What its value may be.
    pub kind: Kind,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Text.
    Text {
        /// A regular expression, as JavaScript knows them; may be none that is valid.
        pattern: Option<String>,
        /// Characters.
        shortest: Option<u64>,
        /// Characters.
        longest: Option<u64>,
    },
    /// One of these.
    Choice(Vec<String>),
    /// A whole number.
    Integer {
        /// The least.
        least: Option<f64>,
        /// The most.
        most: Option<f64>,
    },
    /// Any number.
    Number {
        /// The least.
        least: Option<f64>,
        /// The most.
        most: Option<f64>,
    },
    /// True or false.
    Boolean,
    /// Some of these, behind an operator: `<in> a,b`.
    List {
        /// The operators; never empty.
        operators: Vec<String>,
        /// What there is to choose from; never empty.
        items: Vec<String>,
    },
}

impl Kind {
    /// Text without any rule.
    pub const FREE: Self = Self::Text { pattern: None, shortest: None, longest: None };
}

/// The namespaces that are meant for images, one page.
pub fn list_namespaces(marker: Option<&str>) -> Request<NamespacePage> {
    Request::<Value>::get(Service::Image, "/v2/metadefs/namespaces")
        .query("resource_types", IMAGE)
        .query("limit", PAGE)
        .query_opt("marker", marker)
        .decoded_by(decode_page)
}

/// What a namespace defines, its own properties first, then those of its objects; by the keys that they have on an image.
pub fn get_definitions(namespace: &str) -> Request<Vec<Definition>> {
    Request::<Value>::get(Service::Image, format!("/v2/metadefs/namespaces/{}", segment(namespace)))
        .query("resource_type", IMAGE)
        .decoded_by(decode_definitions)
}

fn decode_page(answer: &Answer) -> Result<NamespacePage, ApiError> {
    let body: Value = decode_json(answer)?;
    let Some(rows) = body["namespaces"].as_array() else {
        return Err(ApiError::Decode { what: "namespaces".to_owned() });
    };
    let namespaces = rows.iter().filter_map(namespace_of).collect();
    let next = body["next"].as_str().and_then(|next| {
        let (_, query) = next.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix("marker=")).map(percent_decode)
    });
    Ok(NamespacePage { namespaces, next })
}

fn namespace_of(row: &Value) -> Option<Namespace> {
    let name = row["namespace"].as_str().filter(|name| !name.is_empty())?;
    let associations = row["resource_type_associations"].as_array();
    let association = associations.into_iter().flatten().find(|association| association["name"] == IMAGE);
    Some(Namespace {
        name: name.to_owned(),
        title: words(row, "display_name", LONGEST_TITLE).unwrap_or_else(|| cut(name, LONGEST_TITLE)),
        description: words(row, "description", LONGEST_DESCRIPTION).unwrap_or_default(),
        prefix: association.and_then(|it| it["prefix"].as_str()).unwrap_or_default().to_owned(),
    })
}

fn decode_definitions(answer: &Answer) -> Result<Vec<Definition>, ApiError> {
    let body: Value = decode_json(answer)?;
    let objects = body["objects"].as_array().into_iter().flatten();
    let groups = objects.map(|object| (words(object, "name", LONGEST_TITLE).unwrap_or_default(), object));
    let mut definitions: Vec<Definition> = Vec::new();
    for (group, holder) in std::iter::once((String::new(), &body)).chain(groups) {
        let Some(properties) = holder["properties"].as_object() else { continue };
        for (key, schema) in properties.iter().filter(|(key, _)| !key.trim().is_empty()) {
            let is_known = definitions.iter().any(|known| known.key == *key);
            if !is_known && definitions.len() < MOST_PROPERTIES {
                definitions.push(definition_of(key, &group, schema));
            }
        }
    }
    Ok(definitions)
}

fn definition_of(key: &str, group: &str, schema: &Value) -> Definition {
    Definition {
        key: key.to_owned(),
        title: words(schema, "title", LONGEST_TITLE).unwrap_or_else(|| cut(key, LONGEST_TITLE)),
        description: words(schema, "description", LONGEST_DESCRIPTION).unwrap_or_default(),
        group: group.to_owned(),
        default: scalar(&schema["default"]).unwrap_or_default(),
        kind: schema.as_object().map_or(Kind::FREE, kind_of),
    }
}

fn kind_of(schema: &Map<String, Value>) -> Kind {
    let get = |key: &str| schema.get(key).unwrap_or(&Value::Null);
    let bounds = || {
        let bound = |key: &str| get(key).as_f64().filter(|bound| bound.is_finite());
        let (least, most) = (bound("minimum"), bound("maximum"));
        // Bounds that nothing can meet are a mistake.
        if least.zip(most).is_some_and(|(least, most)| least > most) { (None, None) } else { (least, most) }
    };
    match get("type").as_str() {
        Some("boolean") => Kind::Boolean,
        Some("integer") => {
            let (least, most) = bounds();
            Kind::Integer { least, most }
        }
        Some("number") => {
            let (least, most) = bounds();
            Kind::Number { least, most }
        }
        Some("array") => match values(&get("items")["enum"]) {
            Some(items) => {
                let operators = values(get("operators")).unwrap_or_else(|| vec!["<in>".to_owned()]);
                Kind::List { operators, items }
            }
            None => Kind::FREE,
        },
        Some("string") => match values(get("enum")) {
            Some(choices) => Kind::Choice(choices),
            None => {
                let (shortest, longest) = (get("minLength").as_u64(), get("maxLength").as_u64());
                let is_possible = shortest.zip(longest).is_none_or(|(shortest, longest)| shortest <= longest);
                Kind::Text {
                    pattern: get("pattern").as_str().map(str::to_owned),
                    shortest: shortest.filter(|_| is_possible),
                    longest: longest.filter(|_| is_possible),
                }
            }
        },
        _ => Kind::FREE,
    }
}

/// A list to choose from; none where it is empty, endless, or no list.
fn values(list: &Value) -> Option<Vec<String>> {
    let list = list.as_array().filter(|list| (1..=MOST_VALUES).contains(&list.len()))?;
    let values: Vec<String> = list.iter().filter_map(scalar).collect();
    (!values.is_empty()).then_some(values)
}

fn scalar(value: &Value) -> Option<String> {
    let is_scalar = matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
    is_scalar.then(|| as_text(value.clone())).flatten()
}

fn words(holder: &Value, key: &str, longest: usize) -> Option<String> {
    holder[key].as_str().map(str::trim).filter(|text| !text.is_empty()).map(|text| cut(text, longest))
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

#[cfg(test)]
mod tests;
