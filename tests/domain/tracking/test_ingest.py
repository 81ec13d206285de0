"""Taking batches in: what is new is known exactly, and neither order nor repetition changes what comes of them."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from hyway.domain import tracking
from hyway.domain.tracking import Batch, Item, Report, Verdict
from hyway.domain.tracking.days import mileage
from hyway.domain.tracking.incoming import ingest, receiving
from hyway.domain.tracking.records import Location, User
from hyway.domain.tracking.store import users
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND, Instant
from tests.make.days import ALWAYS, Tracked, drive, recorded, stay, tracked

START = clock.now() // SECOND * SECOND - 6 * HOUR


def position(of: Tracked, place: int, fix: Location) -> Item:
    reading = receiving.reading(*fix)
    assert reading
    return Item(place, of.user.id, reading, None)


def report(of: Tracked, place: int, type: str, at: Instant, **data: Any) -> Item:
    return Item(place, of.user.id, None, Report(type, at, data))


def batch(of: Tracked, items: Sequence[Item], **more: Any) -> Batch:
    said = {"received_at": clock.now(), "device": "phone-1", **more}
    return Batch(by=of.world.by, items=[item._replace(place=at) for at, item in enumerate(items)], **said)


def take(of: Tracked, *batches: Batch) -> list[Verdict]:
    """All in one commit."""
    return of.world.db.write_now(ingest.take, batches)


def send(of: Tracked, items: Sequence[Item], **more: Any) -> Verdict:
    return take(of, batch(of, items, **more))[0]


def counts(verdict: Verdict) -> tuple[int, int, int]:
    return verdict.accepted, verdict.duplicates, len(verdict.refused)


def user(of: Tracked) -> User:
    found = of.read(users.by_seq, of.user.seq)
    assert found
    return found


def rows(of: Tracked, query: str) -> list[tuple]:
    """What the query says of the user `:user`."""
    return [tuple(row) for row in of.read(lambda r: r.run(text(query), {"user": of.user.seq}).all())]


def told(of: Tracked) -> list[str]:
    """The types of the user's events, in the order of their time."""
    query = 'SELECT type FROM tracking_events WHERE "user" = :user ORDER BY recorded_at, seq'
    return [type for (type,) in rows(of, query)]


def stored(of: Tracked) -> list[tuple]:
    return rows(of, 'SELECT at, lat, lon FROM tracking_positions WHERE "user" = :user ORDER BY 1, 2, 3')


@pytest.fixture
def ana(world) -> Tracked:
    return tracked(world)


def test_each_position_is_new_once(ana):
    fixes = drive(START, 300)
    items = [position(ana, 0, fix) for fix in fixes]
    assert counts(send(ana, [*items, items[7], items[7]])) == (60, 2, 0)
    assert counts(send(ana, items)) == (0, 60, 0)
    late = [position(ana, 0, fix._replace(at=fix.at + SECOND)) for fix in fixes[:10]]
    assert counts(send(ana, [*items[5:], *late])) == (10, 55, 0)
    assert len(stored(ana)) == len(set(stored(ana))) == 70


def test_batches_of_one_commit_share_what_is_new(ana):
    items = [position(ana, 0, fix) for fix in drive(START, 100)]
    verdicts = take(ana, batch(ana, items[:15]), batch(ana, items[10:]), batch(ana, items))
    assert [counts(each) for each in verdicts] == [(15, 0, 0), (5, 5, 0), (0, 20, 0)]


def test_a_position_is_its_place_to_a_ten_millionth_of_a_degree(ana):
    here = Location(START, 45.12345671, 14.0)
    same, other = here._replace(lat=45.12345674), here._replace(lat=45.12345681)
    assert counts(send(ana, [position(ana, 0, each) for each in (here, same, other)])) == (2, 1, 0)


def day() -> list[Location]:
    first = drive(START, 900)
    pause = stay(first[-1].at + 5 * SECOND, 1_200, first[-1].lat)
    return [*first, *pause, *drive(pause[-1].at + 10 * SECOND, 900, pause[-1].lat)]


def shape(of: Tracked) -> tuple:
    """Live state but for when it was heard of, segments but for their ids, metres."""
    live = replace(user(of).live, heartbeat_at=None, frame=0)
    segments = [(each.kind, each.began_at, each.ended_at, each.distance, each.path) for each in of.segments()]
    found = of.read(mileage.between, of.account, of.user.seq, *ALWAYS)
    return live, segments, found.distance, found.duration, stored(of)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_times_in_any_order_is_as_once_in_order(world, seed):
    one, other = tracked(world), tracked(world)
    fixes = day()

    def batches(of: Tracked) -> list[Batch]:
        parts = [fixes[at : at + 50] for at in range(0, len(fixes), 50)]
        items = [[position(of, 0, fix) for fix in part] for part in parts]
        items[0].insert(0, report(of, 0, "tracking.started", START - SECOND))
        items[3].append(report(of, 0, "device.power.changed", fixes[199].at, percentage=61))
        items[5].append(report(of, 0, "device.power.changed", fixes[299].at, percentage=60))
        return [batch(of, each) for each in items]

    for each in batches(one):
        take(one, each)
    shuffled = batches(other) * 3
    random.Random(seed).shuffle(shuffled)
    accepted = 0
    while shuffled:
        some, shuffled = shuffled[:4], shuffled[4:]
        accepted += sum(verdict.accepted for verdict in take(other, *some))
    assert accepted == len(fixes) + 3
    assert shape(one) == shape(other)
    assert user(one).live.battery == 60


def test_a_recorded_drive_backwards_is_the_drive(world):
    one, other = tracked(world), tracked(world)
    fixes = recorded("around-visnjan-with-car")
    for at in range(0, len(fixes), 20):
        send(one, [position(one, 0, fix) for fix in fixes[at : at + 20]], plain=True)
    for at in reversed(range(0, len(fixes), 20)):
        send(other, [position(other, 0, fix) for fix in fixes[at : at + 20]], plain=True)
    assert shape(one)[1:] == shape(other)[1:]


def test_beginnings_and_ends_are_told_once(ana):
    fixes = day()
    items = [position(ana, 0, fix) for fix in fixes]
    send(ana, [report(ana, 0, "tracking.started", START - SECOND), *items])
    before = told(ana)
    assert before[0] == "tracking.started"
    assert [each for each in before if each.startswith(("trip.", "stop."))] == [
        "trip.started", "trip.ended", "stop.started", "stop.ended", "trip.started"
    ]  # fmt: skip
    send(ana, items)
    send(ana, [position(ana, 0, fix._replace(at=fix.at + SECOND)) for fix in fixes[20:40]])
    assert told(ana) == before


@pytest.mark.parametrize("many", [1, 9, 30])
def test_beginnings_and_ends_are_told_however_small_the_batches_are(ana, many):
    fixes = day()
    for at in range(0, len(fixes), many):
        send(ana, [position(ana, 0, fix) for fix in fixes[at : at + many]])
    assert [each for each in told(ana) if each.startswith(("trip.", "stop."))] == [
        "trip.started", "trip.ended", "stop.started", "stop.ended", "trip.started"
    ]  # fmt: skip


def test_items_are_judged_one_by_one(ana, world):
    other = tracked(world.stranger())
    now, good = clock.now(), drive(START, 10)
    ahead = good[0]._replace(at=now + 11 * MINUTE)
    ancient = good[0]._replace(at=0)
    items = [position(ana, 0, fix) for fix in (*good, ahead, ancient)]
    items += [position(other, 0, good[0]), report(ana, 0, "device.x", now + HOUR)]
    verdict = send(ana, items)
    assert counts(verdict) == (2, 0, 4)
    assert [(each.place, each.field) for each in verdict.refused] == [
        (2, "recorded_at"), (3, "recorded_at"), (4, "user_id"), (5, "recorded_at")
    ]  # fmt: skip
    assert verdict.refused[2].text == f'Invalid pk "{other.user.id}" - object does not exist.'
    assert stored(other) == []


def test_a_clock_that_goes_wrong_is_taken_by_its_own_word(ana):
    ahead = position(ana, 0, drive(clock.now() + HOUR, 5)[0])
    assert counts(send(ana, [ahead])) == (0, 0, 1)
    assert counts(send(ana, [ahead], skew=-HOUR)) == (1, 0, 0)


def test_what_is_older_than_the_retention_is_refused(ana):
    ana.world.db.write_now(tracking.accounts.settle, ana.world.by, retention_days=30)
    fixes = [*drive(clock.now() - 31 * DAY, 5), *drive(clock.now() - 29 * DAY, 5)]
    assert counts(send(ana, [position(ana, 0, fix) for fix in fixes])) == (1, 0, 1)


def test_tracking_goes_by_the_devices_own_time(ana):
    send(ana, [report(ana, 0, "tracking.ended", START + HOUR)])
    send(ana, [report(ana, 0, "tracking.started", START)])
    live = user(ana).live
    assert (live.is_tracking, live.tracking_at, live.online_at) == (False, START + HOUR, START)
    send(ana, [position(ana, 0, fix) for fix in drive(START, 60)])
    assert not user(ana).live.is_tracking


def test_positions_alone_are_tracking(ana):
    send(ana, [position(ana, 0, fix) for fix in drive(START, 60)], plain=True)
    live = user(ana).live
    assert (live.is_tracking, live.online_at, live.tracking_at) == (True, START, None)
    assert "tracking.started" in told(ana)


def test_live_state_goes_forward_only(ana):
    fixes = drive(START, 600)
    send(
        ana, [position(ana, 0, fixes[100]), report(ana, 0, "device.power.changed", START + 9, percentage=50)]
    )
    send(ana, [position(ana, 0, fixes[50]), report(ana, 0, "device.power.changed", START + 8, percentage=90)])
    live = user(ana).live
    assert live.last
    assert (live.last.at, live.battery) == (fixes[100].at, 50)
    assert live.frame > 0


@pytest.mark.parametrize(
    ("data", "status", "event"),
    [
        ({"enabled": False}, "location_disabled", "device.location.disabled"),
        (
            {"enabled": True, "permission": False},
            "location_permission_disabled",
            "device.location_permission.disabled",
        ),
    ],
)
def test_a_device_tells_when_it_cannot_locate(ana, data, status, event):
    send(ana, [report(ana, 0, "device.location_config.changed", START, **data)])
    assert user(ana).live.location_status == status
    assert event in told(ana)
    send(ana, [report(ana, 0, "device.location_config.changed", START + 1, enabled=True, permission=True)])
    assert user(ana).live.location_status == "location_available"
    assert event.replace("disabled", "enabled") in told(ana)


def test_a_second_device_is_turned_away_until_the_first_is_silent(ana, later):
    items = [position(ana, 0, fix) for fix in drive(START, 60)]
    send(ana, [report(ana, 0, "tracking.started", START - 1)])
    assert send(ana, items, device="phone-2").standing == "secondary"
    assert stored(ana) == []
    assert "device.secondary.ignored" in told(ana)
    assert counts(send(ana, items[:5])) == (5, 0, 0)
    later(2 * HOUR)
    assert send(ana, items, device="phone-2").standing == "taken"
    assert user(ana).live.device == "phone-2"
    assert send(ana, items).standing == "secondary"
    send(ana, [report(ana, 0, "tracking.ended", START + HOUR)], device="phone-2")
    assert send(ana, items).standing == "taken"


def test_reports_are_events_once(ana):
    items = [
        report(ana, 0, "stop.started", START, stop_id="A"),
        report(ana, 0, "stop.started", START, stop_id="B"),
        report(ana, 0, "something.new", START, said="x"),
    ]
    assert counts(send(ana, [*items, items[0]])) == (3, 1, 0)
    assert counts(send(ana, items)) == (0, 3, 0)
    assert sorted(told(ana)) == ["something.new", "stop.started", "stop.started"]


def test_a_user_who_was_away_is_back(ana):
    ana.world.db.write_now(users.set_live, ana.user.seq, is_away=1)
    send(ana, [position(ana, 0, drive(START, 5)[0])])
    assert not user(ana).live.is_away
    assert "user.network.online" in told(ana)


def test_the_zone_and_the_name_of_the_device_are_learned(ana):
    known = [report(ana, 0, "device.info.changed", START, model="Pixel 8", device="shiba")]
    send(ana, known, timezone="Europe/Zagreb", battery=33)
    found = user(ana)
    assert (found.timezone, found.device_name, found.live.battery) == ("Europe/Zagreb", "Pixel 8", 33)
    send(ana, [report(ana, 0, "x", START + 1)], timezone="Atlantis/Capital")
    assert user(ana).timezone == "Europe/Zagreb"


def test_a_named_request_is_answered_once(ana):
    items = [position(ana, 0, fix) for fix in drive(START, 30)]
    once = ingest.once("k-1", b"body")
    first, twin = take(
        ana, batch(ana, items, only=ana.user.id, once=once), batch(ana, items, only=ana.user.id, once=once)
    )
    assert counts(first) == counts(twin) == (6, 0, 0)
    again = send(ana, items, only=ana.user.id, once=once)
    assert counts(again) == (6, 0, 0)
    other = send(ana, items, only=ana.user.id, once=ingest.once("k-1", b"other"))
    assert other.standing == "reused"


def test_an_unknown_user_of_an_address_is_missing(ana, world):
    stranger = tracked(world.stranger())
    items = [position(stranger, 0, fix) for fix in drive(START, 10)]
    assert send(ana, items, only=stranger.user.id).standing == "missing"
    assert stored(stranger) == []


def test_happenings_are_of_their_user(ana):
    send(ana, [report(ana, 0, "tracking.started", START)])
    ((data,),) = rows(ana, 'SELECT data FROM tracking_events WHERE "user" = :user')
    assert json.loads(data)["object"]["id"] == ana.user.id
