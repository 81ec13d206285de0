"""Trips, stops, silences and metres, of made-up ways and of recorded ones."""

from itertools import pairwise
from random import Random

import gpxpy
import pytest

from hyway.domain.tracking.days.meter import Fix, Meter, distance_between, length, path
from hyway.domain.tracking.days.segmenting import Machine
from hyway.kernel.clock import MINUTE, SECOND
from tests.domain.tracking.ways import NOON, TRACKS, Shelf, north, parked, pausing, recorded, shelved, way
from tests.domain.tracking.ways import length as geodesic_length

DRIVE, WALK = "around-visnjan-with-car", "cerknicko-jezero"
HOME = Fix(NOON, 45.0, 14.0)


def within(share: float, found: float, wanted: float) -> bool:
    return abs(found - wanted) <= share * wanted


def moving(name: str) -> float:
    """Metres of the moving part, as the GPX library tells them: what is faster than 1 km/h."""
    data = gpxpy.parse((TRACKS / f"{name}.gpx").read_text()).get_moving_data()
    assert data is not None
    return data.moving_distance


def test_the_recorded_drive():
    fixes = recorded(DRIVE)
    shelf = shelved(fixes)
    assert shelf.kinds() == ["trip"]
    assert within(0.02, shelf.metres(), geodesic_length(fixes))
    assert within(0.02, shelf.metres(), moving(DRIVE))
    activities = shelf.live().activities
    assert max(activities, key=lambda name: activities[name][1]) == "automotive"


def test_the_recorded_walk():
    """Its silences of 10 minutes and more, in which it went elsewhere, count nothing."""
    shelf = shelved(recorded(WALK))
    assert shelf.kinds().count("void") == 3
    assert within(0.02, shelf.metres(), moving(WALK))
    first = shelf.all()[0]
    assert first.kind == "trip"
    assert set(first.activities) == {"walking"}


@pytest.mark.parametrize("name", [DRIVE, WALK])
def test_metres_are_the_geodesic_length_outside_of_the_stops(name: str):
    fixes = recorded(name)
    shelf = shelved(fixes)
    trips = [each for each in shelf.all() if each.kind == "trip"]
    outside = [[fix for fix in fixes if each.began.at <= fix.at <= each.last.at] for each in trips]
    assert within(0.02, shelf.metres(), sum(map(geodesic_length, outside)))


@pytest.mark.parametrize("every", [1, 5, 30])
@pytest.mark.parametrize(("name", "where"), [(DRIVE, 103), (DRIVE, 71), (WALK, 295), (WALK, 120)])
def test_an_hour_of_jitter_adds_no_metres(name: str, where: int, every: int):
    fixes = recorded(name)
    plain = shelved(fixes).metres()
    for seed in range(3):
        shelf = shelved(pausing(fixes, where, 3600, every, seed))
        assert within(0.02, shelf.metres(), plain)
        assert within(0.025, shelf.metres(), moving(name))
        long = [each for each in shelf.all() if each.last.at - each.began.at >= 55 * MINUTE]
        assert [each.kind for each in long] == ["stop"]


@pytest.mark.parametrize("every", [1, 2, 10, 60])
def test_parked_for_an_hour_is_one_stop_and_no_metres(every: int):
    for seed in range(10):
        shelf = shelved([HOME, *parked(HOME, 3600, every, seed=seed)])
        assert shelf.kinds() == ["stop"]
        assert shelf.metres() == 0
        centre = north(HOME, 0, 0, 0)._replace(lat=shelf.live().lat or 0, lon=shelf.live().lon or 0)
        assert geodesic_length([HOME, centre]) < 15 / (3600 / every) ** 0.5 * 5


def test_while_parked_the_distance_does_not_grow():
    for seed in range(5):
        drive = way([(12.0, 600, 1, 3.0)], HOME, seed)
        shelf = shelved(drive)
        there = parked(drive[-1], 3600, seed=seed)
        metres = []
        for start in range(0, len(there), 20):
            shelf.receive(there[start : start + 20])
            metres.append(shelf.metres())
        # Once, when the stop is told, the last metres of the way in are added; then never again.
        assert metres[0] <= metres[-1] < metres[0] + 250
        assert len(set(metres)) <= 2
        assert len(set(metres[20:])) == 1
        assert shelf.kinds() == ["trip", "stop"]


def test_there_and_back_with_a_visit():
    fixes = way([(0.0, 600, 10, 4.0), (10.0, 600, 5, 4.0), (0.0, 1200, 10, 4.0), (1.3, 900, 5, 4.0)], HOME, 7)
    shelf = shelved(fixes)
    assert shelf.kinds() == ["stop", "trip", "stop", "trip"]
    drive, walk = shelf.all()[1], shelf.all()[3]
    assert within(0.04, drive.distance, 6000)
    assert max(drive.activities, key=lambda name: drive.activities[name][1]) == "automotive"
    assert set(walk.activities) == {"walking"}
    assert abs(drive.began.at - (NOON + 600 * SECOND)) <= 20 * SECOND
    assert drive.ended is not None
    assert abs(drive.ended.at - (NOON + 1200 * SECOND)) <= 20 * SECOND


def test_a_light_is_no_stop():
    fixes = way([(12.0, 300, 1, 3.0), (0.0, 100, 1, 3.0), (12.0, 300, 1, 3.0)], HOME, 2)
    shelf = shelved(fixes)
    assert shelf.kinds() == ["trip"]
    assert within(0.02, shelf.metres(), 2 * length(path(fixes[:301])))


def test_a_single_jump_is_dropped():
    fixes = [HOME, *parked(HOME, 1800, 10, sigma=3)]
    fixes[60] = north(fixes[60], 4000, 0, 0)
    fixes[120] = north(fixes[120], 150, 0, 0)
    assert shelved(fixes).kinds() == ["stop"]
    drive = way([(15.0, 600, 5, 0.0)], HOME, 3)
    plain = shelved(drive).metres()
    drive[60] = north(drive[60], 2500, 2500, 0)
    assert within(0.01, shelved(drive).metres(), plain)


def test_a_jump_that_the_next_fix_confirms_counts_unless_nothing_flies_so():
    east = [north(HOME, 0, 12 * i, i) for i in range(20)]
    tunnel = [north(fix, 0, 250, 0) for fix in east[10:]]
    other_side = [north(fix, 0, 90_000, 0) for fix in east[10:]]
    plain = length(path(east))
    assert length(path(east[:10] + tunnel)) == pytest.approx(plain + 250, abs=15)
    assert length(path(east[:10] + other_side)) == pytest.approx(plain, abs=15)


def test_silence_elsewhere_is_a_void_and_silence_in_place_is_none():
    drive = way([(12.0, 300, 5, 0.0)], HOME, 1)
    away = [fix._replace(lat=fix.lat + 0.2, at=fix.at + 3600 * SECOND) for fix in drive]
    shelf = shelved(drive + away)
    assert shelf.kinds() == ["trip", "void", "trip"]
    void = shelf.stretches[1]
    assert void.distance == 0
    assert (void.began, void.ended) == (drive[-1], away[0])
    rest = [HOME, *parked(HOME, 600, 30, sigma=3)]
    again = [north(fix, 3, 3, 7200) for fix in rest]
    assert shelved(rest + again).kinds() == ["stop"]


def test_a_device_that_is_silent_while_it_stands_has_its_stop():
    drive = way([(10.0, 300, 5, 2.0)], HOME, 4)
    onward = way([(10.0, 300, 5, 2.0)], north(drive[-1], 10, 10, 2400), 5)
    shelf = shelved(drive + onward)
    assert shelf.kinds() == ["trip", "stop", "trip"]
    assert within(0.04, shelf.metres(), 6000)


def test_vague_positions_need_a_wider_stop_and_useless_ones_take_no_part():
    rng = Random(1)
    vague = [north(HOME, rng.gauss(0, 60), rng.gauss(0, 60), i * 10, accuracy=120.0) for i in range(1, 200)]
    assert shelved([HOME._replace(accuracy=120.0), *vague]).kinds() == ["stop"]
    assert "trip" in shelved([HOME, *(fix._replace(accuracy=None) for fix in vague)]).kinds()
    useless = [north(fix, 20_000, 0, 1, accuracy=2_000.0) for fix in vague]
    rest = [HOME, *parked(HOME, 1990, 10, sigma=3)]
    assert shelved(sorted(rest + useless)).all() == shelved(rest).all()


def test_two_places_at_one_time():
    same = [HOME._replace(lat=45.0 + i * 0.01) for i in range(5)]
    assert shelved(same).live().kind == "stop"
    shelf = shelved([*same, *parked(HOME, 900, 10, sigma=2)])
    assert shelf.kinds() == ["stop"]
    assert shelf.metres() == 0


@pytest.mark.parametrize(
    ("lat", "lon"), [(0.0, 179.999), (89.9995, 0.0), (-89.9995, 90.0), (-17.0, -179.9999)]
)
def test_at_the_edges_of_the_map(lat: float, lon: float):
    start = HOME._replace(lat=lat, lon=lon)
    rest = [start, *parked(start, 900, 10, sigma=5)]
    shelf = shelved(rest)
    assert shelf.kinds() == ["stop"]
    live = shelf.live()
    assert geodesic_length([start, start._replace(lat=live.lat or 0, lon=live.lon or 0)]) < 10
    if abs(lat) < 89:
        shelf = shelved(way([(12.0, 600, 5, 0.0), (0.0, 600, 10, 3.0)], start, 1))
        assert shelf.kinds() == ["trip", "stop"]
        assert within(0.03, shelf.metres(), 7200)


def test_the_device_names_the_activity_else_the_speed_does():
    slow = way([(2.0, 600, 5, 0.0)], HOME, 1)
    assert set(shelved(slow).live().activities) == {"walking"}
    told = [fix._replace(activity="cycling") for fix in slow]
    assert set(shelved(told).live().activities) == {"cycling"}
    fast = [fix._replace(speed=12.0) for fix in slow]
    assert set(shelved(fast).live().activities) == {"automotive"}
    still = [fix._replace(activity="stationary") for fix in slow]
    assert set(shelved(still).live().activities) == {"walking"}


def test_a_path_is_as_long_as_the_trip_and_ends_where_it_ends():
    for seed in range(20):
        fixes = way([(0.0, 300, 5, 15.0), (9.0, 700, 1, 6.0), (0.0, 60, 1, 15.0), (9.0, 500, 1, 6.0),
                     (0.0, 900, 5, 15.0)], HOME, seed)  # fmt: skip
        for trip in (each for each in shelved(fixes).stretches if each.kind == "trip"):
            line = path(fix for fix in fixes if trip.began[:3] <= fix[:3] <= trip.last[:3])
            assert length(line) == pytest.approx(trip.distance, abs=0.0006 * len(line))
            assert line[0] == (trip.began.lat, trip.began.lon, trip.began.at)
            assert line[-1] == (trip.last.lat, trip.last.lon, trip.last.at)


def test_metres_of_a_part_of_a_path():
    line = [(45.0 + i * 0.001, 14.0, NOON + i * 10 * SECOND) for i in range(11)]
    whole = length(line)
    assert distance_between(line, line[0][2], line[-1][2]) == pytest.approx(whole)
    assert distance_between(line, NOON - MINUTE, NOON + 10 * MINUTE) == pytest.approx(whole)
    assert distance_between(line, NOON + 5 * SECOND, NOON + 25 * SECOND) == pytest.approx(whole / 5, rel=1e-3)
    assert distance_between(line, NOON + 12 * SECOND, NOON + 17 * SECOND) == pytest.approx(
        whole / 20, rel=1e-3
    )
    cuts = [NOON + share * SECOND for share in (-3, 0, 7, 10, 33, 91, 100, 140)]
    assert sum(distance_between(line, *cut) for cut in pairwise(cuts)) == pytest.approx(whole)
    assert distance_between(line, NOON + 50 * SECOND, NOON + 50 * SECOND) == 0
    assert distance_between(line, NOON - 9 * SECOND, NOON) == 0
    assert distance_between([], NOON, NOON + MINUTE) == 0


def test_loops_of_a_bad_receiver_count_straight_across():
    drive = way([(12.0, 120, 1, 0.0)], HOME, 6)
    line = path(pausing(drive, 60, 150, seed=3))
    assert within(0.08, length(line), length(path(drive)))
    yard = way([(12.0, 120, 1, 0.0), (2.0, 100, 1, 0.0)], HOME, 6)
    assert within(0.03, length(path(yard)), geodesic_length(yard))


def test_the_state_is_small_and_comes_back_whole():
    fixes = way([(0.0, 300, 5, 15.0), (9.0, 700, 1, 6.0), (0.0, 900, 5, 15.0)], HOME, 5)
    fixes = [fix._replace(accuracy=12.5, speed=9.25, activity="automotive") for fix in fixes]
    shelf = Shelf()
    for start in range(0, len(fixes), 7):
        shelf.receive(fixes[start : start + 7])
        assert shelf.state
        assert len(shelf.state) < 1024
        again = Machine.from_json(shelf.state)
        assert again.to_json() == shelf.state
        assert again.live() == shelf.live()


def test_a_meter_can_be_read_on_the_way():
    fixes = way([(12.0, 300, 1, 0.0)], HOME, 1)
    line: list = []
    meter = Meter(fixes[0], line)
    for fix in fixes[1:]:
        meter.feed(fix)
    assert meter.fixes == len(fixes)
    assert within(0.01, meter.metres(), 3600)
    assert length(line) == pytest.approx(meter.metres(), abs=0.5)
