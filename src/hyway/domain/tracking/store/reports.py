"""Statements that count actions."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal

from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Spot
from hyway.domain.tracking.store.actions import COMPLETED, Groups, chosen
from hyway.domain.tracking.store.tables import ACTIONS
from hyway.domain.tracking.work.lifecycle import FLAGS
from hyway.kernel.clock import MINUTE, Instant
from hyway.kernel.db import Read

QUARTER = 15 * MINUTE
"""Every time zone is a whole number of these off."""

_X = ACTIONS.c


class Counted(NamedTuple):
    """Actions of one status and one type: how many, how many of them had a time to keep when they were completed,
    and kept it; metres and seconds; how many have each of the flags."""

    status: str
    type: str
    many: int
    timed: int
    on_time: int
    distance: float
    duration: float
    flags: tuple[int, ...]


class Quarter(NamedTuple):
    """What happened in a quarter of an hour, by its number since 1970; metres and seconds."""

    number: int
    many: int
    distance: float
    duration: float


def counts(r: Read, account: int, wanted: Wanted, groups: Groups) -> list[Counted]:
    timed = and_(_X.status == "completed", _X.scheduled_at.is_not(None))
    flagged = [_sum((literal(" ") + _X.flags + " ").contains(f" {flag} ")) for flag in FLAGS]
    query = chosen(account, wanted, groups).with_only_columns(
        _X.status,
        _X.type,
        func.count(),
        _sum(timed),
        _sum(and_(timed, _X.completed_at <= _X.scheduled_at)),
        func.coalesce(func.sum(_X.distance), 0.0),
        func.coalesce(func.sum(_X.duration), 0.0),
        *flagged,
        maintain_column_froms=True,
    )
    rows: list[Any] = list(r.run(query.group_by(_X.status, _X.type)))
    return [
        Counted(row[0], row[1], row[2], int(row[3]), int(row[4]), row[5], row[6], tuple(map(int, row[7:])))
        for row in rows
    ]


def _sum(where: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((where, 1), else_=0))


def quarters(
    r: Read, account: int, wanted: Wanted, groups: Groups, column: str, since: Instant, until: Instant
) -> Iterable[Quarter]:
    """By when the instant of that name was, from `since` up to `until`."""
    at = _X[column]
    number = (at // QUARTER).label("number")
    query = chosen(account, wanted, groups).with_only_columns(
        number,
        func.count(),
        func.coalesce(func.sum(_X.distance), 0.0),
        func.coalesce(func.sum(_X.duration), 0.0),
        maintain_column_froms=True,
    )
    rows: list[Any] = list(r.run(query.where(at >= since, at < until).group_by("number")))
    return [Quarter(int(row[0]), row[1], row[2], row[3]) for row in rows]


def completed_at(r: Read, account: int, wanted: Wanted, groups: Groups, most: int) -> list[Spot]:
    """Where the last of them were completed."""
    query = chosen(account, wanted, groups).with_only_columns(
        COMPLETED.c.lat, COMPLETED.c.lon, maintain_column_froms=True
    )
    found = query.where(_X.status == "completed", COMPLETED.c.lat.is_not(None))
    return [Spot(row.lat, row.lon) for row in r.run(found.order_by(_X.completed_at.desc()).limit(most))]
