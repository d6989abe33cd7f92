"""`openstack image metadef`: the definitions of what properties mean."""

from support.cloud import unique
from support.command import Openstack


def test_anybody_reads_them(owner: Openstack):
    spaces = [row["namespace"] for row in owner.json("image", "metadef", "namespace", "list")]
    assert "OS::Compute::Watchdog" in spaces
    shown = owner.json("image", "metadef", "namespace", "show", "OS::Compute::Watchdog")
    assert (shown["namespace"], shown["visibility"], shown["protected"]) == ("OS::Compute::Watchdog", "public", True)
    kinds = {row["Name"] for row in owner.json("image", "metadef", "resource", "type", "list")}
    assert "OS::Glance::Image" in kinds
    properties = owner.json("image", "metadef", "property", "list", "OS::Compute::Watchdog")
    assert properties, "a namespace describes something"
    first = properties[0]["name"]
    described = owner.json("image", "metadef", "property", "show", "OS::Compute::Watchdog", first)
    assert (described["name"], described["type"]) == (first, properties[0]["type"])


def test_only_the_administrator_writes_them(owner: Openstack, admin: Openstack):
    name = unique("Sextant::Clients")
    create = ["image", "metadef", "namespace", "create", name, "--public", "--display-name", "Ours"]
    assert "403" in owner.refused(*create)
    made = admin.json(*create)
    try:
        assert (made["namespace"], made["display_name"], made["visibility"]) == (name, "Ours", "public")
        schema = '{"type": "string", "enum": ["red", "blue"]}'
        words = ["--name", "colour", "--title", "Colour", "--type", "string", "--schema", schema]
        admin("image", "metadef", "property", "create", *words, name)
        described = owner.json("image", "metadef", "property", "show", name, "colour")
        assert (described["title"], described["enum"]) == ("Colour", ["red", "blue"])
        admin("image", "metadef", "namespace", "set", name, "--private", "--display-name", "Theirs")
        assert name not in [row["namespace"] for row in owner.json("image", "metadef", "namespace", "list")]
        assert admin.json("image", "metadef", "namespace", "show", name)["display_name"] == "Theirs"
    finally:
        admin("image", "metadef", "namespace", "delete", name)
    assert name in admin.refused("image", "metadef", "namespace", "show", name)
