"""How a user leaves: out of sight at once, without a trace soon after, and nobody else is touched."""

import json
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from hyway.domain.tracking import accounts
from hyway.domain.tracking.people import leaving, phones, users
from hyway.domain.tracking.records import User, UserChange, UserQuery
from hyway.domain.tracking.store import leaving as store
from hyway.domain.tracking.store import tables
from hyway.domain.tracking.work import actions
from hyway.kernel import clock, ids, outbox
from hyway.kernel.db import Write
from hyway.kernel.faults import Missing
from tests.make.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
FIX = json.dumps([1, 2.0, 3.0])


def fill(w: Write, user: User, many: int) -> list[int]:
    """Positions, segments with places, events, fences and an action of the user; the numbers of the places."""
    run, now = w.run, clock.now()
    for at in range(many):
        run(
            tables.POSITIONS.insert(),
            {"user": user.seq, "at": at // 2, "lat": at, "lon": 1, "activity": 0, "provider": 0},
        )
    stamps = {"created_at": now, "modified_at": now}
    texts = dict.fromkeys(("landmark", "locality", "zip_code", "city", "state", "country"), "")
    spot = {"account": user.account, "name": "", "lat": 1.0, "lon": 2.0, "address": "Here 1", "radius": 100.0,
            "is_listed": 0, **texts, **stamps}  # fmt: skip
    places = [
        run(tables.PLACES.insert().returning(tables.PLACES.c.seq), {**spot, "id": ids.uuid4()}).scalar_one()
        for _ in range(2)
    ]
    segment = {"account": user.account, "user": user.seq, "began_at": 1, "ended_at": 2, "decided_at": 2, "began": FIX,
               "ended": FIX, "distance": 0.0, "fixes": 1, "activities": "{}", "path": "",
               "kind": "stop", **stamps}  # fmt: skip
    run(tables.SEGMENTS.insert(), {**segment, "id": ids.uuid4(), "place": places[0]})
    action = {"account": user.account, "id": ids.uuid4(), "frame": 1, "user": user.seq, "rank": 0, "type": "task",
              "short_code": ids.uuid4(), "status": "completed", "sub_status": "arrived", "flags": "[]", "path": "abc",
              "progress": '{"origin": [1, 2]}', "metadata": "{}", "ended_at": now, "completed_place": places[1],
              "distance": 5.0, **stamps}  # fmt: skip
    run(tables.ACTIONS.insert(), action)
    return places


def count(world: World, table: Table, user: User) -> int:
    query = select(func.count()).select_from(table)
    column = table.c.seq if table is tables.USERS else table.c.user
    return world.db.read_now(lambda r: int(r.run(query.where(column == user.seq)).scalar_one()))


OF_A_USER = [tables.POSITIONS, tables.SEGMENTS, tables.EVENTS, tables.ACTIONS, tables.PHOTOS, tables.PHONES,
             tables.LOGS, tables.TRACKS, tables.USERS]  # fmt: skip


def test_out_of_sight_at_once_and_without_a_trace_soon(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "_ROWS", 3)
    made = [
        world.db.write_now(users.create, world.by, UserChange(name=name, lookup_id=name, photo=PNG))[0]
        for name in ("leaves", "stays")
    ]
    leaves, stays = made
    places = {user.name: world.db.write_now(fill, user, 10) for user in made}
    for user in made:
        world.db.write_now(phones.register, world.by, user.id, f"device of {user.name}", "token", "FCM")
        world.db.write_now(phones.log, world.by, user.id, None, "log")
    before = {table.name: count(world, table, stays) for table in OF_A_USER}
    assert set(before.values()) == {1, 10}

    world.db.write_now(leaving.remove, world.by, leaves.id)
    with pytest.raises(Missing):
        world.db.read_now(users.find, world.by, leaves.id)
    with pytest.raises(Missing):
        world.db.write_now(leaving.remove, world.by, leaves.id)
    assert [user.id for user in world.db.read_now(users.page, world.by, UserQuery()).rows] == [stays.id]
    assert world.db.read_now(users.picture, str(leaves.photo)) is None
    row = world.db.read_now(
        lambda r: r.run(select(tables.USERS).where(tables.USERS.c.seq == leaves.seq)).one()
    )
    assert (row.name, row.lookup_id, row.phone, row.photo, row.metadata) == ("", None, None, None, "{}")

    errand = next(each for each in world.db.read_now(outbox.waiting) if each.topic == leaving.TOPIC)
    for _ in range(2):
        leaving.purge(world.db, errand.payload["account"], errand.payload["user"])
    assert {table.name: count(world, table, leaves) for table in OF_A_USER} == dict.fromkeys(before, 0)
    assert {table.name: count(world, table, stays) for table in OF_A_USER} == before

    def kept(r: Any) -> tuple[list[Any], dict[int, Any]]:
        work = r.run(select(tables.ACTIONS).where(tables.ACTIONS.c.user.is_(None))).all()
        spots = {row.seq: (row.lat, row.address) for row in r.run(select(tables.PLACES))}
        return work, spots

    work, spots = world.db.read_now(kept)
    assert [(row.path, row.completed_place, row.progress, row.distance) for row in work] == [
        (None, None, "{}", 5.0)
    ]
    assert {spots[seq] for seq in places["leaves"]} == {(None, "")}, "where he stopped is forgotten"
    assert {spots[seq] for seq in places["stays"]} == {(1.0, "Here 1")}


def test_a_place_of_two_stays_with_the_other(world: World) -> None:
    one, two = (world.db.write_now(users.create, world.by, UserChange())[0] for _ in range(2))
    shared, _ = world.db.write_now(fill, one, 0)
    world.db.write_now(fill, two, 0)
    segments = tables.SEGMENTS
    world.db.write_now(
        lambda w: w.run(segments.update().where(segments.c.user == two.seq).values(place=shared)) and None
    )
    account = world.db.read_now(accounts.of, world.by).seq
    assert world.db.write_now(store.segments, account, one.seq, 10) == 1
    places = tables.PLACES.c
    assert world.db.read_now(lambda r: r.run(select(places.lat).where(places.seq == shared)).scalar()) == 1.0


def test_a_stranger_removes_nobody(world: World) -> None:
    user, _ = world.db.write_now(users.create, world.by, UserChange())
    with pytest.raises(Missing):
        world.db.write_now(leaving.remove, world.stranger().by, user.id)
    assert world.db.read_now(users.find, world.by, user.id) == user


def test_what_he_had_to_do_is_canceled(world: World) -> None:
    user, _ = world.db.write_now(users.create, world.by, UserChange())
    wish = actions.ActionWish(user_id=user.id)
    made = world.db.write_now(actions.create, world.by, wish).action
    assert world.db.read_now(users.find, world.by, user.id).live.pending == (made.id,)
    world.db.write_now(leaving.remove, world.by, user.id)
    left = world.db.read_now(actions.find, world.by, made.id)
    assert (left.status, left.user) == ("canceled", None)
