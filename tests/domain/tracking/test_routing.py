"""Estimates by the straight line and by what a user was seen to do; routers over their documented wires."""

import contextlib
import itertools
import json
import math
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.tracking.earth.geodesy import along, metres
from hyway.domain.tracking.outside import routing
from hyway.domain.tracking.outside.routing import NoRoute, Osrm, Pace, Router, Valhalla
from hyway.domain.tracking.records import VEHICLES, Spot
from hyway.kernel.clock import SECOND
from hyway.kernel.outgoing import Answer, Outgoing
from tests.make import maps
from tests.make.maps import MapServer

OUT = Outgoing(lambda _: True)
HERE = Spot(37.77493, -122.41942)
THERE = Spot(*along(*HERE, 70, 5_000))
POLE = Spot(89.0, 0.0)


@pytest.fixture
def valhalla() -> Iterator[MapServer]:
    with maps.valhalla() as made:
        yield made


@pytest.fixture
def osrm() -> Iterator[MapServer]:
    with maps.osrm() as made:
        yield made


# --- the straight line


def test_a_longer_way_than_the_crow_flies():
    for vehicle in VEHICLES:
        route = routing.straight(HERE, THERE, vehicle)
        assert 1.2 * 5_000 < route.metres < 1.5 * 5_000
        assert 1.2 < route.metres / route.seconds < 15
    walking, car = (routing.straight(HERE, THERE, kind).seconds for kind in ("walking", "car"))
    assert walking > 4 * car
    assert routing.straight(HERE, THERE, "unknown") == routing.straight(HERE, THERE, "car")
    assert routing.straight(HERE, HERE, "car") == (0, 0)


def test_the_open_road_is_quicker_than_the_town():
    far = routing.straight(HERE, Spot(*along(*HERE, 70, 300_000)), "car")
    near = routing.straight(HERE, THERE, "car")
    assert far.metres / far.seconds > 1.9 * near.metres / near.seconds


def test_over_the_antimeridian():
    assert routing.straight(Spot(0, 179.99), Spot(0, -179.99), "car").metres < 5_000


def test_a_users_own_pace_is_believed_by_degrees():
    table = routing.straight(HERE, THERE, "bicycle")
    seconds = [
        routing.straight(HERE, THERE, "bicycle", Pace(8.0, weight)).seconds for weight in (0, 60, 600, 1e9)
    ]
    assert seconds == sorted(seconds, reverse=True)
    assert seconds[0] == table.seconds
    assert table.metres / seconds[-1] == pytest.approx(8.0, rel=0.001)
    absurd = routing.straight(HERE, THERE, "walking", Pace(60.0, 1e9))
    assert absurd.seconds == pytest.approx(routing.straight(HERE, THERE, "walking").seconds / 3, rel=0.001)


moves = st.lists(st.tuples(st.floats(0, 7_200), st.floats(0, 200_000)), min_size=1, max_size=30)


@given(moves)
def test_what_is_learned_lies_within_what_was_seen(seen: list[tuple[float, float]]):
    pace: Pace | None = None
    speeds = []
    for seconds, way in seen:
        pace = routing.learn(pace, seconds, way)
        if seconds > 0 and routing.SLOWEST <= way / seconds <= routing.FASTEST:
            speeds.append(way / seconds)
    if pace is None:
        assert not speeds
        return
    assert min(speeds) * 0.999 <= pace.speed <= max(speeds) * 1.001
    assert 0 < pace.weight <= 4 * routing.FORGETTING


def test_new_ways_replace_old_ones():
    pace = None
    for _ in range(60):
        pace = routing.learn(pace, 60, 60 * 12)
    for _ in range(60):
        pace = routing.learn(pace, 60, 60 * 4)
    assert pace is not None
    assert pace.speed == pytest.approx(4, rel=0.1)
    assert routing.learn(pace, 600, 0) == pace, "standing is no pace"
    assert routing.learn(pace, 1, 5_000) == pace, "nor is a jump"
    assert routing.learn(pace, 0, 10) == pace


# --- routers


def test_valhalla_is_asked_as_it_is_documented(valhalla: MapServer):
    route = Valhalla(valhalla.url, OUT).route(HERE, THERE, "bicycle")
    assert route.metres == pytest.approx(5_000, rel=0.005)
    assert route.seconds == pytest.approx(500, rel=0.005)
    (asked,) = valhalla.asked
    assert (asked.method, asked.path, asked.headers["Content-Type"]) == ("POST", "/route", "application/json")
    assert asked.body["locations"] == [
        {"lat": HERE.lat, "lon": HERE.lon},
        {"lat": THERE.lat, "lon": THERE.lon},
    ]
    assert asked.body["costing"] == "bicycle"


@pytest.mark.parametrize("vehicle", VEHICLES)
def test_every_vehicle_has_a_costing_and_a_profile(valhalla: MapServer, osrm: MapServer, vehicle: str):
    assert Valhalla(valhalla.url, OUT).route(HERE, THERE, vehicle).seconds > 0
    assert Osrm(osrm.url, OUT).route(HERE, THERE, vehicle).seconds > 0


def test_valhalla_may_answer_in_miles(valhalla: MapServer):
    trip = {"trip": {"units": "miles", "summary": {"length": 2.0, "time": 60}, "status": 0}}
    valhalla.instead = 200, json.dumps(trip).encode()
    assert Valhalla(valhalla.url, OUT).route(HERE, THERE, "car") == (60, 2 * 1_609.344)


def test_osrm_is_asked_as_it_is_documented(osrm: MapServer):
    route = Osrm(osrm.url + "/", OUT).route(HERE, THERE, "walking")
    assert route.metres == pytest.approx(5_000, rel=0.005)
    assert route.seconds == pytest.approx(500, rel=0.005)
    (asked,) = osrm.asked
    assert asked.method == "GET"
    assert asked.path == f"/route/v1/foot/{HERE.lon:.6f},{HERE.lat:.6f};{THERE.lon:.6f},{THERE.lat:.6f}"
    assert asked.query == {"overview": "false"}


def test_no_way_is_told_in_the_routers_words(valhalla: MapServer, osrm: MapServer):
    with pytest.raises(NoRoute, match="400: No suitable edges near location"):
        Valhalla(valhalla.url, OUT).route(HERE, POLE, "car")
    with pytest.raises(NoRoute, match="400: Impossible route between points"):
        Osrm(osrm.url, OUT).route(HERE, POLE, "car")


NONSENSE = [
    b"", b"no", b"null", b"[]", b"7", b'"trip"', b"[" * 100_000, b"\xff\xfe", b"{}", b'{"trip":[]}', b'{"code":"Ok"}',
    b'{"trip":{"summary":7}}', b'{"trip":{"summary":{}}}', b'{"trip":{"summary":{"time":null,"length":1}}}',
    b'{"trip":{"summary":{"time":NaN,"length":1}}}', b'{"trip":{"summary":{"time":-1,"length":1}}}',
    b'{"trip":{"summary":{"time":1,"length":1e99}}}', b'{"trip":{"summary":{"time":true,"length":1}}}',
    b'{"code":"Ok","routes":[]}', b'{"code":"Ok","routes":{}}', b'{"code":"Ok","routes":[7]}',
    b'{"code":"Ok","routes":[{"duration":Infinity,"distance":1}]}', b'{"code":"Ok","routes":[{"duration":1}]}',
    b'{"code":"Ok","routes":[{"duration":1,"distance":1' + b"0" * 5_000 + b"}]}",
    b'{"code":"Ok","routes":[{"duration":1,"distance":"1' + b"0" * 5_000 + b'"}]}',
]  # fmt: skip


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("made", [Valhalla, Osrm])
def test_nonsense_is_no_route(osrm: MapServer, made: Callable[..., Router], body: bytes, status: int):
    osrm.instead = status, body
    with pytest.raises(NoRoute):
        made(osrm.url, OUT).route(HERE, THERE, "car")


@given(st.binary(max_size=200))
def test_any_bytes_are_no_route(body: bytes):
    class Says:
        def send(self, *args: object, **more: object) -> Answer:
            return Answer(200, {}, body)

    for made in (Valhalla, Osrm):
        with contextlib.suppress(NoRoute):
            made("http://127.0.0.1", Says()).route(HERE, THERE, "car")  # type: ignore[arg-type]


def test_nobody_there_is_no_route():
    with pytest.raises(NoRoute):
        Valhalla("http://127.0.0.1:1", OUT).route(HERE, THERE, "car")
    with pytest.raises(NoRoute):
        Osrm("http://127.0.0.1:1", OUT).route(HERE, THERE, "car")
    with pytest.raises(NoRoute, match="not public"):
        Osrm("http://127.0.0.1:1", Outgoing(lambda _: False)).route(HERE, THERE, "car")


def test_the_setting(osrm: MapServer):
    assert routing.router_from("", OUT) is None
    assert isinstance(routing.router_from("valhalla+https://maps.example/valhalla", OUT), Valhalla)
    router = routing.router_from(f"osrm+{osrm.url}/below?api_key=one+two", OUT)
    assert router is not None
    with pytest.raises(NoRoute):
        router.route(HERE, THERE, "car")
    assert osrm.asked[0].path.startswith("/below/route/v1/driving/")
    assert osrm.asked[0].query == {"api_key": "one two", "overview": "false"}
    for wrong in (
        "https://maps.example",
        "google+https://maps.example",
        "osrm+ftp://a",
        "osrm+",
        "osrm+https://",
    ):
        with pytest.raises(ValueError, match="valhalla\\+https"):
            routing.router_from(wrong, OUT)


def test_an_estimate_is_always_had(osrm: MapServer):
    router = Osrm(osrm.url, OUT)
    assert routing.estimate(router, HERE, THERE, "car").seconds == pytest.approx(500, rel=0.005)
    line = routing.straight(HERE, POLE, "car")
    assert routing.estimate(router, HERE, POLE, "car") == line
    assert routing.estimate(None, HERE, POLE, "car") == line


# --- simulated trips


@pytest.mark.parametrize("destination", [None, THERE, Spot(*along(*HERE, 10, 400_000)), Spot(-37.8, 58.0)])
@pytest.mark.parametrize("vehicle", ["walking", "car"])
def test_a_mock_trip(destination: Spot | None, vehicle: str):
    trip = routing.simulate(HERE, destination, vehicle, 1_000 * SECOND, seed=7)
    assert trip == routing.simulate(HERE, destination, vehicle, 1_000 * SECOND, seed=7)
    assert trip != routing.simulate(HERE, destination, vehicle, 1_000 * SECOND, seed=8)
    assert trip[0] == (*HERE, 1_000 * SECOND)
    end = Spot(trip[-1].lat, trip[-1].lon)
    assert destination is None or end == destination
    assert metres(*HERE, *end) > 1_000
    times = [at.at for at in trip]
    assert times == sorted(set(times))
    assert 10 < len(trip) <= 501
    steps = [
        metres(*one[:2], *two[:2]) / ((two.at - one.at) / SECOND) for one, two in itertools.pairwise(trip)
    ]
    assert max(steps) < routing.FASTEST


def test_a_mock_trip_over_the_antimeridian_and_to_where_one_is():
    trip = routing.simulate(Spot(-17.0, 179.99), Spot(-17.0, -179.99), "car", 0)
    assert all(abs(at.lon) > 179.9 and math.isfinite(at.lat) for at in trip)
    assert routing.simulate(HERE, HERE, "car", 5) == [(*HERE, 5)]
