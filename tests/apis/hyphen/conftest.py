"""Hyphen's app on a database of the test's own: an organization, its administrator's key, a member of every role."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from hyway.apis import hyphen
from hyway.apis.hyphen.door import Door
from hyway.domain import audit, billing, identity, netinfo, oidc
from hyway.domain.identity import NOBODYS, Caller, Organization, Person, Role
from hyway.kernel import seal
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.limits import LocalWindow
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal

PUBLIC = "https://go.example"
_ID = re.compile("[1-9A-HJ-NP-Za-km-z]{22}")
ADDRESS = "203.0.113.7"
"""Where requests come from."""


@dataclass
class World:
    """One server's database, its app, and an organization with the secret of a key that administers it."""

    db: Database
    app: Door
    organization: Organization
    key: str = ""

    @property
    def id(self) -> str:
        """The organization's id."""
        return self.organization.wire_id

    @property
    def base(self) -> str:
        """What the organization's addresses begin with."""
        return f"/api/organizations/{self.id}"

    @property
    def by(self) -> Caller:
        """The server's own command in the organization, for verbs."""
        return identity.command_line(self.organization)

    def new_key(self, *roles: str, name: str = "A test") -> str:
        """The secret of a new key with these roles on the organization."""
        _, secret = self.db.write_now(identity.api_keys.create, self.by, name, roles)
        assert secret.value is not None
        return secret.value

    def person(self, name: str, role: Role | None = None) -> Person:
        """Somebody new, in the organization where they have a role."""
        return self.db.write_now(_person, self.by if role else None, name, role)

    def inside(self, person: Person) -> Caller:
        """A person as one who asks, inside the organization, for verbs."""
        return self.db.read_now(identity.access.enter, self.outside(person), self.id)

    @staticmethod
    def outside(person: Person) -> Caller:
        """A person who has shown who they are, in no organization yet."""
        return outside(person)

    def client(
        self,
        key: str | None = None,
        *,
        of: Person | None = None,
        address: str = ADDRESS,
        headers: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> httpx.AsyncClient:
        """Calls the app: with the administrator's key, another (`""` for none), or as a person."""
        found = self.key if key is None else key
        shown = {"x-api-key": found} if found and of is None else {}
        if of is not None:
            shown = {"authorization": f"Bearer {self.token(of)}"}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=(address, 1))
        return httpx.AsyncClient(
            transport=transport, base_url=PUBLIC, headers={**shown, **(headers or {})}, **more
        )

    def token(self, person: Person) -> str:
        """An access token of the person's."""
        return self.db.write_now(oidc.issue, person.seq).access_token


def outside(person: Person) -> Caller:
    """A person who has shown who they are, in no organization yet."""
    return Caller(
        NOBODYS, "self-hosted", "person", person.id, person.name, "hyphen", person=person.seq,
        credential=f"test:{person.seq}",
    )  # fmt: skip


_hashed_once = cache(seal.hash_password)


def _person(w: Write, by: Caller | None, name: str, role: Role | None) -> Person:
    with patch.object(
        seal, "hash_password", _hashed_once
    ):  # nobody signs in here, and hashing is slow by design
        made = identity.add_person(w, f"{name.lower()}@example.com", name, "correct horse battery")
    if by is not None and role is not None:
        identity.join(w, by, made, role)
    return made


def _founded(w: Write, name: str) -> Organization:
    made = identity.found_organization(w, name)
    return _whole(w, made.seq)


def _whole(r: Read, seq: int) -> Organization:
    return identity.organization(r, Caller(seq, "self-hosted", "system", "test", "test", "command"))


@cache
def places() -> netinfo.Places:
    return netinfo.Places.bundled()


ANYWHERE = Outgoing(lambda _: True)
NO_NAMES = {"resolver": "127.0.0.1:9"}
"""A name server that gives no answer."""


def make_world(
    db: Database, name: str = "Acme", services: Mapping[str, str] | None = None, **kit: Any
) -> World:
    made = {"body_limit": 32_000_000, "trusted_proxies": (), "window": LocalWindow(), **kit}
    app = hyphen.app(hyphen.Kit(db=db, public_url=PUBLIC, **made), places(), ANYWHERE, services or NO_NAMES)
    return furnished(db, app, name)


def furnished(db: Database, app: Door, name: str) -> World:
    """One more organization on the same server."""
    world = World(db, app, db.write_now(_founded, name))
    world.key = world.new_key("OrganizationAdmin", name="The administrator's")
    return world


def refused(answer: httpx.Response, status: int, message: str | None = None) -> None:
    """The answer is a refusal as this wire has them: texts alone, and `errors` only where there are several."""
    told = answer.json()
    assert answer.status_code == status, told
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert (
        {"message", "requestId", "errorCode"}
        <= told.keys()
        <= {"message", "requestId", "errorCode", "errors"}
    )
    assert all(_ID.fullmatch(told[name]) for name in ("requestId", "errorCode"))
    if "errors" in told:
        assert len(told["errors"]) > 1
        assert all(isinstance(each, str) for each in told["errors"])
    if message is not None:
        assert told["message"] == message


@dataclass
class Acme(World):
    """A world with one member of each role on the organization, and somebody of another organization."""

    owner: Person = field(kw_only=True)
    admin: Person = field(kw_only=True)
    member: Person = field(kw_only=True)
    elsewhere: World = field(kw_only=True)
    """Another organization on the same server; its key is a stranger's here."""

    def stranger(self) -> httpx.AsyncClient:
        return self.elsewhere.client()


def make_acme(db: Database, **kit: Any) -> Acme:
    world = make_world(db, **kit)
    return Acme(
        world.db, world.app, world.organization, world.key,
        owner=world.person("Olga", "owner"),
        admin=world.person("Adam", "admin"),
        member=world.person("Mia", "member"),
        elsewhere=furnished(db, world.app, "Elsewhere"),
    )  # fmt: skip


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}), home=PUBLIC)
    opened.hearers += [audit.record, billing.accounts.hear, billing.meters.hear]
    yield opened
    opened.close()


@pytest.fixture
def acme(db: Database) -> Acme:
    return make_acme(db)
