"""The domains table and every statement on it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from hyway.domain.links.store.links import LINKS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Key, Seq

_LIVE = text("deleted_at IS NULL")
_VERIFIED = text("deleted_at IS NULL AND dns_status = 'verified'")
DOMAINS = Table(
    "domains",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("domain", Key, nullable=False),
    Column("dns_status", Key, nullable=False),
    Column("ssl_status", Key, nullable=False),
    Column("not_found_redirect_url", Text),
    Column("fallback_url_template", Text),
    Column("challenge", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("asked_at", At),
    Column("asks", Integer, nullable=False),
    Column("next_at", At),
    Column("missed_since", At),
    Column("found", Text),
    Column("deleted_at", At),
    Index("uq_domains_verified", "domain", unique=True, sqlite_where=_VERIFIED, postgresql_where=_VERIFIED),
    Index(
        "uq_domains_organization_domain",
        "organization",
        "domain",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    Index("ix_domains_next_at", "next_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
    sqlite_autoincrement=True,
)


_D = DOMAINS.c
_LIVE_ROWS = _D.deleted_at.is_(None)


def add(w: Write, row: Mapping[str, Any]) -> Row[Any]:
    return w.run(insert(DOMAINS).values(row).returning(DOMAINS)).one()


def page(r: Read, organization: int, offset: int, limit: int) -> tuple[list[Row[Any]], int]:
    """The organization's, oldest first, and how many they are."""
    where = (_D.organization == organization, _LIVE_ROWS)
    found = select(DOMAINS).where(*where).order_by(_D.seq).offset(offset).limit(limit)
    return list(r.run(found)), count(r, organization)


def count(r: Read, organization: int) -> int:
    query = select(func.count()).select_from(DOMAINS).where(_D.organization == organization, _LIVE_ROWS)
    return int(r.run(query).scalar_one())


def find(r: Read, organization: int, id: str, *, lock: bool = False) -> Row[Any] | None:
    """`lock` holds it until the commit."""
    query = select(DOMAINS).where(_D.organization == organization, _D.id == id, _LIVE_ROWS)
    return r.run(query.with_for_update() if lock else query).one_or_none()


def named(r: Read, organization: int, domain: str) -> Row[Any] | None:
    query = select(DOMAINS).where(_D.organization == organization, _D.domain == domain, _LIVE_ROWS)
    return r.run(query).one_or_none()


def held(w: Write, organization: int, seqs: Collection[int]) -> dict[int, Row[Any]]:
    """The organization's, by number; nobody changes or deletes them before the commit."""
    query = select(DOMAINS).where(_D.organization == organization, _D.seq.in_(seqs), _LIVE_ROWS)
    return {row.seq: row for row in w.run(query.with_for_update(read=True))}


def verified(r: Read, domain: str) -> Row[Any] | None:
    """Whoever's it is."""
    query = select(DOMAINS).where(_D.domain == domain, _D.dns_status == "verified", _LIVE_ROWS)
    return r.run(query).one_or_none()


def wanted_by_others(r: Read, organization: int, domain: str) -> bool:
    """Whether another organization has the name, too, or had it: deleted ones count."""
    found = exists().where(_D.domain == domain, _D.organization != organization)
    return bool(r.run(select(found)).scalar_one())


def of_organization(w: Write, organization: int) -> list[Row[Any]]:
    """All of them, held until the commit."""
    query = select(DOMAINS).where(_D.organization == organization, _LIVE_ROWS).order_by(_D.seq)
    return list(w.run(query.with_for_update()))


def all_verified(r: Read) -> list[Row[Any]]:
    return list(r.run(select(DOMAINS).where(_D.dns_status == "verified", _LIVE_ROWS)))


def at(w: Write, seq: int) -> Row[Any] | None:
    """By number, held until the commit."""
    return w.run(select(DOMAINS).where(_D.seq == seq, _LIVE_ROWS).with_for_update()).one_or_none()


def due(r: Read, now: Instant, most: int) -> list[Row[Any]]:
    """Those whose time to be looked at has come."""
    query = select(DOMAINS).where(_D.next_at <= now, _LIVE_ROWS).order_by(_D.next_at).limit(most)
    return list(r.run(query))


def change(w: Write, seq: int, **values: Any) -> Row[Any]:
    return w.run(update(DOMAINS).where(_D.seq == seq).values(values).returning(DOMAINS)).one()


def has_links(r: Read, seq: int) -> bool:
    """Whether live links answer under it."""
    found = exists().where(LINKS.c.domain == seq, LINKS.c.deleted_at.is_(None))
    return bool(r.run(select(found)).scalar_one())
