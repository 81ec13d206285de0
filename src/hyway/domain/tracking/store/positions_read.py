"""Statements that read positions: for segments, for exports, for what a day looked like."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, tuple_

from hyway.domain.tracking.days.meter import Fix
from hyway.domain.tracking.records import ACTIVITIES, PROVIDERS, Location
from hyway.domain.tracking.store.tables import POSITIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.sql import Prepared

UNITS = 10_000_000
"""Of a degree, in which the table counts."""

_P = POSITIONS.c
_FIX = [_P.at, _P.lat, _P.lon, _P.accuracy, _P.speed, _P.activity]
_WHOLE = [
    _P.at, _P.lat, _P.lon, _P.accuracy, _P.speed, _P.bearing, _P.altitude, _P.activity, _P.confidence,
    _P.provider,
]  # fmt: skip
_ORDER = (_P.at, _P.lat, _P.lon)
_PAGES = (256, 4_096)

_SPAN = Prepared(
    select(*_FIX)
    .where(_P.user == bindparam("user"), _P.at >= bindparam("start"), _P.at <= bindparam("end"))
    .order_by(*_ORDER),
    ["user", "start", "end"],
)
_FROM = Prepared(
    select(*_FIX)
    .where(_P.user == bindparam("user"), _P.at >= bindparam("start"))
    .order_by(*_ORDER)
    .limit(bindparam("most")),
    ["user", "start", "most"],
)
_AFTER = Prepared(
    select(*_FIX)
    .where(
        _P.user == bindparam("user"),
        tuple_(*_ORDER) > tuple_(bindparam("at"), bindparam("lat"), bindparam("lon")),
    )
    .order_by(*_ORDER)
    .limit(bindparam("most")),
    ["user", "at", "lat", "lon", "most"],
)
_COUNT = Prepared(
    select(func.count()).where(
        _P.user == bindparam("user"),
        _P.at >= bindparam("at"),
        _P.at <= bindparam("until"),
        tuple_(*_ORDER) >= tuple_(bindparam("at"), bindparam("lat"), bindparam("lon")),
        tuple_(*_ORDER) <= tuple_(bindparam("until"), bindparam("until_lat"), bindparam("until_lon")),
    ),
    ["user", "at", "lat", "lon", "until", "until_lat", "until_lon"],
)
_ONE = Prepared(
    select(*_WHOLE).where(
        _P.user == bindparam("user"),
        _P.at == bindparam("at"),
        _P.lat == bindparam("lat"),
        _P.lon == bindparam("lon"),
    ),
    ["user", "at", "lat", "lon"],
)
_PAGE = Prepared(
    select(*_WHOLE)
    .where(
        _P.user == bindparam("user"),
        tuple_(*_ORDER) > tuple_(bindparam("at"), bindparam("lat"), bindparam("lon")),
        _P.at < bindparam("end"),
    )
    .order_by(*_ORDER)
    .limit(bindparam("most")),
    ["user", "at", "lat", "lon", "end", "most"],
)


class Place(NamedTuple):
    """Where a reader stands in a user's positions: after this one."""

    at: Instant
    lat: int = -(1 << 31)
    lon: int = -(1 << 31)


def exact(degrees: float) -> int:
    """Degrees as the table has them."""
    return round(degrees * UNITS)


def rounded(degrees: float) -> float:
    """Degrees as they come back from the table."""
    return round(degrees * UNITS) / UNITS


def _fixes(rows: list[Any]) -> list[Fix]:
    # Straight to the tuple: a Fix is made for each of thousands of rows.
    new = tuple.__new__
    return [
        new(Fix, (at, lat / UNITS, lon / UNITS, accuracy, speed, ACTIVITIES[activity]))
        for at, lat, lon, accuracy, speed, activity in rows
    ]


def _location(row: Any) -> Location:
    at, lat, lon, accuracy, speed, bearing, altitude, activity, confidence, provider = row
    return Location(
        at, lat / UNITS, lon / UNITS, accuracy, speed, bearing, altitude, ACTIVITIES[activity], confidence,
        PROVIDERS[provider]
    )  # fmt: skip


def span(r: Read, user_seq: int, start: Instant, end: Instant) -> list[Fix]:
    """The user's positions between two instants, both included, in order."""
    return _fixes(r.rows(_SPAN, user_seq, start, end))


def since(r: Read, user_seq: int, at: Instant) -> Iterator[Fix]:
    """The user's positions at or after an instant, in order, read in pages as far as they are asked for."""
    rows, most = r.rows(_FROM, user_seq, at, _PAGES[0]), _PAGES[0]
    while rows:
        yield from _fixes(rows)
        if len(rows) < most:
            return
        most = _PAGES[1]
        rows = r.rows(_AFTER, user_seq, *rows[-1][:3], most)


def count(
    r: Read, user_seq: int, first: tuple[Instant, float, float], last: tuple[Instant, float, float]
) -> int:
    """How many positions there are from one (at, lat, lon) to another, both included."""
    ends = first[0], exact(first[1]), exact(first[2]), last[0], exact(last[1]), exact(last[2])
    found: int = r.rows(_COUNT, user_seq, *ends)[0][0]
    return found


def one(r: Read, user_seq: int, fix: Fix) -> Location | None:
    """All that was said of this very position."""
    rows = r.rows(_ONE, user_seq, fix.at, exact(fix.lat), exact(fix.lon))
    return _location(rows[0]) if rows else None


def page(r: Read, user_seq: int, after: Place, end: Instant, most: int) -> tuple[list[Location], Place]:
    """The user's next positions before `end`, in order, and where the page after it goes on."""
    rows = r.rows(_PAGE, user_seq, *after, end, most)
    return [_location(row) for row in rows], Place(*rows[-1][:3]) if rows else after
