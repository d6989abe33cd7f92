//! The body of `POST /servers`, read and checked as Nova's JSON schema does.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::devices::{self, Device};
use crate::error::Refusal;
use crate::nova::microversion::Microversion;
use crate::nova::schema;
use crate::nova::words::invalid;
use crate::python;

/// What a request for servers asks for.
#[derive(Debug)]
pub struct Wanted {
    /// Name; several servers get `-1`, `-2`, … behind it.
    pub name: String,
    /// Image.
    pub image: Option<String>,
    /// Block devices.
    pub devices: Vec<Device>,
    /// Flavor id.
    pub flavor: String,
    /// Networks.
    pub networks: Networks,
    /// Key pair.
    pub key_name: Option<String>,
    /// Metadata.
    pub metadata: BTreeMap<String, String>,
    /// Description.
    pub description: Option<String>,
    /// Availability zone.
    pub zone: Option<String>,
    /// At least so many.
    pub min: i64,
    /// At most so many.
    pub max: i64,
    /// Names or ids of security groups.
    pub security_groups: Vec<String>,
    /// Base64.
    pub user_data: Option<String>,
    /// Configuration drive.
    pub config_drive: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Host name for the guest.
    pub hostname: Option<String>,
    /// Password; else one is made up.
    pub admin_pass: Option<String>,
    /// Answer with the reservation instead of the server.
    pub return_reservation: bool,
    /// Scheduler hints.
    pub hints: Value,
}

/// What was said about networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Networks {
    /// Nothing: Nova takes the only one there is.
    Unsaid,
    /// `auto` (2.37).
    Auto,
    /// `none` (2.37).
    Without,
    /// These, in this order.
    List(Vec<Wish>),
}

/// One network or port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Network id.
    pub network: Option<String>,
    /// Port id.
    pub port: Option<String>,
    /// Fixed address.
    pub address: Option<String>,
}

const KNOWN: [(&str, u16); 25] = [
    ("name", 1),
    ("imageRef", 1),
    ("flavorRef", 1),
    ("adminPass", 1),
    ("metadata", 1),
    ("networks", 1),
    ("OS-DCF:diskConfig", 1),
    ("accessIPv4", 1),
    ("accessIPv6", 1),
    ("personality", 1),
    ("availability_zone", 1),
    ("block_device_mapping", 1),
    ("block_device_mapping_v2", 1),
    ("config_drive", 1),
    ("min_count", 1),
    ("max_count", 1),
    ("return_reservation_id", 1),
    ("key_name", 1),
    ("security_groups", 1),
    ("user_data", 1),
    ("os:scheduler_hints", 1),
    ("description", 19),
    ("tags", 52),
    ("host", 74),
    ("hostname", 90),
];

/// Reads the body.
pub fn read(body: Value, version: Microversion) -> Result<Wanted, Refusal> {
    let body = schema::body(body)?;
    let server = schema::object(&body, "server")?;
    let known: Vec<&str> =
        KNOWN.iter().filter(|(_, since)| version.since(*since)).map(|(key, _)| *key).collect();
    let required = |key: &str| server.get(key).ok_or_else(|| schema::missing(server, key, "server"));
    let name = schema::name(required("name")?, "name")?;
    let flavor = flavor(required("flavorRef")?)?;
    let image = image(server)?;
    let devices = devices::read(server, version, image.is_some())?;
    if version.since(37) {
        required("networks")?;
    }
    schema::only(server, "server", &known)?;
    let (min, max) = count(server)?;
    // Before it could be said, it was the name.
    let unsaid = (!version.since(19)).then(|| name.clone());
    let wanted = Wanted {
        name,
        image,
        devices,
        flavor,
        networks: networks(server.get("networks"), version)?,
        key_name: schema::text(server, "key_name", "key_name", 255)?,
        metadata: server
            .get("metadata")
            .map_or_else(|| Ok(BTreeMap::new()), |map| schema::metadata(map, "metadata"))?,
        description: schema::text(server, "description", "description", 255)?.or(unsaid),
        zone: schema::text(server, "availability_zone", "availability_zone", 255)?,
        min,
        max,
        security_groups: security_groups(server)?,
        user_data: user_data(server)?,
        config_drive: flag(server, "config_drive")?,
        tags: tags(server)?,
        hostname: hostname(server)?,
        admin_pass: schema::text(server, "adminPass", "adminPass", 255)?,
        return_reservation: flag(server, "return_reservation_id")?,
        hints: body
            .get("os:scheduler_hints")
            .or(body.get("OS-SCH-HNT:scheduler_hints"))
            .cloned()
            .unwrap_or_else(|| Value::Object(Map::new())),
    };
    if wanted.image.is_none() && wanted.devices.is_empty() {
        return Err(Refusal::bad_request("Missing imageRef attribute"));
    }
    Ok(wanted)
}

const NO_SCHEMA: &str = "is not valid under any of the given schemas";

/// A truth, in one of the many words that oslo.utils has for it.
pub fn flag(server: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    const YES: [&str; 10] = ["True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes"];
    const NO: [&str; 10] = ["False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no"];
    match server.get(key) {
        None | Some(Value::Bool(false)) => Ok(false),
        Some(Value::Bool(true)) => Ok(true),
        Some(Value::String(word)) if YES.contains(&word.as_str()) => Ok(true),
        Some(Value::String(word)) if NO.contains(&word.as_str()) => Ok(false),
        Some(other) => {
            let words = |value: bool, words: [&str; 10]| {
                let words = words.iter().map(|word| json!(word));
                std::iter::once(json!(value)).chain(words).collect::<Vec<_>>()
            };
            let value = python::repr(other);
            let one_of = python::repr(&json!([words(true, YES), words(false, NO)].concat()));
            Err(invalid(key, other.as_str().unwrap_or(&value), &format!("{value} is not one of {one_of}")))
        }
    }
}

/// A name that DNS takes.
fn hostname(server: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let name = schema::text(server, "hostname", "hostname", 63)?;
    if let Some(name) = &name {
        let is_plain = |c: char| c.is_ascii_alphanumeric();
        let fits = name.len() > 1
            && name.starts_with(is_plain)
            && name.ends_with(is_plain)
            && name.chars().all(|c| is_plain(c) || c == '-');
        if !fits {
            let why = format!("'{name}' does not match '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$'");
            return Err(invalid("hostname", name, &why));
        }
    }
    Ok(name)
}

/// A flavor's id, or its address.
fn flavor(value: &Value) -> Result<String, Refusal> {
    match value {
        Value::String(text) if !text.is_empty() => Ok(text.rsplit('/').next().unwrap_or(text).to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(schema::wrong_type("flavorRef", other, "string")),
    }
}

/// The image to boot from.
fn image(server: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    if server.get("block_device_mapping").is_some_and(Value::is_array) {
        return Err(Refusal::not_spoken("block device mappings of version 1"));
    }
    match server.get("imageRef") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => {
            let id = text.rsplit('/').next().unwrap_or(text);
            if uuid::Uuid::parse_str(id).is_err() {
                return Err(invalid("imageRef", text, &format!("'{text}' {NO_SCHEMA}")));
            }
            Ok(Some(id.to_owned()))
        }
        Some(other) => {
            let value = python::repr(other);
            Err(invalid("imageRef", &value, &format!("{value} {NO_SCHEMA}")))
        }
    }
}

fn count(server: &Map<String, Value>) -> Result<(i64, i64), Refusal> {
    let number = |key: &str| server.get(key).map(|value| schema::integer(value, key, 1)).transpose();
    let (min, max) = (number("min_count")?, number("max_count")?);
    let least = min.unwrap_or(1);
    let most = max.unwrap_or(least);
    if least > most {
        return Err(Refusal::bad_request("min_count must be <= max_count"));
    }
    Ok((least, most))
}

fn networks(value: Option<&Value>, version: Microversion) -> Result<Networks, Refusal> {
    let list = match value {
        None => return Ok(Networks::Unsaid),
        Some(Value::String(word)) if version.since(37) && word == "auto" => return Ok(Networks::Auto),
        Some(Value::String(word)) if version.since(37) && word == "none" => return Ok(Networks::Without),
        Some(Value::String(word)) if version.since(37) => {
            return Err(invalid("networks", word, &format!("'{word}' is not one of ['none', 'auto']")));
        }
        Some(Value::Array(list)) => list,
        Some(other) => return Err(schema::wrong_type("networks", other, "array")),
    };
    if list.is_empty() {
        return Ok(Networks::Unsaid);
    }
    let mut wishes = Vec::new();
    for entry in list {
        let Value::Object(entry) = entry else {
            return Err(schema::wrong_type("networks", entry, "object"));
        };
        let id = |key: &str| match entry.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(id)) if uuid::Uuid::parse_str(id).is_ok() => Ok(Some(id.clone())),
            Some(Value::String(id)) if key == "uuid" => Err(Refusal::bad_request(format!(
                "Bad networks format: network uuid is not in proper format ({id})"
            ))),
            Some(Value::String(id)) => Err(invalid(key, id, &format!("'{id}' is not a 'uuid'"))),
            Some(other) => Err(schema::wrong_type(key, other, "string")),
        };
        let address = schema::text(entry, "fixed_ip", "fixed_ip", 64)?;
        if let Some(address) =
            address.as_deref().filter(|address| address.parse::<std::net::IpAddr>().is_err())
        {
            return Err(invalid("fixed_ip", address, &format!("'{address}' is not a 'ip-address'")));
        }
        wishes.push(Wish { network: id("uuid")?, port: id("port")?, address });
    }
    Ok(Networks::List(wishes))
}

fn security_groups(server: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let mut names: Vec<String> = Vec::new();
    match server.get("security_groups") {
        None | Some(Value::Null) => {}
        Some(Value::Array(groups)) => {
            for group in groups {
                match group.get("name").and_then(Value::as_str) {
                    Some(name) if !names.iter().any(|known| known == name) => names.push(name.to_owned()),
                    Some(_) => {}
                    None => return Err(schema::wrong_type("security_groups", group, "object")),
                }
            }
        }
        Some(other) => return Err(schema::wrong_type("security_groups", other, "array")),
    }
    if names.is_empty() {
        names.push("default".to_owned());
    }
    Ok(names)
}

fn user_data(server: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let data = schema::text(server, "user_data", "user_data", 65535)?;
    if let Some(text) = &data {
        let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=\n\r".contains(&b);
        if !text.bytes().all(base64) || text.bytes().filter(|b| !b"\r\n".contains(b)).count() % 4 != 0 {
            return Err(invalid("user_data", text, &format!("'{text}' is not a 'base64'")));
        }
    }
    Ok(data)
}

fn tags(server: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    match server.get("tags") {
        None => Ok(Vec::new()),
        Some(Value::Array(tags)) if tags.len() <= 50 => tags
            .iter()
            .map(|tag| {
                tag.as_str().map(str::to_owned).ok_or_else(|| schema::wrong_type("tags", tag, "string"))
            })
            .collect(),
        Some(Value::Array(_)) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "Invalid input for field/attribute tags. The number of tags exceeded the per-server limit 50",
        )),
        Some(other) => Err(schema::wrong_type("tags", other, "array")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(body: Value, version: u16) -> String {
        read(body, Microversion(version)).err().map(|refusal| refusal.message).unwrap_or_default()
    }

    #[test]
    fn what_the_schema_lacks_is_named() {
        assert_eq!(
            refused(json!({"server": {"name": "a"}}), 1),
            "Invalid input for field/attribute server. Value: {'name': 'a'}. 'flavorRef' is a required property"
        );
        assert!(
            refused(json!({"server": {"name": "a", "flavorRef": "1"}}), 37)
                .contains("'networks' is a required")
        );
        assert_eq!(
            refused(json!({"server": {"name": "a", "flavorRef": "1"}}), 1),
            "Missing imageRef attribute"
        );
        assert_eq!(refused(json!([]), 1), "[] is not of type 'object'");
        assert_eq!(refused(json!({}), 1), "'server' is a required property");
    }

    #[test]
    fn none_and_auto_are_words_since_2_37() {
        assert_eq!(networks(Some(&json!("none")), Microversion(37)).ok(), Some(Networks::Without));
        assert!(networks(Some(&json!("none")), Microversion(36)).is_err());
    }
}
