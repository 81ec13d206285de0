"""A server's lane for devices on a test's own database, with keys to send with."""

import contextlib
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from hyway.apis import hypertrack
from hyway.apis.hypertrack.door import Door
from hyway.domain import identity, tracking
from hyway.domain.identity import KeyKind, NewKey
from hyway.domain.tracking import User, UserChange
from hyway.doors import Branch, Doors
from hyway.edge.connect import Connect
from hyway.edge.ingest import Ingest
from hyway.front import Front
from hyway.kernel import clock
from hyway.kernel.limits import LocalWindow
from tests.make.world import HOST, PUBLIC, World

BULK = "/api/v1/sdk_events/bulk/"


@dataclass
class Site:
    """The lane behind a front door, with the family beside it."""

    world: World
    ingest: Ingest
    family: Door
    front: Front
    keys: dict[str, str] = field(default_factory=dict)

    def key(self, kind: KeyKind = "hypertrack-public", world: World | None = None) -> str:
        whose = world or self.world
        return self.world.db.write_now(identity.issue_key, whose.by, NewKey(kind, "test")).secret

    def user(self, lookup_id: str = "ana", world: World | None = None) -> User:
        by = (world or self.world).by
        return self.world.db.write_now(tracking.users.create, by, UserChange(lookup_id=lookup_id))[0]

    def client(self, key: str | None = None, **headers: str) -> httpx.AsyncClient:
        said = {"authorization": f"Token {key}"} if key else {}
        transport = httpx.ASGITransport(app=self.front, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=PUBLIC, headers={**said, **headers})


@contextlib.asynccontextmanager
async def site(world: World) -> AsyncIterator[Site]:
    kit = hypertrack.Kit(world.db, PUBLIC, 2_000_000, (), LocalWindow())
    family = hypertrack.app(kit)
    ingest = Ingest(world.db, family.family.callers, family.family.style)
    front = front_of(family, ingest)
    await ingest.start()
    yield Site(world, ingest, family, front)
    await ingest.stop()


def front_of(family: Door, ingest: Ingest) -> Front:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError(scope["path"])

    async def ready() -> dict[str, str]:
        return {}

    connect = Connect(ingest)
    branches = (
        Branch("/api/v1/", "hypertrack", family, fast=ingest),
        Branch("/api/v2/", "hypertrack", family, fast=ingest),
        Branch("/connect/", "connect", connect, fast=connect, secret=True),
    )
    return Front(Doors(redirect=nothing, branches=branches, papers={}, ready=ready, hosts=frozenset({HOST})))


def event(user: str, at: int, lat: float = 45.0, lon: float = 14.0, **more: Any) -> dict[str, Any]:
    """A `location.changed` as phones send it."""
    where = {"geojson": {"type": "Point", "coordinates": [lon, lat]}, "accuracy": 5.0, "speed": 9.5}
    sent = {"user_id": user, "type": "location.changed", "recorded_at": clock.text(at)}
    return {**sent, "location": {**where, "recorded_at": clock.text(at)}, **more}


def packed(value: Any) -> bytes:
    return gzip.compress(json.dumps(value).encode())
