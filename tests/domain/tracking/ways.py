"""Ways for the tests: recorded tracks, made-up ones, and a shelf that keeps stretches as a database would."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import gpxpy

from hyway.domain.tracking.days.meter import Fix
from hyway.domain.tracking.days.segmenting import Machine, Stretch
from hyway.domain.tracking.days.timeline import Start, follow
from hyway.domain.tracking.earth.geodesy import geodesic
from hyway.kernel import clock
from hyway.kernel.clock import SECOND

TRACKS = Path(__file__).parents[2] / "data" / "tracks"
NOON = 1_600_000_000 * SECOND


def recorded(name: str) -> list[Fix]:
    track = gpxpy.parse((TRACKS / f"{name}.gpx").read_text())
    return [
        Fix(clock.instant(point.time), point.latitude, point.longitude)
        for each in track.tracks
        for segment in each.segments
        for point in segment.points
        if point.time
    ]


def north(fix: Fix, north_m: float, east_m: float, seconds: float, **changes) -> Fix:
    """A fix so many metres and seconds away."""
    lat = fix.lat + north_m / 111_200
    lon = fix.lon + east_m / (111_320 * max(0.01, math.cos(math.radians(fix.lat))))
    at = fix.at + round(seconds * SECOND)
    return fix._replace(at=at, lat=round(lat, 7), lon=round((lon + 180) % 360 - 180, 7), **changes)


def parked(at: Fix, seconds: int, every: int = 1, sigma: float = 15.0, seed: int = 1) -> list[Fix]:
    """Standing at a fix, with a receiver whose every position is off by `sigma` metres north and east."""
    rng = Random(seed)
    return [
        north(at, rng.gauss(0, sigma), rng.gauss(0, sigma), after)
        for after in range(every, seconds + every, every)
    ]


def pausing(fixes: list[Fix], where: int, seconds: int, every: int = 1, seed: int = 1) -> list[Fix]:
    """The same way with a jittering pause after one of its fixes."""
    later = [fix._replace(at=fix.at + seconds * SECOND) for fix in fixes[where + 1 :]]
    return fixes[: where + 1] + parked(fixes[where], seconds, every, seed=seed) + later


def way(legs: Iterable[tuple[float, int, int, float]], start: Fix, seed: int) -> list[Fix]:
    """Legs of (metres a second, seconds, seconds between fixes, jitter in metres); 0 m/s is a stop."""
    rng = Random(seed)
    true, fixes, heading = start, [start], 0.0
    for speed, seconds, every, sigma in legs:
        for _ in range(every, seconds + every, every):
            heading += rng.gauss(0, 0.3)
            far = speed * every
            true = north(true, far * math.cos(heading), far * math.sin(heading), every)
            fixes.append(north(true, rng.gauss(0, sigma), rng.gauss(0, sigma), 0))
    return fixes


def length(fixes: list[Fix]) -> float:
    return sum(geodesic(*one[1:3], *other[1:3]) for one, other in pairwise(fixes))


class Shelf:
    """One user's fixes and stretches, kept as the store keeps them."""

    def __init__(self) -> None:
        self.fixes: list[Fix] = []
        self.stretches: list[Stretch] = []
        self.state: str | None = None
        self.read = 0

    def since(self, at: int) -> Iterator[Fix]:
        for place in range(bisect_left(self.fixes, (at,)), len(self.fixes)):
            self.read += 1
            yield self.fixes[place]

    def decided_before(self, at: int) -> Start | None:
        found = [Start(each.began, each.decided_at) for each in self.stretches if each.decided_at < at]
        return found[-1] if found else None

    def beginning(self, at: int) -> Start | None:
        found = [Start(each.began, each.decided_at) for each in self.stretches if each.began.at == at]
        assert len(found) < 2
        return found[0] if found else None

    def receive(self, fixes: Iterable[Fix]) -> None:
        """Store what is new, hand everything over, keep what follows from it; the machine through its JSON."""
        chunk = list(fixes)
        for fix in chunk:
            place = bisect_left(self.fixes, fix)
            if self.fixes[place : place + 1] != [fix]:
                insort(self.fixes, fix)
        machine = Machine.from_json(self.state) if self.state else None
        outcome = follow(self, machine, chunk)
        if outcome.drop_from is not None:
            before = math.inf if outcome.drop_before is None else outcome.drop_before
            self.stretches = [
                each for each in self.stretches if not outcome.drop_from <= each.began.at < before
            ]
        self.stretches = sorted([*self.stretches, *outcome.closed], key=lambda each: each.began.at)
        self.state = outcome.machine.to_json() if outcome.machine else None

    def live(self) -> Stretch:
        assert self.state
        return Machine.from_json(self.state).live()

    def all(self) -> list[Stretch]:
        return [*self.stretches, self.live()]

    def kinds(self) -> list[str]:
        return [each.kind for each in self.all()]

    def metres(self) -> float:
        return sum(each.distance for each in self.all())


def shelved(fixes: list[Fix]) -> Shelf:
    """A shelf that received all in one ordered pass."""
    shelf = Shelf()
    shelf.receive(fixes)
    return shelf
