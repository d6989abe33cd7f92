"""`openstack server` and what belongs to it: flavors, networks, key pairs, groups, quotas, a life from launch to deletion."""

from pathlib import Path

import pytest

from support.cloud import unique
from support.command import Openstack
from support.tenant import Tenant
from support.waiting import until


@pytest.fixture(scope="module")
def flavor(owner: Openstack) -> dict:
    """The smallest flavor that boots an image of ours."""
    fitting = [row for row in owner.json("flavor", "list") if row["Disk"] >= 1]
    return min(fitting, key=lambda row: (row["RAM"], row["VCPUs"], row["Disk"]))


@pytest.fixture(scope="module")
def network(owner: Openstack):
    """A network of the owner's, with addresses."""
    made = owner.json("network", "create", unique("net"))
    subnet = owner.json("subnet", "create", "--network", made["id"], "--subnet-range", "10.77.0.0/24", unique("subnet"))
    assert subnet["network_id"] == made["id"]
    yield made
    owner("network", "delete", made["id"])


def test_flavors_are_listed_and_shown(owner: Openstack):
    listed = owner.json("flavor", "list", "--long")
    assert listed and all(row["Is Public"] for row in listed)
    for row in listed[:2]:
        shown = owner.json("flavor", "show", row["Name"])
        assert (shown["id"], shown["ram"], shown["vcpus"], shown["disk"]) == (
            row["ID"],
            row["RAM"],
            row["VCPUs"],
            row["Disk"],
        )
        assert shown["properties"] == row["Properties"]
    assert "No Flavor found for no-such-flavor" in owner.refused("flavor", "show", "no-such-flavor")


def test_flavors_come_in_pages_and_by_their_size(owner: Openstack):
    whole = [row["ID"] for row in owner.json("flavor", "list")]
    paged: list[str] = []
    marker: list[str] = []
    while page := owner.json("flavor", "list", "--limit", "3", *marker):
        paged += [row["ID"] for row in page]
        marker = ["--marker", paged[-1]]
    assert paged == whole
    large = owner.json("flavor", "list", "--min-ram", "4096", "--min-disk", "20")
    assert large and all(row["RAM"] >= 4096 and row["Disk"] >= 20 for row in large)
    assert len(large) < len(whole)


def test_only_the_administrator_makes_flavors(owner: Openstack, admin: Openstack, people: Tenant):
    name = unique("flavor")
    size = ["--ram", "256", "--disk", "1", "--vcpus", "1"]
    assert "403" in owner.refused("flavor", "create", *size, name)
    made = admin.json("flavor", "create", *size, "--private", "--property", "hw:cpu_policy=shared", name)
    try:
        assert name not in [row["Name"] for row in owner.json("flavor", "list")]
        admin("flavor", "set", "--project", people.owner.project_id, name)
        shown = owner.json("flavor", "show", name)
        assert (shown["id"], shown["properties"]) == (made["id"], {"hw:cpu_policy": "shared"})
        assert admin.json("flavor", "show", name)["access_project_ids"] == [people.owner.project_id]
        admin("flavor", "unset", "--property", "hw:cpu_policy", name)
        assert admin.json("flavor", "show", name)["properties"] == {}
    finally:
        admin("flavor", "delete", made["id"])


def test_quotas_and_limits_are_shown(owner: Openstack, people: Tenant):
    quota = {row["Resource"]: row for row in owner.json("quota", "show", "--usage")}
    assert {"instances", "cores", "ram", "key-pairs", "networks", "subnets"} <= quota.keys()
    assert quota["networks"]["Limit"] > quota["networks"]["In Use"] >= 0
    limits = {row["Name"]: row["Value"] for row in owner.json("limits", "show", "--absolute")}
    assert limits["instances"] == quota["instances"]["Limit"]
    plain = {row["Resource"]: row["Limit"] for row in owner.json("quota", "show", "--compute", people.owner.project_id)}
    assert (plain["cores"], plain["ram"]) == (quota["cores"]["Limit"], quota["ram"]["Limit"])


def test_the_administrator_sets_quotas_and_takes_them_back(owner: Openstack, admin: Openstack, people: Tenant):
    project = people.other.project_id

    def limits() -> tuple[int, int]:
        rows = {row["Resource"]: row["Limit"] for row in admin.json("quota", "show", "--compute", project)}
        return rows["instances"], rows["cores"]

    usual = limits()
    assert "403" in owner.refused("quota", "set", "--instances", "3", project)
    admin("quota", "set", "--instances", "3", "--cores", "7", project)
    assert limits() == (3, 7) != usual
    admin("quota", "delete", "--compute", project)
    assert limits() == usual


def test_zones_and_extensions_are_named(owner: Openstack):
    zones = owner.json("availability", "zone", "list", "--compute")
    assert "available" in [zone["Zone Status"] for zone in zones]
    assert "security-group" in [row["Alias"] for row in owner.json("extension", "list", "--network")]


def test_key_pairs_are_made_imported_and_deleted(owner: Openstack, tmp_path: Path):
    name, secret = unique("key"), tmp_path / "key"
    made = owner.json("keypair", "create", "--private-key", str(secret), name)
    assert made["name"] == name
    assert "PRIVATE KEY" in secret.read_text()
    public = tmp_path / "key.pub"
    public.write_text(owner("keypair", "show", "--public-key", name))
    assert public.read_text().startswith("ssh-")
    again = unique("key")
    owner("keypair", "create", "--public-key", str(public), again)
    listed = {row["Name"]: row["Fingerprint"] for row in owner.json("keypair", "list")}
    assert listed.keys() >= {name, again}
    owner("keypair", "delete", name, again)
    assert not {name, again} & {row["Name"] for row in owner.json("keypair", "list")}


def test_server_groups_are_made_listed_and_deleted(owner: Openstack, people: Tenant):
    name = unique("group")
    made = owner.json("server", "group", "create", "--policy", "anti-affinity", name)
    assert made["policy"] == "anti-affinity"
    (row,) = [row for row in owner.json("server", "group", "list") if row["Name"] == name]
    assert (row["ID"], row["Policy"]) == (made["id"], "anti-affinity")
    assert owner.json("server", "group", "show", name)["project_id"] == people.owner.project_id
    owner("server", "group", "delete", name)
    assert name not in [row["Name"] for row in owner.json("server", "group", "list")]


def test_a_server_lives_from_launch_to_deletion(
    owner: Openstack, other: Openstack, image, flavor: dict, network: dict, tmp_path: Path
):
    name, group = unique("server"), owner.json("server", "group", "create", "--policy", "soft-affinity", unique("group"))
    key, secret = unique("key"), tmp_path / "key"
    owner("keypair", "create", "--private-key", str(secret), key)
    user_data = tmp_path / "user-data"
    user_data.write_text("#cloud-config\npackages: [vim]\n")
    what = ["--image", image.id, "--flavor", flavor["Name"], "--network", network["name"], "--key-name", key]
    what += ["--property", "purpose=test", "--user-data", str(user_data), "--hint", f"group={group['id']}"]
    launched = owner.json("server", "create", *what, "--wait", name)
    assert (launched["status"], launched["name"]) == ("ACTIVE", name)

    shown = owner.json("server", "show", name)
    assert (shown["id"], shown["key_name"], shown["properties"]) == (launched["id"], key, {"purpose": "test"})
    assert [address.startswith("10.77.0.") for address in shown["addresses"][network["name"]]] == [True]
    assert image.id in shown["image"] and shown["flavor"]["name"] == flavor["Name"]
    assert owner.json("server", "group", "show", group["id"])["members"] == [launched["id"]]
    (row,) = owner.json("server", "list", "--long", "--name", name)
    assert (row["ID"], row["Status"], row["Image ID"]) == (launched["id"], "ACTIVE", image.id)
    assert name not in [row["Name"] for row in owner.json("server", "list", "--status", "ERROR")]
    assert f"No Server found for {launched['id']}" in other.refused("server", "show", launched["id"])
    until("the console says something", lambda: owner("console", "log", "show", name), lambda log: log.strip())

    owner("server", "set", "--property", "note=two words", "--name", f"{name}-2", launched["id"])
    owner("server", "unset", "--property", "purpose", launched["id"])
    renamed = owner.json("server", "show", launched["id"])
    assert (renamed["name"], renamed["properties"]) == (f"{name}-2", {"note": "two words"})

    snapshot = owner.json("server", "image", "create", "--name", f"{name}-snapshot", "--wait", launched["id"])
    kept = owner.json("image", "show", snapshot["id"])
    assert (kept["name"], kept["status"]) == (f"{name}-snapshot", "active")
    assert kept["properties"]["base_image_ref"] == image.id
    assert kept["properties"]["instance_uuid"] == launched["id"]
    assert kept["properties"]["image_type"] == "snapshot"

    owner("server", "delete", "--wait", launched["id"])
    assert f"No Server found for {launched['id']}" in owner.refused("server", "show", launched["id"])
    owner("image", "delete", snapshot["id"])
    owner("server", "group", "delete", group["id"])
    owner("keypair", "delete", key)


def test_a_server_stops_and_starts(owner: Openstack, image, flavor: dict):
    name = unique("server")
    owner("server", "create", "--image", image.id, "--flavor", flavor["ID"], "--no-network", "--wait", name)
    for word, status in (("stop", "SHUTOFF"), ("start", "ACTIVE"), ("reboot", "ACTIVE")):
        owner("server", word, name)
        ask = lambda: owner.json("server", "show", name)  # noqa: E731
        until(f"the server is {status}", ask, lambda shown, status=status: shown["status"] == status)
    owner("server", "delete", name)


def test_what_does_not_fit_is_refused_in_nova_s_words(owner: Openstack, image, flavor: dict):
    launch = ["server", "create", "--image", image.id, "--flavor", flavor["ID"], "--no-network", unique("server")]
    owner("image", "set", "--min-ram", str(flavor["RAM"] + 1), image.id)
    assert "Flavor's memory is too small for requested image." in owner.refused(*launch)
    owner("image", "set", "--min-ram", "0", "--min-disk", str(flavor["Disk"] + 1), image.id)
    assert "Flavor's disk is smaller than the minimum size specified in image metadata." in owner.refused(*launch)
    owner("image", "set", "--min-disk", "0", "--deactivate", image.id)
    assert f"Image {image.id} is not active." in owner.refused(*launch)
