"""Toggles, segments and the public keys that ask for them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    _toggles()
    _segments()
    _uses()
    _pasts()
    _public_keys()


def _toggles() -> None:
    op.create_table(
        "toggles",
        *_named("toggles"),
        sa.Column("key", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        *_told(),
        sa.Column("default_value", sa.Text(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    _live("uq_toggles_live", "toggles", "key")
    _in_order("toggles")


def _segments() -> None:
    op.create_table(
        "segments_of_projects",
        *_named("segments_of_projects"),
        sa.Column("alternate_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *_told(),
        sa.Column("logic", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    _live("uq_segments_of_projects_live", "segments_of_projects", "alternate_id")
    _in_order("segments_of_projects")


def _uses() -> None:
    op.create_table(
        "segment_uses",
        sa.Column("of", KEY, nullable=False),
        sa.Column("segment", KEY, nullable=False),
        sa.Column("project", SEQ, nullable=False),
        _part_of("segment_uses"),
        sa.PrimaryKeyConstraint("of", "segment", name=op.f("pk_segment_uses")),
    )
    op.create_index("ix_segment_uses_project", "segment_uses", ["project"], unique=False)


def _pasts() -> None:
    op.create_table(
        "toggle_pasts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("project", SEQ, nullable=False),
        sa.Column("of", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("verb", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        _part_of("toggle_pasts"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_toggle_pasts")),
        sa.UniqueConstraint("of", "version", name=op.f("uq_toggle_pasts_of_version")),
    )
    op.create_index("ix_toggle_pasts_project", "toggle_pasts", ["project"], unique=False)


def _public_keys() -> None:
    op.create_table(
        "public_keys",
        *_named("public_keys"),
        sa.Column("key", KEY, nullable=False),
        sa.Column("key_hash", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.UniqueConstraint("key_hash", name=op.f("uq_public_keys_key_hash")),
        sqlite_autoincrement=True,
    )
    _in_order("public_keys")


def _named(table: str) -> list[Any]:
    return [
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("project", SEQ, nullable=False),
        sa.Column("project_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f(f"fk_{table}_organization")
        ),
        _part_of(table),
        sa.PrimaryKeyConstraint("seq", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("id", name=op.f(f"uq_{table}_id")),
    ]


def _told() -> list[sa.Column[Any]]:
    return [
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", KEY, nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_by", KEY, nullable=True),
    ]


def _part_of(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project"], ["projects.seq"], name=op.f(f"fk_{table}_project"), ondelete="CASCADE"
    )


def _live(name: str, table: str, column: str) -> None:
    op.create_index(name, table, ["project", column], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def _in_order(table: str) -> None:
    for column in ("organization", "project"):
        op.create_index(f"ix_{table}_{column}", table, [column, "seq"], unique=False)
