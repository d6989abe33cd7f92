"""`openstack image add project` and what the other side makes of it."""

import pytest

from support.command import Openstack
from support.tenant import Tenant


@pytest.fixture
def shared(owner: Openstack, people: Tenant, image):
    """An image of the owner's that the other project has not answered yet."""
    member = owner.json("image", "add", "project", image.id, people.other.project_id)
    assert (member["image_id"], member["member_id"]) == (image.id, people.other.project_id)
    assert member["status"] == "pending"
    return image


def found(who: Openstack, *filters: str) -> list[str]:
    """The ids that somebody's list holds."""
    return [row["ID"] for row in who.json("image", "list", *filters)]


def test_an_accepted_image_is_in_the_other_s_list(owner: Openstack, other: Openstack, people: Tenant, shared):
    assert shared.id not in found(other)
    assert shared.id in found(other, "--shared", "--member-status", "pending")
    assert other.json("image", "show", shared.id)["owner"] == people.owner.project_id

    other("image", "set", "--accept", shared.id)
    assert shared.id in found(other)
    assert shared.id in found(other, "--shared", "--member-status", "accepted")
    members = owner.json("image", "member", "list", shared.id)
    assert [(row["Member ID"], row["Status"]) for row in members] == [(people.other.project_id, "accepted")]


def test_a_rejected_image_is_not(other: Openstack, people: Tenant, owner: Openstack, shared):
    other("image", "set", "--reject", shared.id)
    assert shared.id not in found(other)
    assert shared.id in found(other, "--shared", "--member-status", "rejected")
    assert owner.json("image", "member", "get", shared.id, people.other.project_id)["status"] == "rejected"
    other("image", "set", "--pending", shared.id)
    assert owner.json("image", "member", "get", shared.id, people.other.project_id)["status"] == "pending"


def test_the_owner_does_not_accept_for_the_other(owner: Openstack, people: Tenant, shared):
    owner.refused("image", "set", "--accept", "--project", people.other.project_id, shared.id)
    assert owner.json("image", "member", "get", shared.id, people.other.project_id)["status"] == "pending"


def test_a_member_sees_and_takes_but_changes_nothing(other: Openstack, shared, disk, tmp_path):
    saved = tmp_path / "saved"
    other("image", "save", "--file", str(saved), shared.id)
    assert saved.read_bytes() == disk.read_bytes()
    assert "403" in other.refused("image", "set", "--name", "mine now", shared.id)
    assert "403" in other.refused("image", "delete", shared.id)


def test_a_removed_project_sees_nothing_any_more(owner: Openstack, other: Openstack, people: Tenant, shared):
    other("image", "set", "--accept", shared.id)
    owner("image", "remove", "project", shared.id, people.other.project_id)
    assert owner.json("image", "member", "list", shared.id) == []
    assert f"No Image found for {shared.id}" in other.refused("image", "show", shared.id)


def test_only_a_shared_image_has_members_and_each_once(owner: Openstack, people: Tenant, shared):
    again = owner.refused("image", "add", "project", shared.id, people.other.project_id)
    assert "409" in again and f"Member {people.other.project_id} is duplicated for image {shared.id}" in again
    owner("image", "set", "--private", shared.id)
    complaint = owner.refused("image", "member", "list", shared.id)
    assert "Only shared images have members." in complaint
