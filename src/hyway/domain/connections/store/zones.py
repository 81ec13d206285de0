"""The table of DNS zones and every statement on it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Row, Table, Text, func, insert, select, text, update

from hyway.domain.connections.records import Zone
from hyway.domain.connections.store.tables import INTEGRATIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Key, Seq

_LIVE = text("deleted_at IS NULL")
ZONES = Table(
    "zones",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    # What is left of a zone outlives the integration through which it came.
    Column("integration", Seq, nullable=False),
    Column("name", Key, nullable=False),
    Column("remote", Key, nullable=False),
    Column("created_at", At, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("modified_at", At, nullable=False),
    Column("modified_by", Text, nullable=False),
    Column("deleted_at", At),
    Column("deleted_by", Text),
    Index(
        "uq_zones_integration_remote",
        "integration",
        "remote",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    Index("ix_zones_organization", "organization", "seq", sqlite_where=_LIVE, postgresql_where=_LIVE),
    sqlite_autoincrement=True,
)
_Z = ZONES.c
_HERE = _Z.deleted_at.is_(None)


def add(w: Write, row: Mapping[str, Any]) -> Zone:
    return _zone(w.run(insert(ZONES).values(row).returning(ZONES)).one())


def change(w: Write, seq: int, **values: Any) -> Zone:
    return _zone(w.run(update(ZONES).where(_Z.seq == seq).values(values).returning(ZONES)).one())


def page(r: Read, organization: int, offset: int, limit: int) -> tuple[list[Zone], int]:
    where = (_Z.organization == organization, _HERE)
    found = select(ZONES).where(*where).order_by(_Z.seq).offset(offset).limit(limit)
    total = r.run(select(func.count()).select_from(ZONES).where(*where)).scalar_one()
    return [_zone(row) for row in r.run(found)], int(total)


def find(r: Read, organization: int, id: str, *, lock: bool = False) -> Zone | None:
    query = select(ZONES).where(_Z.organization == organization, _Z.id == id, _HERE)
    row = r.run(query.with_for_update() if lock else query).one_or_none()
    return _zone(row) if row else None


def numbered(r: Read, seq: int) -> Zone | None:
    row = r.run(select(ZONES).where(_Z.seq == seq, _HERE)).one_or_none()
    return _zone(row) if row else None


def same(r: Read, integration: int, remote: str) -> Zone | None:
    """The one that stands for this of the vendor's."""
    query = select(ZONES).where(_Z.integration == integration, _Z.remote == remote, _HERE)
    row = r.run(query).one_or_none()
    return _zone(row) if row else None


def named(r: Read, organization: int, names: Collection[str]) -> list[Zone]:
    """Those of the organization that have one of the names."""
    query = select(ZONES).where(_Z.organization == organization, _Z.name.in_(names), _HERE).order_by(_Z.seq)
    return [_zone(row) for row in r.run(query)]


def orphans(r: Read, organization: int) -> list[Zone]:
    """Those of the organization whose integration is gone."""
    there = select(INTEGRATIONS.c.seq).where(INTEGRATIONS.c.organization == organization)
    query = select(ZONES).where(_Z.organization == organization, _HERE, _Z.integration.not_in(there))
    return [_zone(row) for row in r.run(query.order_by(_Z.seq))]


def drop(w: Write, seq: int, at: Instant, by: str) -> None:
    w.run(update(ZONES).where(_Z.seq == seq).values(deleted_at=at, deleted_by=by))


def _zone(row: Row[Any]) -> Zone:
    return Zone(
        row.seq,
        row.id,
        row.organization,
        row.integration,
        row.name,
        row.remote,
        row.created_at,
        row.created_by,
        row.modified_at,
        row.modified_by,
        row.deleted_at,
        row.deleted_by,
    )
