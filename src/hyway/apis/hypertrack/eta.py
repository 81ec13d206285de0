"""/api/v1/get_eta/ and /api/v1/simulate/: how long from here to there, and a trip that nobody makes."""

import contextlib
from typing import Annotated, Any, Literal, TypedDict

from msgspec import Meta, Struct

from hyway.apis.hypertrack.fields import LatLon
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.outside import asked
from hyway.apis.hypertrack.style import APP
from hyway.apis.kit.operations import Ask
from hyway.domain import tracking
from hyway.kernel import clock

VehicleType = Literal[
    "unknown", "walking", "bicycle", "motorcycle", "car", "3-wheeler", "three-wheeler", "van"
]


class EtaQuery(Struct, kw_only=True):
    origin: Annotated[LatLon, Meta(description="LATITUDE,LONGITUDE")]
    destination: Annotated[LatLon, Meta(description="LATITUDE,LONGITUDE")]
    vehicle_type: VehicleType = "car"


class SimulateQuery(Struct, kw_only=True):
    origin: Annotated[LatLon, Meta(description="LATITUDE,LONGITUDE")]
    destination: Annotated[LatLon, Meta(description="Somewhere near by, if not said.")] | None = None
    vehicle_type: VehicleType = "car"


class Eta(TypedDict):
    duration: Annotated[float, Meta(description="Seconds.")]


class Simulated(TypedDict):
    time_aware_polyline: str


@operation("GET", "/api/v1/get_eta/", scope=APP, query=EtaQuery, gives=Eta)
async def get_eta(ask: Ask, query: EtaQuery) -> dict[str, Any]:
    """Estimate how long a way takes.

    By the roads where this server has a router and it knows a way, else by the straight line.
    """
    start, end, vehicle = query.origin, query.destination, _vehicle(query.vehicle_type)
    route = tracking.routing.straight(start, end, vehicle)
    if ask.tools.router is not None:
        with contextlib.suppress(tracking.routing.NoRoute, TimeoutError):  # an estimate is better than none
            route = await asked(ask.tools.router.route, start, end, vehicle)
    return {"duration": round(route.seconds, 1)}


@operation("GET", "/api/v1/simulate/", scope=APP, query=SimulateQuery, gives=Simulated)
async def simulate(ask: Ask, query: SimulateQuery) -> dict[str, Any]:
    """Make up a trip.

    A time-aware polyline from now on, to try an app with.
    """
    now = clock.now()
    trip = tracking.routing.simulate(
        query.origin, query.destination, _vehicle(query.vehicle_type), now, seed=now
    )
    return {"time_aware_polyline": tracking.polyline.encode_timed(trip)}


def _vehicle(said: str) -> str:
    return "3-wheeler" if said == "three-wheeler" else said


OPERATIONS = (get_eta, simulate)
