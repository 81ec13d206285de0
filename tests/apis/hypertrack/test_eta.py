"""get_eta/ and simulate/: an estimate always, by the roads where there is a router."""

import time
from typing import Any

import pytest

from hyway.apis.hypertrack import app, outside
from hyway.apis.kit.doorman import Kit
from hyway.domain import tracking
from hyway.domain.tracking import Services, Spot
from hyway.domain.tracking.outside.routing import NoRoute, Route
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.limits import LocalWindow
from tests.apis.hypertrack.conftest import PUBLIC, World, make_world

WAY = {"origin": "37.77493,-122.41942", "destination": "37.79,-122.40"}


async def eta(world: World, **query: Any) -> Any:
    async with world.client(world.new_key("hypertrack-public")) as http:
        return await http.get("/api/v1/get_eta/", params={**WAY, **query})


async def test_without_a_router_by_the_straight_line(world: World) -> None:
    car, walk = (await eta(world)).json(), (await eta(world, vehicle_type="walking")).json()
    assert set(car) == {"duration"}
    assert 120 < car["duration"] < 1_200
    assert walk["duration"] > 2 * car["duration"]
    assert (await eta(world, vehicle_type="three-wheeler")).json() == (
        await eta(world, vehicle_type="3-wheeler")
    ).json()
    assert (await eta(world, destination=WAY["origin"])).json() == {"duration": 0.0}
    assert (await eta(world, destination=WAY["destination"] + "/")).json() == car


class Router:
    def __init__(self, does: Any) -> None:
        self.does = does

    def route(self, origin: Spot, destination: Spot, vehicle_type: str) -> Route:
        if isinstance(self.does, Exception):
            raise self.does
        if self.does == "sleep":
            time.sleep(0.4)
        return Route(321.0, 1000.0)


@pytest.mark.parametrize(("does", "asked"), [("answer", True), (NoRoute("down"), False), ("sleep", False)])
async def test_a_router_is_asked_and_not_waited_for(
    db: Database, does: Any, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "SECONDS", 0.1)
    world = make_world(db)
    plain = (await eta(world)).json()
    world.app = app(Kit(db, PUBLIC, 10_000, (), LocalWindow()), services=Services(Router(does)))
    assert (await eta(world)).json() == ({"duration": 321.0} if asked else plain)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"origin": ""}, "origin"),
        ({"origin": "1"}, "origin"),
        ({"origin": "91,0"}, "origin"),
        ({"destination": "0,181"}, "destination"),
        ({"destination": "nan,0"}, "destination"),
        ({"destination": "1,2,3"}, "destination"),
        ({"vehicle_type": "rocket"}, "vehicle_type"),
    ],
)
async def test_what_is_no_way(world: World, query: dict[str, str], field: str) -> None:
    answer = await eta(world, **query)
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("ends", [True, False])
async def test_a_made_up_trip(world: World, ends: bool) -> None:
    query = WAY if ends else {"origin": WAY["origin"]}
    async with world.client(world.new_key("hypertrack-public")) as http:
        answer = (await http.get("/api/v1/simulate/", params=query)).json()
    trip = tracking.polyline.decode_timed(answer["time_aware_polyline"])
    assert len(trip) > 10
    assert trip[0][:2] == (37.77493, -122.41942)
    if ends:
        assert trip[-1][:2] == (37.79, -122.40)
    assert abs(trip[0][2] - clock.now()) < clock.MINUTE
    assert [at for *_, at in trip] == sorted(at for *_, at in trip)
