"""Live streams: whoever takes what there is, and all that follows, holds what a fresh fetch would give."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import identity, tracking
from hyway.domain.identity import Caller, NewKey
from hyway.domain.tracking import UserChange
from hyway.domain.tracking.work import completing
from hyway.edge.hub import Hub, Line, Reader
from hyway.edge.streams import Streams
from hyway.edge.track import Track
from hyway.kernel import clock
from tests.domain.tracking import work
from tests.make.world import World, world_at

ALL = [tracking.live.EVERYBODY]
_NUMBER = itertools.count()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with world_at(database_url) as made:
        yield made


@asynccontextmanager
async def running(world: World) -> AsyncIterator[Hub]:
    hub = Hub(world.db)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


def account(world: World) -> tracking.Account:
    return world.db.write_now(tracking.accounts.opened, world.by)


class Replica:
    """A reader's own copy of users and of work to do, kept by frames alone."""

    def __init__(self) -> None:
        self.users: dict[str, Any] = {}
        self.actions: dict[str, Any] = {}
        self.number = 0

    def take(self, line: Line) -> None:
        data = json.loads(line.body)
        self.number = line.number
        if line.kind == "user":
            self.users.pop(data["id"], None) if data.get("deleted") else self.users.update({data["id"]: data})
        if line.kind == "action":
            over = data.get("deleted") or data["ended_at"] is not None
            self.actions.pop(data["id"], None) if over else self.actions.update({data["id"]: data})


def still(body: Any) -> Any:
    """A body without what goes on by the clock alone."""
    if isinstance(body, dict):
        return {name: still(value) for name, value in body.items() if name not in ("display", "duration")}
    return [still(each) for each in body] if isinstance(body, list) else body


def alone(tasks: dict[str, Any]) -> Any:
    """Actions without the users in them, who have frames of their own."""
    return still({id: {**body, "user": None} for id, body in tasks.items()})


def fresh(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a fetch gives: users, and work to do."""
    found = world.db.read_now(tracking.live.everything, account(world), ALL).frames
    users = {frame.data["id"]: frame.data for frame in found if frame.kind == "user"}
    return users, {frame.data["id"]: frame.data for frame in found if frame.kind == "action"}


async def drained(reader: Reader, hub: Hub, world: World) -> list[Line]:
    """All that comes until the hub has read as far as the account has counted."""
    feed, lines = hub._feeds[reader.account.seq], []
    counted = await world.db.read(tracking.live.frame_count, reader.account)
    async with asyncio.timeout(10):
        while feed.at < counted:
            await asyncio.sleep(0.005)
    while not reader.lines.empty():
        line = reader.lines.get_nowait()
        if line is not None:
            lines.append(line)
    return lines


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["user", "rename", "action", "move", "finish", "break", "remove"]), st.integers(0, 5)
    ),
    min_size=1,
    max_size=14,
)


def step(
    world: World, what: str, which: int, users: list[tracking.User], tasks: list[tracking.Action]
) -> None:
    """One change of the world, if there is something to change."""
    if what == "user":
        users.append(work.user(world, name=f"Person {which}"))
    if not users:
        return
    user = users[which % len(users)]
    if what == "rename":
        world.db.write_now(tracking.users.change, world.by, user.id, UserChange(name=f"Other {which}"))
    if what == "action":
        tasks.append(work.action(world, work.away(2_000), user_id=user.id))
    if what == "move":
        work.move(world, user, [work.fix(work.away(100 * which), clock.now())])
    if what == "remove":
        world.db.write_now(tracking.leaving.remove, world.by, user.id)
        users.remove(user)
    if what == "finish" and tasks:
        world.db.write_now(completing.cancel, world.by, tasks.pop(which % len(tasks)).id)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_snapshot_and_its_stream_equal_a_fresh_fetch(world: World, steps: list[tuple[str, int]]):
    """Also for a reader who breaks off in the middle and goes on after the last number."""

    async def follow(world: World) -> None:
        users: list[tracking.User] = [work.user(world, name="First")]
        tasks: list[tracking.Action] = []
        replica, mine = Replica(), account(world)
        async with running(world) as hub:
            reader, first = await hub.join(mine, ALL, None)
            for line in first:
                replica.take(line)
            for what, which in steps:
                if what == "break":
                    for line in await drained(reader, hub, world):
                        replica.take(line)
                    hub.leave(reader)
                    if replica.number:
                        await asyncio.to_thread(step, world, "move", which, users, tasks)
                    reader, first = await hub.join(mine, ALL, replica.number)
                    for line in first:
                        replica.take(line)
                else:
                    await asyncio.to_thread(step, world, what, which, users, tasks)
            for line in await drained(reader, hub, world):
                replica.take(line)
        wanted_users, wanted_tasks = fresh(world)
        assert still(replica.users) == still(wanted_users)
        assert alone(replica.actions) == alone(wanted_tasks)

    asyncio.run(follow(world.stranger(clock.text(clock.now()) + str(next(_NUMBER)))))


# What is said on the wire.


class Wire:
    """One request to an ASGI app, read while it goes on."""

    def __init__(self, app: Any, path: str, headers: dict[str, str] | None = None, query: str = "") -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.closed = asyncio.Event()
        self.sent = asyncio.Event()
        self.gone = asyncio.Event()
        named = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": named,
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message.get("body", b"").decode()
            self.sent.set()
            if not message.get("more_body"):
                self.closed.set()

    async def until(self, wanted: str) -> str:
        """The text once it holds what is wanted."""
        async with asyncio.timeout(10):
            while wanted not in self.text:
                self.sent.clear()
                await self.sent.wait()
        return self.text

    async def leave(self) -> None:
        self.gone.set()
        await self.task


def admitting(world: World) -> Callable[[str], Any]:
    by: dict[str, Caller] = {}

    def key(kind: Any) -> str:
        issued = world.db.write_now(identity.issue_key, world.by, NewKey(kind, "test"))
        caller = world.db.read_now(identity.caller_of_key, identity_digest(issued.secret), [kind])
        assert caller is not None
        by[kind] = caller
        return issued.secret

    async def admit(token: str) -> Caller | None:
        return by.get(token)

    for kind in ("hypertrack", "hypertrack-public"):
        key(kind)
    return admit


def identity_digest(secret: str) -> str:
    from hyway.kernel import seal

    return seal.digest(secret)


async def test_a_users_stream(world: World):
    user = work.user(world, name="Ann")
    async with running(world) as hub:
        wire = Wire(
            Streams(world.db, hub, admitting(world)),
            f"/api/v1/stream/users/{user.id}/",
            query="token=hypertrack",
        )
        text = await wire.until("event: user")
        assert (wire.status, wire.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert '"name":"Ann"' in text
        await asyncio.to_thread(work.move, world, user, [work.fix(work.HERE, clock.now())])
        text = await wire.until("event: location")
        told = json.loads(text.split("event: location\ndata: ")[1].split("\n")[0])
        assert told["user_id"] == user.id
        assert told["location"]["geojson"]["coordinates"] == [work.HERE.lon, work.HERE.lat]
        assert told["time_aware_polyline"]
        await wire.leave()
        assert hub.readers == 0


async def test_who_may_watch(world: World):
    """A publishable key watches what it can name; nobody watches another's."""
    user = work.user(world)
    stranger = world.stranger()
    other, group = (
        work.user(stranger),
        world.db.write_now(tracking.groups.create, world.by, {"name": "South"}),
    )
    async with running(world) as hub:
        app = Streams(world.db, hub, admitting(world))

        async def asked(path: str, token: str) -> tuple[int, str]:
            wire = Wire(app, path, {"Authorization": f"Token {token}"} if token else {})
            async with asyncio.timeout(10):
                while not wire.status:
                    await asyncio.sleep(0.005)
            await wire.leave()
            return wire.status, wire.text

        assert (await asked(f"/api/v1/stream/users/{user.id}/", "hypertrack-public"))[0] == 200
        assert (await asked(f"/api/v1/stream/groups/{group.id}/", "hypertrack"))[0] == 200
        assert await asked("/api/v1/stream/", "hypertrack-public") == (
            403,
            '{"detail": "You do not have permission to perform this action."}',
        )
        assert (await asked(f"/api/v1/stream/groups/{group.id}/", "hypertrack-public"))[0] == 403
        assert await asked(f"/api/v1/stream/users/{other.id}/", "hypertrack") == (
            404,
            '{"detail": "Not found."}',
        )
        assert (await asked("/api/v1/stream/users/x/", "hypertrack"))[0] == 404
        assert (await asked("/api/v1/stream/places/x/", "hypertrack"))[0] == 404
        assert await asked(f"/api/v1/stream/users/{user.id}/", "nobody") == (
            401,
            '{"detail": "Invalid token."}',
        )
        assert await asked(f"/api/v1/stream/users/{user.id}/", "") == (
            401,
            '{"detail": "Authentication credentials were not provided."}',
        )


async def test_a_websocket_takes_many_topics(world: World):
    first, second = work.user(world, name="Ann"), work.user(world, name="Bob")
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    said: list[dict[str, Any]] = []
    news = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        said.append(message)
        news.set()

    def texts() -> list[Any]:
        return [json.loads(each["text"]) for each in said if each["type"] == "websocket.send"]

    async def until(found: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not found():
                news.clear()
                await news.wait()

    async with running(world) as hub:
        app = Streams(world.db, hub, admitting(world))
        scope = {
            "type": "websocket",
            "path": "/api/v1/ws/",
            "query_string": b"token=hypertrack",
            "headers": [],
        }
        inbox.put_nowait({"type": "websocket.connect"})
        task = asyncio.create_task(app(scope, inbox.get, send))

        def say(**what: Any) -> None:
            inbox.put_nowait({"type": "websocket.receive", "text": json.dumps(what)})

        say(subscribe=[f"user:{first.id}"])
        await until(lambda: any(each.get("event") == "user" for each in texts()))
        say(subscribe=[f"user:{second.id}"])
        await until(lambda: sum(each.get("event") == "user" for each in texts()) == 2)
        say(unsubscribe=[f"user:{first.id}"])
        await until(lambda: any("unsubscribed" in each for each in texts()))
        await asyncio.to_thread(work.move, world, first, [work.fix(work.HERE, clock.now())])
        await asyncio.to_thread(work.move, world, second, [work.fix(work.HERE, clock.now())])
        await until(lambda: any(each.get("event") == "location" for each in texts()))
        moved = [each["data"]["user_id"] for each in texts() if each.get("event") == "location"]
        assert moved == [second.id]
        say(subscribe=["user:" + "0" * 36])
        say(subscribe="everything")
        inbox.put_nowait({"type": "websocket.receive", "text": "not JSON"})
        await until(lambda: sum("error" in each for each in texts()) == 3)
        inbox.put_nowait({"type": "websocket.disconnect"})
        await task
        assert hub.readers == 0
        scope["query_string"] = b"token=nobody"
        said.clear()
        inbox.put_nowait({"type": "websocket.connect"})
        await app(scope, inbox.get, send)
        assert said == [{"type": "websocket.close", "code": 4401, "reason": "Invalid token."}]


async def test_a_tracking_link_follows_and_forgets(world: World):
    """No key, no ids beyond the code; when it is over the stream ends and no position is left."""
    user = work.user(world, name="Ann Bee")
    action = work.action(world, work.away(2_000), user_id=user.id)
    async with running(world) as hub:
        app = Track(world.db, hub)
        page = Wire(app, f"/track/{action.short_code}")
        await page.closed.wait()
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        stream = f"/api/v1/stream/track/{action.short_code}/"
        wire = Wire(app, stream)
        await wire.until("event: action")
        await asyncio.to_thread(work.move, world, user, [work.fix(work.HERE, clock.now())])
        text = await wire.until("event: location")
        assert user.id not in text
        assert action.id not in text
        assert "Bee" not in text + page.text
        await asyncio.to_thread(world.db.write_now, completing.complete, world.by, action.id)
        await wire.until("event: end")
        async with asyncio.timeout(10):
            await wire.closed.wait()
        await wire.task
        assert hub.readers == 0
        last = json.loads(wire.text.rsplit("event: action\ndata: ", 1)[1].split("\n")[0])
        assert (last["ended"], last["location"], last["time_aware_polyline"]) == (True, None, "")
        again = Wire(app, stream)
        await again.closed.wait()
        assert again.text.endswith("event: end\ndata: {}\n\n")
        assert str(work.HERE.lat) not in again.text
        lost = Wire(app, "/api/v1/stream/track/nothing/")
        await lost.closed.wait()
        assert (lost.status, lost.text) == (404, '{"detail": "Not found."}')
        gone = Wire(app, "/track/nothing")
        await gone.closed.wait()
        assert gone.status == 404


async def test_a_reader_who_is_too_slow_is_let_go(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hyway.edge.hub._WAITING", 3)
    user = work.user(world)
    async with running(world) as hub:
        reader, _ = await hub.join(account(world), ALL, None)
        for at in range(8):
            await asyncio.to_thread(work.move, world, user, [work.fix(work.away(at), clock.now())])
            await asyncio.sleep(0.06)
        assert reader.is_gone


async def test_the_way_of_who_had_it_before_is_taken_off_the_page(world: World):
    """The page keeps its route when a frame has none, so a change of hands must bring one."""
    first, second = work.user(world, name="Ann"), work.user(world, name="Bob")
    action = work.action(world, work.away(2_000), user_id=first.id)
    async with running(world) as hub:
        wire = Wire(Track(world.db, hub), f"/api/v1/stream/track/{action.short_code}/")
        await wire.until("event: action")
        await asyncio.to_thread(work.move, world, first, [work.fix(work.HERE, clock.now())])
        await wire.until('"time_aware_polyline":null')
        await asyncio.to_thread(work.change, world, action, user_id=second.id)
        text = await wire.until('"first_name":"Bob"')
        last = json.loads(text.rsplit("event: action\ndata: ", 1)[1].split("\n")[0])
        assert (last["time_aware_polyline"], last["location"]) == ("", None)
        await wire.leave()


async def test_a_link_shows_nobody_who_is_not_yet_on_the_way(world: World):
    """Work for tomorrow says nothing of where its courier spends the night."""
    user = work.user(world)
    later = work.action(world, work.away(2_000), user_id=user.id, scheduled_at=clock.now() + clock.DAY)
    work.move(world, user, [work.fix(work.HERE, clock.now())])
    shown = world.db.read_now(tracking.actions.public_view, later.short_code)
    assert shown is not None
    assert shown.here is None
    soon = work.change(world, later, scheduled_at=clock.now() + clock.HOUR)
    shown = world.db.read_now(tracking.actions.public_view, soon.short_code)
    assert shown is not None
    assert shown.here is not None


async def test_whoever_guesses_links_is_stopped(world: World):
    action = work.action(world)
    async with running(world) as hub:
        app = Track(world.db, hub)
        for _ in range(60):
            miss = Wire(app, "/track/guess")
            await miss.closed.wait()
            assert miss.status == 404
        known = Wire(app, f"/track/{action.short_code}")
        await known.closed.wait()
        assert (known.status, known.headers["retry-after"]) == (429, "60")
