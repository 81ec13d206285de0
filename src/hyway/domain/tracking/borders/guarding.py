"""What is remembered of an account's geofences: enough to tell in microseconds that somebody is far from all of them.

It is used as long as the account has counted no change of its geofences, so it is never older than the transaction
that asks. Fences that are near by their boxes are looked at closely; only then is the shape of an area read.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import shapely

from hyway.domain.tracking.earth import shapes
from hyway.domain.tracking.earth.shapes import Box, Shape
from hyway.domain.tracking.records import Account, Location, User
from hyway.domain.tracking.store import fences as store
from hyway.domain.tracking.store.fences import Outline
from hyway.kernel import clock
from hyway.kernel.db import Read

MOST_REMEMBERED: Final = 200_000
"""Geofences in memory, of all accounts; those of whoever was asked about longest ago are dropped first."""
_MOST_ACCOUNTS = 10_000
_MOST_SHAPES = 1_000
_FEW = 12
"""Boxes up to which comparing them one by one is quicker than a tree."""


class Ground:
    """The boxes of some fences, one way or another quick to search."""

    def __init__(self, fences: Sequence[tuple[int, Box]]) -> None:
        parts = [(seq, part) for seq, box in fences for part in _parts(box)]
        self._seqs = [seq for seq, _ in parts]
        self._boxes = [part for _, part in parts]
        self._tree = None
        if len(parts) > _FEW:
            south, west, north, east = zip(*self._boxes, strict=True)
            self._tree = shapely.STRtree(shapely.box(west, south, east, north))

    def near(self, fixes: Sequence[Location]) -> set[int]:
        """The fences in whose boxes any of the positions lies."""
        if self._tree is not None:
            points = shapely.points([fix.lon for fix in fixes], [fix.lat for fix in fixes])
            return {self._seqs[at] for at in self._tree.query(points)[1]}
        return {
            seq
            for seq, (south, west, north, east) in zip(self._seqs, self._boxes, strict=True)
            if any(south <= fix.lat <= north and west <= fix.lon <= east for fix in fixes)
        }


def _parts(box: Box) -> Iterator[Box]:
    """A box that crosses the antimeridian is two."""
    if box.west <= box.east:
        yield box
    else:
        yield box._replace(east=180.0)
        yield box._replace(west=-180.0)


class Guard:
    """One account's fences, by whom they are for: a user, a group and those below it, or everybody."""

    def __init__(self, outlines: Iterable[Outline], parents: Iterable[tuple[int, str, int | None]]) -> None:
        self.fences: dict[int, Outline] = {}
        places: dict[tuple[str, int], list[tuple[int, Box]]] = {}
        for each in outlines:
            box = each.box or _round(each)
            if box is None:
                continue  # a place that is known by its address alone is nowhere yet
            self.fences[each.seq] = each
            places.setdefault(_whose(each), []).append((each.seq, box))
        self._grounds = {whose: Ground(boxes) for whose, boxes in places.items()}
        self._above = _above(list(parents))
        self._shapes: OrderedDict[int, Shape] = OrderedDict()
        self._lock = threading.Lock()

    def near(self, user: User, fixes: Sequence[Location]) -> set[int]:
        """The user's fences near any of the positions."""
        found: set[int] = set()
        for whose in self._of(user):
            ground = self._grounds.get(whose)
            if ground is not None:
                found |= ground.near(fixes)
        return found

    def holds(self, fence: int, user: User) -> bool:
        """Whether the fence is there, and for this user."""
        found = self.fences.get(fence)
        return found is not None and _whose(found) in self._of(user)

    def _of(self, user: User) -> list[tuple[str, int]]:
        groups = self._above.get(user.group_id, ()) if user.group_id else ()
        return [("", 0), ("user", user.seq), *(("group", group) for group in groups)]

    def shape(self, r: Read, fence: int) -> Shape:
        """Where the fence is, exactly."""
        outline = self.fences[fence]
        if outline.lat is not None and outline.lon is not None and outline.box is None:
            return shapes.Circle(outline.lat, outline.lon, outline.radius or 0.0)
        with self._lock:
            known = self._shapes.get(fence)
            if known is None:
                known = self._shapes[fence] = shapes.polygon(store.shape(r, fence))
                if len(self._shapes) > _MOST_SHAPES:
                    self._shapes.popitem(last=False)
            self._shapes.move_to_end(fence)
            return known


def _whose(of: Outline) -> tuple[str, int]:
    if of.user is not None:
        return "user", of.user
    return ("group", of.group) if of.group is not None else ("", 0)


def _round(of: Outline) -> Box | None:
    if of.lat is None or of.lon is None or not of.radius:
        return None
    return shapes.Circle(of.lat, of.lon, of.radius).box


def _above(groups: Sequence[tuple[int, str, int | None]]) -> dict[str, tuple[int, ...]]:
    """Each group with those above it, by its id."""
    parents = {seq: parent for seq, _, parent in groups}
    found: dict[str, tuple[int, ...]] = {}
    for seq, id, _ in groups:
        line: list[int] = []
        at: int | None = seq
        while at is not None and at not in line:
            line.append(at)
            at = parents.get(at)
        found[id] = tuple(line)
    return found


_NOBODYS = Guard((), ())
_guards: OrderedDict[str, tuple[int, Guard]] = OrderedDict()
_lock = threading.Lock()


def of(r: Read, account: Account) -> Guard:
    """The account's fences, by the count of their changes that this transaction sees."""
    if not account.fences:
        return _NOBODYS
    with _lock:
        known = _guards.get(account.id)
        if known is not None and known[0] == account.fences:
            _guards.move_to_end(account.id)
            return known[1]
    outlines = store.outlines(r, account.seq, clock.now())
    grouped = any(each.group is not None for each in outlines)
    guard = Guard(outlines, store.parents(r, account.seq) if grouped else ())
    with _lock:
        _guards[account.id] = (account.fences, guard)
        _guards.move_to_end(account.id)
        _make_room()
    return guard


def _make_room() -> None:
    total = sum(len(guard.fences) for _, guard in _guards.values())
    while len(_guards) > 1 and (total > MOST_REMEMBERED or len(_guards) > _MOST_ACCOUNTS):
        _, (_, dropped) = _guards.popitem(last=False)
        total -= len(dropped.fences)
