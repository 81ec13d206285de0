"""Statements about signing keys."""

from typing import Any

from sqlalchemy import delete, select, update

from hyway.domain.oidc.store.tables import SIGNING_KEYS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write


def every(r: Read) -> list[Any]:
    """Newest first."""
    return list(r.run(select(SIGNING_KEYS).order_by(SIGNING_KEYS.c.seq.desc())))


def newest(r: Read) -> Any | None:
    return r.run(select(SIGNING_KEYS).order_by(SIGNING_KEYS.c.seq.desc()).limit(1)).first()


def add(w: Write, row: dict[str, Any]) -> None:
    w.run(SIGNING_KEYS.insert(), row)


def retire(w: Write, at: Instant) -> None:
    w.run(update(SIGNING_KEYS).where(SIGNING_KEYS.c.retired_at.is_(None)).values(retired_at=at))


def drop(w: Write, seqs: list[int]) -> None:
    w.run(delete(SIGNING_KEYS).where(SIGNING_KEYS.c.seq.in_(seqs)))
