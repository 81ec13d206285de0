"""People at the pages of creators: an organization's owner, admin and member, and a creator who belongs to none."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from hyway import console
from hyway.domain import audit, creators, identity, notices, webhooks
from hyway.domain.identity import Caller, Organization, Person
from hyway.kernel import sqid
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal
from tests.console.conftest import PASSWORD, PUBLIC, Browser


def _as(person: Person) -> Caller:
    return Caller(
        identity.NOBODYS, "self-hosted", "person", person.id, person.name, "console", person=person.seq
    )


@dataclass
class Market:
    """`by` are callers: the people's own, and of those who belong to it in the organization."""

    db: Database
    app: Any
    organization: Organization
    people: dict[str, Person]
    browsers: list[httpx.AsyncClient]

    @property
    def base(self) -> str:
        return f"/organizations/{sqid.text(self.organization.seq)}"

    def own(self, name: str) -> Caller:
        return _as(self.people[name])

    def by(self, name: str = "owner") -> Caller:
        return self.db.read_now(identity.at_organization, self.own(name), self.organization.seq)

    def person(self, name: str, role: identity.Role | None = None) -> Person:
        made = self.db.write_now(identity.add_person, f"{name}@example.com", name.title(), PASSWORD)
        self.people[name] = made
        if role is not None:
            there = replace(_as(made), organization=self.organization.seq)
            self.db.write_now(identity.join, there, made, role)
        return made

    async def browser(self, name: str | None = None) -> Browser:
        """Signed in as the person of that name; as nobody without one."""
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=PUBLIC)
        self.browsers.append(http)
        made = Browser(http)
        if name is not None:
            await made.see("/console/sign-in")
            answer = await made.send("/console/sign-in", email=f"{name}@example.com", password=PASSWORD)
            assert answer.status_code == 303
            await made.see("/organizations")
        return made


@asynccontextmanager
async def opened(
    url: str, folder: Path, home: str, services: Mapping[str, str] | None = None
) -> AsyncIterator[Market]:
    """A console at `home` over a fresh database, with its people; `services` set up platforms."""
    db = Database(url, Seal(b"k" * 32), hosts=frozenset({urlsplit(home).netloc}), home=home, threads=2)
    db.hearers += [audit.record, webhooks.hear, notices.hear, creators.hearing.hear, creators.collabs.hear]
    blobs, outgoing = Blobs(folder / "blobs"), Outgoing(lambda ip: ip == "127.0.0.1")
    app: Any = console.app(db, public_url=home, blobs=blobs, outgoing=outgoing, services=services)
    owner = db.write_now(identity.add_person, "owner@example.com", "Owner", PASSWORD)
    made = db.write_now(identity.organizations.establish, _as(owner), {"name": "Northwind"})
    found = Market(db, app, made, {"owner": owner}, [])
    found.person("admin", "admin")
    found.person("member", "member")
    found.person("creator")
    yield found
    for client in found.browsers:
        await client.aclose()
    db.close()


@pytest.fixture
async def market(database_url: str, tmp_path: Path) -> AsyncIterator[Market]:
    async with opened(database_url, tmp_path, PUBLIC) as found:
        yield found
