"""Statements of who is let into what a connection stands for."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from hyway.domain.connections.store.tables import CONNECTION_ACCESS, CONNECTIONS
from hyway.kernel import ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_A = CONNECTION_ACCESS.c


class Row(NamedTuple):
    seq: int
    holder: str
    assignment: int | None
    who: str
    status: str


def of(r: Read, connection: int) -> list[Row]:
    """By number."""
    found = select(_A.seq, _A.holder, _A.assignment, _A.who, _A.status).where(_A.connection == connection)
    return [
        Row(row.seq, row.holder, row.assignment, row.who, row.status) for row in r.run(found.order_by(_A.seq))
    ]


def add(
    w: Write, organization: int, connection: int, new: Sequence[tuple[str, int | None, str]], at: Instant
) -> None:
    """Holders with their own connections and what the vendor knows them by."""
    rows: list[dict[str, Any]] = [
        {
            "id": ids.prefixed("cacc"),
            "organization": organization,
            "connection": connection,
            "holder": holder,
            "assignment": assignment,
            "who": who,
            "status": "Pending",
            "errors": "[]",
            "created_at": at,
            "updated_at": at,
        }
        for holder, assignment, who in new
    ]
    if rows:
        w.run(insert(CONNECTION_ACCESS), rows)


def settle(w: Write, seq: int, status: str, errors: Sequence[str], at: Instant) -> None:
    values = {"status": status, "errors": json.dumps(list(errors), ensure_ascii=False), "updated_at": at}
    w.run(update(CONNECTION_ACCESS).where(_A.seq == seq).values(values))


def known(w: Write, seq: int, assignment: int | None, who: str, at: Instant) -> None:
    """The same holder, otherwise known."""
    values = {"assignment": assignment, "who": who, "status": "Pending", "updated_at": at}
    w.run(update(CONNECTION_ACCESS).where(_A.seq == seq).values(values))


def drop(w: Write, seq: int) -> None:
    w.run(delete(CONNECTION_ACCESS).where(_A.seq == seq))


def there(w: Write, connections: Sequence[int]) -> frozenset[int]:
    """Those of the connections that are there; they stay until the commit."""
    held = select(CONNECTIONS.c.seq).where(CONNECTIONS.c.seq.in_(connections)).with_for_update(key_share=True)
    return frozenset(w.run(held).scalars())


def hold(w: Write, connection: int) -> bool:
    """Whether the connection is ready; then it stays until the commit."""
    mine = (CONNECTIONS.c.seq == connection) & (CONNECTIONS.c.status == "Ready")
    held = select(CONNECTIONS.c.seq).where(mine).with_for_update(key_share=True)
    return w.run(held).scalar_one_or_none() is not None
