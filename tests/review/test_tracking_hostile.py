"""What phones, apps and strangers may send to the tracking side of a public server, and what they may not learn."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from hyway.domain import identity, tracking, webhooks
from hyway.domain.tracking import User
from hyway.domain.tracking.incoming import receiving
from hyway.domain.tracking.work import completing
from hyway.domain.webhooks import attempts
from hyway.edge import streams
from hyway.edge.streams import Streams
from hyway.edge.track import Track
from hyway.kernel import clock
from hyway.kernel.clock import SECOND
from hyway.kernel.faults import Invalid
from tests.domain.tracking import work
from tests.edge.test_streams import Wire, admitting, running
from tests.make.phones import BULK, Site, event, site
from tests.make.world import World, world_at

NOW = clock.now() // SECOND * SECOND


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with world_at(database_url) as made:
        yield made


@pytest.fixture
async def phones(world: World) -> AsyncIterator[Site]:
    async with site(world) as made:
        yield made


def told(user: User, type: str, **data: Any) -> dict[str, Any]:
    """A device's report."""
    return {"user_id": user.id, "type": type, "recorded_at": clock.text(NOW - 60 * SECOND), "data": data}


def events_of(world: World) -> list[tracking.Event]:
    return world.db.read_now(tracking.events.page, world.by, tracking.Wanted()).rows


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("device.location_config.changed", {"accuracy": []}),
        ("device.location_config.changed", {"accuracy": {}, "enabled": {}, "permission": []}),
        ("device.power.changed", {"percentage": [], "charging": 1e308}),
        ("device.info.changed", {"model": ["x"], "device": {}}),
        ("stop.started", {"stop_id": {"a": []}}),
        ("stop.started", {"stop_id": "a\0b"}),
        ("action.completed", {"action_id": "a\0b"}),
        ("action.completed", {"lookup_id": "\0"}),
        ("action.completed", {"action_id": [1], "lookup_id": {}}),
    ],
)
async def test_no_report_holds_up_the_lane(phones: Site, type: str, data: dict[str, Any]):
    """One that cannot be stored would be sent again for ever, and everybody's positions waited for it each time."""
    ana = phones.user()
    async with phones.client(phones.key()) as phone:
        began = time.perf_counter()
        answer = await phone.post(BULK, json=[told(ana, type, **data), event(ana.id, NOW - 60 * SECOND)])
    assert answer.status_code == 200
    assert answer.json()["accepted"] + len(answer.json()["rejected"]) == 2
    assert time.perf_counter() - began < 2


async def test_what_can_never_be_stored_is_not_waited_for(phones: Site):
    ana = phones.user()

    def failing(w: Any, batches: Any) -> Any:
        raise TypeError("cannot be stored, now or later")

    phones.ingest._writer._record = failing
    async with phones.client(phones.key()) as phone:
        began = time.perf_counter()
        answer = await phone.post(BULK, json=[event(ana.id, NOW)])
    assert answer.status_code == 503
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    "type", ["action.canceled", "geofence.entered", "user.created", "action.completed_late"]
)
async def test_a_device_does_not_speak_for_the_server(world: World, phones: Site, type: str):
    """Its key is in every app, and webhooks are believed."""
    ana = phones.user()
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(BULK, json=[told(ana, type, object={"id": "forged"})])
    assert answer.json()["accepted"] == 0
    assert list(answer.json()["rejected"][0]["errors"]) == ["type"]
    assert [each.type for each in events_of(world)] == ["user.created"]


async def test_an_assignment_that_a_device_tells_of_is_taken_and_not_told_again(world: World, phones: Site):
    ana = phones.user()
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(BULK, json=[told(ana, "action.assigned", action_id="x")])
    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    assert [each.type for each in events_of(world)] == ["user.created"]


async def test_a_report_does_not_say_who_it_is_about(world: World, phones: Site):
    ana = phones.user()
    async with phones.client(phones.key()) as phone:
        await phone.post(BULK, json=[told(ana, "sos.pressed", object={"id": "forged"}, button=1)])
    (pressed,) = [each for each in events_of(world) if each.type == "sos.pressed"]
    assert (pressed.data["object"]["id"], pressed.data["button"]) == (ana.id, 1)


@pytest.mark.parametrize("path", ["/api/v1/users/%00/locations/", "/api/v1/users/a%00b/gpx/"])
async def test_a_user_of_no_id_is_not_there(phones: Site, path: str):
    async with phones.client(phones.key()) as phone:
        assert (await phone.post(path, json=[])).status_code == 404


async def _status(app: Any, path: str) -> int:
    wire = Wire(app, path, query="token=hypertrack")
    async with asyncio.timeout(10):
        await wire.task
    return wire.status


async def test_no_path_of_streams_and_links_is_an_accident(world: World):
    async with running(world) as hub:
        keyed, public = Streams(world.db, hub, admitting(world)), Track(world.db, hub)
        for topic in ("users", "groups", "actions"):
            assert await _status(keyed, f"/api/v1/stream/{topic}/a\0b/") == 404
            assert await _status(keyed, f"/api/v1/stream/{topic}/\udcff/") == 404
        for code in ("\0", "a\0b", "\udcff", "a" * 65, ""):
            assert await _status(public, f"/track/{code}") == 404
            assert await _status(public, f"/api/v1/stream/track/{code}/") == 404


async def test_a_websocket_survives_topics_that_nothing_can_be_called(world: World):
    said: list[dict[str, Any]] = []
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard = asyncio.Event()

    async def send(message: dict[str, Any]) -> None:
        said.append(message)
        heard.set()

    scope = {"type": "websocket", "path": "/api/v1/ws/", "query_string": b"token=hypertrack", "headers": []}
    async with running(world) as hub:
        task = asyncio.create_task(Streams(world.db, hub, admitting(world))(scope, inbox.get, send))
        inbox.put_nowait({"type": "websocket.connect"})
        for topic in ("user:a\\u0000b", "user:\\ud800", "action:\\u0000"):
            inbox.put_nowait({"type": "websocket.receive", "text": f'{{"subscribe": ["{topic}"]}}'})
        async with asyncio.timeout(10):
            while sum("error" in json.loads(each.get("text") or "{}") for each in said) < 3:
                heard.clear()
                await heard.wait()
        inbox.put_nowait({"type": "websocket.disconnect"})
        await task


async def test_a_stream_ends_with_its_key(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams, "LOOK_EVERY", 0.0)
    ana = world.db.write_now(tracking.users.create, world.by, tracking.UserChange(name="Ana"))[0]
    good: dict[str, identity.Caller] = {"key": world.by}

    async def admit(token: str) -> identity.Caller | None:
        return good.get(token)

    async with running(world) as hub:
        wire = Wire(Streams(world.db, hub, admit), f"/api/v1/stream/users/{ana.id}/", query="token=key")
        await wire.until("event: user")
        good.clear()
        world.db.write_now(tracking.users.change, world.by, ana.id, tracking.UserChange(name="Secret"))
        await wire.until("event: end")
        assert "Secret" not in wire.text
        await wire.leave()
        assert hub.readers == 0


async def test_a_link_does_not_show_the_way_to_others(world: World):
    """Somebody with two stops: the second customer sees neither the first stop nor the way there."""
    ana = work.user(world)
    first = work.action(world, work.away(900), user_id=ana.id)
    second = work.action(world, work.away(3_000), user_id=ana.id)
    began = clock.now() - 600 * SECOND
    way = [work.fix(work.away(metres), began + metres * SECOND // 10) for metres in range(0, 700, 50)]
    await asyncio.to_thread(work.move, world, ana, way)
    one, other = (
        world.db.read_now(tracking.actions.public_view, each.short_code) for each in (first, second)
    )
    assert one is not None
    assert other is not None
    assert one.here is not None
    assert (other.action.sub_status, other.here, other.action.path) == ("in_queue", None, "")
    async with running(world) as hub:
        app = Track(world.db, hub)
        wire = Wire(app, f"/api/v1/stream/track/{second.short_code}/")
        await wire.until("event: action")
        await asyncio.to_thread(work.move, world, ana, [work.fix(work.away(750), clock.now() - 2 * SECOND)])
        await asyncio.sleep(0.3)
        assert "event: location" not in wire.text
        world.db.write_now(completing.complete, world.by, first.id)
        await asyncio.to_thread(work.move, world, ana, [work.fix(work.away(2_000), clock.now())])
        await wire.until("event: location")
        page = Wire(app, f"/track/{second.short_code}")
        await page.closed.wait()
        await wire.leave()
    shown = world.db.read_now(tracking.actions.public_view, second.short_code)
    ended = world.db.read_now(tracking.actions.find, world.by, first.id).ended_at
    assert shown is not None
    assert ended is not None
    points = tracking.polyline.decode_timed(shown.action.path or "")
    assert all(at + SECOND > ended for _, _, at in points)
    assert shown.here is not None


async def test_one_address_does_not_take_all_the_places_of_streams(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("hyway.edge.track._OPEN", 2)
    made = work.action(world, work.away(900), user_id=work.user(world).id)
    path = f"/api/v1/stream/track/{made.short_code}/"
    async with running(world) as hub:
        app = Track(world.db, hub)
        open_ones = [Wire(app, path) for _ in range(2)]
        for each in open_ones:
            await each.until("event: action")
        assert await _status(app, path) == 429
        for each in open_ones:
            await each.leave()
        again = Wire(app, path)
        await again.until("event: action")
        await again.leave()
        assert app._open == {}


def test_who_is_deleted_is_forgotten_by_webhooks_and_the_event_log_too(world: World):
    made = world.db.write_now(tracking.subscribing.add, world.by, "https://hooks.example/", [])
    other = work.user(world, name="Bob")
    ana = work.user(world, name="Zebulon", phone="+16502469293")
    work.move(world, ana, [work.fix(work.HERE, clock.now())])
    sent = world.db.read_now(webhooks.deliveries, world.by, endpoint_id=made.endpoint.id, most=500)
    for each in sorted(sent, key=lambda each: each.created_at):
        if shot := world.db.write_now(attempts.begin, each.id, 0):
            world.db.write_now(attempts.finish, shot, webhooks.Attempt(clock.now(), 200, None, 1, ""))
    world.db.write_now(tracking.leaving.remove, world.by, ana.id)
    account = world.db.read_now(tracking.accounts.of, world.by)
    tracking.leaving.purge(world.db, account.seq, ana.seq)
    left = world.db.read_now(webhooks.deliveries, world.by, endpoint_id=made.endpoint.id, most=500)
    bodies = [world.db.read_now(webhooks.delivery, world.by, each.id).body for each in left]
    over = [body for each, body in zip(left, bodies, strict=True) if each.state != "pending"]
    assert any(other.id in body for body in over)
    assert not any(ana.id in body for body in over)
    rows = world.db.read_now(lambda r: [str(row) for row in r.run(text("SELECT * FROM events"))])
    assert rows
    assert "Zebulon" not in " ".join(rows)


async def test_a_stream_from_long_ago_begins_anew(world: World, monkeypatch: pytest.MonkeyPatch):
    """Anybody with an app's key may ask to go on from the first change of the account."""
    monkeypatch.setattr("hyway.edge.hub._FARTHEST", 5)
    ana, bob = work.user(world, name="Ana"), work.user(world, name="Bob")
    for at in range(10):
        work.move(world, bob, [work.fix(work.HERE, clock.now() + at)])

    async def never(*_: Any) -> Any:
        raise AssertionError("all that happened was read")

    async with running(world) as hub:
        account = world.db.read_now(tracking.accounts.of, world.by)
        monkeypatch.setattr(tracking.live, "since", never)
        reader, first = await hub.join(account, [f"user:{ana.id}"], 0)
        assert [line.data["name"] for line in first] == ["Ana"]
        hub.leave(reader)


@pytest.mark.parametrize(
    "span", [("0001-01-01", None), (None, "0001-01-01"), ("9999-12-31", None), (None, "9999-12-31")]
)
def test_no_day_is_an_accident(world: World, span: tuple[str | None, str | None]):
    first, last = (date.fromisoformat(each) if each else None for each in span)
    with pytest.raises(Invalid):
        world.db.read_now(tracking.reports.days, world.by, tracking.Wanted(), first, last)


def test_work_that_moves_while_positions_come_is_no_accident(world: World):
    """Users are locked before their actions, whoever asks: else PostgreSQL ends one of those who wait in a ring."""
    ana, bob = work.user(world), work.user(world)
    began = clock.now() - 600 * SECOND
    ids = [work.action(world, work.away(900), user_id=ana.id).id for _ in range(12)]

    def do(at: int) -> None:
        turn, id = at % 4, ids[at % len(ids)]
        if turn == 0:
            spot = work.away(at * 9)
            reading = receiving.reading(began + at * 9 * SECOND, spot.lat, spot.lon)
            items = [receiving.Item(0, ana.id, reading, None)]
            world.db.write_now(tracking.ingest.take, [receiving.Batch(world.by, clock.now(), items)])
        elif turn == 1:
            world.db.write_now(completing.complete, world.by, id)
        elif turn == 2:
            work.action(world, work.away(500), user_id=ana.id)
        else:
            with contextlib.suppress(Invalid):  # one of them has ended
                world.db.write_now(tracking.actions.assign, world.by, (bob if at % 8 == 3 else ana).id, [id])

    began_at = time.perf_counter()
    with ThreadPoolExecutor(6) as many:
        for done in [many.submit(do, at) for at in range(48)]:
            done.result()
    assert time.perf_counter() - began_at < 20
    for who in (ana, bob):
        user = world.db.read_now(tracking.users.find, world.by, who.id)
        asked = tracking.Wanted({"user_id": (who.id,), "status": ("assigned", "started")})
        pending = world.db.read_now(tracking.actions.page, world.by, asked).rows
        assert sorted(user.live.pending) == sorted(each.id for each in pending)
