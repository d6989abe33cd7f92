"""openstacksdk: images as a program makes, finds, changes, imports and shares them."""

from pathlib import Path
from uuid import uuid4

import pytest
from openstack import exceptions

from support.cloud import unique
from support.files import MIB, md5, sha512
from support.tenant import Tenant
from support.waiting import until


def test_an_upload_comes_back_byte_for_byte_and_hashed(sdk, people: Tenant, disk: Path, name: str, tmp_path: Path):
    data = disk.read_bytes()
    made = sdk.image.create_image(
        name, filename=str(disk), disk_format="qcow2", container_format="bare", min_disk=1, tags=["lts"], os_distro="debian"
    )
    image = sdk.image.get_image(made)
    assert (image.name, image.status, image.owner_id) == (name, "active", people.owner.project_id)
    assert (image.size, image.virtual_size, image.min_disk) == (len(data), 64 * MIB, 1)
    assert (image.checksum, image.hash_algo, image.hash_value) == (md5(data), "sha512", sha512(data))
    # What the SDK writes down itself, so that it need not send the same file twice.
    assert image.properties["owner_specified.openstack.object"] == f"images/{name}"
    assert (image.os_distro, image.tags) == ("debian", ["lts"])

    assert sdk.image.download_image(image).content == data
    saved = tmp_path / "saved"
    sdk.image.download_image(image, stream=True, output=str(saved), chunk_size=7777)
    assert saved.read_bytes() == data
    streamed = sdk.image.download_image(image, stream=True)
    assert b"".join(streamed.iter_content(chunk_size=MIB)) == data
    assert sdk.image.find_image(name).id == image.id
    sdk.image.delete_image(image)
    assert sdk.image.find_image(name) is None
    with pytest.raises(exceptions.NotFoundException):
        sdk.image.get_image(image.id)


def test_bytes_come_from_memory_and_as_a_stream(sdk, disk: Path, name: str):
    data = disk.read_bytes()
    whole = sdk.image.create_image(name, data=data, disk_format="qcow2", container_format="bare")
    # An iterator has no length: it is sent in chunks.
    pieces = (data[at : at + 10000] for at in range(0, len(data), 10000))
    queued = sdk.image.create_image(name, disk_format="qcow2", container_format="bare", allow_duplicates=True)
    sent = sdk.image.put(f"/images/{queued.id}/file", data=pieces, headers={"Content-Type": "application/octet-stream"})
    assert sent.status_code == 204, sent.text
    for image in (whole, queued):
        assert sdk.image.get_image(image.id).hash_value == sha512(data)
        sdk.image.delete_image(image)


def test_a_part_of_the_bytes_is_had_by_range(sdk, image, disk: Path):
    answer = sdk.image.get(f"/images/{image.id}/file", headers={"Range": "bytes=0-511"})
    assert (answer.status_code, answer.content) == (206, disk.read_bytes()[:512])
    assert answer.headers["Content-Range"] == f"bytes 0-511/{disk.stat().st_size}"


@pytest.fixture(scope="module")
def many(sdk):
    """Seven records without bytes, of one tag."""
    tag = unique("many")
    made = [
        sdk.image.create_image(
            f"{tag}-{number}",
            disk_format="raw",
            container_format="bare",
            tags=[tag],
            min_ram=number * 100,
            os_distro="debian" if number < 3 else "ubuntu",
            allow_duplicates=True,
        )
        for number in range(7)
    ]
    yield tag, made
    for image in made:
        sdk.image.delete_image(image)


def test_pages_are_followed_to_the_end(sdk, many):
    tag, made = many
    wanted = sorted(image.id for image in made)
    for size in (1, 2, 3, 7, 100):
        assert sorted(image.id for image in sdk.image.images(tag=tag, limit=size)) == wanted, f"pages of {size}"
    first = list(sdk.image.images(tag=tag, limit=3, paginated=False))
    rest = list(sdk.image.images(tag=tag, limit=100, marker=first[-1].id))
    assert [image.id for image in first + rest] == [image.id for image in sdk.image.images(tag=tag)]
    with pytest.raises(exceptions.SDKException):
        list(sdk.image.images(marker=str(uuid4())))


def test_filters_and_orders_are_the_service_s(sdk, many):
    tag, made = many

    def numbers(**query) -> list[int]:
        return [image.min_ram // 100 for image in sdk.image.images(tag=tag, **query)]

    assert numbers(sort="name:asc") == [0, 1, 2, 3, 4, 5, 6]
    assert numbers(sort="name:desc") == [6, 5, 4, 3, 2, 1, 0]
    assert numbers(sort_key="name", sort_dir="asc", limit=2) == [0, 1, 2, 3, 4, 5, 6]
    assert numbers(name=made[4].name) == [4]
    assert numbers(id=f"in:{made[1].id},{made[5].id}", sort="name:asc") == [1, 5]
    assert numbers(name=f"in:{made[2].name},{made[3].name}", sort="name:asc") == [2, 3]
    assert numbers(created_at=f"gte:{made[0].created_at}", sort="name:asc") == [0, 1, 2, 3, 4, 5, 6]
    assert numbers(created_at=f"lt:{made[0].created_at}") == []
    assert numbers(visibility="private") == []
    assert sorted(numbers(visibility="shared")) == [0, 1, 2, 3, 4, 5, 6]
    assert numbers(protected="true") == []
    with_property = [answer["min_ram"] for answer in raw(sdk, tag=tag, os_distro="debian", min_ram_max="100")]
    assert sorted(with_property) == [0, 100]


def raw(sdk, **query) -> list[dict]:
    """What the service lists, by a filter that the SDK has no argument for."""
    answer = sdk.image.get("/images", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["images"]


def test_updates_send_the_difference(sdk, image, name: str):
    changed = sdk.image.update_image(image.id, name=f"{name} renamed", min_ram=512, is_protected=True, os_distro="debian")
    assert (changed.name, changed.min_ram, changed.is_protected) == (f"{name} renamed", 512, True)
    with pytest.raises(exceptions.ForbiddenException):
        sdk.image.delete_image(image.id)
    sdk.image.update_image(image.id, is_protected=False, is_hidden=True)
    assert [found.id for found in sdk.image.images(is_hidden=True, name=f"{name} renamed")] == [image.id]
    # Properties by the SDK's older way, a map of them.
    sdk.image.update_image_properties(sdk.image.get_image(image.id), os_version="12", hw_disk_bus="virtio")
    shown = sdk.image.get_image(image.id)
    assert (shown.os_distro, shown.os_version, shown.hw_disk_bus) == ("debian", "12", "virtio")
    with pytest.raises(exceptions.BadRequestException):
        sdk.image.update_image(image.id, visibility="everywhere")


def test_tags_come_and_go_one_by_one(sdk, image):
    for tag in ("eins", "zwei und drei", "vier"):
        sdk.image.add_tag(image, tag)
    sdk.image.remove_tag(image, "eins")
    assert sorted(sdk.image.get_image(image.id).tags) == ["vier", "zwei und drei"]
    # From an address a real Glance would read this one as Latin-1; in a patch it keeps its letters.
    sdk.image.update_image(image.id, tags=["vier", "四/4"])
    assert sorted(sdk.image.get_image(image.id).tags) == ["vier", "四/4"]
    assert image.id in [found.id for found in sdk.image.images(tag="四/4")]
    with pytest.raises(exceptions.NotFoundException):
        sdk.image.remove_tag(image, "eins")


def test_deactivation_withholds_the_bytes(sdk, image, disk: Path):
    sdk.image.deactivate_image(image.id)
    assert sdk.image.get_image(image.id).status == "deactivated"
    refused = sdk.image.get(f"/images/{image.id}/file")
    assert refused.status_code == 403 and "The requested image has been deactivated." in refused.text
    sdk.image.reactivate_image(image.id)
    assert sdk.image.download_image(image.id).content == disk.read_bytes()


def test_sharing_waits_for_the_other_side(sdk, other_sdk, people: Tenant, image):
    sdk.image.add_member(image.id, member_id=people.other.project_id)
    assert image.id not in [seen.id for seen in other_sdk.image.images()]
    pending = other_sdk.image.images(visibility="shared", member_status="pending")
    assert image.id in [seen.id for seen in pending]
    with pytest.raises(exceptions.ForbiddenException):
        sdk.image.update_member(people.other.project_id, image.id, status="accepted")
    other_sdk.image.update_member(people.other.project_id, image.id, status="accepted")
    assert image.id in [seen.id for seen in other_sdk.image.images()]
    assert [(member.member_id, member.status) for member in sdk.image.members(image.id)] == [
        (people.other.project_id, "accepted")
    ]
    sdk.image.remove_member(people.other.project_id, image=image.id)
    with pytest.raises(exceptions.NotFoundException):
        other_sdk.image.get_image(image.id)


def test_imports_end_active_and_leave_a_task(sdk, disk: Path, download, name: str):
    address, data = download
    staged = sdk.image.create_image(
        name, filename=str(disk), disk_format="qcow2", container_format="bare", use_import=True
    )
    fetched = sdk.image.create_image(f"{name}-web", disk_format="qcow2", container_format="bare")
    sdk.image.import_image(fetched, method="web-download", uri=address)
    for image, method, expected in ((staged, "glance-direct", disk.read_bytes()), (fetched, "web-download", data)):
        active = sdk.image.wait_for_status(sdk.image.get_image(image.id), "active", interval=1, wait=60)
        assert active.hash_value == sha512(expected)
        (task,) = until("the task ends", lambda image=image: list(sdk.image.image_tasks(image.id)), done)
        assert (task.type, task.status, task.input["import_req"]["method"]["name"]) == ("api_image_import", "success", method)
        sdk.image.delete_image(image.id)


def done(tasks: list) -> bool:
    """Whether an image's tasks have ended."""
    return all(task.status in ("success", "failure") for task in tasks)


def test_refused_bytes_leave_nothing_behind(sdk, name: str):
    with pytest.raises(exceptions.SDKException) as refusal:
        sdk.image.create_image(name, data=b"not a disk" * 1000, disk_format="qcow2", container_format="bare")
    assert "415" in str(refusal.value)
    assert sdk.image.find_image(name) is None


def test_the_cloud_describes_itself(sdk, admin_sdk):
    assert "glance-direct" in sdk.image.get_import_info().import_methods["value"]
    stores = list(sdk.image.stores())
    assert len([store.id for store in stores if store.is_default]) == 1
    assert {store.id for store in admin_sdk.image.stores(details=True)} == {store.id for store in stores}
    schema = sdk.image.get_image_schema()
    assert {"name", "visibility", "disk_format", "os_hash_value"} <= schema.properties.keys()
    assert sdk.image.get_images_schema().name == "images"
    assert sdk.image.get_member_schema().name == "member"


def test_metadata_definitions_are_read(sdk):
    spaces = list(sdk.image.metadef_namespaces())
    assert spaces and all(space.namespace for space in spaces)
    followed = sdk.image.metadef_namespaces(limit=2)
    assert [space.namespace for space in followed] == [space.namespace for space in spaces]
    associated = {kind.name for space in spaces[:3] for kind in sdk.image.metadef_resource_type_associations(space)}
    assert associated <= {kind.name for kind in sdk.image.metadef_resource_types()}
    described = [space for space in spaces if list(sdk.image.metadef_properties(space))]
    assert described
    (first, *_) = sdk.image.metadef_properties(described[0])
    assert sdk.image.get_metadef_property(first, described[0]).title == first.title
