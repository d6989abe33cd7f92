"""`openstack`: signing in, and what one sees of oneself."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from support.cloud import DOMAIN, environment, unique
from support.command import Openstack
from support.tenant import Tenant


def test_a_token_is_issued_for_the_project_and_ends_when_revoked(owner: Openstack, people: Tenant):
    token = owner.json("token", "issue")
    assert token["project_id"] == people.owner.project_id
    by_token = environment(auth_type="v3token", token=token["id"], project_id=people.owner.project_id)
    holder = Openstack("holder of a token", by_token)
    assert holder.json("token", "issue")["user_id"] == token["user_id"]
    owner("token", "revoke", token["id"])
    assert "Failed to validate token (HTTP 404)" in holder.refused("token", "issue")


def test_the_console_script_itself_works(people: Tenant):
    script = Path(sys.executable).with_name("openstack")
    command = [script, "token", "issue", "-f", "value", "-c", "project_id"]
    ran = subprocess.run(command, env=people.owner.environment(), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, f"{people.owner.project_id}\n"), ran.stderr


def test_a_wrong_password_is_refused(people: Tenant):
    stranger = Openstack.of(replace(people.owner, password="wrong"))
    assert "The request you have made requires authentication. (HTTP 401)" in stranger.refused("token", "issue")


def test_the_catalog_names_the_services(owner: Openstack):
    services = {service["Type"]: service["Endpoints"] for service in owner.json("catalog", "list")}
    for kind in ("identity", "image", "compute", "network"):
        assert "public" in [endpoint["interface"] for endpoint in services[kind]], services
    shown = owner.json("catalog", "show", "image")
    assert (shown["type"], shown["endpoints"]) == ("image", services["image"])


def test_the_services_tell_their_versions(owner: Openstack):
    for service in ("identity", "image", "compute"):
        rows = owner.json("versions", "show", "--service", service)
        assert [row["Version"] for row in rows if row["Status"] == "CURRENT"], rows
    ranges = [row["Max Microversion"] for row in rows if row["Status"] == "CURRENT"]
    assert ranges and all(highest.startswith("2.") for highest in ranges), rows


def test_one_sees_one_s_own_project_and_no_other(owner: Openstack, people: Tenant):
    mine = owner.json("project", "list", "--my-projects")
    assert [project["ID"] for project in mine] == [people.owner.project_id]
    assert owner.json("project", "show", people.owner.project_id)["name"] == people.owner.project
    assert "identity:list_users" in owner.refused("user", "list")
    assert people.other.project_id in owner.refused("project", "show", people.other.project_id)


def test_an_application_credential_signs_in_until_it_is_deleted(owner: Openstack, people: Tenant):
    made = owner.json("application", "credential", "create", unique("credential"))
    assert made["Project ID"] == people.owner.project_id
    assert "member" in [role["name"] for role in made["Roles"]]
    by_credential = environment(
        auth_type="v3applicationcredential",
        application_credential_id=made["ID"],
        application_credential_secret=made["Secret"],
    )
    robot = Openstack("a robot", by_credential)
    assert robot.json("token", "issue")["project_id"] == people.owner.project_id
    assert made["ID"] in [credential["ID"] for credential in owner.json("application", "credential", "list")]
    assert owner.json("application", "credential", "show", made["ID"])["Name"] == made["Name"]
    owner("application", "credential", "delete", made["ID"])
    assert f"Could not find Application Credential: {made['ID']}. (HTTP 404)" in robot.refused("token", "issue")


def test_the_administrator_finds_who_may_what(admin: Openstack, people: Tenant):
    rows = admin.json("role", "assignment", "list", "--names", "--project", people.owner.project_id)
    user, project = f"{people.owner.user}@{DOMAIN}", f"{people.owner.project}@{DOMAIN}"
    assert [(row["Role"], row["User"], row["Project"]) for row in rows] == [("member", user, project)]
    assert {"admin", "member", "reader"} <= {role["Name"] for role in admin.json("role", "list")}
