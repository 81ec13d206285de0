"""The event log's table: rows are added, never changed; triggers of the migration hold it so."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Index, Integer, Table, Text, bindparam, select

from hyway.domain.audit.records import Event
from hyway.kernel import ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Fact, Read, Write
from hyway.kernel.sql import METADATA, At, Key, Prepared, Seq

EVENTS = Table(
    "events",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", Integer, nullable=False),
    Column("at", At, nullable=False),
    Column("via", Key, nullable=False),
    Column("actor_kind", Key, nullable=False),
    Column("actor_id", Key, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("action", Key, nullable=False),
    Column("subject_kind", Key, nullable=False),
    Column("subject_id", Key, nullable=False),
    Column("data", Text, nullable=False),
    Column("request_id", Key, nullable=False),
    Index("ix_events_organization_seq", "organization", "seq"),
    Index("ix_events_subject", "organization", "subject_kind", "subject_id"),
)

_NAMES = [c.name for c in EVENTS.c if c.name != "seq"]
_ADD = Prepared(EVENTS.insert().values({name: bindparam(name) for name in _NAMES}), _NAMES)


def add(w: Write, facts: Sequence[Fact], at: Instant) -> None:
    w.many(_ADD, [_row(fact, at) for fact in facts])


def _row(fact: Fact, at: Instant) -> tuple[Any, ...]:
    by, data = fact.by, json.dumps(fact.data, ensure_ascii=False) if fact.data else "{}"
    return (
        ids.uuid7(),
        by.organization,
        at,
        by.via,
        by.actor_kind,
        by.actor_id,
        by.actor_name,
        fact.action,
        fact.subject,
        fact.id,
        data,
        by.request_id,
    )


def recent(r: Read, organization: int, before: int | None, action: str | None, most: int) -> list[Event]:
    """Newest first; `before` is a `seq`, `action` a beginning such as `link.`."""
    found = select(EVENTS).where(EVENTS.c.organization == organization)
    if before is not None:
        found = found.where(EVENTS.c.seq < before)
    if action:
        found = found.where(EVENTS.c.action.startswith(action, autoescape=True))
    return [_event(row) for row in r.run(found.order_by(EVENTS.c.seq.desc()).limit(most))]


def _event(row: Any) -> Event:
    return Event(
        row.seq,
        row.id,
        row.at,
        row.via,
        row.actor_kind,
        row.actor_id,
        row.actor_name,
        row.action,
        row.subject_kind,
        row.subject_id,
        json.loads(row.data),
        row.request_id,
    )
