"""What is to happen later, written in the transaction that decides it: kept exactly if the decision is.

`later(w, topic, organization, payload)` leaves a row; the worker hands each row to the topic's durable workflow
under the row's own id, so a row handed over twice runs once, and removes it afterwards.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Integer, Table, Text, delete, select

from hyway.kernel import clock, ids
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Key, Seq

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("topic", Key, nullable=False),
    Column("organization", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("at", At, nullable=False),
)


class Errand(NamedTuple):
    """One row: `id` is unique for ever, `payload` is JSON-shaped."""

    seq: int
    id: str
    topic: str
    organization: int
    payload: dict[str, Any]


_woken: list[Callable[[], None]] = []


def on_new(wake: Callable[[], None]) -> None:
    """`wake()` is called after each commit in this process that left an errand."""
    _woken.append(wake)


def later(w: Write, topic: str, organization: int, payload: dict[str, Any]) -> None:
    """Leaves an errand that is run after the commit, at least once started and once finished."""
    row = {"id": ids.uuid7(), "topic": topic, "organization": organization, "payload": json.dumps(payload)}
    w.run(OUTBOX.insert(), {**row, "at": clock.now()})
    for wake in _woken:
        w.after(wake)


def waiting(r: Read, most: int = 100) -> list[Errand]:
    """The oldest errands, in order."""
    rows = r.run(select(OUTBOX).order_by(OUTBOX.c.seq).limit(most))
    return [Errand(row.seq, row.id, row.topic, row.organization, json.loads(row.payload)) for row in rows]


def taken(w: Write, seqs: Sequence[int]) -> None:
    """Removes errands that a durable workflow has accepted."""
    w.run(delete(OUTBOX).where(OUTBOX.c.seq.in_(seqs)))
