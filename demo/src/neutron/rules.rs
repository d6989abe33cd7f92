//! Security group rules; each is kept in its group.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::groups::{add, new_rule, owned, rules_of};
use super::networks::touch;
use super::query::Query;
use super::records::{self, Kind, Record, text};
use super::words::{in_use, inner, invalid, may_write, not_found, owns, policy, string};
use crate::body::JsonBody;
use crate::caller::Caller;
use crate::error::Refusal;
use crate::service::Service;
use crate::state::App;

/// `GET /security-group-rules`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Refusal> {
    let rules = owned(&app, caller).await?.iter().flat_map(rules_of).map(alone).collect();
    let url = format!("{}/v2.0/security-group-rules", app.url(Service::Network));
    Query::of(&uri).answer("security_group_rules", &url, rules).map(Json)
}

/// `GET /security-group-rules/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let rules = owned(&app, caller).await?;
    let rule = rules.iter().flat_map(rules_of).find(|rule| text(rule, "id") == id);
    let rule = rule.ok_or_else(|| not_found("Security group rule", &id))?;
    Ok(Json(json!({"security_group_rule": alone(rule)})))
}

/// Some is shown below the group only.
fn alone(mut rule: Record) -> Record {
    rule.retain(|key, _| !["standard_attr_id", "tags"].contains(&key.as_str()));
    rule
}

/// `POST /security-group-rules`.
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    may_write(&caller, "create_security_group_rule")?;
    let wanted = inner(body, "security_group_rule")?;
    let direction = string(&wanted, "direction", 16)?.unwrap_or_default();
    if !["ingress", "egress"].contains(&direction.as_str()) {
        return Err(invalid("direction", &format!("{direction} is not in valid_values")));
    }
    let ether = string(&wanted, "ethertype", 16)?.unwrap_or_else(|| "IPv4".to_owned());
    if !["IPv4", "IPv6"].contains(&ether.as_str()) {
        return Err(invalid("ethertype", &format!("{ether} is not in valid_values")));
    }
    check_protocol(&wanted)?;
    check_remote(&wanted)?;
    let id = string(&wanted, "security_group_id", 36)?.unwrap_or_default();
    let rule = app
        .db
        .write(move |tx| {
            let group = records::get(tx, Kind::SecurityGroup, &id)?;
            let mut group = group.ok_or_else(|| not_found("Security group", &id))?;
            // That there is one is no secret here.
            if !owns(&caller, &group) {
                return Err(policy("create_security_group_rule"));
            }
            let mut rule = new_rule(&group, &direction, &ether);
            rule.insert("description".to_owned(), json!(""));
            let settable = [
                "protocol",
                "port_range_min",
                "port_range_max",
                "remote_ip_prefix",
                "remote_group_id",
                "description",
            ];
            for key in settable {
                if let Some(value) = wanted.get(key) {
                    rule.insert(key.to_owned(), value.clone());
                }
            }
            rule.insert("normalized_cidr".to_owned(), rule["remote_ip_prefix"].clone());
            let same = |other: &Record| {
                let keys = [
                    "direction",
                    "ethertype",
                    "protocol",
                    "port_range_min",
                    "port_range_max",
                    "remote_ip_prefix",
                    "remote_group_id",
                ];
                keys.iter().all(|key| other.get(*key) == rule.get(*key))
            };
            if let Some(twin) = rules_of(&group).into_iter().find(same) {
                let message =
                    format!("Security group rule already exists. Rule id is {}.", text(&twin, "id"));
                return Err(in_use(message, "SecurityGroupRuleExists"));
            }
            add(&mut group, rule.clone());
            touch(&mut group);
            records::update(tx, &group)?;
            Ok(alone(rule))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"security_group_rule": rule}))))
}

/// Server code: neutron/db/securitygroups_db.py, `_validate_security_group_rule`.
fn check_protocol(wanted: &Map<String, Value>) -> Result<(), Refusal> {
    let refuse = |kind, why: String| Err(Refusal::bad_request(why).kind(kind));
    let port = |key: &str| wanted.get(key).and_then(Value::as_i64);
    let (min, max) = (port("port_range_min"), port("port_range_max"));
    let protocol = match wanted.get("protocol") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(number) => Some(number.to_string()),
    };
    let Some(protocol) = protocol else {
        return if min.is_some() || max.is_some() {
            let why = "Must also specify protocol if port range is given.";
            refuse("SecurityGroupProtocolRequiredWithPorts", why.to_owned())
        } else {
            Ok(())
        };
    };
    let is_number = protocol.parse::<u16>().is_ok_and(|number| number <= 255);
    if !is_number && !PROTOCOLS.contains(&protocol.as_str()) {
        let names = PROTOCOLS.map(|name| format!("'{name}'")).join(", ");
        return refuse(
            "SecurityGroupRuleInvalidProtocol",
            format!(
                "Security group rule protocol {protocol} not supported. Only protocol values (None, {names}) and integer \
                 representations [0 to 255] are supported."
            ),
        );
    }
    if ["icmp", "icmpv6", "ipv6-icmp", "1", "58"].contains(&protocol.as_str()) {
        let named = [("type", "port_range_min", min), ("code", "port_range_max", max)];
        return match named
            .into_iter()
            .find(|(.., value)| value.is_some_and(|value| !(0..=255).contains(&value)))
        {
            Some((what, key, Some(value))) => refuse(
                "SecurityGroupInvalidIcmpValue",
                format!("Invalid value for ICMP {what} ({key}) {value}. It must be 0 to 255."),
            ),
            _ => Ok(()),
        };
    }
    if let Some(odd) = [min, max].into_iter().flatten().find(|port| !(0..=65_535).contains(port)) {
        return refuse("SecurityGroupInvalidPortValue", format!("Invalid value for port {odd}"));
    }
    match (min, max) {
        (None, None) => Ok(()),
        (Some(min), Some(max)) if min <= max => Ok(()),
        _ => refuse(
            "SecurityGroupInvalidPortRange",
            "For TCP/UDP protocols, port_range_min must be <= port_range_max".to_owned(),
        ),
    }
}

/// Whom a rule is about, in one way only.
fn check_remote(wanted: &Map<String, Value>) -> Result<(), Refusal> {
    let prefix = string(wanted, "remote_ip_prefix", 64)?;
    let refuse = |kind, why: String| Err(Refusal::bad_request(why).kind(kind));
    if prefix.is_some() && string(wanted, "remote_group_id", 36)?.is_some() {
        let why =
            "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.";
        return refuse("SecurityGroupMultipleRemoteEntites", why.to_owned());
    }
    match prefix {
        Some(prefix) if !is_prefix(&prefix) => {
            refuse("InvalidCIDR", format!("Invalid CIDR {prefix} given as IP prefix."))
        }
        _ => Ok(()),
    }
}

fn is_prefix(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "0"));
    let most = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= most)
}

const PROTOCOLS: [&str; 26] = [
    "any",
    "ah",
    "dccp",
    "egp",
    "esp",
    "gre",
    "hopopt",
    "icmp",
    "igmp",
    "ip",
    "ipip",
    "ipv6-encap",
    "ipv6-frag",
    "ipv6-icmp",
    "icmpv6",
    "ipv6-nonxt",
    "ipv6-opts",
    "ipv6-route",
    "ospf",
    "pgm",
    "rsvp",
    "sctp",
    "tcp",
    "udp",
    "udplite",
    "vrrp",
];

/// `DELETE /security-group-rules/{id}`.
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    may_write(&caller, "delete_security_group_rule")?;
    app.db
        .write(move |tx| {
            let groups = records::list(tx, Kind::SecurityGroup)?;
            let mut of_caller = groups.into_iter().filter(|group| owns(&caller, group));
            let found = of_caller.find(|group| rules_of(group).iter().any(|rule| text(rule, "id") == id));
            let mut group = found.ok_or_else(|| not_found("Security group rule", &id))?;
            if let Some(Value::Array(rules)) = group.get_mut("security_group_rules") {
                rules.retain(|rule| rule["id"] != id.as_str());
            }
            touch(&mut group);
            records::update(tx, &group).map_err(Refusal::from)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
