"""The tables of integrations, connections, who was let into what, and imports.

Rows are deleted and known by their numbers elsewhere, so the numbers count on in SQLite too.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

INTEGRATIONS = Table(
    "integrations",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("type", Key, nullable=False),
    # JSON without secrets; those are JSON too, sealed.
    Column("config", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("created_by", Text, nullable=False),
    UniqueConstraint("organization", "type"),
    sqlite_autoincrement=True,
)

_DUE = text("next_at IS NOT NULL")
_PEOPLE_DUE = text("people_at IS NOT NULL")
_IN_STEP = text("remote <> '' AND type IN ('DistributionList', 'MessagingChannel', 'GitTeam')")

# `next_at` is when its own work goes on, `people_at` when those in it are looked at; who works on it has claimed it.
CONNECTIONS = Table(
    "connections",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("integration", ForeignKey("integrations.seq"), nullable=False),
    Column("status", Key, nullable=False),
    Column("type", Key, nullable=False),
    Column("entity_kind", Key, nullable=False),
    Column("entity", Key, nullable=False),
    Column("entity_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("project", Key),
    Column("input", Key, nullable=False),
    Column("remote", Key, nullable=False),
    Column("config", Text, nullable=False),
    Column("errors", Text, nullable=False),
    Column("is_retryable", Flag, nullable=False),
    Column("emails", Text, nullable=False),
    # What somebody was told to verify it, sealed, while it waits to be shown to the vendor.
    Column("code", Text),
    Column("attempts", Integer, nullable=False),
    Column("next_at", At),
    Column("people_at", At),
    Column("people_attempts", Integer, nullable=False),
    Column("claimed_by", Key),
    Column("claimed_until", At, nullable=False),
    Column("created_at", At, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("integration", "type", "entity", "input"),
    Index("ix_connections_organization", "organization", "seq"),
    Index("ix_connections_entity", "entity"),
    Index("ix_connections_next_at", "next_at", sqlite_where=_DUE, postgresql_where=_DUE),
    Index("ix_connections_people_at", "people_at", sqlite_where=_PEOPLE_DUE, postgresql_where=_PEOPLE_DUE),
    # Two teams on one list would each take the other's people off it.
    Index(
        "uq_connections_remote",
        "integration",
        "type",
        "remote",
        unique=True,
        sqlite_where=_IN_STEP,
        postgresql_where=_IN_STEP,
    ),
    sqlite_autoincrement=True,
)

# Who is to be in what an entity is connected to, and what became of it: `holder` is a member or a team, `assignment`
# their own connection where they have one.
CONNECTION_ACCESS = Table(
    "connection_access",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("connection", ForeignKey("connections.seq"), nullable=False),
    Column("holder", Key, nullable=False),
    Column("assignment", ForeignKey("connections.seq"), index=True),
    Column("who", Text, nullable=False),
    Column("status", Key, nullable=False),
    Column("errors", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("connection", "holder"),
    Index("ix_connection_access_organization", "organization", "seq"),
    sqlite_autoincrement=True,
)

IMPORTS = Table(
    "imports",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("integration", ForeignKey("integrations.seq"), nullable=False, index=True),
    Column("type", Key, nullable=False),
    Column("parent", Text, nullable=False),
    # JSON: the vendor's ids in the order in which they are taken in.
    Column("resources", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("status", Key, nullable=False),
    Column("errors", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", At),
    Column("claimed_by", Key),
    Column("claimed_until", At, nullable=False),
    Column("created_at", At, nullable=False),
    # Who asked for it, and what they are called: the facts are theirs.
    Column("actor", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_at", At, nullable=False),
    Index("ix_imports_next_at", "next_at", sqlite_where=_DUE, postgresql_where=_DUE),
    sqlite_autoincrement=True,
)
