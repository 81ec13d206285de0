"""Statements that forget what an account keeps no longer, a part at a time; each tells whether there may be more."""

from typing import Any

from sqlalchemy import delete, exists, func, select, text, update

from hyway.domain.tracking.store.leaving import forget_places
from hyway.domain.tracking.store.tables import ACTIONS, EVENTS, POSITIONS, SEGMENTS, USERS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_U, _X, _S, _E, _P = USERS.c, ACTIONS.c, SEGMENTS.c, EVENTS.c, POSITIONS.c
_PENDING = text("status IN ('created', 'assigned', 'started')")


def users(r: Read, account: int, before: Instant, after: int, most: int) -> list[int]:
    """The next users, by number, who have positions from before an instant."""
    old = exists().where(_P.user == _U.seq, _P.at < before)
    found = select(_U.seq).where(_U.account == account, _U.seq > after, old).order_by(_U.seq).limit(most)
    return list(r.run(found).scalars())


def busy_since(r: Read, user: int) -> Instant | None:
    """When the first of the user's actions that have not ended was given to him."""
    began = func.min(func.coalesce(_X.assigned_at, _X.created_at))
    since: Instant | None = r.run(select(began).where(_X.user == user, _PENDING)).scalar()
    return since


def positions(w: Write, user: int, before: Instant, most: int) -> bool:
    mine = (_P.user == user) & (_P.at < before)
    upto = w.run(select(_P.at).where(mine).order_by(_P.at).offset(most - 1).limit(1)).scalar()
    w.run(delete(POSITIONS).where(mine if upto is None else mine & (_P.at <= upto)))
    return upto is not None


def segments(w: Write, account: int, before: Instant, most: int) -> bool:
    """With the places that only these stops had; those of a user's unfinished actions stay."""
    old = (_S.account == account) & (_S.ended_at < before)
    rows = list(w.run(select(_S.seq, _S.place).where(old, ~_is_at_work(_S.user, _S.ended_at)).limit(most)))
    w.run(delete(SEGMENTS).where(_S.seq.in_([row.seq for row in rows])))
    forget_places(w, account, {row.place for row in rows if row.place is not None})
    return len(rows) == most


def events(w: Write, account: int, before: Instant, most: int) -> bool:
    old = (_E.account == account) & (_E.recorded_at < before)
    lasting = exists().where(_X.seq == _E.action, _PENDING)
    some = select(_E.seq).where(old, ~lasting, ~_is_at_work(_E.user, _E.recorded_at)).limit(most)
    return w.run(delete(EVENTS).where(_E.seq.in_(some))).rowcount == most


def ways(w: Write, account: int, before: Instant, most: int) -> bool:
    """Of actions that ended before: what was done stays, which way it led does not."""
    old = (_X.account == account) & (_X.ended_at < before) & _X.path.is_not(None)
    some = select(_X.seq).where(old).limit(most)
    return w.run(update(ACTIONS).where(_X.seq.in_(some)).values(path=None)).rowcount == most


def _is_at_work(user: Any, at: Any) -> Any:
    """Whether the user had, at that instant, an action that has not ended yet."""
    return exists().where(_X.user == user, _PENDING, func.coalesce(_X.assigned_at, _X.created_at) <= at)
