"""Statements on events."""

import json
from typing import Any

from sqlalchemy import bindparam

from hyway.domain.tracking.records import Happening, Location
from hyway.domain.tracking.store.tables import EVENTS
from hyway.kernel import ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Write
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
