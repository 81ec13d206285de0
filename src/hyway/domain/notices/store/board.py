"""The table of notices and its statements."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, Text, func, select, update

from hyway.domain.notices.records import Notice
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Key, Seq

NOTICES = Table(
    "notices",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("kind", Key, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("seen_at", At),
    Index("ix_notices_organization_seq", "organization", "seq"),
)


def _notice(row: Any) -> Notice:
    return Notice(row.seq, row.id, row.kind, row.title, row.body, row.link, row.created_at, row.seen_at)


def add(w: Write, row: dict[str, Any]) -> None:
    w.run(NOTICES.insert(), row)


def recent(r: Read, organization: int, before: int | None, most: int) -> list[Notice]:
    found = select(NOTICES).where(NOTICES.c.organization == organization)
    if before is not None:
        found = found.where(NOTICES.c.seq < before)
    return [_notice(row) for row in r.run(found.order_by(NOTICES.c.seq.desc()).limit(most))]


def see(w: Write, organization: int, up_to: int, at: Instant) -> None:
    unseen = (NOTICES.c.organization == organization) & NOTICES.c.seen_at.is_(None)
    w.run(update(NOTICES).where(unseen, NOTICES.c.seq <= up_to).values(seen_at=at))


def unseen(r: Read, organization: int) -> int:
    counted = select(func.count()).select_from(NOTICES)
    found = counted.where(NOTICES.c.organization == organization, NOTICES.c.seen_at.is_(None))
    return int(r.run(found).scalar_one())
