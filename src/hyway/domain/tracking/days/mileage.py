"""How far a user went between two instants, how long, by what means, and which way. Only trips count."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from hyway.domain.tracking.days import meter, trips
from hyway.domain.tracking.days.meter import PathPoint
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.records import Account, Segment
from hyway.domain.tracking.store import segments as store
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read

_FIRST = re.compile(r"(?:[_-~]*[?-^]){3}")
"""The three numbers of the first point of a time-aware polyline."""
_ALWAYS = (-(1 << 62), 1 << 62)


class Mileage(NamedTuple):
    """Metres and seconds of trips, in all and by activity as (metres, seconds), and their time-aware polyline."""

    distance: float
    duration: float
    activities: dict[str, tuple[float, float]]
    path: str


class Stay(NamedTuple):
    """Whose way between which instants."""

    user_seq: int
    start: Instant
    end: Instant


def between(r: Read, account: Account, user_seq: int, start: Instant, end: Instant) -> Mileage:
    """The user's mileage in [start, end).

    A trip that lies in it whole counts as it is shown; of one that is cut counts what its way has in that time, so
    that the parts of a time add up to the whole. Stops and gaps count nothing.
    """
    sums = _Sums(start, end)
    for segment in store.touching(r, account.seq, user_seq, start, end):
        if segment.kind == "trip" and segment.ended is not None:
            last = (segment.ended.lat, segment.ended.lon, segment.ended.at)
            sums.add(segment, segment.path, last, partial(polyline.decode_timed, segment.path))
    found = trips.under_way(r, account, user_seq, start, end)
    if found is not None:
        points, segment = found
        sums.add(segment, segment.path, points[-1], lambda: points)
    return sums.mileage()


def between_many(r: Read, account: Account, stays: Sequence[Stay]) -> list[Mileage]:
    """The same for each of many, in their order."""
    return [between(r, account, *stay) for stay in stays]


class _Sums:
    """Adds trips in their order."""

    def __init__(self, start: Instant, end: Instant) -> None:
        self._start, self._end = start, end
        self._distance = self._duration = 0.0
        self._activities: dict[str, list[float]] = {}
        self._texts: list[str] = []
        self._last: PathPoint | None = None

    def add(self, trip: Segment, path: str, last: PathPoint, points: Callable[[], list[PathPoint]]) -> None:
        """`last` is the point at which the trip's way ends; `points`, all of it, are asked for only if it is cut."""
        until = last[2]
        if self._start <= trip.began_at and until <= self._end:
            self._count(trip, 1.0, 1.0)
            self._append(path, last)
            return
        line = points()
        self._count(trip, *shares(line, trip.began_at, until, self._start, self._end))
        part = cut(line, self._start, self._end)
        if part:
            self._append(polyline.encode_timed(part), part[-1])

    def _count(self, trip: Segment, of_way: float, of_time: float) -> None:
        self._distance += trip.distance * of_way
        self._duration += trip.duration * of_time
        for name, (seconds, metres) in trip.activities.items():
            sums = self._activities.setdefault(name, [0.0, 0.0])
            sums[0] += metres * of_way
            sums[1] += seconds * of_time

    def _append(self, path: str, last: PathPoint) -> None:
        self._texts.append(_joining(path, self._last))
        self._last = last

    def mileage(self) -> Mileage:
        did = {name: (metres, seconds) for name, (metres, seconds) in self._activities.items()}
        return Mileage(self._distance, self._duration, did, "".join(self._texts))


def shares(
    line: Sequence[PathPoint], began_at: Instant, until: Instant, start: Instant, end: Instant
) -> tuple[float, float]:
    """Which part of a trip's way, and of its time, lies in [start, end)."""
    of_time = max(0, min(end, until) - max(start, began_at)) / max(1, until - began_at)
    length = meter.distance_between(line, *_ALWAYS)
    return (meter.distance_between(line, start, end) / length if length else of_time), of_time


def cut(line: Sequence[PathPoint], start: Instant, end: Instant) -> list[PathPoint]:
    """The part of a way between two instants, with points where it is cut."""
    first, last = (bisect_left(line, at, key=itemgetter(2)) for at in (start, end))
    part = list(line[first:last])
    if 0 < first < len(line) and line[first][2] > start:
        part.insert(0, _at(line[first - 1], line[first], start))
    if 0 < last < len(line):
        part.append(_at(line[last - 1], line[last], end))
    return part


def _at(one: PathPoint, other: PathPoint, at: Instant) -> PathPoint:
    """Where somebody was on the leg between two points who went it evenly; the leg is the short way round."""
    share = (at - one[2]) / (other[2] - one[2])
    east = (other[1] - one[1] + 540) % 360 - 180
    lon = (one[1] + east * share + 540) % 360 - 180
    return one[0] + (other[0] - one[0]) * share, lon, at


def _joining(path: str, last: PathPoint | None) -> str:
    """The text with its first point told from `last` on: both texts together are one polyline."""
    found = _FIRST.match(path) if last is not None else None
    if found is None:
        return path
    first = polyline.decode_timed(found[0])
    return polyline.extend_timed("", first, last) + path[found.end() :]
