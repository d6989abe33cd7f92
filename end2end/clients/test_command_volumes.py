"""`openstack volume`, and servers that boot from volumes."""

import pytest

from support.cloud import unique
from support.command import Openstack
from support.waiting import until


@pytest.fixture(scope="module")
def flavor(owner: Openstack) -> dict:
    """The smallest flavor that there is: its own disk does not matter."""
    return min(owner.json("flavor", "list"), key=lambda row: (row["RAM"], row["VCPUs"], row["Disk"]))


def available(cloud: Openstack, what: list[str], name: str) -> dict:
    return until(
        f"{name} is available",
        lambda: cloud.json(*what, "show", name),
        lambda shown: shown["status"] == "available",
    )


def gone(cloud: Openstack, what: list[str], name: str) -> None:
    until(f"{name} is gone", lambda: [row["Name"] for row in cloud.json(*what, "list")], lambda names: name not in names)


def test_a_volume_is_made_of_an_image_shown_changed_and_deleted(owner: Openstack, other: Openstack, image: dict):
    name = unique("volume")
    made = owner.json("volume", "create", "--image", image["id"], "--size", "1", "--property", "purpose=test", name)
    assert (made["size"], made["status"]) == (1, "creating")
    shown = available(owner, ["volume"], name)
    assert shown["id"] == made["id"]
    assert str(shown["bootable"]).lower() == "true"
    assert shown["volume_image_metadata"]["image_id"] == image["id"]
    row = next(row for row in owner.json("volume", "list", "--long") if row["ID"] == made["id"])
    assert (row["Name"], row["Status"], row["Size"]) == (name, "available", 1)
    assert made["id"] not in [row["ID"] for row in other.json("volume", "list")]
    assert "No Volume found" in other.refused("volume", "show", made["id"])
    owner("volume", "set", "--description", "two words", "--property", "note=more", name)
    shown = owner.json("volume", "show", name)
    assert (shown["description"], shown["properties"]) == ("two words", {"purpose": "test", "note": "more"})
    owner("volume", "unset", "--property", "note", name)
    assert owner.json("volume", "show", name)["properties"] == {"purpose": "test"}
    owner("volume", "delete", name)
    gone(owner, ["volume"], name)


def test_a_snapshot_is_made_and_a_volume_of_it(owner: Openstack):
    name = unique("volume")
    owner("volume", "create", "--size", "2", name)
    volume = available(owner, ["volume"], name)
    assert str(volume["bootable"]).lower() == "false"
    snapshot, again = f"{name}-snapshot", f"{name}-again"
    owner("volume", "snapshot", "create", "--volume", name, snapshot)
    shown = available(owner, ["volume", "snapshot"], snapshot)
    assert (shown["volume_id"], shown["size"]) == (volume["id"], 2)
    assert "Invalid volume" in owner.refused("volume", "delete", name)
    owner("volume", "create", "--snapshot", snapshot, again)
    copy = available(owner, ["volume"], again)
    assert (copy["snapshot_id"], copy["size"]) == (shown["id"], 2)
    owner("volume", "snapshot", "delete", snapshot)
    gone(owner, ["volume", "snapshot"], snapshot)
    owner("volume", "delete", name, again)
    gone(owner, ["volume"], again)


def test_types_quotas_and_zones_of_volumes_are_shown(owner: Openstack):
    types = {row["Name"]: row for row in owner.json("volume", "type", "list")}
    assert types["__DEFAULT__"]["Is Public"] is True
    assert owner.json("volume", "type", "show", "__DEFAULT__")["id"] == types["__DEFAULT__"]["ID"]
    quota = {row["Resource"]: row["Limit"] for row in owner.json("quota", "show", "--volume")}
    assert {"volumes", "gigabytes", "snapshots"} <= quota.keys()
    zones = owner.json("availability", "zone", "list", "--volume")
    assert "available" in [zone["Zone Status"] for zone in zones]


def test_what_does_not_fit_is_refused(owner: Openstack, image: dict):
    name = unique("volume")
    assert "could not be found" in owner.refused("volume", "create", "--size", "1", "--type", "no-such-type", name)
    owner("image", "set", "--min-disk", "2", image["id"])
    said = owner.refused("volume", "create", "--size", "1", "--image", image["id"], name)
    assert "Volume size 1GB cannot be smaller than the image minDisk size 2GB" in said


def test_a_server_boots_from_a_new_volume_that_goes_with_it(owner: Openstack, image: dict, flavor: dict):
    name = unique("boot")
    owner(
        "server", "create", "--flavor", flavor["ID"], "--nic", "none", "--wait",
        "--block-device",
        f"uuid={image['id']},source_type=image,destination_type=volume,volume_size=1,boot_index=0,delete_on_termination=true",
        name,
    )  # fmt: skip
    server = owner.json("server", "show", name)
    [volume] = owner.json("server", "volume", "list", name)
    assert (server["status"], volume["Server ID"]) == ("ACTIVE", server["id"])
    shown = owner.json("volume", "show", volume["Volume ID"])
    assert (shown["status"], shown["attachments"][0]["server_id"]) == ("in-use", server["id"])
    owner("server", "delete", "--wait", name)
    volumes = lambda: [row["ID"] for row in owner.json("volume", "list")]  # noqa: E731
    until("the volume is gone, too", volumes, lambda ids: volume["Volume ID"] not in ids)


def test_a_server_boots_from_a_volume_that_stays(owner: Openstack, image: dict, flavor: dict):
    disk, name = unique("disk"), unique("boot")
    owner("volume", "create", "--image", image["id"], "--size", "1", disk)
    volume = available(owner, ["volume"], disk)
    owner("server", "create", "--flavor", flavor["ID"], "--volume", disk, "--nic", "none", "--wait", name)
    assert "N/A" in owner.json("server", "show", name)["image"]
    assert "400" in owner.refused("server", "create", "--flavor", flavor["ID"], "--volume", disk, "--nic", "none", f"{name}-2")
    owner("server", "delete", "--wait", name)
    assert available(owner, ["volume"], disk)["id"] == volume["id"]
    owner("volume", "delete", disk)
    gone(owner, ["volume"], disk)


def test_a_volume_that_does_not_boot_is_refused(owner: Openstack, flavor: dict):
    disk = unique("disk")
    owner("volume", "create", "--size", "1", disk)
    available(owner, ["volume"], disk)
    said = owner.refused("server", "create", "--flavor", flavor["ID"], "--volume", disk, "--nic", "none", unique("boot"))
    assert "is not bootable" in said
    owner("volume", "delete", disk)
