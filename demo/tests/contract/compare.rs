//! Where an answer differs from the recorded one: status, the headers that matter, and every value of the body.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::names::{Names, is_id};
use crate::target::Answer;
use crate::transcripts::Transcript;

/// Differ by nature; only of the same kind.
const VOLATILE: [&str; 20] = [
    "OS-EXT-IPS-MAC:mac_addr",
    "addr",
    "adminPass",
    "audit_ids",
    "checksum",
    "data_dir",
    "device",
    "device_name",
    "hostId",
    "mac_addr",
    "mac_address",
    "os_hash_value",
    "os-vol-host-attr:host",
    "output",
    "remote_group_id",
    "revision_number",
    "root_device_name",
    "secret",
    "service_uuid",
    "standard_attr_id",
];

/// Addresses that requests ask for.
const CHOSEN: [&str; 2] = ["10.20.0.200", "10.20.0.201"];

/// These have to be the same.
const HEADERS: [&str; 18] = [
    "accept-patch",
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "allow",
    "content-md5",
    "content-range",
    "content-type",
    "location",
    "openstack-api-version",
    "openstack-image-import-methods",
    "openstack-image-store-ids",
    "vary",
    "www-authenticate",
    "x-compute-request-id",
    "x-openstack-nova-api-version",
    "x-openstack-request-id",
];

/// The services whose entries in a catalog are compared: a cloud may have others.
const SPOKEN: [&str; 5] = ["compute", "identity", "image", "network", "volumev3"];

/// Compares one answer.
pub struct Comparison<'a> {
    transcript: &'a Transcript,
    names: &'a mut Names,
    volatile: Vec<&'static str>,
    found: Vec<String>,
}

/// What differs, in words; learns ids on the way. `mine` says of a name whether this test gave it.
pub fn differences(
    transcript: &Transcript,
    answer: &Answer,
    names: &mut Names,
    mine: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let mut comparison = Comparison { transcript, names, volatile: volatile(transcript), found: Vec::new() };
    if answer.status != transcript.status {
        let body = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
        comparison
            .found
            .push(format!("status {}, recorded was {}: {body}", answer.status, transcript.status));
    }
    comparison.body(answer, mine);
    for name in HEADERS {
        comparison.header(name, answer);
    }
    comparison.found
}

fn volatile(transcript: &Transcript) -> Vec<&'static str> {
    let mut keys = VOLATILE.to_vec();
    // Disks of these formats are made smaller than QEMU makes them; a server's disk has the size that its host gives it.
    if ["disk-vdi", "disk-vhdx", "images", "snapshot-image"].iter().any(|it| transcript.name.contains(it)) {
        keys.extend(["size", "virtual_size"]);
    }
    // An external network is flat or not, as the operator made it.
    if transcript.url.ends_with("/networks") {
        keys.push("mtu");
    }
    match transcript.number {
        // The host chooses the format of a snapshot: libvirt that of its source, the recorded cloud's fake driver raw.
        279 => keys.push("disk_format"),
        // Of the whole project, which had a history.
        58 => keys.push("usage"),
        _ => {}
    }
    keys
}

impl Comparison<'_> {
    fn body(&mut self, answer: &Answer, mine: &dyn Fn(&str) -> bool) {
        match &self.transcript.response_body {
            Value::Object(body) if body.get("binary") == Some(&Value::Bool(true)) => {
                if Some(answer.body.len() as u64) != body["bytes"].as_u64() {
                    self.found.push(format!("{} bytes, recorded were {}", answer.body.len(), body["bytes"]));
                }
            }
            Value::String(text) => {
                let (text, ours) = (self.names.text(text), String::from_utf8_lossy(&answer.body));
                if ours != text {
                    self.found.push(format!("body {ours:?}, recorded was {text:?}"));
                }
            }
            body => {
                let (mut theirs, mut ours) = (body.clone(), answer.json());
                common_services(&mut theirs);
                common_services(&mut ours);
                self.what_others_have(&mut theirs, &mut ours, mine);
                self.value("", &theirs, &ours);
            }
        }
    }

    /// Takes out of lists what only one of the clouds holds, and this test hasn't made.
    fn what_others_have(&mut self, theirs: &mut Value, ours: &mut Value, mine: &dyn Fn(&str) -> bool) {
        for set in [&mut *theirs, &mut *ours] {
            if let Some(quotas) = set["quota_set"].as_object_mut() {
                quotas.retain(|name, _| is_quota_of_mine(name, mine));
            }
        }
        for list in ["images", "flavors", "networks", "subnets", "volume_types"] {
            let (Some(recorded), Some(here)) = (theirs[list].as_array_mut(), ours[list].as_array_mut())
            else {
                continue;
            };
            // Left behind in the recorded cloud by an experiment.
            recorded.retain(|item| !item["name"].as_str().is_some_and(|name| name.starts_with("hz-")));
            here.retain(|item| item["name"].as_str().is_some_and(mine));
            // Where a list goes on beyond ours is another matter.
            if !self.transcript.url.contains("limit=") {
                ours.as_object_mut().map(|body| body.remove("next"));
            }
        }
    }

    fn value(&mut self, path: &str, theirs: &Value, ours: &Value) {
        let key = path.rsplit('.').next().unwrap_or("").split('[').next().unwrap_or("");
        match (theirs, ours) {
            (Value::Object(theirs), Value::Object(ours)) => {
                // Addresses are below the names of networks.
                let here: BTreeMap<&String, String> = theirs
                    .keys()
                    .map(|name| (name, self.names.given.get(name).cloned()))
                    .map(|(name, given)| (name, given.filter(|_| key == "addresses").unwrap_or(name.clone())))
                    .collect();
                for (name, value) in theirs {
                    match ours.get(&here[name]) {
                        Some(mine) => self.value(&format!("{path}.{name}"), value, mine),
                        None => self.found.push(format!("{path}.{name} is missing")),
                    }
                }
                for name in ours.keys().filter(|name| !here.values().any(|known| known == *name)) {
                    self.found.push(format!("{path}.{name} is too much"));
                }
            }
            // Key pairs are counted through.
            (Value::Number(_), Value::Number(_)) if key == "id" => {}
            (Value::Array(theirs), Value::Array(ours)) => self.list(path, theirs, ours),
            // Neutron hands out addresses in an order of its own, but for those that were asked for.
            (Value::String(theirs), Value::String(_))
                if key == "ip_address" && !CHOSEN.contains(&theirs.as_str()) => {}
            _ if self.volatile.contains(&key)
                && std::mem::discriminant(theirs) == std::mem::discriminant(ours) => {}
            // A list of devices, in a text.
            (Value::String(theirs), Value::String(ours)) if key == "block_device_mapping" => {
                let list = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
                self.value(&format!("{path}.in"), &list(theirs), &list(ours));
            }
            (Value::String(theirs), Value::String(ours)) => {
                self.names.meet(theirs, ours);
                let expected = self.names.value_of(key, theirs);
                let alike = match key {
                    "boot_roles" => in_order(&expected) == in_order(ours),
                    _ => blur(&expected) == blur(ours),
                };
                if !alike {
                    self.found.push(format!("{path} is {ours:?}, recorded was {expected:?}"));
                }
            }
            _ if theirs != ours => self.found.push(format!("{path} is {ours}, recorded was {theirs}")),
            _ => {}
        }
    }

    fn list(&mut self, path: &str, theirs: &[Value], ours: &[Value]) {
        if theirs.len() != ours.len() {
            self.found.push(format!("{path} has {} items, recorded were {}", ours.len(), theirs.len()));
        }
        let sorted = self.transcript.url.contains("sort=");
        for (index, item) in theirs.iter().enumerate() {
            let twin = if sorted { ours.get(index) } else { self.twin(item, index, ours) };
            match twin {
                Some(twin) => self.value(&format!("{path}[{index}]"), item, twin),
                None => self.found.push(format!("{path} has no {item}")),
            }
        }
    }

    /// The item of a list that answers to a recorded one: what names it, else its place. Most lists have no order.
    fn twin<'b>(&self, item: &Value, index: usize, list: &'b [Value]) -> Option<&'b Value> {
        if let Some(text) = item.as_str() {
            let expected = self.names.text(text);
            return list.iter().find(|other| **other == *expected).or(list.get(index));
        }
        let same = |keys: &[&str]| {
            keys.iter().all(|key| item[*key].is_string()).then(|| {
                list.iter().find(|other| {
                    keys.iter().all(|key| {
                        let expected = self.names.value_of(key, item[*key].as_str().unwrap_or(""));
                        other[*key] == *expected
                    })
                })
            })
        };
        // Versions and stores have ids that are names.
        if let Some(ours) = item["id"].as_str().and_then(|id| self.names.known(id)) {
            return list.iter().find(|other| other["id"] == *ours).or(list.get(index));
        }
        let by_id = || if item["id"].as_str().is_some_and(is_id) { None } else { same(&["id"]) };
        let named: [&[&str]; 5] =
            [&["direction", "ethertype"], &["interface"], &["name"], &["net_id"], &["type"]];
        by_id().or_else(|| named.into_iter().find_map(same)).unwrap_or_else(|| list.get(index))
    }

    fn header(&mut self, name: &str, answer: &Answer) {
        let recorded = self.transcript.response_headers.get(name).map_or("", String::as_str);
        let ours = answer.header(name);
        let last = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
        self.names.meet(&last(recorded), &last(ours));
        let theirs = self.names.text(recorded);
        let alike = match name {
            // A hash, and ids.
            "content-md5" | "x-compute-request-id" | "x-openstack-request-id" => ours.len() == theirs.len(),
            // The recorder kept the last of several.
            "vary" => {
                answer.headers.get_all(name).iter().next_back().map_or("".as_bytes(), |it| it.as_bytes())
                    == theirs.as_bytes()
            }
            "allow" => in_order(ours) == in_order(&theirs),
            // What an empty body's type is matters to nobody.
            "content-type" if answer.body.is_empty() => true,
            _ => ours == theirs,
        };
        if !alike {
            self.found.push(format!("header {name}: {ours:?}, recorded was {theirs:?}"));
        }
    }
}

/// Cinder has quotas for each type of volumes, of which a cloud may have any.
fn is_quota_of_mine(name: &str, mine: &dyn Fn(&str) -> bool) -> bool {
    let of_type = ["volumes_", "gigabytes_", "snapshots_"].iter().find_map(|start| name.strip_prefix(start));
    of_type.is_none_or(mine)
}

/// The parts of a list in words, which has no order.
fn in_order(list: &str) -> Vec<&str> {
    let mut parts: Vec<_> = list.split(',').map(str::trim).collect();
    parts.sort_unstable();
    parts
}

/// A catalog's entries of the services that are compared.
fn common_services(body: &mut Value) {
    for at in ["/catalog", "/token/catalog"] {
        if let Some(Value::Array(list)) = body.pointer_mut(at) {
            list.retain(|service| SPOKEN.iter().any(|kind| service["type"] == *kind));
        }
    }
}

/// Without the digits of dates and request ids, which differ from run to run.
fn blur(text: &str) -> String {
    if let Some(id) = text.strip_prefix("req-").filter(|id| is_id(id)) {
        return format!("req-{}", id.len());
    }
    // Cinder's refusal, as Nova passes it on.
    if let Some((before, _)) = text.split_once(" (Request-ID: req-") {
        return before.to_owned();
    }
    let is_date = text.len() >= 19 && text.as_bytes()[4] == b'-' && text.as_bytes()[10] == b'T';
    if is_date {
        text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
    } else {
        text.to_owned()
    }
}
