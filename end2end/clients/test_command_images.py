"""`openstack image`: made from a file, changed, saved, found, kept from harm, deleted."""

from pathlib import Path
from uuid import uuid4

from support.command import Openstack
from support.files import MIB, md5, sha512
from support.tenant import Tenant


def test_an_image_is_made_from_a_file_and_saved_byte_for_byte(
    owner: Openstack, people: Tenant, disk: Path, name: str, tmp_path: Path
):
    described = ["--disk-format", "qcow2", "--container-format", "bare", "--private", "--min-disk", "1"]
    described += ["--min-ram", "64", "--property", "os_distro=debian", "--property", "note=two words", "--tag", "lts"]
    made = owner.json("image", "create", *described, "--file", str(disk), name)
    data = disk.read_bytes()
    shown = owner.json("image", "show", name)
    assert shown == owner.json("image", "show", made["id"]) == made
    expected = {
        "name": name,
        "status": "active",
        "visibility": "private",
        "protected": False,
        "owner": people.owner.project_id,
        "disk_format": "qcow2",
        "container_format": "bare",
        "min_disk": 1,
        "min_ram": 64,
        "size": len(data),
        "virtual_size": 64 * MIB,
        "checksum": md5(data),
        "tags": ["lts"],
        "file": f"/v2/images/{made['id']}/file",
        "schema": "/v2/schemas/image",
    }
    assert {key: shown[key] for key in expected} == expected
    properties = shown["properties"]
    assert (properties["os_distro"], properties["note"]) == ("debian", "two words")
    assert (properties["os_hash_algo"], properties["os_hash_value"]) == ("sha512", sha512(data))

    saved = tmp_path / "saved.qcow2"
    owner("image", "save", "--file", str(saved), name)
    assert saved.read_bytes() == data
    owner("image", "delete", name)
    assert f"No Image found for {name}" in owner.refused("image", "show", name)


def test_bytes_come_by_standard_input_too(owner: Openstack, disk: Path, name: str):
    made = owner.json("image", "create", "--disk-format", "qcow2", name, stdin=disk)
    assert (made["status"], made["size"]) == ("active", disk.stat().st_size)
    assert made["visibility"] == "shared", "what Glance gives an image that nobody says anything of"
    owner("image", "delete", made["id"])


def test_a_record_without_bytes_is_queued_under_the_id_that_was_asked_for(owner: Openstack, name: str):
    wanted = str(uuid4())
    made = owner.json("image", "create", "--id", wanted, name)
    assert (made["id"], made["status"], made["disk_format"]) == (wanted, "queued", "raw")
    assert "size" not in made and "checksum" not in made
    assert f"Image ID {wanted} already exists!" in owner.refused("image", "create", "--id", wanted, name)
    owner("image", "delete", name)


def test_set_and_unset_change_what_they_name_and_nothing_else(owner: Openstack, image, name: str):
    before = owner.json("image", "show", image.id)
    changes = ["--name", f"{name} renamed", "--min-disk", "2", "--min-ram", "128", "--os-distro", "ubuntu"]
    changes += ["--os-version", "24.04", "--architecture", "x86_64", "--property", "hw_disk_bus=virtio"]
    owner("image", "set", *changes, "--tag", "one", "--tag", "two", "--community", image.id)
    after = owner.json("image", "show", image.id)
    assert after["name"] == f"{name} renamed"
    assert (after["min_disk"], after["min_ram"], after["visibility"]) == (2, 128, "community")
    assert sorted(after["tags"]) == ["one", "two"]
    added = {"os_distro": "ubuntu", "os_version": "24.04", "architecture": "x86_64", "hw_disk_bus": "virtio"}
    assert after["properties"] == before["properties"] | added
    for untouched in ("id", "checksum", "size", "status", "disk_format", "created_at", "protected"):
        assert after[untouched] == before[untouched]

    owner("image", "unset", "--property", "os_version", "--property", "architecture", "--tag", "one", image.id)
    left = owner.json("image", "show", image.id)
    del added["os_version"], added["architecture"]
    assert (left["properties"], left["tags"]) == (before["properties"] | added, ["two"])


def test_a_protected_image_stays(owner: Openstack, image):
    owner("image", "set", "--protected", image.id)
    complaint = owner.refused("image", "delete", image.id)
    assert f"Image {image.id} is protected and cannot be deleted." in complaint
    assert owner.json("image", "show", image.id)["protected"] is True
    owner("image", "set", "--unprotected", image.id)
    owner("image", "delete", image.id)
    assert image.id not in str(owner.json("image", "list"))


def test_a_deactivated_image_gives_no_bytes_until_it_is_activated(
    owner: Openstack, image, disk: Path, tmp_path: Path
):
    saved = tmp_path / "saved"
    owner("image", "set", "--deactivate", image.id)
    assert owner.json("image", "show", image.id)["status"] == "deactivated"
    # Some versions of the client hash the refusal as if it were the image, and complain of the sum.
    complaint = owner.refused("image", "save", "--file", str(saved), image.id)
    assert "Image data download is forbidden." in complaint or "checksum mismatch" in complaint
    owner("image", "set", "--activate", image.id)
    assert owner.json("image", "show", image.id)["status"] == "active"
    owner("image", "save", "--file", str(saved), image.id)
    assert saved.read_bytes() == disk.read_bytes()


def test_a_hidden_image_is_in_the_list_of_hidden_ones_only(owner: Openstack, image, name: str):
    owner("image", "set", "--hidden", image.id)
    assert owner.json("image", "list", "--name", name) == []
    assert [row["ID"] for row in owner.json("image", "list", "--hidden", "--name", name)] == [image.id]
    owner("image", "set", "--unhidden", image.id)
    assert [row["ID"] for row in owner.json("image", "list", "--name", name)] == [image.id]


def test_only_the_administrator_publishes(owner: Openstack, other: Openstack, admin: Openstack, image, name: str):
    assert forbidden(owner.refused("image", "set", "--public", image.id))
    assert f"No Image found for {image.id}" in other.refused("image", "show", image.id)
    admin("image", "set", "--public", image.id)
    assert other.json("image", "show", name)["visibility"] == "public"
    assert forbidden(other.refused("image", "set", "--name", "mine now", image.id))


def test_bytes_of_another_format_are_refused_and_the_record_goes(owner: Openstack, name: str, tmp_path: Path):
    text = tmp_path / "text.qcow2"
    text.write_text("This is no disk. " * 10000)
    complaint = owner.refused("image", "create", "--disk-format", "qcow2", "--file", str(text), name)
    assert "415" in complaint
    assert owner.json("image", "list", "--name", name) == []


def test_two_of_one_name_are_told_apart_by_id_only(owner: Openstack, image, name: str):
    twin = owner.json("image", "create", name)
    assert f"More than one Image exists with the name '{name}'." in owner.refused("image", "show", name)
    owner("image", "delete", twin["id"], image.id)
    assert owner.json("image", "list", "--name", name) == []


def test_a_change_that_may_not_be_is_refused(owner: Openstack, image):
    before = owner.json("image", "show", image.id)
    # The client says no word of the service's reason: it accepts no format of it, and gets plain text.
    assert "400" in owner.refused("image", "set", "--name", "n" * 256, image.id)
    assert forbidden(owner.refused("image", "set", "--property", "os_hash_value=0", image.id))
    assert forbidden(owner.refused("image", "set", "--disk-format", "raw", image.id))
    assert owner.json("image", "show", image.id) == before


def forbidden(complaint: str) -> bool:
    """Whether the service said 403; older clients have one exception for all."""
    return "Exception: 403: " in complaint and "Forbidden" in complaint
