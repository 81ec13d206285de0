"""Hoko's app on a database of the test's own, with keys to call it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hyway.apis import hoko
from hyway.apis.kit.family import Family
from hyway.domain import audit, identity
from hyway.domain.identity import Caller, NewKey
from hyway.kernel.db import Database
from hyway.kernel.limits import LocalWindow
from hyway.kernel.seal import Seal

PUBLIC = "https://go.example"


@dataclass
class World:
    """One server's database, its Hoko app, and an organization with a key of every scope."""

    db: Database
    app: Family
    by: Caller
    key: str

    def new_key(self, *scopes: str, expires_at: int | None = None) -> str:
        new = NewKey("hoko", "test", scopes, expires_at=expires_at)
        return self.db.write_now(identity.issue_key, self.by, new).secret

    def client(self, key: str | None = None, **more: Any) -> httpx.AsyncClient:
        """Calls the app; `key=""` for none."""
        found = self.key if key is None else key
        headers = {"Authorization": f"Bearer {found}"} if found else {}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, **more)
        return httpx.AsyncClient(transport=transport, base_url=PUBLIC, headers=headers)


def organization(db: Database, name: str, plan: str = "self-hosted") -> Caller:
    return identity.command_line(db.write_now(identity.found_organization, name, plan))


def make_world(db: Database, **kit: Any) -> World:
    made = {"body_limit": 32 * 1024 * 1024, "trusted_proxies": (), "window": LocalWindow(), **kit}
    app = hoko.app(hoko.Kit(db=db, public_url=PUBLIC, **made))
    by = organization(db, "Acme")
    world = World(db, app, by, "")
    world.key = world.new_key()
    return world


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}))
    opened.hearers.append(audit.record)
    yield opened
    opened.close()


@pytest.fixture
def world(db: Database) -> World:
    return make_world(db)
