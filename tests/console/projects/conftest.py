"""An organization with people in every role, a team, a key, a project and its app; browsers signed in as them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest

from hyway import console
from hyway.domain import audit, billing, envs, identity, notices, oidc, projects
from hyway.domain.identity import Caller, Organization, Person
from hyway.domain.projects import NewApp, NewProject
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.console.conftest import PASSWORD, PUBLIC, Browser

KEY = 1767322800


@dataclass
class Place:
    """`by` are callers inside the organization; `ids` name what there is."""

    db: Database
    app: object
    organization: Organization
    people: dict[str, Person]
    clients: list[httpx.AsyncClient]
    ids: dict[str, str]

    def by(self, name: str = "owner", organization: Organization | None = None) -> Caller:
        person, there = self.people[name], organization or self.organization
        own = Caller(there.seq, "self-hosted", "person", person.id, person.name, "console", person=person.seq)
        by = self.db.read_now(identity.access.enter, own, there.wire_id)
        return replace(by, client="203.0.113.7")

    def member(self, name: str) -> str:
        return self.by(name).member

    async def browser(self, name: str | None = None) -> Browser:
        """Signed in as the person of that name; as nobody without one."""
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=PUBLIC)  # type: ignore[arg-type]
        self.clients.append(http)
        made = Browser(http)
        if name is not None:
            await made.sign_in(f"{name}@north.example")
        return made

    def path(self, template: str) -> str:
        """The address with its ids filled in."""
        return template.format(**self.ids)


def _person(db: Database, at: Caller, name: str, role: identity.Role) -> Person:
    made = db.write_now(identity.add_person, f"{name}@north.example", name.title(), PASSWORD)
    db.write_now(identity.join, at, made, role)
    return made


def _filled(place: Place) -> dict[str, str]:
    """A team, a key, a project with an app and its pushed file, a client."""
    db, by = place.db, place.by()
    team = db.write_now(identity.teams.create, by, "Backend", "static")
    key, _ = db.write_now(identity.api_keys.create, by, "Builds", ("OrganizationMember",))
    project = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    app = db.write_now(projects.apps.create, by, project.id, NewApp("web", "Web"))
    db.write_now(envs.vault.write, by, project.id, envs.VaultKey(KEY, "c2VjcmV0LWtleQ=="))
    push(place, 1)
    client = db.write_now(oidc.clients.create, by, "Status page", ["https://status.example/back"])
    secret = key.secrets[0].id if key.secrets else ""
    return {
        "team": team.id,
        "key": key.id,
        "key_member": key.member_id,
        "secret": secret,
        "project": project.id,
        "app": app.id,
        "client": client.client.id,
        "member": place.member("member"),
        "environment": "production",
    }


def push(
    place: Place, version: int, environment: str | None = "production", by: Caller | None = None
) -> None:
    new = envs.NewVersion(version, KEY, "338 bytes", 4, f"c2VhbGVk{version:04}")
    place.db.write_now(envs.versions.push, by or place.by(), "web", environment, KEY, new)


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[Place]:
    db = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}), home=PUBLIC, threads=2)
    db.hearers += [audit.record, billing.accounts.hear, oidc.hearing.hear, notices.hear]
    ours = db.write_now(identity.found_organization, "Northwind")
    theirs = db.write_now(identity.found_organization, "Harbour")
    here, there = identity.command_line(ours), identity.command_line(theirs)
    people = {
        "owner": _person(db, here, "owner", "owner"),
        "admin": _person(db, here, "admin", "admin"),
        "member": _person(db, here, "member", "member"),
        "stranger": _person(db, there, "stranger", "owner"),
    }
    made = Place(db, console.app(db, public_url=PUBLIC), ours, people, [], {})
    made.ids.update(_filled(made))
    yield made
    for client in made.clients:
        await client.aclose()
    db.close()


@pytest.fixture
async def owner(place: Place) -> Browser:
    return await place.browser("owner")


@pytest.fixture
async def member(place: Place) -> Browser:
    return await place.browser("member")
