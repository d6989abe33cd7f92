"""`openstack port` and `openstack security group`, and a server on a port that was there before."""

import pytest

from support.cloud import unique
from support.command import Openstack


@pytest.fixture(scope="module")
def network(owner: Openstack):
    """A network of the owner's, with addresses."""
    made = owner.json("network", "create", unique("net"))
    owner("subnet", "create", "--network", made["id"], "--subnet-range", "10.79.0.0/24", unique("subnet"))
    yield made
    owner("network", "delete", made["id"])


def test_a_security_group_gets_and_loses_rules(owner: Openstack, other: Openstack):
    name = unique("group")
    group = owner.json("security", "group", "create", "--description", "Web servers", name)
    rule = owner.json(
        "security", "group", "rule", "create", "--protocol", "tcp", "--dst-port", "80:81", "--remote-ip", "10.0.0.0/8", name
    )  # fmt: skip
    assert (rule["protocol"], rule["port_range_min"], rule["port_range_max"]) == ("tcp", 80, 81)
    again = ["security", "group", "rule", "create", "--protocol", "tcp", "--dst-port", "80:81", "--remote-ip", "10.0.0.0/8"]
    assert "already exists" in owner.refused(*again, name)
    listed = owner.json("security", "group", "rule", "list", "--ingress", name)
    assert [(row["ID"], row["Port Range"], row["IP Range"]) for row in listed] == [(rule["id"], "80:81", "10.0.0.0/8")]
    owner("security", "group", "set", "--name", f"{name}-2", name)
    assert owner.json("security", "group", "show", group["id"])["name"] == f"{name}-2"
    assert group["id"] not in [row["ID"] for row in other.json("security", "group", "list")]
    owner("security", "group", "rule", "delete", rule["id"])
    assert owner.json("security", "group", "rule", "list", "--ingress", group["id"]) == []
    owner("security", "group", "delete", group["id"])
    assert "No SecurityGroup found" in owner.refused("security", "group", "show", group["id"])


def test_a_port_has_the_address_asked_for(owner: Openstack, network: dict):
    name = unique("port")
    made = owner.json("port", "create", "--network", network["id"], "--fixed-ip", "ip-address=10.79.0.50", name)
    assert made["fixed_ips"][0]["ip_address"] == "10.79.0.50"
    assert made["status"] == "DOWN"
    taken = owner.refused("port", "create", "--network", network["id"], "--fixed-ip", "ip-address=10.79.0.50", f"{name}-2")
    assert "already allocated" in taken
    outside = owner.refused("port", "create", "--network", network["id"], "--fixed-ip", "ip-address=10.1.1.1", f"{name}-3")
    assert "not a valid IP" in outside
    found = owner.json("port", "list", "--network", network["id"], "--fixed-ip", "ip-address=10.79.0.50")
    assert [row["ID"] for row in found] == [made["id"]]
    owner("port", "set", "--name", f"{name}-new", "--no-security-group", name)
    shown = owner.json("port", "show", made["id"])
    assert (shown["name"], shown["security_group_ids"]) == (f"{name}-new", [])
    owner("port", "delete", made["id"])
    assert owner.json("port", "list", "--network", network["id"]) == []


def test_a_server_takes_a_port_and_gives_it_back(owner: Openstack, network: dict, image: dict):
    fitting = [row for row in owner.json("flavor", "list") if row["Disk"] >= 1]
    flavor = min(fitting, key=lambda row: (row["RAM"], row["VCPUs"], row["Disk"]))
    group, port, name = unique("group"), unique("port"), unique("server")
    owner("security", "group", "create", group)
    made = owner.json(
        "port", "create", "--network", network["id"], "--fixed-ip", "ip-address=10.79.0.60", "--security-group", group, port
    )  # fmt: skip
    create = ["server", "create", "--flavor", flavor["ID"], "--image", image["id"], "--port", port]
    owner(*create, "--wait", name)
    server = owner.json("server", "show", name)
    assert server["addresses"] == {network["name"]: ["10.79.0.60"]}
    assert [row["ID"] for row in owner.json("port", "list", "--server", server["id"])] == [made["id"]]
    assert "still in use" in owner.refused(*create, f"{name}-2")
    assert "in use" in owner.refused("security", "group", "delete", group)
    owner("server", "delete", "--wait", name)
    shown = owner.json("port", "show", port)
    assert (shown["device_id"], shown["fixed_ips"][0]["ip_address"]) == ("", "10.79.0.60")
    owner("port", "delete", port)
    owner("security", "group", "delete", group)
