"""Statements of integrations."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from hyway.domain.connections.records import Integration
from hyway.domain.connections.store.tables import CONNECTION_ACCESS, CONNECTIONS, IMPORTS, INTEGRATIONS
from hyway.kernel.db import Read, Write

_I = INTEGRATIONS.c


def add(w: Write, row: Mapping[str, Any]) -> Integration:
    """`config` of the row is JSON-shaped."""
    values = {**row, "config": json.dumps(row["config"], ensure_ascii=False)}
    return _integration(w.run(insert(INTEGRATIONS).values(values).returning(INTEGRATIONS)).one())


def find(r: Read, organization: int, id: str) -> Integration | None:
    row = r.run(select(INTEGRATIONS).where(_I.organization == organization, _I.id == id)).one_or_none()
    return _integration(row) if row else None


def numbered(r: Read, seq: int) -> Integration | None:
    row = r.run(select(INTEGRATIONS).where(_I.seq == seq)).one_or_none()
    return _integration(row) if row else None


def of_type(r: Read, organization: int, type: str) -> Integration | None:
    row = r.run(select(INTEGRATIONS).where(_I.organization == organization, _I.type == type)).one_or_none()
    return _integration(row) if row else None


def page(r: Read, organization: int, offset: int, limit: int) -> tuple[list[Integration], int]:
    mine = _I.organization == organization
    found = select(INTEGRATIONS).where(mine).order_by(_I.seq).offset(offset).limit(limit)
    total = r.run(select(func.count()).select_from(INTEGRATIONS).where(mine)).scalar_one()
    return [_integration(row) for row in r.run(found)], int(total)


def sealed(r: Read, seq: int) -> str | None:
    found: str | None = r.run(select(_I.sealed).where(_I.seq == seq)).scalar_one_or_none()
    return found


def hold(w: Write, seq: int, alone: bool = False) -> bool:
    """Whether it is there; then it stays until the commit, for nobody else's use where it is held `alone`."""
    held = select(_I.seq).where(_I.seq == seq).with_for_update(read=not alone)
    return w.run(held).scalar_one_or_none() is not None


def drop(w: Write, organization: int, seq: int) -> None:
    """With its connections and imports."""
    w.run(select(_I.seq).where(_I.organization == organization, _I.seq == seq).with_for_update())
    mine = select(CONNECTIONS.c.seq).where(CONNECTIONS.c.integration == seq)
    # Whoever writes down just now who is in one of them is waited for.
    w.run(mine.order_by(CONNECTIONS.c.seq).with_for_update()).all()
    access = CONNECTION_ACCESS.c
    w.run(delete(CONNECTION_ACCESS).where(access.connection.in_(mine) | access.assignment.in_(mine)))
    w.run(delete(CONNECTIONS).where(CONNECTIONS.c.integration == seq))
    w.run(delete(IMPORTS).where(IMPORTS.c.integration == seq))
    w.run(delete(INTEGRATIONS).where(_I.organization == organization, _I.seq == seq))


def _integration(row: Row[Any]) -> Integration:
    return Integration(
        row.seq,
        row.id,
        row.organization,
        row.type,
        json.loads(row.config),
        row.created_at,
        row.created_by,
    )
