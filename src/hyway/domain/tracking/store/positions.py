"""Statements that write positions, tell which of them are there already, and list them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from hyway.domain.tracking.incoming.receiving import Reading, location
from hyway.domain.tracking.records import Location
from hyway.domain.tracking.store.tables import POSITIONS
from hyway.kernel.clock import HOUR, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_P = POSITIONS.c
_NAMES = [c.name for c in _P]
_ADD = Prepared(POSITIONS.insert().values({name: bindparam(name) for name in _NAMES}), _NAMES)
_KEYS = Prepared(
    select(_P.at, _P.lat, _P.lon).where(
        _P.user == bindparam("user"), _P.at >= bindparam("first"), _P.at <= bindparam("last")
    ),
    ["user", "first", "last"],
)
_APART = HOUR

Key = tuple[int, int, int]
"""Instant, and latitude and longitude in 1e-7 degrees: what makes a user's position itself."""


def stored(w: Write, user_seq: int, keys: Sequence[Key]) -> set[Key]:
    """Which positions of a user there are around the given ones, which are in order."""
    found: set[Key] = set()
    first = 0
    for at in range(1, len(keys) + 1):
        # Runs with a gap between them are looked for one by one: a month lies between two late ones at times.
        if at == len(keys) or keys[at][0] - keys[at - 1][0] > _APART:
            found.update(map(tuple, w.rows(_KEYS, user_seq, keys[first][0], keys[at - 1][0])))
            first = at
    return found


def add(w: Write, of: Sequence[tuple[int, Sequence[Reading]]]) -> None:
    """New positions, by user: sorted into runs, they go to few pages."""
    rows = [(user_seq, *reading) for user_seq, readings in sorted(of) for reading in readings]
    if rows:
        w.many(_ADD, rows)


_BETWEEN = (_P.user == bindparam("user"), _P.at >= bindparam("first"), _P.at <= bindparam("last"))
_COUNT = Prepared(select(func.count()).select_from(POSITIONS).where(*_BETWEEN), ["user", "first", "last"])
_WHOLE = [c for c in _P if c.name != "user"]
_PAGES = {
    oldest_first: Prepared(
        select(*_WHOLE)
        .where(*_BETWEEN)
        .order_by(*(each if oldest_first else each.desc() for each in (_P.at, _P.lat, _P.lon)))
        .offset(bindparam("start"))
        .limit(bindparam("most")),
        ["user", "first", "last", "start", "most"],
    )
    for oldest_first in (True, False)
}


def count(r: Read, user_seq: int, first: Instant, last: Instant) -> int:
    """How many positions a user has between two instants, both included."""
    found: int = r.rows(_COUNT, user_seq, first, last)[0][0]
    return found


def page(
    r: Read, user_seq: int, first: Instant, last: Instant, oldest_first: bool, start: int, most: int
) -> list[Location]:
    """Some of them, from the `start`-th on."""
    rows = r.rows(_PAGES[oldest_first], user_seq, first, last, start, most)
    return [location(Reading._make(row)) for row in rows]
