"""openstacksdk: servers, and what surrounds them, as a program handles them."""

from pathlib import Path

import pytest
from openstack import exceptions

from support.cloud import unique
from support.tenant import Tenant
from support.waiting import until


@pytest.fixture(scope="module")
def flavor(sdk):
    """The smallest flavor that boots an image of ours."""
    return min((kind for kind in sdk.compute.flavors() if kind.disk >= 1), key=lambda kind: (kind.ram, kind.vcpus, kind.disk))


def test_sessions_are_renewed_and_scoped(sdk, people: Tenant):
    assert sdk.current_project_id == people.owner.project_id
    token = sdk.auth_token
    sdk.session.invalidate()
    assert sdk.auth_token != token
    assert [project.id for project in sdk.identity.user_projects(sdk.current_user_id)] == [people.owner.project_id]


def test_flavors_are_followed_over_pages(sdk, flavor):
    whole = [kind.id for kind in sdk.compute.flavors()]
    assert [kind.id for kind in sdk.compute.flavors(limit=2)] == whole
    assert sdk.compute.find_flavor(flavor.name).id == flavor.id
    assert sdk.compute.get_flavor(flavor.id).ram == flavor.ram
    assert sdk.compute.find_flavor("no-such-flavor") is None


def test_limits_and_quotas_agree(sdk, people: Tenant):
    limits = sdk.compute.get_limits().absolute
    quota = sdk.compute.get_quota_set(people.owner.project_id, usage=True)
    assert (limits.instances, limits.total_cores, limits.total_ram) == (quota.instances, quota.cores, quota.ram)
    assert limits.instances_used == quota.usage["instances"]
    network = sdk.network.get_quota(people.owner.project_id, details=True)
    assert network.networks["limit"] > 0 and network.security_groups["used"] >= 0


def test_a_server_is_made_listed_snapshot_and_deleted(sdk, other_sdk, image, flavor):
    name = unique("sdk-server")
    made = sdk.compute.create_server(
        name=name, image_id=image.id, flavor_id=flavor.id, networks="none", metadata={"purpose": "test"}
    )
    assert len(made.admin_password) >= 8
    server = sdk.compute.wait_for_server(made, interval=1, wait=120)
    assert (server.status, server.name, server.metadata) == ("ACTIVE", name, {"purpose": "test"})
    assert server.image.id == image.id
    assert sdk.compute.find_server(name).id == server.id
    assert [found.id for found in sdk.compute.servers(name=name, status="ACTIVE", image=image.id)] == [server.id]
    assert server.id not in [found.id for found in other_sdk.compute.servers()]
    with pytest.raises(exceptions.NotFoundException):
        other_sdk.compute.get_server(server.id)
    log = until("the console says something", lambda: sdk.compute.get_server_console_output(server)["output"], bool)
    short = sdk.compute.get_server_console_output(server, length=1)["output"]
    assert len(short.splitlines()) <= 1 <= len(log.splitlines())

    sdk.compute.set_server_metadata(server, note="two words")
    assert sdk.compute.get_server_metadata(server).metadata == {"purpose": "test", "note": "two words"}
    sdk.compute.delete_server_metadata(server, ["purpose"])
    assert sdk.compute.get_server_metadata(server).metadata == {"note": "two words"}

    snapshot = sdk.compute.create_server_image(server, f"{name}-snapshot", wait=True, timeout=120)
    kept = sdk.image.get_image(snapshot.id)
    assert (kept.status, kept.properties["base_image_ref"]) == ("active", image.id)
    sdk.image.delete_image(kept)
    sdk.compute.delete_server(server)
    sdk.compute.wait_for_delete(server, interval=1)
    until("the list forgets it too", lambda: sdk.compute.find_server(name), lambda found: found is None)


def test_a_server_may_have_a_network_and_several_a_page(sdk, image, flavor):
    network = sdk.network.create_network(name=unique("sdk-net"))
    sdk.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.78.0.0/24")
    made = [
        sdk.compute.create_server(
            name=unique("sdk-page"), image_id=image.id, flavor_id=flavor.id, networks=[{"uuid": network.id}]
        )
        for _ in range(2)
    ]
    servers = [sdk.compute.wait_for_server(server, interval=1, wait=120) for server in made]
    for server in servers:
        (address,) = server.addresses[network.name]
        assert address["addr"].startswith("10.78.0.") and address["OS-EXT-IPS:type"] == "fixed"
    ports = {port.device_id for port in sdk.network.ports(network_id=network.id, device_owner="compute:nova")}
    assert ports == {server.id for server in servers}
    paged = [server.id for server in sdk.compute.servers(name="sdk-page", limit=1)]
    assert sorted(paged) == sorted(server.id for server in servers)
    for server in servers:
        sdk.compute.delete_server(server)
        sdk.compute.wait_for_delete(server, interval=1)
    sdk.network.delete_network(network)
    assert sdk.network.find_network(network.id) is None


def test_key_pairs_and_groups(sdk, tmp_path: Path):
    pair = sdk.compute.create_keypair(name=unique("sdk-key"))
    assert "PRIVATE KEY" in pair.private_key and pair.public_key.startswith("ssh-")
    assert sdk.compute.find_keypair(pair.name).fingerprint == pair.fingerprint
    with pytest.raises(exceptions.ConflictException):
        sdk.compute.create_keypair(name=pair.name, public_key=pair.public_key)
    sdk.compute.delete_keypair(pair)
    assert sdk.compute.find_keypair(pair.name) is None
    group = sdk.compute.create_server_group(name=unique("sdk-group"), policy="affinity")
    assert group.id in [found.id for found in sdk.compute.server_groups()]
    sdk.compute.delete_server_group(group)
    assert group.id not in [found.id for found in sdk.compute.server_groups()]


def test_what_is_not_there_is_not_found(sdk, image, flavor):
    with pytest.raises(exceptions.BadRequestException) as refusal:
        sdk.compute.create_server(name="x", image_id=image.id, flavor_id="no-such-flavor", networks="none")
    assert "Flavor no-such-flavor could not be found." in str(refusal.value)
    with pytest.raises(exceptions.BadRequestException) as refusal:
        missing = "00000000-0000-4000-8000-000000000000"
        sdk.compute.create_server(name="x", image_id=missing, flavor_id=flavor.id, networks="none")
    assert "Can not find requested image" in str(refusal.value)
