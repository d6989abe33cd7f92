"""openstacksdk: volumes, and a server on one, as a program handles them."""

import pytest
from openstack import exceptions

from support.cloud import unique
from support.tenant import Tenant
from support.waiting import until


def test_volumes_and_snapshots_are_made_found_and_deleted(sdk, other_sdk, image):
    name = unique("sdk-volume")
    volume = sdk.block_storage.create_volume(name=name, size=1, image_id=image.id, metadata={"purpose": "test"})
    volume = sdk.block_storage.wait_for_status(volume, wait=120, interval=1)
    assert (volume.status, volume.is_bootable, volume.metadata) == ("available", True, {"purpose": "test"})
    assert volume.volume_image_metadata["image_id"] == image.id
    assert sdk.block_storage.find_volume(name).id == volume.id
    assert [found.id for found in sdk.block_storage.volumes(name=name)] == [volume.id]
    with pytest.raises(exceptions.NotFoundException):
        other_sdk.block_storage.get_volume(volume.id)
    sdk.block_storage.set_volume_bootable_status(volume, False)
    assert sdk.block_storage.get_volume(volume.id).is_bootable is False

    snapshot = sdk.block_storage.create_snapshot(name=f"{name}-snapshot", volume_id=volume.id)
    snapshot = sdk.block_storage.wait_for_status(snapshot, wait=120, interval=1)
    assert [found.id for found in sdk.block_storage.snapshots(volume_id=volume.id)] == [snapshot.id]
    sdk.block_storage.delete_volume(volume, cascade=True)
    sdk.block_storage.wait_for_delete(volume, interval=1)
    assert sdk.block_storage.find_snapshot(snapshot.id) is None


def test_volumes_come_in_pages(sdk):
    made = [sdk.block_storage.create_volume(name=unique("sdk-page"), size=1) for _ in range(3)]
    for volume in made:
        sdk.block_storage.wait_for_status(volume, wait=120, interval=1)
    ids = {volume.id for volume in made}
    assert {volume.id for volume in sdk.block_storage.volumes(details=False, limit=1)} >= ids
    for volume in made:
        sdk.block_storage.delete_volume(volume)
    for volume in made:
        sdk.block_storage.wait_for_delete(volume, interval=1)


def test_limits_and_quotas_of_volumes_agree(sdk, people: Tenant):
    limits = sdk.block_storage.get_limits().absolute
    quota = sdk.block_storage.get_quota_set(people.owner.project_id, usage=True)
    assert (limits.max_total_volumes, limits.max_total_volume_gigabytes) == (quota.volumes, quota.gigabytes)
    assert limits.total_volumes_used == quota.usage["volumes"]


def test_a_snapshot_of_a_server_on_a_volume_boots(sdk, image):
    flavor = min(sdk.compute.flavors(), key=lambda kind: (kind.ram, kind.vcpus, kind.disk))
    device = {
        "uuid": image.id,
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": max(1, flavor.disk),
        "boot_index": 0,
        "delete_on_termination": True,
    }
    plain = {"flavor_id": flavor.id, "networks": "none"}
    made = sdk.compute.create_server(name=unique("sdk-boot"), block_device_mapping=[device], **plain)
    server = sdk.compute.wait_for_server(made, interval=1, wait=120)
    assert len(server.attached_volumes) == 1
    kept = sdk.compute.create_server_image(server, f"{server.name}-snapshot", wait=True, timeout=120)
    snapshot = sdk.image.get_image(kept.id)
    assert (snapshot.size, snapshot.status) == (0, "active")
    of_volume = list(sdk.block_storage.snapshots(volume_id=server.attached_volumes[0].id))
    assert [found.name for found in of_volume] == [f"snapshot for {snapshot.name}"]
    sdk.block_storage.wait_for_status(of_volume[0], wait=120, interval=1)

    again = sdk.compute.create_server(name=unique("sdk-again"), image_id=snapshot.id, **plain)
    again = sdk.compute.wait_for_server(again, interval=1, wait=120)
    volume = sdk.block_storage.get_volume(again.attached_volumes[0].id)
    assert volume.snapshot_id == of_volume[0].id
    volumes = [server.attached_volumes[0].id, volume.id]
    for one in (server, again):
        sdk.compute.delete_server(one)
    for one in (server, again):
        sdk.compute.wait_for_delete(one, interval=1)
    sdk.image.delete_image(snapshot)
    sdk.block_storage.delete_snapshot(of_volume[0])
    sdk.block_storage.wait_for_delete(of_volume[0], interval=1)
    # What has a snapshot cannot go with its server.
    for id in volumes:
        until("the volume is free", lambda id=id: sdk.block_storage.find_volume(id), lambda it: not it or it.status == "available")
        sdk.block_storage.delete_volume(id)
