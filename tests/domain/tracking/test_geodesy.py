"""Distances and directions, compared with the exact geodesic, at the awkward places most of all."""

from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.tracking.earth.geodesy import (
    above,
    along,
    bearing,
    chord,
    earth,
    from_chord,
    geodesic,
    metres,
    over_ground,
    unit,
)

LATS = st.floats(-90, 90)
LONS = st.floats(-180, 180)
CORNERS = st.sampled_from([-90.0, -89.99999, 0.0, 89.99999, 90.0])
EDGES = st.sampled_from([-180.0, -179.99999, 0.0, 179.99999, 180.0])


@given(LATS | CORNERS, LONS | EDGES, LATS | CORNERS, LONS | EDGES)
def test_metres_are_those_of_the_geodesic(lat1, lon1, lat2, lon2):
    exact = geodesic(lat1, lon1, lat2, lon2)
    assert metres(lat1, lon1, lat2, lon2) == pytest.approx(exact, rel=1e-5, abs=1e-5)


@given(LATS | CORNERS, LONS | EDGES, st.floats(0, 359.9), st.floats(0.5, 400_000))
def test_along_and_back(lat, lon, direction, distance):
    there = along(lat, lon, direction, distance)
    assert -180 <= there[1] <= 180
    assert metres(lat, lon, *there) == pytest.approx(distance, rel=1e-5, abs=1e-4)
    if abs(lat) < 89 and distance > 10:
        off = abs(bearing(lat, lon, *there) - direction)
        assert min(off, 360 - off) < 1e-3


def test_known_places():
    assert metres(45.0, 14.0, 45.0, 14.0) == 0
    assert geodesic(0, 0, 0, 1) == pytest.approx(111_319.491, abs=0.001)  # a degree of the equator
    assert geodesic(0, 0, 1, 0) == pytest.approx(110_574.389, abs=0.001)  # of a meridian, there
    assert metres(0, 179.9995, 0, -179.9995) == pytest.approx(111.319, abs=0.01)
    assert metres(89.9999, 0, 89.9999, 180) == pytest.approx(22.339, abs=0.01)  # over the pole
    assert metres(90, 0, 90, 123) < 1e-6
    assert metres(0, 0, 0, 180) == pytest.approx(20_003_931.5, abs=1)  # halfway round, by the pole


def test_bearings():
    assert bearing(45, 14, 46, 14) == 0
    assert bearing(0, 179.9, 0, -179.9) == pytest.approx(90)
    assert bearing(0, -179.9, 0, 179.9) == pytest.approx(270)
    assert bearing(45, 14, 44, 14) == pytest.approx(180)
    assert bearing(45, 14, 45, 14) == 0
    assert 0 <= bearing(10, 0, 11, -1e-15) < 360


@given(LATS, LONS)
def test_earth_and_back(lat, lon):
    back = above(*earth(lat, lon))
    assert metres(lat, lon, *back) < 1e-3
    assert sum(each * each for each in unit(lat, lon)) == pytest.approx(1)


@given(LATS | CORNERS, LONS | EDGES, st.floats(0, 359), st.floats(1, 5_000_000))
def test_chords_find_what_is_near(lat, lon, direction, distance):
    there = along(lat, lon, direction, distance)
    apart = dist(unit(lat, lon), unit(*there))
    assert from_chord(apart) == pytest.approx(distance, rel=6e-3, abs=0.1)
    assert apart <= chord(distance * 1.006 + 0.1)


@given(st.floats(0, 20_000_000))
def test_chord_and_back(distance):
    assert from_chord(chord(distance)) == pytest.approx(distance, rel=1e-6, abs=1e-6)


def test_the_arc_over_a_chord_has_no_steps():
    for edge in (20_000.0, 500_000.0):
        assert over_ground(edge) - over_ground(edge - 1e-6) < edge * 1e-5
