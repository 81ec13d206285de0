"""Statements of imports."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, func, insert, select, update

from hyway.domain.connections.records import Busy, ConnectionType, Import, Integration
from hyway.domain.connections.store.tables import IMPORTS, INTEGRATIONS
from hyway.domain.connections.store.working import free, may_start
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_M = IMPORTS.c


class Asked(NamedTuple):
    """What an import is about: the vendor's ids, how often it was tried since it last went on, and who asked for it."""

    of: Import
    resources: list[str]
    attempts: int
    actor: str


def add(
    w: Write,
    of: Integration,
    id: str,
    type: ConnectionType,
    parent: str,
    resources: Sequence[str],
    actor: str,
    made_by: str,
    at: Instant,
) -> Import:
    row = {
        "id": id,
        "organization": of.organization,
        "integration": of.seq,
        "type": type,
        "parent": parent,
        "resources": json.dumps(list(resources)),
        "total": len(resources),
        "done": 0,
        "status": "accepted",
        "errors": "[]",
        "attempts": 0,
        "next_at": at,
        "claimed_until": 0,
        "created_at": at,
        "created_by": made_by,
        "actor": actor,
        "updated_at": at,
    }
    return _import(w.run(insert(IMPORTS).values(row).returning(IMPORTS)).one())


def page(r: Read, organization: int, integration: int, offset: int, limit: int) -> tuple[list[Import], int]:
    """The newest first."""
    mine = (_M.organization == organization) & (_M.integration == integration)
    found = select(IMPORTS).where(mine).order_by(_M.seq.desc()).offset(offset).limit(limit)
    total = r.run(select(func.count()).select_from(IMPORTS).where(mine)).scalar_one()
    return [_import(row) for row in r.run(found)], int(total)


def find(r: Read, organization: int, integration: int, id: str) -> Import | None:
    mine = (_M.organization == organization) & (_M.integration == integration) & (_M.id == id)
    row = r.run(select(IMPORTS).where(mine)).one_or_none()
    return _import(row) if row else None


def running(r: Read, organization: int) -> int:
    mine = (_M.organization == organization) & _M.next_at.is_not(None)
    return int(r.run(select(func.count()).select_from(IMPORTS).where(mine)).scalar_one())


def due(r: Read, boot: str, now: Instant, busy: Busy, most: int) -> list[tuple[int, str, int]]:
    """Numbers, with the types of their integrations and those; the longest due first."""
    found = (
        select(_M.seq, INTEGRATIONS.c.type, _M.integration)
        .join_from(IMPORTS, INTEGRATIONS, INTEGRATIONS.c.seq == _M.integration)
        .where(_M.next_at <= now, free(r, _M, boot, now), may_start(_M, busy))
        .order_by(_M.next_at)
        .limit(most)
    )
    return [(row.seq, row.type, row.integration) for row in r.run(found)]


def begin(w: Write, seq: int, boot: str, now: Instant, until: Instant) -> Asked | None:
    """Claims it and counts the try; None where there is nothing to do, or somebody else does it."""
    mine = (_M.seq == seq) & (_M.next_at <= now) & free(w, _M, boot, now)
    values = {"claimed_by": boot, "claimed_until": until, "attempts": _M.attempts + 1, "status": "running"}
    row = w.run(update(IMPORTS).where(mine).values(values).returning(IMPORTS)).one_or_none()
    if row is None:
        return None
    return Asked(_import(row), json.loads(row.resources), row.attempts, row.actor)


def went_on(w: Write, seq: int, done: int, errors: Sequence[str], at: Instant, until: Instant) -> bool:
    """One resource more was looked at; whether it was this one's turn."""
    mine = (_M.seq == seq) & (_M.done == done) & (_M.next_at.is_not(None))
    values = {"done": done + 1, "errors": _told(errors), "attempts": 0, "updated_at": at}
    moved = update(IMPORTS).where(mine).values(**values, claimed_until=until).returning(_M.seq)
    return w.run(moved).scalar_one_or_none() is not None


def settle(
    w: Write, seq: int, status: str, errors: Sequence[str], next_at: Instant | None, at: Instant
) -> None:
    values = {"status": status, "errors": _told(errors), "next_at": next_at, "updated_at": at}
    w.run(update(IMPORTS).where(_M.seq == seq).values(**values, claimed_until=0))


def _told(errors: Sequence[str]) -> str:
    return json.dumps(list(errors), ensure_ascii=False)


def _import(row: Row[Any]) -> Import:
    return Import(
        seq=row.seq,
        id=row.id,
        organization=row.organization,
        integration=row.integration,
        type=row.type,
        parent=row.parent,
        status=row.status,
        total=row.total,
        done=row.done,
        errors=tuple(json.loads(row.errors)),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
