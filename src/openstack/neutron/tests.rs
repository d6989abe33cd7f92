use super::*;
use crate::openstack::{
    fixture::answer,
    neutron::{port::list_ports, security_group::list_security_groups},
    request::Answer,
};
use serde_json::json;

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
    assert_eq!(subnets[0].gateway_ip.as_deref(), Some("10.20.0.1"));
}

#[test]
fn security_groups_are_read_with_their_rules() {
    let request = list_security_groups(&"p".into());
    assert_eq!(request.query, [("project_id".to_owned(), "p".to_owned())]);
    let groups = request.decode(&answer("neutron/security-groups")).unwrap();
    let default = &groups[0];
    assert_eq!((default.name.as_str(), default.rules.len()), ("default", 4));
    let from_its_own = |rule: &&security_group::Rule| rule.remote_group_id.as_ref() == Some(&default.id);
    assert_eq!(default.rules.iter().filter(from_its_own).count(), 2);
    let body = json!({"security_groups": [{"id": "g", "name": null, "security_group_rules": [
        {"direction": "ingress", "ethertype": "IPv4", "protocol": 112, "port_range_min": 22, "port_range_max": 22}]}]});
    let groups = list_security_groups(&"p".into()).decode(&Answer::new(200, [], body.to_string())).unwrap();
    assert_eq!(groups[0].rules[0].protocol.as_deref(), Some("112"));
}

#[test]
fn ports_are_asked_for_of_one_project_and_in_part() {
    let request = list_ports(&"p".into());
    assert_eq!(request.query[0], ("project_id".to_owned(), "p".to_owned()));
    assert!(request.query.contains(&("fields".to_owned(), "fixed_ips".to_owned())));
    let body = json!({"ports": [{"id": "a", "name": "", "network_id": "n", "project_id": "p", "device_id": "",
        "device_owner": "", "admin_state_up": true, "fixed_ips": [{"subnet_id": "s", "ip_address": "10.0.0.5"}],
        "security_groups": ["g"]}, {"no": "id"}]});
    let ports = request.decode(&Answer::new(200, [], body.to_string())).unwrap();
    assert_eq!(ports.len(), 1);
    assert_eq!(ports[0].fixed_ips[0].ip_address, "10.0.0.5");
}
