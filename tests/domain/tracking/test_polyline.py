"""Polylines as the vendor's library writes them."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from time_aware_polyline import (  # type: ignore[import-untyped]
    decode_time_aware_polyline,
    encode_time_aware_polyline,
)

from hyway.domain.tracking.earth.polyline import (
    decode,
    decode_timed,
    encode,
    encode_timed,
    extend,
    extend_timed,
    without_times,
)
from hyway.kernel import clock
from hyway.kernel.clock import SECOND


def at(text: str) -> int:
    return clock.instant(datetime.fromisoformat(text))


DOCUMENTED = [
    (19.13626, 72.92506, at("2016-07-21T05:43:09+00:00")),
    (19.13597, 72.92495, at("2016-07-21T05:43:15+00:00")),
    (19.13553, 72.92469, at("2016-07-21T05:43:21+00:00")),
]
DOCUMENTED_TEXT = "spxsBsdb|Lymo`qvAx@TKvAr@K"
# A pause, a leap over the equator and half the earth, and a step back in time.
WILD = [
    (37.77493, -122.41942, at("2017-07-14T02:41:01Z")),
    (37.77505, -122.41890, at("2017-07-14T02:41:11Z")),
    (37.77550, -122.41810, at("2017-07-14T02:41:25Z")),
    (37.77550, -122.41810, at("2017-07-14T02:45:25Z")),
    (-33.86785, 151.20732, at("2017-07-14T02:45:26Z")),
    (-33.86785, 151.20732, at("2017-07-14T02:45:20Z")),
]
WILD_TEXT = r"i|peFj`ejVyrv_lxAWgBSyA_D[??_N|ygtL{maes@A??J"

LATS = st.floats(-90, 90, allow_nan=False)
LONS = st.floats(-180, 180, allow_nan=False)
TIMES = st.integers(0, 4_000_000_000 * SECOND)
POINTS = st.lists(st.tuples(LATS, LONS, TIMES), max_size=30)


def rounded(points):
    return [(round(lat, 5), round(lon, 5), when // SECOND * SECOND) for lat, lon, when in points]


@pytest.mark.parametrize(("points", "text"), [(DOCUMENTED, DOCUMENTED_TEXT), (WILD, WILD_TEXT), ([], "")])
def test_the_known_lines(points, text):
    assert encode_timed(points) == text
    assert decode_timed(text) == points


def test_a_plain_line():
    assert encode(WILD[:3]) == "i|peFj`ejVWgByA_D"
    assert decode("i|peFj`ejVWgByA_D") == [point[:2] for point in WILD[:3]]
    assert encode([]) == ""
    assert decode("") == []


def test_extended_it_is_the_whole():
    head = r"i|peFj`ejVyrv_lxAWgBS"
    assert encode_timed(WILD[:2]) == head
    assert extend_timed(head, WILD[2:], WILD[1]) == WILD_TEXT
    assert extend_timed(head, [], WILD[1]) == head
    assert extend("i|peFj`ejVWgB", WILD[2:3], WILD[1]) == "i|peFj`ejVWgByA_D"
    assert extend("", WILD[:3], None) == "i|peFj`ejVWgByA_D"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "?"), (1, "A"), (-1, "@"), (15, "]"), (16, "_@"), (-16, "^"), (-6, "J"), (3777493, "i|peF"),
     (-12241942, "j`ejV")],
)  # fmt: skip
def test_numbers(number: int, text: str):
    assert encode([(0.0, number / 1e5)]) == "?" + text


def test_a_fraction_of_a_second_is_cut_off():
    assert encode_timed([(0.0, 0.0, 0)]) == "???"
    assert encode_timed([(0.0, 0.0, 1_500_000_061_739_000)]) == "??yrv_lxA"
    assert encode_timed([(0.0, 0.0, -1_500_000)]) == "??@"


@given(POINTS)
def test_the_way_back_gives_the_rounded_points(points):
    assert decode_timed(encode_timed(points)) == rounded(points)
    assert decode(encode(points)) == [point[:2] for point in rounded(points)]


@given(POINTS, st.integers(0, 30))
def test_any_cut_extended_is_the_whole(points, cut):
    head, tail = points[:cut], points[cut:]
    last = head[-1] if head else None
    assert extend_timed(encode_timed(head), tail, last) == encode_timed(points)
    assert extend(encode(head), tail, last) == encode(points)


@given(POINTS)
def test_as_the_published_package(points):
    theirs = [
        [lat, lon, datetime.fromtimestamp(when // SECOND, UTC).isoformat()] for lat, lon, when in points
    ]
    text = encode_time_aware_polyline(theirs)
    assert encode_timed(points) == text
    assert [(lat, lon, at(when)) for lat, lon, when in decode_time_aware_polyline(text)] == decode_timed(text)


@pytest.mark.parametrize("text", ["_", "?", "??", "i|peFj`ejV~", "é??", " ??", "\u20ac??", "???_"])
def test_what_is_no_line_is_refused(text: str):
    with pytest.raises(ValueError, match="polyline"):
        decode_timed(text)


def test_twenty_thousand_points_take_no_time():
    points = [(45 + i * 1e-4, 14 + i * 3e-4, 1_600_000_000_000_000 + i * SECOND) for i in range(20_000)]
    best = 1.0
    for _ in range(5):
        began = time.perf_counter()
        encode_timed(points)
        best = min(best, time.perf_counter() - began)
    assert best < 0.12  # 0.01 s on a machine at rest


@given(POINTS)
def test_a_time_aware_line_gives_the_plain_one(points):
    assert without_times(encode_timed(points)) == encode(points)
