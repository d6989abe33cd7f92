use super::*;
use proptest::prelude::*;

fn subnet(cidr: &str, gateway: &str) -> Subnet {
    Subnet { cidr: cidr.to_owned(), gateway_ip: Some(gateway.to_owned()), ..Subnet::default() }
}

#[test]
fn an_address_must_lie_in_a_subnet_and_be_nobody_elses() {
    let four = subnet("10.20.0.0/24", "10.20.0.1");
    let six = subnet("2001:db8::/64", "2001:db8::1");
    let subnets = [&four, &six];
    let outside = AddressProblem::Outside { ranges: vec!["10.20.0.0/24".into(), "2001:db8::/64".into()] };
    let table = [
        ("10.20.0.5", None),
        ("  10.20.0.254 ", None),
        ("10.20.0.0", Some(AddressProblem::OfTheRange)),
        ("10.20.0.255", Some(AddressProblem::Broadcast)),
        ("10.20.0.1", Some(AddressProblem::Gateway)),
        ("10.20.1.5", Some(outside.clone())),
        ("2001:db8::5", None),
        ("2001:DB8:0::5", None),
        ("2001:db8::", Some(AddressProblem::OfTheRange)),
        ("2001:db8::ffff:ffff:ffff:ffff", None),
        ("2001:db9::5", Some(outside.clone())),
        ("::ffff:10.20.0.5", Some(outside)),
        ("", Some(AddressProblem::NotAnAddress)),
        ("10.20.0", Some(AddressProblem::NotAnAddress)),
        ("10.20.0.5/24", Some(AddressProblem::NotAnAddress)),
        ("10.20.0.256", Some(AddressProblem::NotAnAddress)),
        ("web", Some(AddressProblem::NotAnAddress)),
    ];
    for (text, problem) in table {
        assert_eq!(address_problem(text, &subnets), problem, "{text}");
    }
}

#[test]
fn tiny_ranges_have_no_names_and_slaac_takes_no_wishes() {
    let two = subnet("10.0.0.8/31", "10.0.0.8");
    assert_eq!(address_problem("10.0.0.9", &[&two]), None);
    let one = subnet("10.0.0.8/32", "");
    assert_eq!(address_problem("10.0.0.8", &[&one]), None);
    let slaac = Subnet { ipv6_address_mode: Some("slaac".into()), ..subnet("fd00::/64", "fd00::1") };
    assert_eq!(address_problem("fd00::7", &[&slaac]), Some(AddressProblem::Automatic));
    let all = subnet("::/0", "");
    assert_eq!(address_problem("fd00::7", &[&all]), None);
}

#[test]
fn odd_subnets_hold_nothing_and_none_at_all_forbid_nothing() {
    for cidr in ["", "10.0.0.0", "10.0.0.0/33", "x/24", "10.0.0.0/-1"] {
        let odd = subnet(cidr, "");
        assert!(
            matches!(address_problem("10.0.0.5", &[&odd]), Some(AddressProblem::Outside { .. })),
            "{cidr}"
        );
    }
    assert_eq!(address_problem("10.0.0.5", &[]), None);
}

proptest! {
    #[test]
    fn every_address_of_a_range_but_the_named_ones_can_be_had(base: u32, prefix in 8_u32..30, offset: u32) {
        let size = 1_u32 << (32 - prefix);
        let first = base & !(size - 1);
        let offset = offset % size;
        let address = core::net::Ipv4Addr::from(first + offset);
        let net = subnet(&format!("{}/{prefix}", core::net::Ipv4Addr::from(first)), "none");
        let problem = address_problem(&address.to_string(), &[&net]);
        let wanted = match offset {
            0 => Some(AddressProblem::OfTheRange),
            last if last == size - 1 => Some(AddressProblem::Broadcast),
            _ => None,
        };
        prop_assert_eq!(problem, wanted);
        if let Some(beyond) = first.checked_add(size) {
            let beyond = core::net::Ipv4Addr::from(beyond).to_string();
            let is_outside = matches!(address_problem(&beyond, &[&net]), Some(AddressProblem::Outside { .. }));
            prop_assert!(is_outside);
        }
    }

    #[test]
    fn nothing_typed_or_sent_panics(text in "\\PC{0,40}", cidr in "\\PC{0,40}", gateway in "\\PC{0,20}") {
        let odd = subnet(&cidr, &gateway);
        let _ = address_problem(&text, &[&odd]);
        let _ = address_problem("10.0.0.5", &[&odd]);
    }
}
