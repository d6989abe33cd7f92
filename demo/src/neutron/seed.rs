//! The networks of `openstack/seed.py`, by the same names and addresses.

use rusqlite::Transaction;

use super::networks::{self, NewNetwork};
use super::records::{self, Kind};
use super::routers;
use super::subnets::{self, NewSubnet};
use crate::{clock, ids};

struct Seeded {
    name: &'static str,
    project: &'static str,
    cidr: &'static str,
    shared: bool,
    external: bool,
}

const NETWORKS: [Seeded; 4] = [
    Seeded { name: "public", project: "admin", cidr: "172.24.4.0/24", shared: false, external: true },
    Seeded { name: "shared-net", project: "admin", cidr: "10.10.0.0/16", shared: true, external: false },
    Seeded { name: "demo-net", project: "demo", cidr: "10.20.0.0/24", shared: false, external: false },
    Seeded { name: "other-net", project: "other", cidr: "10.30.0.0/24", shared: false, external: false },
];

/// Makes networks, subnets and the router of demo.
pub fn seed(tx: &Transaction) -> rusqlite::Result<()> {
    let now = clock::now();
    for seeded in NETWORKS {
        let new = NewNetwork {
            id: ids::stable_uuid("network", seeded.name),
            name: seeded.name.to_owned(),
            project_id: ids::project(seeded.project),
            shared: seeded.shared,
            external: seeded.external,
            provider: if seeded.external { "flat" } else { "vxlan" },
        };
        let network = networks::record(new, now);
        records::insert(tx, Kind::Network, &network)?;
        let name = format!("{}-subnet", seeded.name);
        let new = NewSubnet {
            id: ids::stable_uuid("subnet", &name),
            name,
            network: &network,
            cidr: seeded.cidr.to_owned(),
            dhcp: !seeded.external,
        };
        let subnet = subnets::record(new, now).expect("the seeded CIDRs are blocks");
        subnets::keep(tx, network, &subnet)?;
    }
    let gateway = records::get(tx, Kind::Network, &ids::stable_uuid("network", "public"))?;
    let id = ids::stable_uuid("router", "demo-router");
    let router = routers::record(id, "demo-router", &ids::project("demo"), gateway.as_ref(), now);
    records::insert(tx, Kind::Router, &router)?;
    if let Some(subnet) = records::get(tx, Kind::Subnet, &ids::stable_uuid("subnet", "demo-net-subnet"))? {
        routers::attach(tx, &router, &subnet, now).expect("the gateway of a fresh subnet is free");
    }
    Ok(())
}
