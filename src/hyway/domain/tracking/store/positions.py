"""Statements that write positions, and tell which of them are there already."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from hyway.domain.tracking.receiving import Reading
from hyway.domain.tracking.store.tables import POSITIONS
from hyway.kernel.clock import HOUR
from hyway.kernel.db import Write
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
