//! Filters and sort keys of the server list.

use std::cmp::Ordering;

use regex::{Regex, RegexBuilder};

use super::lifecycle;
use super::model::Server;
use crate::caller::Caller;
use crate::clock;
use crate::error::Refusal;
use crate::nova::microversion::Microversion;
use crate::python;

const STATUSES: [&str; 16] = [
    "ACTIVE",
    "BUILD",
    "DELETED",
    "ERROR",
    "HARD_REBOOT",
    "MIGRATING",
    "PASSWORD",
    "PAUSED",
    "REBOOT",
    "REBUILD",
    "RESCUE",
    "RESIZE",
    "SHELVED",
    "SHELVED_OFFLOADED",
    "SHUTOFF",
    "SUSPENDED",
];

/// What Nova sorts by; the demo cloud keeps order where it has no such column.
const SORT_KEYS: &[&str] = &[
    "access_ip_v4",
    "access_ip_v6",
    "auto_disk_config",
    "availability_zone",
    "config_drive",
    "created_at",
    "display_description",
    "display_name",
    "host",
    "hostname",
    "image_ref",
    "instance_type_id",
    "kernel_id",
    "key_name",
    "launch_index",
    "launched_at",
    "locked_by",
    "node",
    "power_state",
    "progress",
    "project_id",
    "ramdisk_id",
    "root_device_name",
    "task_state",
    "terminated_at",
    "updated_at",
    "user_id",
    "uuid",
    "vm_state",
    "architecture",
    "cell_name",
    "cleaned",
    "default_ephemeral_device",
    "default_swap_device",
    "deleted",
    "deleted_at",
    "disable_terminate",
    "ephemeral_gb",
    "ephemeral_key_uuid",
    "id",
    "key_data",
    "launched_on",
    "locked",
    "memory_mb",
    "os_type",
    "reservation_id",
    "root_gb",
    "shutdown_terminate",
    "user_data",
    "vcpus",
    "vm_mode",
];

/// Leaves the servers that the query asks for, in its order.
pub fn apply(
    servers: &mut Vec<Server>,
    asked: &[(String, String)],
    caller: &Caller,
    version: Microversion,
    now: i64,
) -> Result<(), Refusal> {
    check_expressions(asked)?;
    let statuses: Vec<String> =
        asked.iter().filter(|(key, _)| key == "status").map(|(_, status)| status.to_uppercase()).collect();
    if !statuses.is_empty() && !statuses.iter().any(|status| STATUSES.contains(&status.as_str())) {
        if version.since(38) {
            return Err(Refusal::bad_request("Invalid status value"));
        }
        servers.clear();
    }
    if !statuses.is_empty() {
        servers.retain(|server| statuses.iter().any(|status| status == lifecycle::shown(server, now).status));
    }
    for (key, value) in asked {
        match key.as_str() {
            "name" => servers.retain(|server| resembles(&server.name, value)),
            "image" => servers.retain(|server| server.image_id.as_deref() == Some(value)),
            "flavor" => servers.retain(|server| server.flavor.id == *value),
            "key_name" => servers.retain(|server| server.key_name.as_deref() == Some(value)),
            "uuid" => servers.retain(|server| server.id == *value),
            "user_id" => servers.retain(|server| server.user_id == *value),
            "availability_zone" => servers.retain(|_| value == crate::nova::zones::ZONE),
            "ip" => servers.retain(|server| server.nics.iter().any(|nic| resembles(&nic.address, value))),
            "reservation_id" => servers.retain(|server| server.reservation_id == *value),
            "description" if version.since(19) => {
                servers.retain(|server| {
                    server.description.as_deref().is_some_and(|text| resembles(text, value))
                });
            }
            "tags" if version.since(26) => servers.retain(|server| has_tags(server, value, true)),
            "tags-any" if version.since(26) => servers.retain(|server| has_tags(server, value, false)),
            "project_id" | "tenant_id" if caller.is_admin() => {
                servers.retain(|server| server.project_id == *value)
            }
            "deleted" if caller.is_admin() && ["1", "true", "True"].contains(&value.as_str()) => {
                servers.clear()
            }
            "vm_state" if caller.is_admin() => {
                servers.retain(|server| lifecycle::shown(server, now).vm_state == value);
            }
            "changes-since" => {
                let since = clock::parse(value).ok_or_else(|| {
                    Refusal::bad_request(format!(
                        "Invalid input for query parameters changes-since. Value: {value}. '{value}' is not a \
                         'date-time'"
                    ))
                })?;
                servers.retain(|server| server.updated >= since);
            }
            // Nova ignores what the caller may not filter by.
            _ => {}
        }
    }
    sort(servers, asked)
}

fn sort(servers: &mut [Server], asked: &[(String, String)]) -> Result<(), Refusal> {
    let values = |wanted: &str| -> Vec<&str> {
        asked.iter().filter(|(key, _)| key == wanted).map(|(_, value)| value.as_str()).collect()
    };
    let (keys, directions) = (values("sort_key"), values("sort_dir"));
    for (index, key) in keys.iter().enumerate().rev() {
        let by: fn(&Server, &Server) -> Ordering = match *key {
            "created_at" => |a, b| a.created.cmp(&b.created),
            "updated_at" => |a, b| a.updated.cmp(&b.updated),
            "display_name" => |a, b| a.name.cmp(&b.name),
            "uuid" => |a, b| a.id.cmp(&b.id),
            "vm_state" => |a, b| (a.state as u8).cmp(&(b.state as u8)),
            "launched_at" => |a, b| a.launched.cmp(&b.launched),
            other if SORT_KEYS.contains(&other) => |_, _| Ordering::Equal,
            other => {
                let one_of = python::repr(&serde_json::json!(SORT_KEYS));
                let message = format!(
                    "Invalid input for query parameters sort_key. Value: {other}. '{other}' is not one of {one_of}"
                );
                return Err(Refusal::bad_request(message));
            }
        };
        let ascending = directions.get(index) == Some(&"asc");
        servers.sort_by(|a, b| if ascending { by(a, b) } else { by(b, a) });
    }
    Ok(())
}

fn has_tags(server: &Server, list: &str, all: bool) -> bool {
    let mut wanted = list.split(',');
    let has = |tag: &str| server.tags.iter().any(|own| own == tag);
    if all { wanted.all(has) } else { wanted.any(has) }
}

/// MariaDB's `REGEXP`, which Nova filters with: found anywhere, whatever the case.
fn resembles(text: &str, pattern: &str) -> bool {
    expression(pattern).is_some_and(|expression| expression.is_match(text))
}

fn expression(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).case_insensitive(true).size_limit(1 << 20).build().ok()
}

fn check_expressions(asked: &[(String, String)]) -> Result<(), Refusal> {
    let is_pattern = |key: &str| matches!(key, "name" | "ip" | "description");
    match asked.iter().find(|(key, value)| is_pattern(key) && expression(value).is_none()) {
        Some((key, value)) => Err(Refusal::bad_request(format!(
            "Invalid input for query parameters {key}. Value: {value}. {} is not a 'regex'",
            python::repr_text(value)
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_in_part_or_between_anchors() {
        assert!(resembles("alice-web", "web"));
        assert!(resembles("alice-web", "^alice-web$"));
        assert!(!resembles("alice-web-2", "^alice-web$"));
        assert!(resembles("a.b", "a\\.b"));
        assert!(resembles("web-instance-12", r"^.*\-instance\-[0-9]+$"));
        assert!(!resembles("[x", "[X"));
    }
}
