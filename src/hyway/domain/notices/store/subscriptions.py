"""Statements about browsers that may be woken."""

from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.notices.records import Subscription
from hyway.domain.notices.store.tables import PUSH_SUBSCRIPTIONS as TABLE
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import upsert


def put(w: Write, row: dict[str, Any]) -> int:
    """One row for an endpoint: who subscribed it last has it."""

    def keep(excluded: Any) -> dict[str, Any]:
        names = ("person", "public_key", "secret", "user_agent", "failures", "created_at")
        return {name: excluded[name] for name in names}

    put_in = upsert(w.engine, TABLE, [row], ["endpoint_hash"], keep)
    return int(w.run(put_in.returning(TABLE.c.seq)).scalar_one())


def drop_oldest(w: Write, person: int, kept: int) -> None:
    """All of a person but the latest `kept`."""
    latest = select(TABLE.c.seq).where(TABLE.c.person == person).order_by(TABLE.c.seq.desc()).limit(kept)
    w.run(delete(TABLE).where(TABLE.c.person == person, TABLE.c.seq.not_in(latest)))


def drop(w: Write, person: int, endpoint_hash: str) -> bool:
    gone = delete(TABLE).where(TABLE.c.person == person, TABLE.c.endpoint_hash == endpoint_hash)
    return bool(w.run(gone).rowcount)


def drop_all(w: Write, person: int) -> None:
    w.run(delete(TABLE).where(TABLE.c.person == person))


def count(r: Read, person: int) -> int:
    return int(r.run(select(func.count()).select_from(TABLE).where(TABLE.c.person == person)).scalar_one())


def numbers(r: Read, person: int) -> list[int]:
    return list(r.run(select(TABLE.c.seq).where(TABLE.c.person == person).order_by(TABLE.c.seq)).scalars())


def find(r: Read, seq: int) -> Subscription | None:
    """With its secret still sealed."""
    row = r.run(select(TABLE).where(TABLE.c.seq == seq)).first()
    return Subscription(row.seq, row.person, row.endpoint, row.public_key, row.secret) if row else None


def worked(w: Write, seq: int, at: Instant) -> None:
    w.run(update(TABLE).where(TABLE.c.seq == seq).values(failures=0, used_at=at))


def failed(w: Write, seq: int) -> int:
    """How often in a row, with this time."""
    counted = update(TABLE).where(TABLE.c.seq == seq).values(failures=TABLE.c.failures + 1)
    return w.run(counted.returning(TABLE.c.failures)).scalar_one_or_none() or 0


def remove(w: Write, seq: int) -> None:
    w.run(delete(TABLE).where(TABLE.c.seq == seq))
