"""Statements that find who is near. They read nothing but their index, whatever a user's live state holds beside."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select, text

from hyway.domain.tracking.earth.geodesy import Vector
from hyway.domain.tracking.store.tables import ACTIONS, PLACES, TRACKS, USERS
from hyway.kernel.db import Read
from hyway.kernel.sql import Prepared

_T, _U = TRACKS.c, USERS.c
# Online, or active: with something to do, given since tracking ended.
_ABOUT = or_(
    _T.is_tracking == 1,
    and_(_T.pending > 0, func.coalesce(_T.tracking_at, -1) < func.coalesce(_T.assigned_at, 0)),
)
_SOME = Prepared(
    select(_T.user, _T.x, _T.y, _T.z)
    .where(_T.account == bindparam("account"), _T.cell.between(bindparam("low"), bindparam("high")), _ABOUT)
    .limit(bindparam("many")),
    ["account", "low", "high", "many"],
)


def _square(of: Vector | None = None) -> ColumnElement[float]:
    """The square of the straight distance."""
    parts = []
    for at, column in enumerate((_T.x, _T.y, _T.z)):
        off = column - (bindparam("xyz"[at]) if of is None else literal(of[at]))
        parts.append(off * off)
    return parts[0] + parts[1] + parts[2]


_NEAREST = Prepared(
    select(_T.user, _T.x, _T.y, _T.z)
    .where(
        _T.account == bindparam("account"),
        _T.cell.between(bindparam("low"), bindparam("high")),
        _ABOUT,
        _square() <= bindparam("most"),
    )
    .order_by(_square(), _T.user)
    .limit(bindparam("many")),
    ["account", "low", "high", "x", "y", "z", "most", "many"],
)
# In the words of the indexes, which are found by them: a number would be a parameter elsewhere.
_TRACKED = "is_tracking = 1"
_IDLE = "is_tracking = 0 AND pending > 0 AND coalesce(tracking_at, -1) < coalesce(assigned_at, 0)"
_SQUARE = "(x - :x) * (x - :x) + (y - :y) * (y - :y) + (z - :z) * (z - :z)"
_RANGES = {
    "sqlite": "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:ranges)",
    "postgresql": """SELECT CAST(value ->> 0 AS bigint), CAST(value ->> 1 AS bigint)
        FROM json_array_elements(CAST(:ranges AS json))""",
}


def _counting(engine: str, measured: str = "") -> Any:
    # A cross join is what SQLite takes in the order in which it is written.
    ranges = f"WITH ranges(low, high) AS ({_RANGES[engine]})"
    found = (
        "SELECT count(*) FROM ranges CROSS JOIN tracking_tracks "  # noqa: S608  # of constants alone
        f"WHERE account = :account AND cell BETWEEN low AND high {measured} AND"
    )
    return text(f"{ranges} SELECT ({found} {_TRACKED}) + ({found} {_IDLE})")


_WITHIN = {engine: _counting(engine) for engine in _RANGES}
_MEASURED = {engine: _counting(engine, f"AND {_SQUARE} <= :most") for engine in _RANGES}
_ALL = text(
    "SELECT (SELECT count(*) FROM tracking_tracks "  # noqa: S608  # of constants alone
    f"WHERE account = :account AND cell IS NOT NULL AND {_TRACKED}) + "
    f"(SELECT count(*) FROM tracking_tracks WHERE account = :account AND cell IS NOT NULL AND {_IDLE})"
)


def some(
    r: Read, account: int, span: tuple[int, int], many: int
) -> Sequence[tuple[int, float, float, float]]:
    """At most so many of the users about in the cells, in no order: their numbers and where they are."""
    return r.rows(_SOME, account, *span, many)


def nearest(
    r: Read, account: int, span: tuple[int, int], here: Vector, most: float, many: int
) -> Sequence[tuple[int, float, float, float]]:
    """Those of the cells within `most` straight metres, the nearest first."""
    return r.rows(_NEAREST, account, *span, *here, most * most, many)


def count(r: Read, account: int) -> int:
    """How many users are about."""
    return int(r.run(_ALL, {"account": account}).scalar_one())


def count_within(r: Read, account: int, ranges: Sequence[tuple[int, int]]) -> int:
    """How many of them in the cells."""
    if not ranges:
        return 0
    asked = {"account": account, "ranges": json.dumps(ranges)}
    return int(r.run(_WITHIN[r.engine], asked).scalar_one())


def count_measured(
    r: Read, account: int, ranges: Sequence[tuple[int, int]], here: Vector, most: float
) -> int:
    """How many of them in the cells, and within `most` straight metres."""
    if not ranges:
        return 0
    x, y, z = here
    asked = {"account": account, "ranges": json.dumps(ranges), "x": x, "y": y, "z": z, "most": most * most}
    return int(r.run(_MEASURED[r.engine], asked).scalar_one())


def of_groups(
    r: Read, account: int, groups: Collection[int], here: Vector, most: float, skip: int, take: int
) -> tuple[list[tuple[int, float, float, float]], int]:
    """A page of those who belong to the groups, the nearest first, and how many they are."""

    def asked(*columns: Any) -> Select[Any]:
        of = select(*columns).join_from(USERS, TRACKS, _T.user == _U.seq)
        return of.where(
            _U.account == account,
            _U.group.in_(groups),
            _T.cell.is_not(None),
            _ABOUT,
            _square(here) <= most * most,
        )

    total = int(r.run(asked(func.count())).scalar_one())
    rows = r.run(asked(_T.user, _T.x, _T.y, _T.z).order_by(_square(here), _T.user).limit(take).offset(skip))
    found: list[Any] = list(rows)
    return [(user, x, y, z) for user, x, y, z in found], total


def place_of_action(r: Read, account: int, id: str) -> tuple[float, float] | None:
    """Where an action is expected; None without such an action or such a point."""
    wanted = select(PLACES.c.lat, PLACES.c.lon).join_from(
        ACTIONS, PLACES, PLACES.c.seq == ACTIONS.c.expected_place
    )
    row: Any = r.run(wanted.where(ACTIONS.c.account == account, ACTIONS.c.id == id)).first()
    return (row[0], row[1]) if row is not None and row[0] is not None else None


def has_action(r: Read, account: int, id: str) -> bool:
    wanted = select(ACTIONS.c.seq).where(ACTIONS.c.account == account, ACTIONS.c.id == id)
    return r.run(wanted).first() is not None
