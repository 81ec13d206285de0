"""Statements on events."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select, update

from hyway.domain.tracking.records import Event, Happening, Location
from hyway.domain.tracking.store.tables import ACTIONS, EVENTS, GROUPS, USERS
from hyway.kernel import ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared, insert

_E = EVENTS.c
_NAMES = [c.name for c in EVENTS.c if c.name not in ("seq", "delivered_at")]
_ADD = {
    engine: Prepared(
        insert(EVENTS, engine)
        .values({name: bindparam(name) for name in _NAMES})
        .on_conflict_do_nothing()
        .returning(_E.seq, _E.id),
        _NAMES,
    )
    for engine in ("sqlite", "postgresql")
}


def add(
    w: Write, account: int, frame: int, told: Happening, data: dict[str, Any], at: Instant
) -> tuple[int, str] | None:
    """Number and id of the new event; None when it was told before."""
    row = {
        "id": ids.uuid4(),
        "account": account,
        "frame": frame,
        "user": told.user_seq,
        "action": told.action_seq,
        "type": told.type,
        "recorded_at": told.recorded_at,
        "dedupe": told.dedupe,
        "location": json.dumps(told.location) if told.location else None,
        "data": json.dumps(data, separators=(",", ":")),
        "created_at": at,
        "modified_at": at,
    }
    rows = w.rows(_ADD[w.engine], *(row[name] for name in _NAMES))
    return (rows[0][0], rows[0][1]) if rows else None


def location(stored: str | None) -> Location | None:
    return Location(*json.loads(stored)) if stored else None


_SHOWN = (
    select(
        _E.seq, _E.id, _E.frame, USERS.c.id.label("user_id"), ACTIONS.c.id.label("action_id"), _E.type,
        _E.recorded_at, _E.location, _E.data, _E.delivered_at, _E.created_at, _E.modified_at,
        GROUPS.c.id.label("group_id"),
    )
    .select_from(EVENTS)
    .join(USERS, USERS.c.seq == _E.user)
    .outerjoin(ACTIONS, ACTIONS.c.seq == _E.action)
    .outerjoin(GROUPS, GROUPS.c.seq == USERS.c.group)
)  # fmt: skip


def _as_event(row: Any) -> Event:
    return Event(
        seq=row.seq,
        id=row.id,
        frame=row.frame,
        user_id=row.user_id,
        action_id=row.action_id,
        type=row.type,
        recorded_at=row.recorded_at,
        location=location(row.location),
        data=json.loads(row.data),
        delivered_at=row.delivered_at,
        created_at=row.created_at,
        modified_at=row.modified_at,
    )


def by_ids(r: Read, account: int, ids: Collection[str]) -> list[tuple[Event, str | None]]:
    """The events with the id of their user's group, in the order of their frames."""
    found = _SHOWN.where(_E.account == account, _E.id.in_(ids)).order_by(_E.frame)
    return [(_as_event(row), row.group_id) for row in r.run(found)]


def find(r: Read, account: int, id: str) -> tuple[Event, str | None] | None:
    found = by_ids(r, account, [id])
    return found[0] if found else None


def delivered(w: Write, account: int, id: str, at: Instant) -> None:
    """Notes the first time that a receiver acknowledged the event."""
    mine = (_E.account == account) & (_E.id == id) & _E.delivered_at.is_(None)
    w.run(update(EVENTS).where(mine).values(delivered_at=at, modified_at=at))
