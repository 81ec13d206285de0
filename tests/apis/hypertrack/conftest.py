"""HyperTrack's app on a database of the test's own, with keys of every kind to call it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hyway.apis import hypertrack
from hyway.apis.hypertrack.door import Door
from hyway.domain import audit, identity
from hyway.domain.identity import Caller, KeyKind, NewKey
from hyway.kernel.db import Database
from hyway.kernel.limits import LocalWindow
from hyway.kernel.seal import Seal

PUBLIC = "https://go.example"


@dataclass
class World:
    """One server's database, its tracking app, and an organization with a secret key."""

    db: Database
    app: Door
    by: Caller
    key: str

    def new_key(self, kind: KeyKind = "hypertrack", **more: Any) -> str:
        return self.db.write_now(identity.issue_key, self.by, NewKey(kind, "test", **more)).secret

    def client(self, key: str | None = None, base_url: str = PUBLIC, **more: Any) -> httpx.AsyncClient:
        """Calls the app; `key=""` for none."""
        found = self.key if key is None else key
        headers = {"Authorization": f"token {found}"} if found else {}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, **more)
        return httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers)


def organization(db: Database, name: str, plan: str = "self-hosted") -> Caller:
    return identity.command_line(db.write_now(identity.found_organization, name, plan))


def make_world(db: Database, name: str = "Acme", unknown_token: int = 401, **kit: Any) -> World:
    made = {"body_limit": 2_000_000, "trusted_proxies": (), "window": LocalWindow(), **kit}
    app = hypertrack.app(hypertrack.Kit(db=db, public_url=PUBLIC, **made), unknown_token)
    world = World(db, app, organization(db, name), "")
    world.key = world.new_key()
    return world


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}), home=PUBLIC)
    opened.hearers.append(audit.record)
    yield opened
    opened.close()


@pytest.fixture
def world(db: Database) -> World:
    return make_world(db)
