//! A server as the API shows it: which fields there are depends on the microversion, and on who asks.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha224};

use super::lifecycle::{self, NETWORKING, SPAWNING};
use super::model::{Disk, Server, Task, VmState};
use crate::caller::Caller;
use crate::clock;
use crate::nova::microversion::Microversion;
use crate::nova::zones::{HOST, ZONE};
use crate::nova::{bookmark, links};
use crate::state::App;

/// The whole server, as in `detail`; `show` adds the server groups.
pub fn server(app: &App, caller: &Caller, server: &Server, version: Microversion, now: i64) -> Value {
    let state = lifecycle::shown(server, now);
    let scheduled = has_passed(server, now, NETWORKING) && server.doom.is_none();
    let mut shown = json!({
        "id": server.id, "name": server.name, "status": state.status, "tenant_id": server.project_id,
        "user_id": server.user_id, "metadata": server.metadata,
        "hostId": if scheduled { host_id(&server.project_id) } else { String::new() },
        "image": image(app, server, version), "flavor": flavor(app, server, version),
        "created": clock::seconds(server.created), "updated": clock::seconds(server.updated),
        "addresses": addresses(server, now, true), "accessIPv4": "", "accessIPv6": "",
        "links": links(app, "servers", &server.id), "OS-DCF:diskConfig": "MANUAL",
        "OS-EXT-AZ:availability_zone": if scheduled { ZONE } else { server.zone.as_deref().unwrap_or("") },
        "config_drive": if server.config_drive { "True" } else { "" }, "key_name": server.key_name,
        "OS-SRV-USG:launched_at": server.launched.map(|at| clock::naive(at - at.rem_euclid(clock::SECOND))),
        "OS-SRV-USG:terminated_at": null, "OS-EXT-STS:task_state": state.task_state,
        "OS-EXT-STS:vm_state": state.vm_state, "OS-EXT-STS:power_state": state.power_state,
        "os-extended-volumes:volumes_attached": volumes(server, version),
    });
    if ["ACTIVE", "BUILD", "REBUILD"].contains(&state.status) {
        shown["progress"] = json!(0);
    }
    // Nova takes the groups from the ports: without one there are none to show.
    if !server.nics.is_empty() {
        let groups = server.nics.iter().flat_map(|nic| &nic.groups);
        let groups: Vec<Value> = groups.map(|name| json!({"name": name})).collect();
        shown["security_groups"] = json!(groups);
    }
    if server.state == VmState::Error
        && let Some(doom) = &server.doom
    {
        shown["fault"] = fault(server, doom, caller.is_admin());
    }
    if caller.is_admin() {
        host(&mut shown, server, version, scheduled);
    }
    newer(&mut shown, server, version);
    shown
}

/// What `PUT` answers: before 2.75 without what Nova's extensions add elsewhere.
pub fn after_update(app: &App, caller: &Caller, server: &Server, version: Microversion, now: i64) -> Value {
    let mut shown = self::server(app, caller, server, version, now);
    if let (false, Value::Object(shown)) = (version.since(75), &mut shown) {
        shown.retain(|key, _| {
            !["OS-EXT-", "OS-SRV-", "os-extended-", "config_drive", "key_name", "security_groups"]
                .iter()
                .any(|start| key.starts_with(start))
        });
        shown.insert("addresses".to_owned(), addresses(server, now, false));
    }
    shown
}

/// `addresses`, by network; empty until the ports are up.
pub fn addresses(server: &Server, now: i64, extended: bool) -> Value {
    let mut networks: Map<String, Value> = Map::new();
    if !has_passed(server, now, SPAWNING) {
        return Value::Object(networks);
    }
    for nic in server.nics.iter().filter(|nic| !nic.address.is_empty()) {
        let mut address = json!({"version": 4, "addr": nic.address});
        if extended {
            address["OS-EXT-IPS:type"] = json!("fixed");
            address["OS-EXT-IPS-MAC:mac_addr"] = json!(nic.mac);
        }
        if let Value::Array(list) = networks.entry(nic.network.clone()).or_insert_with(|| json!([])) {
            list.push(address);
        }
    }
    Value::Object(networks)
}

fn has_passed(server: &Server, now: i64, phase: i64) -> bool {
    match server.task {
        Some((Task::Build, since)) => now - since >= phase,
        _ => server.state != VmState::Building,
    }
}

/// Hides the host from the project, but is the same for all its servers there.
pub fn host_id(project: &str) -> String {
    Sha224::digest(format!("{project}{HOST}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn image(app: &App, server: &Server, version: Microversion) -> Value {
    match &server.image_id {
        None => json!(""),
        Some(id) => {
            let mut shown = json!({"id": id, "links": [bookmark(app, "images", id)]});
            if version.since(98) {
                shown["properties"] = json!(server.image_properties);
            }
            shown
        }
    }
}

fn volumes(server: &Server, version: Microversion) -> Value {
    let shown = |disk: &Disk| {
        if version.since(3) {
            return json!({"id": disk.volume_id, "delete_on_termination": disk.goes});
        }
        json!({"id": disk.volume_id})
    };
    server.disks.iter().map(shown).collect()
}

fn flavor(app: &App, server: &Server, version: Microversion) -> Value {
    let flavor = &server.flavor;
    if version.since(47) {
        return json!({
            "vcpus": flavor.vcpus, "ram": flavor.ram, "disk": flavor.disk, "ephemeral": flavor.ephemeral,
            "swap": flavor.swap, "original_name": flavor.name, "extra_specs": flavor.extra_specs,
        });
    }
    json!({"id": flavor.id, "links": [bookmark(app, "flavors", &flavor.id)]})
}

fn fault(server: &Server, doom: &str, is_admin: bool) -> Value {
    let mut fault = json!({"code": 500, "created": clock::seconds(server.updated), "message": doom});
    if is_admin {
        fault["details"] = json!(format!(
            "Traceback (most recent call last):\n  File \"nova/conductor/manager.py\", line 1691, in \
             schedule_and_build_instances\nnova.exception.NoValidHost: {doom}\n"
        ));
    }
    fault
}

fn host(shown: &mut Value, server: &Server, version: Microversion, scheduled: bool) {
    let host = scheduled.then_some(HOST);
    shown["OS-EXT-SRV-ATTR:host"] = json!(host);
    shown["OS-EXT-SRV-ATTR:hypervisor_hostname"] = json!(host);
    let number: String = server.id.chars().filter(char::is_ascii_hexdigit).take(8).collect();
    shown["OS-EXT-SRV-ATTR:instance_name"] = json!(format!("instance-{number}"));
    if version.since(3) {
        shown["OS-EXT-SRV-ATTR:reservation_id"] = json!(server.reservation_id);
        shown["OS-EXT-SRV-ATTR:launch_index"] = json!(server.launch_index);
        shown["OS-EXT-SRV-ATTR:hostname"] = json!(server.hostname);
        shown["OS-EXT-SRV-ATTR:kernel_id"] = json!("");
        shown["OS-EXT-SRV-ATTR:ramdisk_id"] = json!("");
        shown["OS-EXT-SRV-ATTR:root_device_name"] = json!("/dev/vda");
        shown["OS-EXT-SRV-ATTR:user_data"] = json!(server.user_data);
    }
    if version.since(16) {
        shown["host_status"] = json!(if scheduled { "UP" } else { "" });
    }
}

fn newer(shown: &mut Value, server: &Server, version: Microversion) {
    let fields = [
        (9, "locked", json!(server.lock.is_some())),
        (19, "description", json!(server.description)),
        (26, "tags", json!(server.tags)),
        (63, "trusted_image_certificates", Value::Null),
        (73, "locked_reason", json!(server.lock.as_ref().and_then(|lock| lock.reason.as_ref()))),
        (90, "OS-EXT-SRV-ATTR:hostname", json!(server.hostname)),
        (96, "pinned_availability_zone", json!(server.zone)),
        (100, "scheduler_hints", server.hints.clone()),
    ];
    for (since, key, value) in fields {
        if version.since(since) {
            shown[key] = value;
        }
    }
}
