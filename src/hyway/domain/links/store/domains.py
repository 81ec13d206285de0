"""The domains table and every statement on it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

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
