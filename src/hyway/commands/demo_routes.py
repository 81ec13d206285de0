"""Ways through a town that nobody drove: along streets that cross at right angles, with lights to wait at."""

import math
import random
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from hyway.domain import tracking
from hyway.domain.tracking import Reading, Spot
from hyway.kernel.clock import MINUTE, SECOND, Instant

SPEEDS = {"van": 8.5, "car": 9.0, "motorcycle": 10.0, "bicycle": 4.8, "walking": 1.4}
"""Metres a second while it moves."""
_ACTIVITY = {"walking": "walking", "bicycle": "cycling"}
_STREETS = math.radians(17.0)
_DEGREE = 111_320.0  # metres of latitude
_MOVING, _PARKED = 10 * SECOND, MINUTE


class Step(NamedTuple):
    """Where somebody is, and how fast in which direction."""

    at: Instant
    spot: Spot
    speed: float
    bearing: float


def drive(start: Spot, end: Spot, kind: str, since: Instant, chance: random.Random) -> list[Step]:
    """A position every ten seconds from one place to another; the last one is at the end."""
    steps: list[Step] = []
    at, due = since, since
    for here, there in pairwise(_corners(start, end, chance)):
        length, bearing = _measured(here, there)
        speed = SPEEDS[kind] * chance.uniform(0.8, 1.15)
        arrives = at + round(length / speed * SECOND)
        while due < arrives:
            steps.append(Step(due, _between(here, there, (due - at) / (arrives - at)), speed, bearing))
            due += _MOVING
        at = arrives + round(chance.choice((0, 0, 15, 35)) * SECOND)
        while due < at:  # a light
            steps.append(Step(due, there, 0.0, bearing))
            due += _MOVING
    steps.append(Step(max(due, at), end, 0.0, 0.0))
    return steps


def stay(spot: Spot, since: Instant, until: Instant) -> Iterator[Step]:
    """A position a minute."""
    yield from (Step(at, spot, 0.0, 0.0) for at in range(since, until, _PARKED))


def apart(here: Spot, there: Spot) -> float:
    """Metres of straight line."""
    return _measured(here, there)[0]


def reading(step: Step, kind: str, chance: random.Random) -> Reading | None:
    """What a phone says of it: a few metres off, as phones are."""
    lat = step.spot.lat + chance.gauss(0, 3) / _DEGREE
    lon = step.spot.lon + chance.gauss(0, 3) / _wide(step.spot)
    moves = step.speed > 0
    return tracking.receiving.reading(
        step.at, lat, lon,
        accuracy=round(chance.uniform(4, 12), 1),
        speed=round(step.speed, 1),
        bearing=round(step.bearing, 1) if moves else None,
        altitude=round(chance.uniform(33, 36), 1),
        activity=_ACTIVITY.get(kind, "automotive") if moves else "stationary",
        confidence=chance.randrange(70, 101),
        provider="gps",
    )  # fmt: skip


def _corners(start: Spot, end: Spot, chance: random.Random) -> list[Spot]:
    """Where it turns: some way along the streets, then some across, until it is there."""
    north, east = (end.lat - start.lat) * _DEGREE, (end.lon - start.lon) * _wide(start)
    along = north * math.cos(_STREETS) + east * math.sin(_STREETS)
    across = east * math.cos(_STREETS) - north * math.sin(_STREETS)
    turns = max(2, round(math.hypot(along, across) / 700))
    first, second = _parts(along, turns, chance), _parts(across, turns, chance)
    made, done, over = [start], 0.0, 0.0
    for a, b in zip(first, second, strict=True):
        made.append(_at(start, done + a, over))
        made.append(_at(start, done + a, over + b))
        done, over = done + a, over + b
    return [*made[:-1], end]


def _parts(whole: float, many: int, chance: random.Random) -> list[float]:
    shares = [chance.uniform(0.4, 1.6) for _ in range(many)]
    return [whole * share / sum(shares) for share in shares]


def _at(start: Spot, along: float, across: float) -> Spot:
    north = along * math.cos(_STREETS) - across * math.sin(_STREETS)
    east = along * math.sin(_STREETS) + across * math.cos(_STREETS)
    return Spot(start.lat + north / _DEGREE, start.lon + east / _wide(start))


def _between(here: Spot, there: Spot, share: float) -> Spot:
    return Spot(here.lat + (there.lat - here.lat) * share, here.lon + (there.lon - here.lon) * share)


def _measured(here: Spot, there: Spot) -> tuple[float, float]:
    """Metres, and degrees clockwise from north."""
    north, east = (there.lat - here.lat) * _DEGREE, (there.lon - here.lon) * _wide(here)
    return max(1.0, math.hypot(north, east)), math.degrees(math.atan2(east, north)) % 360


def _wide(spot: Spot) -> float:
    return _DEGREE * math.cos(math.radians(spot.lat))


__all__ = ["Step", "apart", "drive", "reading", "stay"]
