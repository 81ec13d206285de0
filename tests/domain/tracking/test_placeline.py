"""A user's day: its bounds where he is, what is in it, how long it takes to show."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from hyway.domain.tracking.days import meter, placeline
from hyway.domain.tracking.days.meter import Fix
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.records import Happening
from hyway.domain.tracking.store import events, users
from hyway.domain.tracking.telling import payloads
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND
from hyway.kernel.faults import Invalid, Missing
from tests.make.days import Tracked, drive, stay, tracked


def local(zone: str, year: int, month: int, day: int, hour: int = 0) -> int:
    return clock.instant(datetime(year, month, day, hour, tzinfo=ZoneInfo(zone)))


def day_of(of: Tracked, on: date | None = None) -> placeline.Day:
    return placeline.day_of(of.account, of.user, on)


def shown(of: Tracked, on: date | None = None) -> placeline.Placeline:
    return of.read(placeline.of_day, of.world.by, of.user.id, on)


@pytest.fixture
def ana(world) -> Tracked:
    return tracked(world, timezone="Pacific/Auckland")


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Pacific/Auckland", date(2017, 9, 24), 23),
        ("Pacific/Auckland", date(2017, 4, 2), 25),
        ("America/New_York", date(2017, 3, 12), 23),
        ("America/New_York", date(2017, 11, 5), 25),
        ("America/New_York", date(2017, 7, 13), 24),
        ("America/Sao_Paulo", date(2017, 10, 15), 23),  # clocks skip midnight itself
        ("America/Sao_Paulo", date(2017, 2, 18), 25),  # and go back to the day before
        ("Australia/Lord_Howe", date(2017, 4, 2), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),  # there was no such day
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(ana, zone, on, hours):
    day = day_of(ana.zone(zone), on)
    assert (day.end - day.start) / HOUR == hours
    if hours:
        first, last = (clock.moment(at).astimezone(ZoneInfo(zone)) for at in (day.start, day.end - SECOND))
        before = clock.moment(day.start - SECOND).astimezone(ZoneInfo(zone))
        assert (first.date(), last.date()) == (on, on)
        assert before.date() < on


def test_the_zone_is_the_devices_then_the_accounts(ana, later):
    account = replace(ana.account, timezone="America/New_York")
    names = {
        "Asia/Kolkata": "Asia/Kolkata",
        None: "America/New_York",
        "Mars/Base": "America/New_York",
        "../etc": "America/New_York",
        "America": "America/New_York",
    }
    for name, expected in names.items():
        user = replace(ana.user, timezone=name)
        assert str(placeline.zone_of(account, user)) == expected
    assert str(placeline.zone_of(ana.account, replace(ana.user, timezone=None))) == "UTC"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_a_trip_over_midnight_is_in_both_days_whole(world, zone):
    ana = tracked(world, timezone=zone)
    days = {"Pacific/Auckland": (2017, 9, 24), "America/New_York": (2017, 11, 5)}[zone]
    midnight = local(zone, *days)
    fixes = drive(midnight - 20 * MINUTE, 2_400)
    ana.send(fixes + stay(fixes[-1].at + 10 * SECOND, 900, fixes[-1].lat))
    on = date(*days)
    first, second, third = (shown(ana, date.fromordinal(on.toordinal() + step)) for step in (-1, 0, 1))
    assert [each.kind for each in first.segments] == ["trip"]
    assert [each.kind for each in second.segments] == ["trip", "stop"]
    assert first.segments[0] == second.segments[0]
    assert [each.kind for each in third.segments] == ["stop"]  # it lasts
    ways = [
        ana.read(placeline.mileage_of_day, world.by, ana.user.id, each.day.date).way
        for each in (first, second, third)
    ]
    assert [each.distance for each in ways[:2]] == pytest.approx([12_000, 11_950], rel=0.01)
    assert ways[0].distance + ways[1].distance == pytest.approx(first.segments[0].distance)
    assert ways[2].distance == 0


def test_a_day_has_its_events_and_no_others(ana):
    day = day_of(ana, date(2017, 7, 13))

    def tell(w):
        for number, at in enumerate((day.start - 1, day.start, day.end - 1, day.end)):
            told = Happening("tracking.started", ana.user.seq, ana.user.id, at, str(number))
            events.add(w, ana.account.seq, number, told, {}, at)

    ana.world.db.write_now(tell)
    found = shown(ana, date(2017, 7, 13))
    assert [each.recorded_at for each in found.events] == [day.start, day.end - 1]
    assert (found.segments, found.actions) == ([], [])


def test_today_is_the_day_where_the_user_is(ana, monkeypatch):
    monkeypatch.setattr(
        clock, "now", lambda: clock.instant(datetime(2017, 7, 13, 13, tzinfo=ZoneInfo("UTC")))
    )
    assert shown(ana).day.date == date(2017, 7, 14)


def test_a_lasting_stop_is_in_each_day_until_now_and_in_none_to_come(ana, monkeypatch):
    start = local("Pacific/Auckland", 2017, 7, 13, 12)
    ana.send(stay(start, 1_800, 45.0))
    monkeypatch.setattr(clock, "now", lambda: start + DAY)
    counts = [len(shown(ana, date(2017, 7, day)).segments) for day in (12, 13, 14, 15)]
    assert counts == [0, 1, 1, 0]


def test_the_device_names_its_stops(ana):
    start = local("Pacific/Auckland", 2017, 7, 13, 12)

    def tell(w):
        told = Happening("stop.started", ana.user.seq, ana.user.id, start - MINUTE, "D2E0C7FD", info={})
        events.add(w, ana.account.seq, 1, told, {"stop_id": "D2E0C7FD"}, start)

    ana.world.db.write_now(tell)
    ana.send(stay(start, 1_800, 45.0))
    assert shown(ana, date(2017, 7, 13)).segments[0].lookup_id == "D2E0C7FD"
    ana.send(drive(start + 1_810 * SECOND, 600))
    found = shown(ana, date(2017, 7, 13)).segments
    assert [each.lookup_id for each in found] == ["D2E0C7FD", None]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("device.location.disabled", "disabled"),
        ("device.location_permission.disabled", "no_permission"),
        ("device.power.changed", "unknown"),
    ],
)
def test_a_gap_says_why(ana, told, reason):
    start = local("Pacific/Auckland", 2017, 7, 13, 12)
    fixes = drive(start, 600)

    def tell(w):
        happening = Happening(told, ana.user.seq, ana.user.id, fixes[-1].at + SECOND)
        events.add(w, ana.account.seq, 1, happening, {}, start)

    ana.world.db.write_now(tell)
    ana.send(fixes + drive(start + 2 * HOUR, 600, lat=46.0))
    assert [each.reason for each in shown(ana, date(2017, 7, 13)).segments] == [None, reason, None]


def test_an_open_trip_shows_every_position_that_counts(ana):
    start = local("Pacific/Auckland", 2017, 7, 13, 12)
    fixes = drive(start, 1_200, step=1)
    for at in range(0, len(fixes), 100):
        ana.send(fixes[at : at + 100])
        (trip,) = shown(ana, date(2017, 7, 13)).segments
        seen = fixes[: at + 100]
        kept = [
            Fix(fix.at, round(fix.lat, 7), fix.lon, fix.accuracy, fix.speed, fix.activity) for fix in seen
        ]
        assert trip.path == polyline.encode_timed(meter.path(kept))
    assert trip.ended_at is None
    body = payloads.segment(trip, clock.now())
    assert body["encoded_polyline"] == polyline.encode(polyline.decode_timed(trip.path))


def test_strangers_and_wrong_years(ana, world):
    for by, id in ((world.stranger().by, ana.user.id), (world.by, "nobody")):
        with pytest.raises(Missing):
            ana.read(placeline.of_day, by, id, None)
    for on in (date(1, 1, 1), date(9999, 12, 31)):
        with pytest.raises(Invalid):
            shown(ana, on)
    with pytest.raises(Invalid):
        ana.read(placeline.mileage_between, ana.world.by, ana.user.id, 10, 9)


def test_a_user_without_positions_has_an_empty_day(ana):
    assert ana.world.db.read_now(users.by_seq, ana.user.seq).live.last is None
    assert list(shown(ana).segments) == []
