"""People to follow in the console: users whose devices send positions, and the console with maps and streams."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

from hyway import console
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Action, ActionWish, Batch, Group, Item, Location, Spot, User, UserChange
from hyway.domain.tracking.incoming.receiving import reading
from hyway.edge.follow import Follow
from hyway.edge.hub import Hub
from hyway.edge.maps import Assets
from hyway.kernel import clock
from hyway.kernel.clock import SECOND
from tests.console.conftest import PUBLIC, World

HERE = Spot(37.7793, -122.4193)


def test_caller(by: Caller) -> Caller:
    return replace(by, environment="test")


def user(world: World, name: str = "Ada Young", by: Caller | None = None, **wish: Any) -> User:
    made, _ = world.db.write_now(tracking.users.create, by or world.by, UserChange(name=name, **wish))
    return made


def group(world: World, name: str, parent: Group | None = None, by: Caller | None = None) -> Group:
    fields = {"name": name, "parent_group_id": parent.id if parent else None}
    return world.db.write_now(tracking.groups.create, by or world.by, fields)


def action(world: World, by: Caller | None = None, to: Spot = HERE, **wish: Any) -> Action:
    place = {"location": to, "name": "Ferry Building", "address": "1 Ferry Building"}
    wanted = ActionWish(type="delivery", expected_place=place, **wish)
    return world.db.write_now(tracking.actions.create, by or world.by, wanted).action


def fence(world: World, by: Caller | None = None, **fields: Any) -> tracking.Fence:
    wanted = {"name": "Depot", "place": {"location": HERE, "name": "Depot"}, "radius": 300.0, **fields}
    return world.db.write_now(tracking.fences.create, by or world.by, wanted)


def send(world: World, of: User, fixes: Sequence[Location], by: Caller | None = None) -> None:
    """What the user's device sends, taken in as the lane does it."""
    readings = [reading(*fix) for fix in fixes]
    items = [Item(place, of.id, each, None) for place, each in enumerate(readings) if each]
    assert len(items) == len(fixes)
    batch = Batch(by=by or world.by, items=items, received_at=clock.now(), device="phone-1")
    (verdict,) = world.db.write_now(tracking.ingest.take, [batch])
    assert not verdict.refused


def at(lat: float, lon: float, seconds_ago: float = 0, **more: Any) -> Location:
    said = {"accuracy": 5.0, "speed": 8.0, "bearing": 90.0, "activity": "automotive", **more}
    return Location(clock.now() - round(seconds_ago * SECOND), lat, lon, **said)


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[str]:
    """The console with maps and streams, listening; its address."""
    hub, assets = Hub(world.db), Assets()
    pages: Any = console.app(world.db, public_url=PUBLIC, maps=assets, streams=Follow(hub))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        inner = assets if scope.get("path", "").startswith("/maps/") else pages
        await inner(scope, receive, send)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    await hub.start()
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    await _listens(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        hub.let_all_go()
        server.stop()
        await serving
        await hub.stop()


async def _listens(port: int) -> None:
    """Waits until somebody answers at the port."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            return
