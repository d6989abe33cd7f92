use super::*;
use crate::openstack::fixture::answer;

#[test]
fn networks_and_subnets_are_read_as_recorded() {
    let networks = list_networks().decode(&answer("neutron/networks-list")).unwrap();
    let flags: Vec<_> =
        networks.iter().map(|n| (n.name.as_str(), n.shared, n.is_external, n.subnets.len())).collect();
    assert_eq!(
        flags,
        [("public", false, true, 1), ("shared-net", true, false, 1), ("demo-net", false, false, 1)]
    );
    let subnets = list_subnets().decode(&answer("neutron/subnets")).unwrap();
    assert!(subnets.iter().any(|subnet| subnet.cidr == "10.20.0.0/24" && subnet.ip_version == 4));
}
