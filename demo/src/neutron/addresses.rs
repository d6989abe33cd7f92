//! Addresses: which one of a subnet is next, and MAC addresses.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::records::{self, Kind, Record, text};

/// A parsed IPv4 block, `10.20.0.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    first: u32,
    prefix: u8,
}

impl Block {
    /// Reads `a.b.c.d/n`; the host bits must be zero, as Neutron wants them.
    pub fn parse(cidr: &str) -> Option<Self> {
        let (address, prefix) = cidr.split_once('/')?;
        let first = u32::from(address.parse::<Ipv4Addr>().ok()?);
        let prefix: u8 = prefix.parse().ok().filter(|prefix| *prefix <= 30)?;
        let block = Self { first, prefix };
        (first & block.hosts() == 0).then_some(block)
    }

    /// The gateway that Neutron picks: the first address.
    pub fn gateway(self) -> Ipv4Addr {
        Ipv4Addr::from(self.first + 1)
    }

    /// The allocation pool that Neutron makes: all but network, gateway and broadcast.
    pub fn pool(self) -> Value {
        json!([{"start": Ipv4Addr::from(self.first + 2).to_string(),
                "end": Ipv4Addr::from(self.first + self.hosts() - 1).to_string()}])
    }

    /// Whether an address is of this block.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & !self.hosts() == self.first
    }

    /// Whether two blocks share addresses.
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(Ipv4Addr::from(other.first)) || other.contains(Ipv4Addr::from(self.first))
    }

    fn hosts(self) -> u32 {
        u32::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0)
    }
}

/// The lowest free address of a subnet's pools; none when it is full.
pub fn next(db: &Connection, subnet: &Record) -> rusqlite::Result<Option<Ipv4Addr>> {
    let taken = taken(db, text(subnet, "id"))?;
    let pools = subnet.get("allocation_pools").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(pools.iter().find_map(|pool| {
        let end = |key: &str| pool[key].as_str().and_then(|end| end.parse::<Ipv4Addr>().ok()).map(u32::from);
        (end("start")?..=end("end")?).map(Ipv4Addr::from).find(|address| !taken.contains(address))
    }))
}

/// The addresses that ports of a subnet have.
pub fn taken(db: &Connection, subnet: &str) -> rusqlite::Result<HashSet<Ipv4Addr>> {
    let ports = records::list(db, Kind::Port)?;
    let fixed = ports.iter().filter_map(|port| port.get("fixed_ips")?.as_array()).flatten();
    Ok(fixed
        .filter(|ip| ip["subnet_id"] == subnet)
        .filter_map(|ip| ip["ip_address"].as_str()?.parse().ok())
        .collect())
}

/// A MAC address in the range that Neutron uses.
pub fn mac() -> String {
    let random = uuid::Uuid::new_v4().into_bytes();
    format!("fa:16:3e:{:02x}:{:02x}:{:02x}", random[0], random[1], random[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_gives_what_neutron_gives() {
        let block = Block::parse("10.10.0.0/16").expect("a good block");
        assert_eq!(block.gateway().to_string(), "10.10.0.1");
        assert_eq!(block.pool(), json!([{"start": "10.10.0.2", "end": "10.10.255.254"}]));
        assert_eq!(Block::parse("10.20.0.1/24"), None);
        assert_eq!(Block::parse("10.20.0.0/33"), None);
        assert!(
            block.contains(Ipv4Addr::new(10, 10, 200, 1)) && !block.contains(Ipv4Addr::new(10, 11, 0, 1))
        );
    }
}
