"""Fences: what lies inside, at any latitude and longitude; and who entered, stayed and left, told once."""

import itertools
import json
import time
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from hyway.domain.tracking.borders import fencing
from hyway.domain.tracking.borders.fencing import ENTERED, EXITED, TRIGGERED, Fired, Terms, Visit
from hyway.domain.tracking.earth import shapes
from hyway.domain.tracking.earth.geodesy import along, metres
from hyway.domain.tracking.records import Location
from hyway.kernel.clock import MINUTE, SECOND
from hyway.kernel.faults import Invalid

T0 = 1_500_000_000 * SECOND
NEVER = T0 * 2


def square(lat: float, lon: float, half: float) -> list[list[float]]:
    """A ring of degrees around a point."""
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


# --- shapes


@pytest.mark.parametrize("lat", [0.0, 37.8, -54.8, 78.2, 89.0])
@pytest.mark.parametrize("lon", [-122.4, 180.0, -179.9999])
@pytest.mark.parametrize("off", [-50.0, -1.0, 1.0, 50.0, 500.0])
def test_the_distance_to_a_border_is_right_everywhere(lat: float, lon: float, off: float):
    """Measured from the middle of the north edge and of the east edge, straight out of it."""
    half = 0.01 if lat < 80 else 0.2
    area = shapes.polygon(polygon(square(lat, lon, half)))
    for edge, direction in (((lat + half, lon), 0), ((lat, lon + half), 90)):
        out = along(*edge, direction, off)
        assert area.signed_distance(*out) == pytest.approx(off, rel=0.01, abs=0.01)


def test_a_circle_is_right_over_a_pole_and_over_the_antimeridian():
    for lat, lon in ((89.9999, 10.0), (0.0, 179.9999), (-60.0, -180.0)):
        round_it = shapes.circle(lat, lon, 1_000)
        for direction in range(0, 360, 30):
            assert round_it.signed_distance(*along(lat, lon, direction, 990)) == pytest.approx(-10, abs=0.1)
            assert round_it.signed_distance(*along(lat, lon, direction, 1_010)) == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize(
    "spelled",
    [
        polygon([[179, -1], [181, -1], [181, 1], [179, 1], [179, -1]]),
        polygon([[179, -1], [-179, -1], [-179, 1], [179, 1], [179, -1]]),
        polygon([[-179, -1], [-179, 1], [179, 1], [179, -1], [-179, -1]]),
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[179, -1], [180, -1], [180, 1], [179, 1], [179, -1]]],
                [[[-180, -1], [-179, -1], [-179, 1], [-180, 1], [-180, -1]]],
            ],
        },
    ],
)
def test_the_antimeridian_however_it_is_spelled(spelled: dict[str, Any]):
    area = shapes.polygon(spelled)
    assert area.signed_distance(0.0, 180.0) == pytest.approx(-110_574, rel=0.01), "a cut is no border"
    assert area.signed_distance(0.5, -179.5) < 0
    assert area.signed_distance(0.5, 179.5) < 0
    for lon in (178.9, -178.9, 0.0, 90.0):
        assert area.signed_distance(0.0, lon) > 0
    south, west, north, east = area.box
    assert (south, west, north, east) == (-1, 179, 1, -179)


def test_holes_are_outside():
    ring = polygon(square(10, 179.95, 0.1), square(10, -180.05, 0.05))
    area = shapes.polygon(ring)
    assert area.signed_distance(10, 179.95) > 5_000
    assert area.signed_distance(10, -179.975) < -1_000


degrees = st.tuples(st.floats(-70, 70), st.floats(-180, 180))


@given(degrees, st.floats(0.001, 2), st.tuples(st.floats(-3, 3), st.floats(-3, 3)))
def test_inside_means_inside(middle: tuple[float, float], half: float, off: tuple[float, float]):
    lat, lon = middle
    area = shapes.polygon(polygon(square(lat, lon, half)))
    at = ((lat + off[0]), (lon + off[1] + 180) % 360 - 180)
    far = max(abs(off[0]), abs(off[1])) - half
    if abs(far) > 1e-9:
        assert (area.signed_distance(*at) < 0) == (far < 0)


@given(degrees, st.floats(1, 400_000), st.floats(0, 360))
def test_a_box_holds_its_circle(middle: tuple[float, float], radius: float, direction: float):
    lat, lon = along(*middle, direction, radius)
    south, west, north, east = shapes.circle(*middle, radius).box
    assert south <= lat <= north
    assert west <= lon <= east if west <= east else (lon >= west or lon <= east)


def test_a_polygons_area():
    corners = square(50, 8, 0.5)
    whole = Geodesic.WGS84.Polygon()
    fine = 200  # an edge along a parallel is no geodesic: cut it small
    for (lon1, lat1), (lon2, lat2) in itertools.pairwise(corners):
        for at in range(fine):
            whole.AddPoint(lat1 + (lat2 - lat1) * at / fine, lon1 + (lon2 - lon1) * at / fine)
    exact = whole.Compute()[2]
    assert shapes.area(Polygon(corners)) == pytest.approx(exact, rel=0.006)
    with_hole = shapes.area(Polygon(corners, [square(50, 8, 0.25)]))
    assert with_hole == pytest.approx(exact * 0.75, rel=0.01)


BAD_SHAPES = [
    (None, "GeoJSON Polygon"),
    ({"type": "Point", "coordinates": [1, 2]}, "GeoJSON Polygon"),
    ({"type": ["Polygon"], "coordinates": []}, "GeoJSON Polygon"),
    ({"type": "Polygon"}, "lists of rings"),
    (polygon(), "lists of rings"),
    ({"type": "MultiPolygon", "coordinates": []}, "list of polygons"),
    (polygon([[0, 0], [1, 1], [0, 0]]), "at least four"),
    (polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "end where they begin"),
    (polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), "cross itself, as it does at 0.5 0.5"),
    (polygon([[0, 0], [1, 0], [2, 0], [0, 0]]), "must"),
    (polygon(square(0, 0, 1), square(5, 5, 0.1)), "valid polygon: hole lies outside shell"),
    (polygon([[0, 0], [1, float("nan")], [1, 1], [0, 0]]), "latitudes"),
    (polygon([[0, 0], [1, 91], [1, 1], [0, 0]]), "latitudes"),
    (polygon([[0, 0], [361, 0], [1, 1], [0, 0]]), "longitudes"),
    (polygon([[0, 0], [True, 0], [1, 1], [0, 0]]), "longitudes"),
    (polygon([[0, 0], ["1", 0], [1, 1], [0, 0]]), "longitudes"),
    (polygon([[0, 0], [10**400, 0], [1, 1], [0, 0]]), "longitudes"),
    (polygon([[0, 0], [1], [1, 1], [0, 0]]), "positions"),
    (polygon([[0, 0], 7, [1, 1], [0, 0]]), "positions"),
    (polygon(square(0, 0, 10)), "at most 1000000 square kilometres"),
    (polygon(square(0, 0, 1e-7)), "at least a square metre"),
    (polygon([[-180, 80], [-60, 80], [60, 80], [180, 80], [-180, 80]]), "around a pole"),
    (polygon([[at / 400, (at % 2) / 100] for at in range(1_001)] + [[1, -1], [0, 0]]), "1000 corners"),
    ({"type": "MultiPolygon", "coordinates": [[square(at / 10, 0, 0.01)] for at in range(300)]}, "1000 corners"),
]  # fmt: skip


@pytest.mark.parametrize(("given_shape", "says"), BAD_SHAPES)
def test_a_bad_shape_is_refused_with_a_word(given_shape: object, says: str):
    with pytest.raises(Invalid) as refused:
        shapes.polygon(given_shape, "geometry")
    assert says in refused.value.message
    assert refused.value.field == "geometry"


def test_a_thousand_corners_are_enough_and_quick():
    ring = [list(reversed(along(10, 20, -at * 0.36, 5_000))) for at in range(1_000)]
    area = shapes.polygon(polygon([*ring, ring[0]]))
    began = time.perf_counter()
    for at in range(200):
        assert area.signed_distance(*along(10, 20, at, 4_000)) == pytest.approx(-1_000, rel=0.02)
    assert (time.perf_counter() - began) / 200 < 0.005


@pytest.mark.parametrize("radius", [0, -1, float("nan"), float("inf"), 500_001])
def test_a_bad_radius_is_refused(radius: float):
    with pytest.raises(Invalid, match=r"at most \{most\} metres"):
        shapes.circle(0, 0, radius)


# --- visits


def terms(
    kind: Any = "location", least: int | None = None, most: int | None = None, expire_at: int = NEVER
) -> Terms:
    return Terms(kind, least, most, expire_at)


def fix(second: float, accuracy: float | None = 20.0) -> Location:
    return Location(T0 + round(second * SECOND), 0.0, 0.0, accuracy)


def at(second: float) -> int:
    return T0 + round(second * SECOND)


def walk(
    fence: Terms, *steps: tuple[float, float, float | None], visit: Visit | None = None
) -> tuple[Visit, list[Fired]]:
    """Positions as second, signed distance, accuracy."""
    fired: list[Fired] = []
    visit = visit or Visit()
    for second, distance, accuracy in steps:
        visit, more = fencing.step(visit, fence, distance, fix(second, accuracy))
        fired += more
    return visit, fired


def test_one_precise_position_well_inside_enters():
    visit, fired = walk(terms(), (0, 100, 20), (10, -30, 20))
    assert fired == [(ENTERED, at(10), None), (TRIGGERED, at(10), "entered")]
    assert (visit.inside, visit.since) == (True, at(10))


@pytest.mark.parametrize(("distance", "accuracy"), [(-5, 20), (-80, 60), (-30, None), (-30, 0), (-19, 1)])
def test_otherwise_it_takes_two(distance: float, accuracy: float | None):
    visit, fired = walk(terms(), (10, distance, accuracy))
    assert (visit.inside, visit.doubts, fired) == (False, 1, [])
    visit, fired = walk(terms(), (20, distance, accuracy), visit=visit)
    assert [one.type for one in fired] == [ENTERED, TRIGGERED]
    assert visit.since == at(10), "it was inside from the first"
    _, fired = walk(terms(), (10, distance, accuracy), (20, 5, 20), (30, distance, accuracy))
    assert fired == [], "two in a row"


def test_a_vague_position_says_nothing():
    assert walk(terms(), (10, -40, 500), (20, -40, 500), (30, -40, 500))[1] == []
    assert len(walk(terms(), (10, -600, 500), (20, -600, 500))[1]) == 2
    inside, _ = walk(terms(), (0, -60, 10))
    assert walk(terms(), (10, 400, 500), (20, 400, 500), (30, 400, 500), visit=inside)[1] == []


def test_to_leave_takes_two_that_are_clearly_outside():
    inside, _ = walk(terms(), (0, -60, 10))
    visit, fired = walk(terms(), (10, 21, 10), (20, 15, 10), (30, 500, 10), visit=inside)
    assert fired == [(EXITED, at(10), None)]
    assert visit == Visit(seen=at(30))
    _, fired = walk(terms(), (10, 21, 10), (20, -1, 10), (30, 500, 10), visit=inside)
    assert fired == [], "it came back in between"
    _, fired = walk(terms(), (10, 50, 60), (20, 50, 60), (30, 19, 5), (40, 19, 5), visit=inside)
    assert fired == []


def test_late_and_repeated_positions_change_nothing():
    inside, _ = walk(terms(), (0, -60, 10), (50, -60, 10))
    assert walk(terms(), (50, 900, 10), (40, 900, 10), (45, 900, 10), visit=inside) == (inside, [])


def test_dwelling_fires_once_a_visit():
    fence = terms("time", 600, 3600)
    visit, fired = walk(fence, (0, -60, 10), (599, -60, 10))
    assert fired == [(ENTERED, at(0), None)]
    assert fencing.due_at(visit, fence) == at(600)
    assert fencing.tick(visit, fence, at(599.9)) == (visit, ())
    visit, fired_now = fencing.tick(visit, fence, at(700))
    assert fired_now == ((TRIGGERED, at(600), "min_duration"),)
    assert fencing.due_at(visit, fence) == at(3600)
    visit, fired = walk(fence, (701, -60, 10), (4000, -60, 10), (5000, -60, 10), visit=visit)
    assert fired == [(TRIGGERED, at(3600), "max_duration")]
    assert fencing.due_at(visit, fence) is None
    assert fencing.tick(visit, fence, at(9000)) == (visit, ())
    _, fired = walk(fence, (6000, 90, 10), (6010, 90, 10), (7000, -60, 10), (7600, -60, 10), visit=visit)
    assert [(one.type, one.at) for one in fired] == [
        (EXITED, at(6000)), (ENTERED, at(7000)), (TRIGGERED, at(7600)),
    ]  # fmt: skip


def test_a_pass_through_does_not_trigger_a_dwell():
    _, fired = walk(terms("place", 600), (0, -60, 10), (60, -60, 10), (120, 300, 10), (900, 400, 10))
    assert fired == [(ENTERED, at(0), None), (EXITED, at(120), None)]
    visit, _ = walk(terms("place", 600), (0, -60, 10), (120, 300, 10))
    assert fencing.tick(visit, terms("place", 600), at(9000)) == (visit, ()), "it may have left at 120"
    assert fencing.due_at(visit, terms("place", 600)) is None


def test_both_durations_at_once_are_told_in_order():
    _, fired = walk(terms("time", 60, 30), (0, -60, 10), (1000, -60, 10))
    assert [(one.at, one.reason) for one in fired[1:]] == [(at(30), "max_duration"), (at(60), "min_duration")]


def test_a_time_fence_is_about_time_alone():
    _, fired = walk(terms("time", None, 600), (0, -60, 10))
    assert [one.type for one in fired] == [ENTERED]


def test_expiry():
    fence = terms("time", 600, expire_at=at(500))
    visit, _ = walk(fence, (0, -60, 10))
    assert fencing.tick(visit, fence, at(9000)) == (visit, ())
    assert fencing.due_at(visit, fence) is None
    assert walk(fence, (500, 900, 10), (600, 900, 10), visit=visit) == (visit, [])
    assert walk(fence, (600, -60, 10)) == (Visit(), [])


def test_a_visit_is_stored_as_json():
    for steps in ([], [(0, -5, 20)], [(0, -60, 10)], [(0, -60, 10), (700, 90, 10)]):
        visit, _ = walk(terms("time", 600), *steps)
        assert fencing.loaded(json.loads(json.dumps(fencing.dumped(visit)))) == visit


@given(st.lists(st.tuples(st.floats(-1, 1), st.one_of(st.none(), st.floats(1, 150))), max_size=60))
def test_noise_at_the_border_does_not_flap(noise: list[tuple[float, float | None]]):
    """Whoever stands on the border, with errors no larger than the device admits or than the margin."""
    steps = [
        (10.0 * n, share * max(accuracy or 0, fencing.MARGIN), accuracy)
        for n, (share, accuracy) in enumerate(noise)
    ]
    _, fired = walk(terms(), *steps)
    assert [one.type for one in fired] in ([], [ENTERED, TRIGGERED])


tracks = st.lists(
    st.tuples(st.floats(-400, 400), st.one_of(st.none(), st.floats(1, 600)), st.integers(-30, 900)),
    max_size=60,
)
durations = st.one_of(st.none(), st.integers(0, 3_000))


@given(tracks, st.sampled_from(["location", "time", "place"]), durations, durations)
def test_enter_and_exit_alternate_and_nothing_is_told_twice(
    track: list[tuple[float, float | None, int]], kind: str, least: int | None, most: int | None
):
    fired: list[Fired] = []
    fence, visit, second = terms(kind, least, most), Visit(), 0
    for distance, accuracy, pause in track:
        second += pause
        visit, more = fencing.step(visit, fence, distance, fix(second, accuracy))
        fired += more
        due = fencing.due_at(visit, fence)
        assert due is None or due > visit.seen  # type: ignore[operator]
    borders = [one.type for one in fired if one.type != TRIGGERED]
    assert borders == [ENTERED if n % 2 == 0 else EXITED for n in range(len(borders))]
    assert [one.at for one in fired] == sorted(one.at for one in fired)
    told: set[str | None] = set()
    for one in fired:
        if one.type == ENTERED:
            told = set()
        assert (one.reason or one.type) not in told
        told.add(one.reason or one.type)


def test_a_walk_through_a_fence():
    """By positions: into a circle of 100 m and out again."""
    told: list[Fired] = []
    fence, area, visit = terms(), shapes.circle(52.5, 13.4, 100), Visit()
    for second in range(0, 240, 5):
        lat, lon = along(*along(52.5, 13.4, 270, 200), 90, 1.7 * second)
        here = Location(T0 + second * SECOND, lat, lon, 8.0)
        visit, fired = fencing.step(visit, fence, area.signed_distance(lat, lon), here)
        told += fired
    assert [one.type for one in told] == [ENTERED, TRIGGERED, EXITED]
    assert (
        metres(52.5, 13.4, *along(*along(52.5, 13.4, 270, 200), 90, 1.7 * (told[0].at - T0) / SECOND)) < 100
    )
    assert told[2].at - told[0].at < 3 * MINUTE
