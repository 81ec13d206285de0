"""The roll-up: brings the tallies up to date, a chunk of rows at a time."""

from collections.abc import Sequence

from hyway.domain.attribution.store import staging
from hyway.domain.attribution.store import tallies as store
from hyway.kernel.db import Database, Desk, Read, Write

_AT_ONCE = 2_500
_READY = 4_000
"""Sums that are added in one transaction: some milliseconds in which nobody else can write."""


def roll_up(db: Database, most: int = _AT_ONCE) -> int:
    """Brings the tallies up to date by at most `most` rows of each kind; returns how many rows are still to do.

    The counting happens beside the writers, so that the write lock is held only for the sums. Dimensions move on one
    after the other, each with its own mark: whatever interrupts them, the next roll-up goes on where they stand.
    """
    try:
        with db.desk() as desk:
            return sum(_roll(desk, kind, most) for kind in store.KINDS)
    except Overtaken:
        return db.read_now(waiting)  # another process does this work right now


def _roll(desk: Desk, kind: str, most: int) -> int:
    marks, end = desk.write(_reach, kind)
    after = min(marks.values())
    upto = min([after + most, end, *(mark for mark in marks.values() if mark > after)])
    if after >= upto:
        return 0
    desk.stage(staging.lay_out)
    desk.stage(staging.load, kind, after, upto)
    waiting: list[str] = []
    behind = [dimension for dimension, mark in marks.items() if mark == after]
    for dimension in behind:
        ready = desk.stage(staging.sum_up, kind, dimension)
        waiting.append(dimension)
        if ready >= _READY or dimension == behind[-1]:
            desk.write(_advance, kind, waiting, after, upto)
            desk.stage(staging.put_away)
            waiting = []
    desk.stage(staging.clear)
    return end - upto


def _reach(w: Write, kind: str) -> tuple[dict[str, int], int]:
    return store.marks(w, kind), store.settled(w, kind)


def _advance(w: Write, kind: str, dimensions: Sequence[str], after: int, upto: int) -> None:
    """Adds the sums unless somebody else has rolled the same rows up meanwhile."""
    if not store.advance(w, kind, dimensions, after, upto):
        raise Overtaken
    staging.add_up(w, store.TOTAL in dimensions)


class Overtaken(Exception):
    """Another process has rolled the same rows up; what this one did is undone."""


def waiting(r: Read) -> int:
    """How many rows the tallies lag behind."""
    return sum(store.newest(r, kind) - min(store.marks(r, kind).values()) for kind in store.KINDS)
