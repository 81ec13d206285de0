"""Statements on events."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select, update

from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Event, Happening, Location
from hyway.domain.tracking.store import listing
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


_TOLD = Prepared(
    select(_E.seq).where(
        _E.user == bindparam("user"),
        _E.type == bindparam("type"),
        _E.recorded_at == bindparam("at"),
        _E.dedupe == bindparam("dedupe"),
    ),
    ["user", "type", "at", "dedupe"],
)


def is_told(r: Read, user_seq: int, type: str, at: Instant, dedupe: str) -> bool:
    """Whether there is such an event already."""
    return bool(r.rows(_TOLD, user_seq, type, at, dedupe))


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
    .select_from(
        EVENTS.join(USERS, USERS.c.seq == _E.user)
        .outerjoin(ACTIONS, ACTIONS.c.seq == _E.action)
        .outerjoin(GROUPS, GROUPS.c.seq == USERS.c.group)
    )
)  # fmt: skip


_SHELF = listing.Shelf(
    rows=_SHOWN,
    account=_E.account,
    seq=_E.seq,
    filters={
        "id": listing.any_of(_E.id),
        "user_id": listing.same(USERS.c.id),
        "action_id": listing.same(ACTIONS.c.id),
        "group_id": listing.same(GROUPS.c.id),
        "type": listing.any_of(_E.type),
        **listing.between(recorded_at=_E.recorded_at, created_at=_E.created_at),
    },
    orders={"recorded_at": _E.recorded_at, "created_at": _E.created_at, "type": _E.type},
    search=(_E.type, USERS.c.name),
    first=("-recorded_at",),
)


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


def of_user(r: Read, account: int, user_seq: int, start: Instant, end: Instant, most: int) -> list[Event]:
    """The user's events recorded in [start, end), in order."""
    mine = _SHOWN.where(_E.account == account, _E.user == user_seq)
    found = mine.where(_E.recorded_at >= start, _E.recorded_at < end).order_by(_E.recorded_at, _E.seq)
    return [_as_event(row) for row in r.run(found.limit(most))]


def find(r: Read, account: int, id: str) -> tuple[Event, str | None] | None:
    found = by_ids(r, account, [id])
    return found[0] if found else None


def delivered(w: Write, account: int, id: str, at: Instant) -> None:
    """Notes the first time that a receiver acknowledged the event."""
    mine = (_E.account == account) & (_E.id == id) & _E.delivered_at.is_(None)
    w.run(update(EVENTS).where(mine).values(delivered_at=at, modified_at=at))


def page(r: Read, account: int, wanted: Wanted, groups: Collection[int] | None) -> tuple[list[Event], int]:
    """Events, newest first; those of users in the groups where there are any given."""
    also = [] if groups is None else [USERS.c.group.in_(groups)]
    rows, total = listing.page(r, _SHELF, account, wanted, *also)
    return [_as_event(row) for row in rows], total


def in_groups(r: Read, seq: int, groups: Collection[int]) -> bool:
    """Whether the event's user belongs to one of the groups."""
    found = select(_E.seq).join(USERS, USERS.c.seq == _E.user).where(_E.seq == seq, USERS.c.group.in_(groups))
    return r.run(found).first() is not None
