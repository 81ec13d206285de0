"""Statements on what belongs to a user's day."""

from sqlalchemy import bindparam, or_, select

from hyway.domain.tracking.store.tables import ACTIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.sql import Prepared

_X = ACTIONS.c
_IN = Prepared(
    select(_X.id)
    .where(
        _X.account == bindparam("account"),
        _X.user == bindparam("user"),
        _X.assigned_at < bindparam("end"),
        or_(_X.ended_at.is_(None), _X.ended_at >= bindparam("start")),
    )
    .order_by(_X.assigned_at.desc())
    .limit(bindparam("most")),
    ["account", "user", "start", "end", "most"],
)


def actions_in(r: Read, account: int, user_seq: int, start: Instant, end: Instant, most: int) -> list[str]:
    """Ids of actions that the user had in [start, end), or in a part of it."""
    return [id for (id,) in r.rows(_IN, account, user_seq, start, end, most)]
