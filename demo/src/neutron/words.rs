//! Neutron's refusals, and who may do what.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::records::{Record, flag, text};
use crate::caller::Caller;
use crate::error::Refusal;

/// 404 for a record that is not there or not visible.
pub fn not_found(what: &str, id: &str) -> Refusal {
    let kind = match what {
        "Network" => "NetworkNotFound",
        "Subnet" => "SubnetNotFound",
        "Port" => "PortNotFound",
        "Router" => "RouterNotFound",
        "Security group" => "SecurityGroupNotFound",
        "Security group rule" => "SecurityGroupRuleNotFound",
        _ => "HTTPNotFound",
    };
    let message = if what.starts_with("Security") {
        format!("{what} {id} does not exist")
    } else {
        format!("{what} {id} could not be found.")
    };
    Refusal::not_found(message).kind(kind)
}

/// 403 in the words of oslo.policy.
pub fn policy(rule: &str) -> Refusal {
    disallowed(&format!("rule:{rule}"))
}

/// The same for several rules.
pub fn disallowed(rules: &str) -> Refusal {
    Refusal::forbidden(format!("{rules} is disallowed by policy")).kind("PolicyNotAuthorized")
}

/// 400 for an attribute that does not do.
pub fn invalid(key: &str, why: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid input for {key}. Reason: {why}.")).kind("HTTPBadRequest")
}

/// 409 with Neutron's type.
pub fn in_use(message: String, kind: &'static str) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, message).kind(kind)
}

/// Whether the record belongs to the caller's project, or the caller is the administrator.
pub fn owns(caller: &Caller, record: &Record) -> bool {
    caller.is_admin() || text(record, "project_id") == caller.project_id
}

/// Networks are also seen when shared or external.
pub fn sees_network(caller: &Caller, network: &Record) -> bool {
    owns(caller, network) || flag(network, "shared") || flag(network, "router:external")
}

/// Writing takes the member role.
pub fn may_write(caller: &Caller, rule: &str) -> Result<(), Refusal> {
    if caller.is_member() { Ok(()) } else { Err(policy(rule)) }
}

/// The object below `key`, as in `{"network": {…}}`.
pub fn inner(body: Value, key: &str) -> Result<Map<String, Value>, Refusal> {
    match body {
        Value::Object(mut map) => match map.remove(key) {
            Some(Value::Object(inner)) => Ok(inner),
            _ => Err(Refusal::bad_request(format!("Unable to find '{key}' in request body"))
                .kind("HTTPBadRequest")),
        },
        _ => Err(Refusal::bad_request("Malformed request body").kind("HTTPBadRequest")),
    }
}

/// Refuses attributes that the resource does not have.
pub fn only(map: &Map<String, Value>, known: &[&str]) -> Result<(), Refusal> {
    let odd: Vec<String> =
        map.keys().filter(|key| !known.contains(&key.as_str())).map(|key| format!("'{key}'")).collect();
    if odd.is_empty() {
        return Ok(());
    }
    Err(Refusal::bad_request(format!("Unrecognized attribute(s) {}", odd.join(", "))).kind("HTTPBadRequest"))
}

/// A text attribute of at most `most` characters; `None` where it is not given.
pub fn string(map: &Map<String, Value>, key: &str, most: usize) -> Result<Option<String>, Refusal> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= most => Ok(Some(text.clone())),
        Some(Value::String(text)) => Err(invalid(key, &format!("'{text}' exceeds maximum length of {most}"))),
        Some(other) => Err(invalid(key, &format!("'{other}' is not a valid string"))),
    }
}

/// A true-or-false attribute.
pub fn boolean(map: &Map<String, Value>, key: &str, default: bool) -> Result<bool, Refusal> {
    match map.get(key) {
        None => Ok(default),
        Some(Value::Bool(value)) => Ok(*value),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(other) => Err(invalid(key, &format!("'{other}' cannot be converted to boolean"))),
    }
}
