//! First data: the flavors, quotas, key pair and server of `openstack/seed.py`, and more of each.

use rusqlite::Transaction;
use serde_json::json;

use super::flavors::model::{self as flavors, Flavor};
use super::keypairs::{self, KeyPair};
use super::quotas;
use super::servers::model::{self, Nic, Server, VmState};
use super::servers::{create, lifecycle};
use crate::clock::{self, SECOND};
use crate::neutron::records::{self, Kind, Record, text};
use crate::neutron::{groups, ports};
use crate::{glance, ids};

/// A public key whose private half nobody kept: it only shows what one looks like.
const ALICE_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIACWMT2kD0qYJRcpFQZJIf8x4S7tKNjGh9M+XaGJuMUC alice";

/// Name, vCPUs, RAM in MiB, disk in GiB: first those of `seed.py`, then the demo cloud's own.
const FLAVORS: [(&str, i64, i64, i64); 13] = [
    ("m1.tiny", 1, 512, 1),
    ("m1.small", 1, 2048, 20),
    ("m1.medium", 2, 4096, 40),
    ("m1.large", 4, 8192, 80),
    ("c1.micro", 1, 256, 0),
    ("c1.small", 2, 2048, 10),
    ("c1.large", 8, 8192, 40),
    ("m1.xlarge", 8, 16384, 160),
    ("m1.2xlarge", 16, 65536, 400),
    ("r1.medium", 2, 16384, 40),
    ("r1.large", 4, 32768, 80),
    ("a1.medium", 2, 4096, 40),
    ("private.large", 8, 32768, 200),
];

/// Instances, cores, RAM in MiB: roomy in demo and other, tight in quota.
const QUOTAS: [(&str, [i64; 3]); 3] =
    [("demo", [50, 100, 204_800]), ("other", [20, 40, 81_920]), ("quota", [1, 2, 4096])];

struct SeededServer {
    name: &'static str,
    user: &'static str,
    project: &'static str,
    image: &'static str,
    flavor: &'static str,
    network: &'static str,
    state: VmState,
    fault: Option<&'static str>,
}

const SERVERS: [SeededServer; 4] = [
    SeededServer {
        name: "alice-web",
        user: "alice",
        project: "demo",
        image: "cirros-tiny",
        flavor: "m1.tiny",
        network: "demo-net",
        state: VmState::Active,
        fault: None,
    },
    SeededServer {
        name: "alice-batch",
        user: "alice",
        project: "demo",
        image: "debian-12",
        flavor: "m1.small",
        network: "demo-net",
        state: VmState::Stopped,
        fault: None,
    },
    SeededServer {
        name: "alice-broken",
        user: "alice",
        project: "demo",
        image: "ubuntu-24.04",
        flavor: "m1.small",
        network: "shared-net",
        state: VmState::Error,
        fault: Some("No valid host was found. There are not enough hosts available."),
    },
    SeededServer {
        name: "bob-db",
        user: "bob",
        project: "other",
        image: "debian-12",
        flavor: "m1.medium",
        network: "other-net",
        state: VmState::Active,
        fault: None,
    },
];

/// Makes all of it; images and networks must be there.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    for flavor in FLAVORS.into_iter().map(flavor) {
        flavors::save(tx, &flavor)?;
    }
    for (project, [instances, cores, ram]) in QUOTAS {
        for (resource, most) in [("instances", instances), ("cores", cores), ("ram", ram)] {
            quotas::set(tx, &ids::project(project), resource, most)?;
        }
    }
    let now = clock::now();
    let key = KeyPair::import("alice-key", ALICE_KEY, now).expect("the seeded key is one");
    keypairs::insert(tx, &ids::user("alice"), &key)?;
    for (age, seeded) in SERVERS.iter().enumerate() {
        server(tx, seeded, now - (1 + age as i64) * 3600 * SECOND)?;
    }
    Ok(())
}

fn flavor((name, vcpus, ram, disk): (&str, i64, i64, i64)) -> Flavor {
    let mut flavor = Flavor {
        id: ids::stable_uuid("flavor", name),
        name: name.to_owned(),
        vcpus,
        ram,
        disk,
        rxtx_factor: 1.0,
        is_public: true,
        ..Flavor::default()
    };
    match name {
        "a1.medium" => {
            flavor.description = Some("64-bit ARM".to_owned());
            flavor.extra_specs.insert("trait:HW_ARCH_AARCH64".to_owned(), "required".to_owned());
        }
        "private.large" => {
            flavor.is_public = false;
            flavor.description = Some("Only for the demo project".to_owned());
            flavor.access = vec![ids::project("demo")];
        }
        _ => {}
    }
    flavor
}

fn server(tx: &Transaction, seeded: &SeededServer, created: i64) -> rusqlite::Result<()> {
    let image = glance::find(tx, &ids::stable_uuid("image", seeded.image))?;
    let Some(image) = image else {
        tracing::warn!("no seeded image {}: no server {}", seeded.image, seeded.name);
        return Ok(());
    };
    let flavor = flavors::get(tx, &ids::stable_uuid("flavor", seeded.flavor))?.unwrap_or_default();
    let id = ids::stable_uuid("server", seeded.name);
    let project = ids::project(seeded.project);
    let up = seeded.state != VmState::Error;
    let network =
        records::get(tx, Kind::Network, &ids::stable_uuid("network", seeded.network))?.filter(|_| up);
    let nics = network.map(|network| nic(tx, &network, &project, &id, created)).transpose()?;
    let active = created + lifecycle::BUILD;
    let server = Server {
        id,
        name: seeded.name.to_owned(),
        description: Some(seeded.name.to_owned()),
        project_id: project,
        user_id: ids::user(seeded.user),
        boot: create::boot(&image),
        image_id: Some(image.id),
        image_properties: create::texts(&image.properties),
        flavor,
        key_name: (seeded.user == "alice").then(|| "alice-key".to_owned()),
        hostname: create::hostname(seeded.name),
        security_groups: vec!["default".to_owned()],
        nics: nics.into_iter().collect(),
        hints: json!({}),
        doom: seeded.fault.map(str::to_owned),
        reservation_id: format!("r-{}", &ids::stable_hex("reservation", seeded.name)[..8]),
        created,
        updated: active,
        launched: up.then_some(active),
        booted: up.then_some(created + lifecycle::SPAWNING),
        state: seeded.state,
        ..Server::default()
    };
    model::insert(tx, &server)
}

fn nic(tx: &Transaction, network: &Record, project: &str, server: &str, now: i64) -> rusqlite::Result<Nic> {
    let group = groups::default(tx, project)?;
    let new = ports::NewPort {
        network,
        project_id: project,
        device_id: server,
        device_owner: "compute:nova",
        security_groups: &[group],
        places: &[],
    };
    let port = ports::make(tx, new, now).expect("a fresh subnet has a free address");
    let fixed = &port["fixed_ips"][0];
    let part = |key: &str| fixed[key].as_str().unwrap_or("").to_owned();
    Ok(Nic {
        port_id: text(&port, "id").to_owned(),
        network: text(network, "name").to_owned(),
        network_id: text(network, "id").to_owned(),
        subnet_id: part("subnet_id"),
        address: part("ip_address"),
        mac: text(&port, "mac_address").to_owned(),
        groups: vec!["default".to_owned()],
        is_kept: false,
    })
}
