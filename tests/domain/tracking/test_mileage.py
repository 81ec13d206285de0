"""How far somebody went: whole, in parts, while it lasts."""

import itertools
import random

import pytest

from hyway.domain.tracking.days import meter, mileage
from hyway.domain.tracking.days.mileage import Stay
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.records import Location
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND
from tests.make.days import Tracked, drive, recorded, stay, tracked

NOON = 1_700_000_000 * SECOND
ALWAYS = (NOON - DAY, NOON + DAY)


def morning(trips: int = 3) -> list[Location]:
    """Drives of ten minutes with stops of a quarter of an hour between; the last drive lasts."""
    parts: list[Location] = []
    lat, at = 45.0, NOON
    for left in range(trips, 0, -1):
        parts += drive(at, 600, lat)
        lat, at = parts[-1].lat, parts[-1].at + 10 * SECOND
        if left > 1:
            parts += stay(at, 900, lat)
            at = parts[-1].at + 10 * SECOND
    return parts


def between(of: Tracked, start: int, end: int) -> mileage.Mileage:
    return of.read(mileage.between, of.account, of.user.seq, start, end)


@pytest.fixture
def ana(world) -> Tracked:
    made = tracked(world)
    made.send(morning())
    return made


def test_the_whole_is_the_sum_of_the_trips(ana):
    trips = [each for each in ana.segments() if each.kind == "trip"]
    found = between(ana, *ALWAYS)
    assert len(trips) == 3
    assert found.distance == pytest.approx(sum(each.distance for each in trips))
    assert found.duration == pytest.approx(sum(each.duration for each in trips))
    assert found.activities.keys() == {"automotive"}
    points = [point for each in trips for point in polyline.decode_timed(each.path)]
    assert polyline.decode_timed(found.path) == points
    assert found.path == polyline.encode_timed(points)


@pytest.mark.parametrize("seed", range(8))
def test_parts_add_up_to_the_whole(ana, seed):
    chance = random.Random(seed)
    cuts = sorted(NOON + chance.randrange(-600, 4_200) * SECOND + chance.randrange(SECOND) for _ in range(12))
    spans = list(itertools.pairwise([ALWAYS[0], *cuts, ALWAYS[1]]))
    parts = [between(ana, *span) for span in spans]
    whole = between(ana, *ALWAYS)
    assert sum(each.distance for each in parts) == pytest.approx(whole.distance)
    assert sum(each.duration for each in parts) == pytest.approx(whole.duration)
    for at in (0, 1):
        sums = sum(each.activities.get("automotive", (0, 0))[at] for each in parts)
        assert sums == pytest.approx(whole.activities["automotive"][at])
    lines = [polyline.decode_timed(each.path) for each in parts]
    assert sum(map(meter.length, lines)) <= meter.length(polyline.decode_timed(whole.path)) * 1.01


@pytest.mark.parametrize("name", ["around-visnjan-with-car", "cerknicko-jezero"])
def test_minutes_of_a_real_track_add_up_to_it(world, name):
    of, fixes = tracked(world), recorded(name)
    of.send(fixes)
    start, end = fixes[0].at - SECOND, fixes[-1].at + SECOND
    edges = [*range(start, end, 7 * MINUTE), end]
    parts = of.read(
        mileage.between_many, of.account, [Stay(of.user.seq, *span) for span in itertools.pairwise(edges)]
    )
    assert sum(each.distance for each in parts) == pytest.approx(between(of, start, end).distance)


def test_stops_and_gaps_count_nothing(ana):
    stop = next(each for each in ana.segments() if each.kind == "stop")
    assert between(ana, stop.began_at, stop.ended_at) == mileage.Mileage(0.0, 0.0, {}, "")
    ana.send(drive(NOON + 5 * HOUR, 300, lat=46.0))
    gap = next(each for each in ana.segments() if each.kind == "location_void")
    assert between(ana, gap.began_at + 1, gap.ended_at) == mileage.Mileage(0.0, 0.0, {}, "")


def test_a_part_of_a_trip_is_the_metres_of_its_time(ana):
    found = between(ana, NOON + 60 * SECOND, NOON + 120 * SECOND)
    assert found.distance == pytest.approx(600, rel=0.02)
    assert found.duration == pytest.approx(60)
    line = polyline.decode_timed(found.path)
    assert (line[0][2], line[-1][2]) == (NOON + 60 * SECOND, NOON + 120 * SECOND)


def test_a_cut_across_the_antimeridian_goes_the_short_way():
    line = [(0.0, 179.9, 0), (0.0, -179.9, 10 * SECOND)]
    one, other = mileage.cut(line, 2 * SECOND, 9 * SECOND)
    assert one == pytest.approx((0.0, 179.94, 2 * SECOND))
    assert other == pytest.approx((0.0, -179.92, 9 * SECOND))


def test_the_way_of_an_open_trip_grows_like_one_that_was_read_at_once(world):
    noise = random.Random(2)
    spread = 4 / 111_132
    fixes = [
        fix._replace(lat=fix.lat + noise.gauss(0, spread), lon=fix.lon + noise.gauss(0, spread))
        for fix in drive(NOON, 1_800, step=1)
    ]
    one, other = tracked(world), tracked(world)
    late = fixes[900:910]
    for at in range(0, len(fixes), 90):
        one.send([fix for fix in fixes[at : at + 90] if fix not in late])
        between(one, *ALWAYS)
    one.send(late)
    other.send(fixes)
    assert between(one, *ALWAYS) == between(other, *ALWAYS)


def test_nobody_went_nowhere(world):
    assert between(tracked(world), *ALWAYS) == mileage.Mileage(0.0, 0.0, {}, "")
