"""What the tests share: people with the command or the SDK in their hands, and files."""

from pathlib import Path

import pytest

from support import cloud, files
from support.command import Openstack
from support.tenant import Tenant, connection, tenant


@pytest.fixture(scope="session")
def admin() -> Openstack:
    """The administrator's command."""
    return Openstack.of(cloud.ADMIN)


@pytest.fixture(scope="session")
def people(admin: Openstack):
    """The owner's project and that of somebody else."""
    with tenant(admin) as made:
        yield made


@pytest.fixture(scope="session")
def owner(people: Tenant) -> Openstack:
    """The owner's command."""
    return Openstack.of(people.owner)


@pytest.fixture(scope="session")
def other(people: Tenant) -> Openstack:
    """Somebody else's command."""
    return Openstack.of(people.other)


@pytest.fixture(scope="session")
def sdk(people: Tenant):
    """The owner's connection."""
    return connection(people.owner)


@pytest.fixture(scope="session")
def other_sdk(people: Tenant):
    """Somebody else's connection."""
    return connection(people.other)


@pytest.fixture(scope="session")
def admin_sdk():
    """The administrator's connection."""
    return connection(cloud.ADMIN)


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty qcow2 disk of 64 MiB."""
    return files.qcow2(tmp_path_factory.mktemp("disk") / "disk.qcow2")


@pytest.fixture
def name() -> str:
    """A name of the test's own."""
    return cloud.unique("image")


@pytest.fixture
def image(sdk, disk: Path, name: str):
    """An active image of the owner's, shared with nobody."""
    made = sdk.image.create_image(
        name,
        filename=str(disk),
        disk_format="qcow2",
        container_format="bare",
        visibility="shared",
        allow_duplicates=True,
    )
    yield made
    sdk.image.delete_image(made, ignore_missing=True)


@pytest.fixture(scope="session")
def download(disk: Path):
    """A file on the web: its address and its bytes."""
    if cloud.DOWNLOAD_URL:
        from urllib.request import ProxyHandler, build_opener

        with build_opener(ProxyHandler({})).open(cloud.DOWNLOAD_URL) as answer:
            yield cloud.DOWNLOAD_URL, answer.read()
    else:
        with files.served(disk.parent) as address:
            yield f"{address}/{disk.name}", disk.read_bytes()
