"""`openstack image list`: filters, orders and pages."""

from pathlib import Path

import pytest

from support.cloud import unique
from support.command import Openstack

NAMES = ["alpha", "beta", "gamma", "delta", "epsilon"]


@pytest.fixture(scope="module")
def five(sdk, disk: Path):
    """Five images with one tag in common, unlike in all else; by name."""
    tag = unique("five")
    made = {}
    for number, word in enumerate(NAMES):
        made[word] = sdk.image.create_image(
            f"{tag}-{word}",
            allow_duplicates=True,
            disk_format="qcow2" if number % 2 else "raw",
            container_format="bare",
            visibility="private" if number < 3 else "community",
            tags=[tag, "even" if number % 2 == 0 else "odd"],
            os_distro="debian" if number < 2 else "ubuntu",
            **({"filename": str(disk)} if word == "beta" else {}),
        )
    yield tag, made
    for image in made.values():
        sdk.image.delete_image(image)


def words(tag: str, rows: list[dict]) -> list[str]:
    """The last part of the names, in the order of the list."""
    return [row["Name"].removeprefix(f"{tag}-") for row in rows]


def test_all_of_a_tag_in_the_order_of_their_names(owner: Openstack, five):
    tag, _ = five
    assert words(tag, owner.json("image", "list", "--tag", tag)) == sorted(NAMES)


def test_several_tags_are_all_asked_for(owner: Openstack, five):
    tag, _ = five
    assert words(tag, owner.json("image", "list", "--tag", tag, "--tag", "even")) == ["alpha", "epsilon", "gamma"]


def test_by_name(owner: Openstack, five):
    tag, made = five
    assert owner.json("image", "list", "--name", f"{tag}-beta") == [
        {"ID": made["beta"].id, "Name": f"{tag}-beta", "Status": "active"}
    ]


def test_by_status(owner: Openstack, five):
    tag, _ = five
    assert words(tag, owner.json("image", "list", "--tag", tag, "--status", "active")) == ["beta"]
    queued = words(tag, owner.json("image", "list", "--tag", tag, "--status", "queued"))
    assert queued == ["alpha", "delta", "epsilon", "gamma"]


def test_by_property(owner: Openstack, five):
    tag, _ = five
    assert words(tag, owner.json("image", "list", "--tag", tag, "--property", "os_distro=debian")) == ["alpha", "beta"]


def test_by_visibility(owner: Openstack, other: Openstack, five):
    tag, _ = five
    assert words(tag, owner.json("image", "list", "--tag", tag, "--private")) == ["alpha", "beta", "gamma"]
    assert words(tag, owner.json("image", "list", "--tag", tag, "--community")) == ["delta", "epsilon"]
    assert words(tag, other.json("image", "list", "--tag", tag)) == []
    assert words(tag, other.json("image", "list", "--tag", tag, "--community")) == ["delta", "epsilon"]
    assert words(tag, other.json("image", "list", "--tag", tag, "--all")) == ["delta", "epsilon"]


def test_in_any_order(owner: Openstack, five):
    tag, _ = five
    assert words(tag, owner.json("image", "list", "--tag", tag, "--sort", "name:desc")) == sorted(NAMES, reverse=True)
    by_format = owner.json("image", "list", "--tag", tag, "--sort", "disk_format:asc,name:desc")
    assert words(tag, by_format) == ["delta", "beta", "gamma", "epsilon", "alpha"]


def test_with_all_columns(owner: Openstack, five, people, disk: Path):
    tag, made = five
    (row,) = owner.json("image", "list", "--long", "--name", f"{tag}-beta")
    assert row["ID"] == made["beta"].id
    assert (row["Disk Format"], row["Container Format"], row["Size"]) == ("qcow2", "bare", disk.stat().st_size)
    assert (row["Visibility"], row["Protected"], row["Project"]) == ("private", False, people.owner.project_id)
    assert (row["Hash Algorithm"], sorted(row["Tags"])) == ("sha512", sorted([tag, "odd"]))


def test_page_after_page(owner: Openstack, five):
    tag, _ = five
    whole = owner.json("image", "list", "--tag", tag, "--sort", "created_at:desc")
    pages: list[list[dict]] = []
    marker: list[str] = []
    # The command sorts each page by name unless told otherwise; the last in the service's own order is the marker.
    while page := owner.json("image", "list", "--tag", tag, "--limit", "2", "--sort", "created_at:desc", *marker):
        pages.append(page)
        marker = ["--marker", page[-1]["ID"]]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sum(pages, []) == whole


def test_a_marker_that_is_no_image_is_refused(owner: Openstack):
    assert "No Image found for nowhere" in owner.refused("image", "list", "--marker", "nowhere")
