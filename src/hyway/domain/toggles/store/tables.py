"""The tables of toggles, segments, what they were, and the public keys that ask for them.

What belongs to a project goes when it goes: the references see to it. Who changes something holds the project first.
Toggles and segments that were deleted stay, beside any number of others that were called the same.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from hyway.kernel.sql import METADATA, At, Key, Seq


def _owned() -> list[Column[Any]]:
    """Whose it is; the project's own id too, because access is given by it."""
    return [
        Column("organization", ForeignKey("organizations.seq"), nullable=False),
        Column("project", ForeignKey("projects.seq", ondelete="CASCADE"), nullable=False),
        Column("project_id", Key, nullable=False),
    ]


def _told() -> list[Column[Any]]:
    """What people say of it, how often it changed, and who did what when."""
    return [
        Column("description", Text, nullable=False),
        # A JSON array of texts.
        Column("tags", Text, nullable=False),
        # All that a search looks at, with case folded.
        Column("words", Text, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("created_at", At, nullable=False),
        Column("created_by", Key, nullable=False),
        Column("modified_at", At, nullable=False),
        Column("modified_by", Key, nullable=False),
        Column("deleted_at", At),
        Column("deleted_by", Key),
    ]


def _live(name: str, *columns: str) -> Index:
    only = text("deleted_at IS NULL")
    return Index(name, *columns, unique=True, sqlite_where=only, postgresql_where=only)


TOGGLES = Table(
    "toggles",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    *_owned(),
    Column("key", Key, nullable=False),
    Column("type", Key, nullable=False),
    *_told(),
    # JSON: a value, and an array of pairs of logic (a text) and value.
    Column("default_value", Text, nullable=False),
    Column("targets", Text, nullable=False),
    _live("uq_toggles_live", "project", "key"),
    Index("ix_toggles_organization", "organization", "seq"),
    Index("ix_toggles_project", "project", "seq"),
    sqlite_autoincrement=True,
)

SEGMENTS = Table(
    "segments_of_projects",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    *_owned(),
    Column("alternate_id", Key, nullable=False),
    Column("name", Text, nullable=False),
    *_told(),
    Column("logic", Text, nullable=False),
    _live("uq_segments_of_projects_live", "project", "alternate_id"),
    Index("ix_segments_of_projects_organization", "organization", "seq"),
    Index("ix_segments_of_projects_project", "project", "seq"),
    sqlite_autoincrement=True,
)

# Which segments a live toggle (`of` is its id) or segment names in its logic.
SEGMENT_USES = Table(
    "segment_uses",
    METADATA,
    Column("of", Key, primary_key=True),
    Column("segment", Key, primary_key=True),
    Column("project", ForeignKey("projects.seq", ondelete="CASCADE"), nullable=False, index=True),
)

# How toggles and segments were, each version once.
TOGGLE_PASTS = Table(
    "toggle_pasts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("project", ForeignKey("projects.seq", ondelete="CASCADE"), nullable=False, index=True),
    Column("of", Key, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("at", At, nullable=False),
    Column("by", Key, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("verb", Key, nullable=False),
    # JSON: the fields that can change.
    Column("state", Text, nullable=False),
    UniqueConstraint("of", "version"),
)

# Programs on people's own machines carry these keys, so they are kept as they are; they are found by their digest.
PUBLIC_KEYS = Table(
    "public_keys",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    *_owned(),
    Column("key", Key, nullable=False),
    Column("key_hash", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("created_by", Key, nullable=False),
    Index("ix_public_keys_organization", "organization", "seq"),
    Index("ix_public_keys_project", "project", "seq"),
    sqlite_autoincrement=True,
)
