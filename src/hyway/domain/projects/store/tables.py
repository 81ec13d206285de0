"""The tables of projects.

Rows are deleted and known by their numbers elsewhere, so the numbers count on in SQLite too.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

PROJECTS = Table(
    "projects",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("alternate_id", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("is_monorepo", Flag, nullable=False),
    # The member who made it, as the wire knows them; empty where the server's own command did.
    Column("created_by", Key),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("organization", "alternate_id"),
    Index("ix_projects_organization", "organization", "seq"),
    sqlite_autoincrement=True,
)

APPS = Table(
    "apps",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("project", ForeignKey("projects.seq"), nullable=False),
    Column("alternate_id", Key, nullable=False),
    Column("name", Text, nullable=False),
    # JSON, as it is shown.
    Column("settings", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("organization", "alternate_id"),
    Index("ix_apps_organization", "organization", "seq"),
    Index("ix_apps_project", "project", "seq"),
    sqlite_autoincrement=True,
)

ENVIRONMENTS = Table(
    "project_environments",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False, index=True),
    Column("project", ForeignKey("projects.seq"), nullable=False),
    Column("alternate_id", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded_name", Key, nullable=False),
    Column("color", Key, nullable=False),
    Column("type", Key, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("project", "alternate_id"),
    UniqueConstraint("project", "folded_name"),
    sqlite_autoincrement=True,
)
