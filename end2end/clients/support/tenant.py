"""Projects and people of the scenarios' own, made by the administrator's `openstack` and taken away again."""

from contextlib import contextmanager
from dataclasses import dataclass

import openstack

from support.cloud import ADMIN, DOMAIN, KEYSTONE, Person, unique
from support.command import Openstack
from support.waiting import until


@dataclass(frozen=True)
class Tenant:
    """Two projects: the owner's, where most things happen, and that of somebody else."""

    owner: Person
    other: Person


@contextmanager
def tenant(admin: Openstack):
    """Makes them; at the end nothing is left, whatever the tests did."""
    people: list[Person] = []
    try:
        for word in ("owner", "other"):
            people.append(_person(admin, word))
        yield Tenant(*people)
    finally:
        for person in people:
            _empty(person, connection(ADMIN))
        for person in people:
            admin("user", "delete", "--domain", DOMAIN, person.user)
            admin("project", "delete", person.project_id)


def connection(person: Person) -> openstack.connection.Connection:
    """openstacksdk in the hands of one person, from nothing but what is given here."""
    return openstack.connect(
        auth_url=KEYSTONE,
        username=person.user,
        password=person.password,
        project_name=person.project,
        user_domain_name=DOMAIN,
        project_domain_name=DOMAIN,
        load_envvars=False,
        load_yaml_config=False,
    )


def _person(admin: Openstack, word: str) -> Person:
    project = admin.json("project", "create", "--domain", DOMAIN, unique(f"clients-{word}"))
    user = admin.json("user", "create", "--domain", DOMAIN, "--password", "a pass word", unique(word))
    admin("role", "add", "--project", project["id"], "--user", user["id"], "member")
    return Person(user["name"], "a pass word", project["name"], project["id"])


def _empty(person: Person, admin: openstack.connection.Connection) -> None:
    """Servers first, since they hold ports and groups; images by the administrator, who may lift what protects them."""
    own = connection(person)
    for server in own.compute.servers(details=False):
        own.compute.delete_server(server)
    until("servers go away", lambda: list(own.compute.servers(details=False)), lambda servers: not servers)
    for group in own.compute.server_groups():
        own.compute.delete_server_group(group)
    for pair in own.compute.keypairs():
        own.compute.delete_keypair(pair)
    for network in own.network.networks(project_id=person.project_id):
        own.network.delete_network(network)
    # Neutron makes one for each project that looks, which only the administrator may delete.
    for group in admin.network.security_groups(project_id=person.project_id):
        admin.network.delete_security_group(group)
    for hidden in (False, True):
        for image in admin.image.images(owner=person.project_id, visibility="all", is_hidden=hidden):
            if image.is_protected:
                admin.image.update_image(image, is_protected=False)
            admin.image.delete_image(image)
