//! The address that a new server shall have on a network: whether Neutron can give it, and of which subnet it is.

use core::net::IpAddr;

use crate::openstack::neutron::Subnet;

/// Why an address can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressProblem {
    /// It is none.
    NotAnAddress,
    /// It lies in none of the network's subnets.
    Outside {
        /// Their ranges.
        ranges: Vec<String>,
    },
    /// It is the range's first address, which names the range itself.
    OfTheRange,
    /// It is the range's last address, which reaches everybody.
    Broadcast,
    /// It is the router's.
    Gateway,
    /// The subnet's addresses come about by themselves (SLAAC).
    Automatic,
}

/// What is wrong with an address on a network of these subnets; nothing is when no subnet is known
/// (neutron/db/ipam_backend_mixin.py, `_test_fixed_ips_for_port`; neutron/ipam/drivers/neutrondb_ipam/driver.py).
pub fn address_problem(text: &str, subnets: &[&Subnet]) -> Option<AddressProblem> {
    let Ok(address) = text.trim().parse::<IpAddr>() else { return Some(AddressProblem::NotAnAddress) };
    if subnets.is_empty() {
        return None;
    }
    let Some(subnet) = subnet_of(address, subnets) else {
        return Some(AddressProblem::Outside {
            ranges: subnets.iter().map(|subnet| subnet.cidr.clone()).collect(),
        });
    };
    let Range { first, last, bits, prefix } = range(&subnet.cidr)?;
    // Of two addresses or one, none is set apart (RFC 3021). Version 6 has no broadcast.
    let has_names = bits - prefix > 1;
    let number = number(address);
    let is_v4 = address.is_ipv4();
    if subnet.gateway_ip.as_ref().and_then(|gateway| gateway.parse().ok()) == Some(address) {
        Some(AddressProblem::Gateway)
    } else if has_names && number == first {
        Some(AddressProblem::OfTheRange)
    } else if has_names && is_v4 && number == last {
        Some(AddressProblem::Broadcast)
    } else if matches!(subnet.ipv6_address_mode.as_deref(), Some("slaac" | "dhcpv6-stateless")) {
        Some(AddressProblem::Automatic)
    } else {
        None
    }
}

/// The subnet that an address belongs to.
pub fn subnet_of<'a>(address: IpAddr, subnets: &[&'a Subnet]) -> Option<&'a Subnet> {
    let holds = |subnet: &&&Subnet| {
        range(&subnet.cidr).is_some_and(|range| {
            (range.bits == 32) == address.is_ipv4() && (range.first..=range.last).contains(&number(address))
        })
    };
    subnets.iter().find(holds).copied()
}

/// A range of addresses, as numbers.
struct Range {
    first: u128,
    last: u128,
    bits: u32,
    prefix: u32,
}

/// `None` for what is no range.
fn range(cidr: &str) -> Option<Range> {
    let (address, prefix) = cidr.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let prefix: u32 = prefix.parse().ok()?;
    let bits: u32 = if address.is_ipv4() { 32 } else { 128 };
    let free = bits.checked_sub(prefix)?;
    let mask = if free == 128 { u128::MAX } else { (1 << free) - 1 };
    let number = number(address);
    Some(Range { first: number & !mask, last: number | mask, bits, prefix })
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

#[cfg(test)]
mod tests;
