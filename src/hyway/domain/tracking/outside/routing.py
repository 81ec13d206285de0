"""How long and how far from here to there: estimated by the straight line, or asked of a road router."""

import json
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from hyway.domain.tracking.earth.geodesy import along, bearing, metres
from hyway.domain.tracking.outside.asking import Unanswered, address, ask, number, service
from hyway.domain.tracking.records import Spot
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.outgoing import Outgoing

LONGEST = 30 * 86_400.0
"""Seconds: what a router says beyond is not believed."""
FARTHEST = 4e7
SLOWEST, FASTEST = 0.3, 70.0
"""Metres a second that somebody is believed to move at; slower is standing, faster is a jump."""
FORGETTING = 900.0
"""Seconds of movement after which what was learned before weighs a third."""
TRUST = 600.0
"""Seconds of movement after which a user's own pace counts as much as the table."""
BEND = 0.05
"""How far aside of the straight line a simulated trip runs, as a part of its length."""


class NoRoute(Exception):
    """There is no way, or nobody who tells it; the text says why."""


class Route(NamedTuple):
    seconds: float
    metres: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a user moves when it moves: metres a second, as learned from `weight` seconds of moving."""

    speed: float
    weight: float


class Means(NamedTuple):
    """How a kind of vehicle moves: the way it goes for a metre of straight line, and metres a second door to door
    in a town and on the open road; then what Valhalla and OSRM call it."""

    detour: float
    town: float
    open: float
    costing: str
    profile: str


MEANS: Final[Mapping[str, Means]] = {
    "walking": Means(1.25, 1.35, 1.35, "pedestrian", "foot"),
    "bicycle": Means(1.3, 4.2, 5.0, "bicycle", "bike"),
    "motorcycle": Means(1.35, 8.0, 22.0, "motorcycle", "driving"),
    "car": Means(1.4, 7.5, 24.0, "auto", "driving"),
    "3-wheeler": Means(1.35, 6.0, 9.0, "motor_scooter", "driving"),
    "van": Means(1.4, 7.0, 21.0, "auto", "driving"),
}
_TOWN_ENDS = 20_000.0  # metres of way, of which half is driven as in a town


class Router(Protocol):
    """Whoever knows the roads; `route` raises NoRoute."""

    def route(self, origin: Spot, destination: Spot, vehicle_type: str) -> Route: ...


def means(vehicle_type: str) -> Means:
    """A vehicle that nobody named is taken for a car."""
    return MEANS.get(vehicle_type, MEANS["car"])


def straight(origin: Spot, destination: Spot, vehicle_type: str, own: Pace | None = None) -> Route:
    """The estimate without a map: the great circle and some, at the speed of the vehicle and of its user.

    The user's own pace is believed the more the longer it was seen, and within a third and three times the table.
    """
    kind = means(vehicle_type)
    way = metres(*origin, *destination) * kind.detour
    speed = kind.town + (kind.open - kind.town) * way / (way + _TOWN_ENDS)
    if own is not None and own.weight > 0:
        share = own.weight / (own.weight + TRUST)
        speed += share * (min(max(own.speed, speed / 3), speed * 3) - speed)
    return Route(way / speed, way)


def learn(previous: Pace | None, seconds: float, way: float) -> Pace | None:
    """The pace after another `seconds` of moving over `way` metres; standing and jumps teach nothing."""
    if not (seconds > 0 and SLOWEST <= way / seconds <= FASTEST):
        return previous
    seconds, speed = min(seconds, 4 * FORGETTING), way / seconds
    if previous is None:
        return Pace(speed, seconds)
    kept = previous.weight * math.exp(-seconds / FORGETTING)
    weight = kept + seconds
    return Pace((previous.speed * kept + speed * seconds) / weight, min(weight, 4 * FORGETTING))


def estimate(
    router: Router | None, origin: Spot, destination: Spot, vehicle_type: str, own: Pace | None = None
) -> Route:
    """What the router says, or the straight line where there is no router or it knows no way."""
    if router is not None:
        try:
            return router.route(origin, destination, vehicle_type)
        except NoRoute:
            pass  # an estimate is better than none: a destination in a yard has no road either
    return straight(origin, destination, vehicle_type, own)


class Valhalla:
    """`POST /route` of a Valhalla server."""

    def __init__(self, url: str, out: Outgoing) -> None:
        self._url = address(url, "/route")
        self._out = out

    def route(self, origin: Spot, destination: Spot, vehicle_type: str) -> Route:
        question = {
            "locations": [{"lat": spot.lat, "lon": spot.lon} for spot in (origin, destination)],
            "costing": means(vehicle_type).costing,
            "units": "kilometers",
            "directions_type": "none",
        }
        body = json.dumps(question).encode()
        headers = {"Content-Type": "application/json"}
        try:
            status, answer = ask(self._out, "POST", self._url, headers, body)
            if status != 200:
                raise NoRoute(_why(answer, "error", status))
            trip = _member(answer, "trip")
            summary = _member(trip, "summary")
            mile = 1609.344 if trip.get("units") in ("miles", "mi") else 1000.0
            length = number(summary.get("length"), 0, FARTHEST / mile)
            return Route(number(summary.get("time"), 0, LONGEST), length * mile)
        except Unanswered as error:
            raise NoRoute(str(error)) from error


class Osrm:
    """`GET /route/v1/{profile}/…` of an OSRM server."""

    def __init__(self, url: str, out: Outgoing) -> None:
        self._url = url
        self._out = out

    def route(self, origin: Spot, destination: Spot, vehicle_type: str) -> Route:
        points = ";".join(f"{spot.lon:.6f},{spot.lat:.6f}" for spot in (origin, destination))
        path = f"/route/v1/{means(vehicle_type).profile}/{points}"
        try:
            status, answer = ask(self._out, "GET", address(self._url, path, overview="false"), {})
            if status != 200 or not isinstance(answer, dict) or answer.get("code") != "Ok":
                raise NoRoute(_why(answer, "message", status))
            routes = answer.get("routes")
            best = routes[0] if isinstance(routes, list) and routes else None
            if not isinstance(best, dict):
                raise NoRoute("the answer has no route")
            return Route(number(best.get("duration"), 0, LONGEST), number(best.get("distance"), 0, FARTHEST))
        except Unanswered as error:
            raise NoRoute(str(error)) from error


def router_from(text: str, out: Outgoing) -> Router | None:
    """`valhalla+https://…` or `osrm+https://…` as a router, nothing as none; ValueError for anything else."""
    if not text:
        return None
    kind, url = service(text, ("valhalla", "osrm"))
    return Valhalla(url, out) if kind == "valhalla" else Osrm(url, out)


class Mock(NamedTuple):
    """A position of a simulated trip."""

    lat: float
    lon: float
    at: Instant


def simulate(
    origin: Spot, destination: Spot | None, vehicle_type: str, now: Instant, seed: int = 0
) -> list[Mock]:
    """A made-up trip from `now` on, the same for the same seed; without a destination, to one near by.

    A position every 5 seconds, or so seldom that 500 are enough. It bends aside and its speed varies.
    """
    chance = random.Random(f"{seed}/{origin}/{destination}/{vehicle_type}")  # noqa: S311
    if destination is None:
        destination = Spot(*along(*origin, chance.uniform(0, 360), chance.uniform(1_500, 3_000)))
    way, heading = metres(*origin, *destination), bearing(*origin, *destination)
    lasts = straight(origin, destination, vehicle_type).seconds
    if way < 1:
        return [Mock(*origin, now)]
    count = max(2, min(500, round(lasts / 5)))
    strides = [chance.uniform(0.6, 1.4) for _ in range(count)]
    side, gone, made = chance.choice((-BEND, BEND)) * way, 0.0, [Mock(*origin, now)]
    for at in range(1, count):
        gone += strides[at - 1] / sum(strides)
        on_line = along(*origin, heading, way * gone)
        lat, lon = along(*on_line, heading + 90, side * math.sin(math.pi * gone))
        made.append(Mock(round(lat, 6), round(lon, 6), now + round(lasts * SECOND * at / count)))
    return [*made, Mock(*destination, now + round(lasts * SECOND))]


def _member(answer: object, name: str) -> dict[str, Any]:
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, dict):
        raise NoRoute(f"the answer has no {name}")
    return found


def _why(answer: object, name: str, status: int) -> str:
    said = answer.get(name) if isinstance(answer, dict) else None
    return f"{status}: {str(said)[:300]}" if said else f"the router answered {status}"
