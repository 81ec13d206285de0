"""Hypemarket's app on a database of the test's own, with people of every role and their tokens."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from hyway.apis import hypemarket
from hyway.apis.hypemarket.door import Door
from hyway.apis.hypemarket.tools import Tools
from hyway.domain import audit, identity, notices
from hyway.domain.identity import Caller, Organization, Permission, Person, Role
from hyway.kernel import seal, sqid
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Missing
from hyway.kernel.limits import LocalWindow
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal

PUBLIC = "https://go.example"
PAGE = b"<!doctype html>a page for people"


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """Where people would get the console."""
    head = [(b"content-type", b"text/html; charset=utf-8"), (b"x-asked", scope["path"].encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": PAGE})


@dataclass
class World:
    """One server's database, its app, and an organization: `owner` and a token of theirs that may write."""

    db: Database
    app: Door
    organization: Organization
    owner: Person
    token: str = ""

    @property
    def id(self) -> str:
        """The organization's id."""
        return sqid.text(self.organization.seq)

    @property
    def by(self) -> Caller:
        """The owner in the organization, for verbs."""
        return self.caller(self.owner)

    def caller(self, person: Person) -> Caller:
        """A person as one who asks, in the organization where they belong to it, else for themselves."""
        return self.db.read_now(_caller, person, self.organization.seq)

    def person(self, name: str, role: Role | None = None) -> Person:
        """Somebody new, in the organization where they have a role."""
        return self.db.write_now(_person, self.by if role else None, name, role)

    def new_token(self, person: Person | None = None, permission: Permission = "write") -> str:
        someone = person or self.owner
        return self.db.write_now(identity.tokens.create, alone(someone), "A test", permission)[1]

    def client(self, token: str | None = None, *, of: Person | None = None, **more: Any) -> httpx.AsyncClient:
        """Calls the app in JSON, as the owner or another; `token=""` for nobody."""
        found = token if token is not None else self.new_token(of) if of else self.token
        headers = {"Accept": "application/json"}
        if found:
            headers["Authorization"] = f"Bearer {found}"
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=PUBLIC, headers=headers, **more)


def alone(person: Person) -> Caller:
    """A person in no organization."""
    return Caller(
        identity.NOBODYS, "self-hosted", "person", person.id, person.name, "hypemarket", person=person.seq
    )


def _caller(r: Any, person: Person, organization: int) -> Caller:
    by = alone(person)
    try:
        return identity.at_organization(r, by, organization)
    except Missing:
        return by


_hashed_once = cache(seal.hash_password)


def _person(w: Write, by: Caller | None, name: str, role: Role | None) -> Person:
    with patch.object(
        seal, "hash_password", _hashed_once
    ):  # nobody signs in here, and hashing is slow by design
        made = identity.add_person(w, f"{name.lower()}@example.com", name, "correct horse battery")
    if by is not None and role is not None:
        identity.join(w, by, made, role)
    return made


def make_world(db: Database, name: str = "Acme", **kit: Any) -> World:
    tools = Tools(Blobs(Path(tempfile.mkdtemp(prefix="hyway-files-"))), Outgoing(lambda _: False))
    made = {"body_limit": 32_000_000, "trusted_proxies": (), "window": LocalWindow(), "tools": tools, **kit}
    app = hypemarket.app(hypemarket.Kit(db=db, public_url=PUBLIC, **made), pages)
    organization = db.write_now(identity.found_organization, name)
    owner = db.write_now(_person, identity.command_line(organization), f"{name}-owner", "owner")
    world = World(db, app, organization, owner)
    world.token = world.new_token()
    return world


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}), home=PUBLIC)
    opened.hearers += [audit.record, notices.hear]
    yield opened
    opened.close()


@pytest.fixture
def world(db: Database) -> World:
    return make_world(db)
