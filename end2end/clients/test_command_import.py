"""`openstack image import` and its kin: bytes that come by other ways than an upload."""

from pathlib import Path

import pytest

from support.command import Openstack
from support.files import md5, sha512
from support.waiting import until


def settled(who: Openstack, image: str, status: str = "active") -> dict:
    """The image, once it is in this status."""
    ask = lambda: who.json("image", "show", image)  # noqa: E731
    return until(f"image {image} becomes {status}", ask, lambda shown: shown["status"] == status)


def test_the_cloud_says_how_it_imports_and_where_it_stores(owner: Openstack, admin: Openstack):
    assert {"glance-direct", "web-download"} <= set(owner.json("image", "import", "info")["import-methods"])
    stores = owner.json("image", "stores", "list")
    assert len([store["ID"] for store in stores if store["Default"]]) == 1, stores
    detailed = admin.json("image", "stores", "list", "--detail")
    assert [store["ID"] for store in detailed] == [store["ID"] for store in stores]
    assert all("Properties" in store for store in detailed)
    assert "403" in owner.refused("image", "stores", "list", "--detail")


def test_glance_direct_in_one_command(owner: Openstack, disk: Path, name: str):
    made = owner.json("image", "create", "--import", "--disk-format", "qcow2", "--file", str(disk), name)
    shown = settled(owner, made["id"])
    assert (shown["checksum"], shown["size"]) == (md5(disk.read_bytes()), disk.stat().st_size)
    owner("image", "delete", name)


def test_glance_direct_step_by_step(owner: Openstack, disk: Path, name: str):
    owner.json("image", "create", "--disk-format", "qcow2", name)
    assert "in status 'uploading'" in owner.refused("image", "import", "--method", "glance-direct", name)
    owner("image", "stage", "--file", str(disk), name)
    assert owner.json("image", "show", name)["status"] == "uploading"
    started = owner.json("image", "import", "--method", "glance-direct", name)
    assert started["name"] == name
    shown = settled(owner, name)
    assert shown["properties"]["os_hash_value"] == sha512(disk.read_bytes())
    owner("image", "delete", name)


def test_by_address(owner: Openstack, download, name: str, tmp_path: Path):
    address, data = download
    owner.json("image", "create", "--disk-format", "qcow2", name)
    owner.json("image", "import", "--method", "web-download", "--uri", address, name)
    shown = settled(owner, name)
    assert (shown["size"], shown["checksum"]) == (len(data), md5(data))
    saved = tmp_path / "saved"
    owner("image", "save", "--file", str(saved), name)
    assert saved.read_bytes() == data
    owner("image", "delete", name)


def test_an_address_with_nothing_behind_it_leaves_the_image_queued(owner: Openstack, download, name: str):
    address, _ = download
    made = owner.json("image", "create", "--disk-format", "qcow2", name)
    owner.json("image", "import", "--method", "web-download", "--uri", f"{address}.not-there", name)
    failed = until(
        "the import fails",
        lambda: owner.json("image", "show", made["id"]),
        lambda shown: shown["properties"].get("os_glance_failed_import"),
    )
    assert failed["status"] == "queued"
    owner("image", "delete", name)


# The client hides a refused import: it ends well and shows the image as it was. Only what becomes of the image tells.
def test_an_address_that_the_operator_forbids_is_not_fetched(owner: Openstack, name: str):
    made = owner.json("image", "create", "--disk-format", "qcow2", name)
    shown = owner.json("image", "import", "--method", "web-download", "--uri", "file://host/etc/passwd", name)
    assert shown == made == owner.json("image", "show", name)
    owner("image", "delete", name)


def test_the_administrator_copies_to_another_store(owner: Openstack, admin: Openstack, image, disk: Path, tmp_path):
    stores = [store["ID"] for store in admin.json("image", "stores", "list")]
    before = owner.json("image", "show", image.id)
    present = before["properties"]["stores"].split(",")
    missing = [store for store in stores if store not in present]
    if not missing:
        pytest.skip("the cloud has one store only")
    copy = ["image", "import", image.id, "--method", "copy-image", "--store", missing[0]]
    owner.json(*copy)
    assert owner.json("image", "show", image.id) == before, "a member may not copy"
    admin.json(*copy)
    both = until(
        "the copy is there",
        lambda: owner.json("image", "show", image.id)["properties"]["stores"].split(","),
        lambda listed: missing[0] in listed,
    )
    assert sorted(both) == sorted([*present, missing[0]])
    saved = tmp_path / "saved"
    owner("image", "save", "--file", str(saved), image.id)
    assert saved.read_bytes() == disk.read_bytes()


def test_the_administrator_sees_the_tasks(owner: Openstack, admin: Openstack, disk: Path, name: str):
    made = owner.json("image", "create", "--import", "--disk-format", "qcow2", "--file", str(disk), name)
    settled(owner, made["id"])
    recent = admin.json("image", "task", "list", "--limit", "20", "--status", "success")
    shown = (admin.json("image", "task", "show", row["ID"]) for row in recent)
    task = next(task for task in shown if (task["input"] or {}).get("image_id") == made["id"])
    assert (task["type"], task["status"]) == ("api_image_import", "success")
    assert task["input"]["import_req"]["method"]["name"] == "glance-direct"
    assert "403" in owner.refused("image", "task", "list")
    owner("image", "delete", name)
