"""Statements that count and add up over many users."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from hyway.domain.tracking.records import Spot, UserQuery
from hyway.domain.tracking.store.people import chosen
from hyway.domain.tracking.store.tables import ACTIONS, GROUPS, SEGMENTS, TRACKS, USERS
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read

_U, _T, _S, _X = USERS.c, TRACKS.c, SEGMENTS.c, ACTIONS.c


class Moved(NamedTuple):
    """Metres and seconds of trips, and how many trips and stops."""

    distance: float
    duration: float
    trips: int
    stops: int


def moved(r: Read, users: Sequence[int], since: Instant, until: Instant) -> dict[int, Moved]:
    """By user, of the segments that began in the time."""
    trip, stop = _S.kind == "trip", _S.kind == "stop"
    query = (
        select(
            _S.user,
            func.sum(case((trip, _S.distance), else_=0.0)),
            func.sum(case((trip, _S.ended_at - _S.began_at), else_=0)),
            func.sum(case((trip, 1), else_=0)),
            func.sum(case((stop, 1), else_=0)),
        )
        .where(_S.user.in_(users), _S.began_at >= since, _S.began_at < until)
        .group_by(_S.user)
    )
    rows: list[Any] = list(r.run(query))
    return {row[0]: Moved(round(row[1], 2), int(row[2]) / SECOND, int(row[3]), int(row[4])) for row in rows}


def completed(r: Read, users: Sequence[int], since: Instant, until: Instant) -> dict[int, int]:
    """How many actions each user completed in the time."""
    query = (
        select(_X.user, func.count())
        .where(_X.user.in_(users), _X.ended_at >= since, _X.ended_at < until, _X.status == "completed")
        .group_by(_X.user)
    )
    rows: list[Any] = list(r.run(query))
    return {row[0]: row[1] for row in rows}


def spots(r: Read, account: int, query: UserQuery, within: str | None, now: Instant) -> list[Spot]:
    """Where the users that are asked for were last."""
    found = (
        select(_T.lat, _T.lon)
        .select_from(USERS)
        .join(TRACKS, _T.user == _U.seq)
        .outerjoin(GROUPS, GROUPS.c.seq == _U.group)
        .where(*chosen(account, query, within, now), _T.at.is_not(None))
    )
    return [Spot(row.lat, row.lon) for row in r.run(found)]
