use super::*;
use proptest::prelude::*;
use serde_json::json;

fn group(id: &str, name: &str) -> SecurityGroup {
    SecurityGroup { id: id.into(), name: name.to_owned(), ..SecurityGroup::default() }
}

fn port(id: &str, device: &str) -> Port {
    Port {
        id: id.into(),
        device_id: device.to_owned(),
        fixed_ips: vec![crate::openstack::neutron::port::FixedIp::default()],
        ..Port::default()
    }
}

fn draft(plugs: &[&str]) -> NetworksDraft {
    NetworksDraft {
        networks: plugs.iter().map(|plug| Plug::from(*plug)).collect(),
        ..NetworksDraft::default()
    }
}

#[test]
fn plugs_go_to_nova_in_their_order_with_their_addresses() {
    let mut draft = draft(&["n2", "port:p1", "n1"]);
    draft.addresses.insert("n1".into(), " 10.0.0.5 ".to_owned());
    draft.addresses.insert("n2".into(), "  ".to_owned());
    let mut body = CreateServer::default();
    draft.fill(&mut body, &Choices::default());
    let want = json!([{"uuid": "n2"}, {"port": "p1"}, {"uuid": "n1", "fixed_ip": "10.0.0.5"}]);
    assert_eq!(json!(body)["networks"], want);
    assert!(json!(body).get("security_groups").is_none());
}

#[test]
fn groups_are_named_by_their_id_only_where_the_name_is_shared() {
    let groups = [group("g1", "default"), group("g2", "web"), group("g3", "web"), group("g4", "db")];
    let choices = Choices { security_groups: Some(&groups), ..Choices::default() };
    let mut draft = draft(&["n"]);
    assert_eq!(draft.chosen_groups(&groups), ["g1".into()]);
    draft.groups = Some(vec!["g2".into(), "g4".into(), "g1".into()]);
    let sent = |draft: &NetworksDraft| {
        let mut body = CreateServer::default();
        draft.fill(&mut body, &choices);
        body.security_groups
    };
    assert_eq!(sent(&draft), ["g2", "db", "default"]);
    draft.networks = vec![Plug::from("port:p")];
    assert!(sent(&draft).is_empty());
    draft.networks.clear();
    assert_eq!(sent(&draft).len(), 3);
    draft.groups = Some(vec!["gone".into()]);
    assert_eq!(draft.problems(&choices, 1), [NetworksProblem::GroupGone]);
}

#[test]
fn ports_must_be_there_and_free_and_take_one_server() {
    let ports = [port("free", ""), port("taken", "server")];
    let choices = Choices { ports: Some(&ports), ..Choices::default() };
    let problems = |plug: &str, count| draft(&[plug]).problems(&choices, count);
    assert!(problems("port:free", 1).is_empty());
    assert_eq!(problems("port:free", 2), [NetworksProblem::PortForSeveral("free".into())]);
    assert_eq!(problems("port:taken", 1), [NetworksProblem::PortInUse("taken".into())]);
    assert_eq!(problems("port:gone", 1), [NetworksProblem::PortGone("gone".into())]);
    assert!(draft(&["port:gone"]).problems(&Choices::default(), 1).is_empty());
}

#[test]
fn an_address_must_be_one_of_its_network_and_for_one_server() {
    let subnets = [Subnet { network_id: "n".into(), cidr: "10.0.0.0/24".to_owned(), ..Subnet::default() }];
    let choices = Choices { subnets: Some(&subnets), ..Choices::default() };
    let mut draft = draft(&["n"]);
    draft.addresses.insert("n".into(), "10.0.0.9".to_owned());
    assert!(draft.problems(&choices, 1).is_empty());
    assert_eq!(draft.problems(&choices, 2), [NetworksProblem::AddressForSeveral("n".into())]);
    draft.addresses.insert("n".into(), "10.0.1.9".to_owned());
    assert!(matches!(
        draft.problems(&choices, 1)[..],
        [NetworksProblem::Address(_, AddressProblem::Outside { .. })]
    ));
    // What is typed for a network that isn't chosen any more says nothing.
    draft.networks.clear();
    assert!(draft.problems(&choices, 1).is_empty());
}

#[test]
fn a_draft_comes_back_from_storage() {
    let mut draft = draft(&["n", "port:p"]);
    draft.addresses.insert("n".into(), "10.0.0.9".to_owned());
    draft.groups = Some(vec!["g".into()]);
    let text = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<NetworksDraft>(&text).unwrap(), draft);
}

proptest! {
    #[test]
    fn moving_keeps_all_and_back_again_is_as_before(count in 1_usize..6, at in 0_usize..6, is_up: bool) {
        let names: Vec<String> = (0..count).map(|index| format!("n{index}")).collect();
        let draft = draft(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let plug = draft.networks[at % count].clone();
        let moved = NetworksDraft { networks: draft.moved(&plug, is_up), ..NetworksDraft::default() };
        let mut sorted = moved.networks.clone();
        sorted.sort_by_key(Plug::to_string);
        prop_assert_eq!(&sorted, &draft.networks);
        if moved != draft {
            prop_assert_eq!(moved.moved(&plug, !is_up), draft.networks);
        }
    }
}
