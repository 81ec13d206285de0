"""Segments in the tables: the same whatever the order, ids that stay, a fast lane without a query."""

import itertools
import random

import pytest

from hyway.domain.tracking.days import meter, trips
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.records import Location
from hyway.domain.tracking.store import segments as store
from hyway.kernel.clock import HOUR, SECOND
from tests.make.days import Tracked, drive, recorded, stay, tracked

NOON = 1_700_000_000 * SECOND


def day() -> list[Location]:
    """Drive, stop, drive, stop, drive: five segments."""
    parts: list[Location] = []
    lat, at = 45.0, NOON
    for _ in range(2):
        parts += drive(at, 600, lat)
        lat, at = parts[-1].lat, parts[-1].at + 10 * SECOND
        parts += stay(at, 900, lat)
        at = parts[-1].at + 10 * SECOND
    return parts + drive(at, 600, lat)


def shape(of: Tracked) -> list[tuple]:
    return [
        (
            each.kind,
            each.began_at,
            each.ended_at,
            round(each.distance, 6),
            each.fixes,
            each.path,
            each.activities,
        )
        for each in of.segments()
    ]


def batches(fixes: list[Location], size: int = 50) -> list[list[Location]]:
    return [fixes[at : at + size] for at in range(0, len(fixes), size)]


@pytest.fixture
def ana(world) -> Tracked:
    return tracked(world)


def test_a_day_is_told_in_trips_and_stops(ana):
    told = []
    for batch in batches(day()):
        told += [(each.type, each.segment.id) for each in ana.send(batch).happened]
    found = ana.segments()
    assert [each.kind for each in found] == ["trip", "stop", "trip", "stop", "trip"]
    assert found[-1].ended_at is None
    assert all(each.ended_at for each in found[:-1])
    assert sum(each.distance for each in found) == pytest.approx(3 * 595 * 10, rel=0.02)
    assert all(one.ended_at == other.began_at for one, other in itertools.pairwise(found))
    expected = [(f"{each.kind}.{word}", each.id) for each in found for word in ("started", "ended")][:-1]
    assert list(dict.fromkeys(told)) == expected


def test_a_trip_keeps_the_way_that_its_distance_counted(ana):
    ana.send(day())
    trip = ana.segments()[0]
    line = polyline.decode_timed(trip.path)
    assert meter.length(line) == pytest.approx(trip.distance, rel=0.002)
    assert (line[0][2], line[-1][2]) == (trip.began_at, trip.ended_at)
    assert trip.began.accuracy == 5.0
    assert trip.began.activity == "automotive"
    assert trip.activity == "automotive"


@pytest.mark.parametrize("name", ["around-visnjan-with-car", "cerknicko-jezero"])
def test_shuffled_and_repeated_batches_end_as_one_ordered_pass(world, name):
    fixes = recorded(name)
    one, other = tracked(world), tracked(world)
    one.send(fixes)
    parts = batches(fixes, 20) * 3
    random.Random(name).shuffle(parts)
    for part in parts:
        random.Random(1).shuffle(part)
        other.send(part)
    assert shape(other) == shape(one)


def test_a_late_batch_leaves_the_other_segments_as_they_were(ana):
    fixes = day()
    missing = [fix for fix in fixes if NOON + 1700 * SECOND <= fix.at < NOON + 1760 * SECOND]
    ana.send([fix for fix in fixes if fix not in missing])
    before = ana.segments()
    ana.send(missing)
    after = ana.segments()
    assert [each.id for each in after] == [each.id for each in before]
    changed = [old.id for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [before[2].id]
    assert after[2].fixes == before[2].fixes + len(missing)


def test_parked_with_jitter_counts_no_metre(ana):
    noise = random.Random(4)
    lat, fixes = 45.0, drive(NOON, 600)
    lat, at = fixes[-1].lat, fixes[-1].at
    for second in range(5, 3600, 5):
        spread = 15 / 111_132
        fixes.append(
            Location(
                at + second * SECOND, lat + noise.gauss(0, spread), 14 + noise.gauss(0, spread * 1.4), 15.0
            )
        )
    for batch in batches(fixes):
        ana.send(batch)
    found = ana.segments()
    assert [each.kind for each in found] == ["trip", "stop"]
    assert sum(each.distance for each in found) == pytest.approx(5_950, rel=0.02)
    assert found[1].distance == 0


def test_a_silence_is_a_gap_with_its_reason(ana):
    ana.send(drive(NOON, 600) + drive(NOON + HOUR, 600, lat=46.0))
    trip, gap, last = ana.segments()
    assert [trip.kind, gap.kind, last.kind] == ["trip", "location_void", "trip"]
    assert (gap.reason, gap.distance, gap.path) == ("unknown", 0, "")
    assert gap.duration == pytest.approx(3_600 - 595)


def test_stops_at_one_place_share_it(ana):
    fixes = day()
    back = [replace_at(fix, 3 * HOUR) for fix in fixes]
    ana.send(fixes + back)
    stops = [each for each in ana.segments() if each.kind == "stop" and each.ended_at]
    places = [stop.place for stop in stops]
    assert all(place and place.spot for place in places)
    assert places[0].id == places[-2].id
    assert places[1].id != places[0].id


def replace_at(fix: Location, by: int) -> Location:
    return fix._replace(at=fix.at + by)


def test_the_open_stop_has_a_place_and_keeps_its_id_when_it_closes(ana):
    fixes = day()
    until = NOON + 1_200 * SECOND
    ana.send([fix for fix in fixes if fix.at <= until])
    lasting = ana.segments()[-1]
    assert lasting.kind == "stop"
    assert lasting.place
    assert lasting.ended_at is None
    ana.send([fix for fix in fixes if fix.at > until])
    closed = ana.segments()[1]
    assert (closed.id, closed.place) == (lasting.id, lasting.place)


def test_an_ordered_batch_without_a_boundary_asks_nothing_of_the_database(ana, monkeypatch):
    fixes = drive(NOON, 3_000, step=1)
    ana.send(fixes[:400])
    asked = []

    def through(w):
        machine, open_segment = store.state(w, ana.account.seq, ana.user.seq)
        monkeypatch.setattr(type(w), "rows", lambda *a: asked.append(a))
        monkeypatch.setattr(type(w), "run", lambda *a: asked.append(a))
        first = trips.follow(w, ana.account, ana.user.seq, machine, open_segment, fixes[400:450])
        return first, trips.follow(w, ana.account, ana.user.seq, first.machine, open_segment, fixes[450:500])

    first, second = ana.world.db.write_now(through)
    monkeypatch.undo()
    assert not asked
    assert first.open_segment == second.open_segment
    assert not first.closed
    assert not second.happened
    assert second.moved[1] == pytest.approx(500, abs=70)
