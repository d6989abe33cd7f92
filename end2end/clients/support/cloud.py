"""Which cloud, and who is who in it.

The variables are those of the browser tests (../../support/env.ts), so that one runner serves both.
"""

import os
import secrets
from dataclasses import dataclass

KEYSTONE = os.environ.get("E2E_KEYSTONE_URL", "http://127.0.0.1:5050/identity/v3")

# A file that the cloud may fetch by itself. Without one the scenarios serve theirs on loopback, at a port of the system's choice:
# a real Glance downloads from the ports only that its operator allows.
DOWNLOAD_URL = os.environ.get("E2E_DOWNLOAD_URL")

# Where the accounts and projects are made.
DOMAIN = "Default"


@dataclass(frozen=True)
class Person:
    """Somebody who signs in to one project."""

    user: str
    password: str
    project: str
    project_id: str = ""

    def environment(self) -> dict[str, str]:
        """As an openrc file sets it."""
        return environment(
            username=self.user,
            password=self.password,
            project_name=self.project,
            user_domain_name=DOMAIN,
            project_domain_name=DOMAIN,
        )


def environment(**settings: str) -> dict[str, str]:
    """The variables that `openstack` reads, and nothing of the caller's own clouds."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    chosen = {f"OS_{name.upper()}": value for name, value in settings.items()}
    # A proxy for the world outside has no business between a client and loopback.
    direct = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
    return own | direct | {"OS_AUTH_URL": KEYSTONE, "OS_IDENTITY_API_VERSION": "3"} | chosen


ADMIN = Person(
    os.environ.get("E2E_ADMIN_USER", "admin"),
    os.environ.get("E2E_ADMIN_PASSWORD", "adminpass"),
    os.environ.get("E2E_ADMIN_PROJECT", "admin"),
)


def unique(word: str) -> str:
    """A name that no other run uses at the same time."""
    return f"{word}-{secrets.token_hex(4)}"
