"""QR codes that are kept, and every statement on them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text, delete, func, select

from hyway.domain.links.records import KeptQr
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Key, Seq

LINK_QRS = Table(
    "link_qrs",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("link", ForeignKey("links.seq"), nullable=False),
    Column("title", Text),
    Column("size", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("background", Text, nullable=False),
    Column("png", LargeBinary, nullable=False),
    Column("created_at", At, nullable=False),
    Index("ix_link_qrs_link", "link", "seq"),
    sqlite_autoincrement=True,
)


def _mine(organization: int, link: int) -> list[Any]:
    return [LINK_QRS.c.organization == organization, LINK_QRS.c.link == link]


def _kept(row: Any) -> KeptQr:
    return KeptQr(row.id, row.title, row.size, row.color, row.background, bytes(row.png), row.created_at)


def page(r: Read, organization: int, link: int, offset: int, limit: int) -> list[KeptQr]:
    """Those of a link, newest first."""
    found = select(LINK_QRS).where(*_mine(organization, link)).order_by(LINK_QRS.c.seq.desc())
    return [_kept(row) for row in r.run(found.offset(offset).limit(limit))]


def count(r: Read, organization: int, link: int) -> int:
    found = select(func.count()).select_from(LINK_QRS).where(*_mine(organization, link))
    return int(r.run(found).scalar_one())


def find(r: Read, organization: int, link: int, id: str) -> KeptQr | None:
    row = r.run(select(LINK_QRS).where(*_mine(organization, link), LINK_QRS.c.id == id)).first()
    return _kept(row) if row else None


def add(w: Write, organization: int, link: int, qr: KeptQr) -> None:
    row = {
        "id": qr.id,
        "organization": organization,
        "link": link,
        "title": qr.title,
        "size": qr.size,
        "color": qr.color,
        "background": qr.background,
        "png": qr.png,
        "created_at": qr.created_at,
    }
    w.run(LINK_QRS.insert(), row)


def drop(w: Write, organization: int, link: int, id: str) -> None:
    w.run(delete(LINK_QRS).where(*_mine(organization, link), LINK_QRS.c.id == id))


def drop_of(w: Write, organization: int, links: Sequence[int]) -> None:
    """All of these links."""
    for i in range(0, len(links), 900):
        mine = LINK_QRS.c.link.in_(links[i : i + 900])
        w.run(delete(LINK_QRS).where(LINK_QRS.c.organization == organization, mine))
