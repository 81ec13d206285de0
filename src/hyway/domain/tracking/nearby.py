"""Who is nearest: to a point, or to where an action is to be done.

Cells are taken in the order of how near anybody in them can be. One that holds many people is parted, one that holds
few is read; what cannot be nearer than those who were found is left alone. Distances go straight through the earth,
whose order is that of the way over ground, to the centimetre within 500 km.
"""

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.earth import cells
from hyway.domain.tracking.earth.geodesy import Vector, earth, metres
from hyway.domain.tracking.earth.whereabouts import RESOLUTION
from hyway.domain.tracking.people import groups as grouping
from hyway.domain.tracking.records import Page, Spot, User
from hyway.domain.tracking.store import groups, users
from hyway.domain.tracking.store import nearby as store
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

RADIUS = 5_000.0
"""Metres around a point, where no radius is asked for."""
FARTHEST = 20_100_000.0
"""Metres, from anywhere to anywhere."""
_FEW = 32
"""People of a cell up to which they are read at once rather than parted."""
_DEEP = 2_000
"""People from the nearest to the end of the page: for more of them, all are put in order at once."""
_FINE = 8
"""How much smaller than the circle cells are whose people are measured one by one."""
_ROUNDED = 1 + 1e-9
_Row = tuple[int, float, float, float]
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NearbyQuery:
    """Near `action_id`'s expected place, or near `location`; `radius` in metres, None for what is usual.

    `group_id` limits to a group and those below it.
    """

    action_id: str | None = None
    location: Spot | None = None
    radius: float | None = None
    group_id: str | None = None
    page: int = 1
    size: int = 50


def nearest(r: Read, by: Caller, query: NearbyQuery) -> Page[tuple[User, float]]:
    """Users who are online or active and whose place is known, with their distance in metres, the nearest first.

    `total` is exact. Without a radius it is everybody for an action, and RADIUS around a point.
    """
    account = accounts.of(r, by).seq
    spot, radius = _around(r, account, query)
    x, y, z = earth(*spot)
    here = round(x, 6), round(y, 6), round(z, 6)  # a square that is next to nothing is an error on PostgreSQL
    most = cells.straight(radius) if radius < FARTHEST else cells.THROUGH
    skip = (query.page - 1) * query.size
    within = _groups(r, by, account, query.group_id)
    if within is not None:
        rows, total = store.of_groups(r, account, within, here, most, skip, query.size)
    else:
        total = store.count(r, account) if radius >= FARTHEST else _count(r, account, here, most)
        rows = _nearest(r, account, here, most, min(skip + query.size, total))[skip:] if skip < total else []
    return Page(_shown(r, spot, [row[0] for row in rows]), total)


def _around(r: Read, account: int, query: NearbyQuery) -> tuple[Spot, float]:
    """The point and the radius that are meant; Invalid where there is no such point."""
    if query.radius is not None and not 0 < query.radius <= FARTHEST:
        raise Invalid("radius", "Ensure this value is above 0 and at most {most}.", most=int(FARTHEST))
    if query.action_id is not None and query.location is not None:
        raise Invalid("", "Only one of action_id or location must be specified.")
    if query.location is not None:
        return query.location, query.radius or RADIUS
    if query.action_id is None:
        raise Invalid("", "Either action_id or location must be specified.")
    found = store.place_of_action(r, account, query.action_id.lower())
    if found is not None:
        return Spot(*found), query.radius or FARTHEST
    if store.has_action(r, account, query.action_id.lower()):
        raise Invalid("action_id", "The action has no expected place with a location.")
    raise Invalid("action_id", 'Invalid pk "{id}" - object does not exist.', id=query.action_id[:60])


def _groups(r: Read, by: Caller, account: int, id: str | None) -> set[int] | None:
    """The groups that are asked for, of those that the caller may see; None for everybody."""
    seen = grouping.seen_by(r, by)
    if id is None:
        return seen
    found = groups.find(r, account, id.lower())
    wanted = groups.below(r, account, found.seq) if found else set()
    return wanted if seen is None else wanted & seen


def _shown(r: Read, spot: Spot, seqs: Sequence[int]) -> list[tuple[User, float]]:
    people = users.by_seqs(r, seqs)
    shown = []
    for seq in seqs:
        user = people.get(seq)
        if user is not None and user.live.last is not None:
            shown.append((user, metres(*spot, user.live.last.lat, user.live.last.lon)))
    # Beyond 500 km the order over ground is not quite the one straight through.
    return sorted(shown, key=lambda each: each[1])


def _nearest(r: Read, account: int, here: Vector, most: float, many: int) -> list[_Row]:
    """The nearest within `most` straight metres, in order: `many`, or as many as there are."""
    if many > _DEEP:
        return list(store.nearest(r, account, cells.EVERYWHERE, here, most, many))
    best = _Best(here, most, many)
    waiting = [(max(0.0, math.dist(here, at) - cells.reach(0)), cell, 0) for cell, at in cells.roots()]
    heapq.heapify(waiting)
    while waiting:
        least, cell, resolution = heapq.heappop(waiting)
        if least > best.farthest:
            break
        span = cells.span(cell, resolution)
        rows = store.some(r, account, span, _FEW + 1)
        if len(rows) <= _FEW:
            best.add(rows)
        elif resolution == RESOLUTION:
            # A little farther, as squares are rounded otherwise: who is as far as another must not get lost.
            best.add(store.nearest(r, account, span, here, best.farthest * _ROUNDED, many))
        else:
            slack = cells.reach(resolution + 1)
            for part, at in cells.parts(cell, resolution):
                least = max(0.0, math.dist(here, at) - slack)
                if least <= best.farthest:
                    heapq.heappush(waiting, (least, part, resolution + 1))
    return best.rows()


class _Best:
    """The nearest so far; `farthest` is how far one may be who is still to be among them."""

    def __init__(self, here: Vector, most: float, many: int) -> None:
        self._here, self._many, self._most = here, many, most
        self._found: list[tuple[float, int, _Row]] = []  # the farthest first
        self.farthest = most

    def add(self, rows: Iterable[_Row]) -> None:
        for row in rows:
            away = math.dist(self._here, row[1:])
            if away > self.farthest:
                continue
            entry = (-away, -row[0], row)
            if len(self._found) < self._many:
                heapq.heappush(self._found, entry)
            else:
                heapq.heappushpop(self._found, entry)
            if len(self._found) == self._many:
                self.farthest = min(self._most, -self._found[0][0])

    def rows(self) -> list[_Row]:
        return [row for _, _, row in sorted(self._found, key=lambda each: (-each[0], -each[1]))]


def _count(r: Read, account: int, here: Vector, most: float) -> int:
    """How many are within `most` straight metres."""
    inner: list[_Span] = []
    border: list[_Span] = []
    waiting = [(cell, at, 0) for cell, at in cells.roots()]
    while waiting:
        cell, at, resolution = waiting.pop()
        away, slack = math.dist(here, at), cells.reach(resolution)
        if away - slack > most:
            continue
        if away + slack <= most:
            inner.append(cells.span(cell, resolution))
        elif resolution == RESOLUTION or slack * _FINE <= most:
            border.append(cells.span(cell, resolution))
        else:
            waiting += [(part, middle, resolution + 1) for part, middle in cells.parts(cell, resolution)]
    whole = store.count_within(r, account, _joined(inner))
    return whole + store.count_measured(r, account, _joined(border), here, most)


def _joined(spans: Sequence[_Span]) -> list[_Span]:
    """The same cells in as few ranges as may be."""
    joined: list[_Span] = []
    for low, high in sorted(spans):
        if joined and low == cells.after(joined[-1][1]):
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined
