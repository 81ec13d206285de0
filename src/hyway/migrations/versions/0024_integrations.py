"""Integrations with vendors, what is connected to theirs, who was let into it, and what is imported."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _integrations()
    _connections()
    _connection_access()
    _imports()


def _integrations() -> None:
    op.create_table(
        "integrations",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_integrations_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_integrations")),
        sa.UniqueConstraint("id", name=op.f("uq_integrations_id")),
        sa.UniqueConstraint("organization", "type", name=op.f("uq_integrations_organization_type")),
        sqlite_autoincrement=True,
    )


def _connections() -> None:
    op.create_table(
        "connections",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("integration", SEQ, nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("entity_kind", KEY, nullable=False),
        sa.Column("entity", KEY, nullable=False),
        sa.Column("entity_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("project", KEY, nullable=True),
        sa.Column("input", KEY, nullable=False),
        sa.Column("remote", KEY, nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("is_retryable", sa.SmallInteger(), nullable=False),
        sa.Column("emails", sa.Text(), nullable=False),
        *_work(),
        sa.ForeignKeyConstraint(
            ["integration"], ["integrations.seq"], name=op.f("fk_connections_integration")
        ),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_connections_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_connections")),
        sa.UniqueConstraint("id", name=op.f("uq_connections_id")),
        sa.UniqueConstraint(
            "integration",
            "type",
            "entity",
            "input",
            name=op.f("uq_connections_integration_type_entity_input"),
        ),
        sqlite_autoincrement=True,
    )
    _connection_indexes()


def _work() -> list[sa.Column[Any]]:
    """Where the work on one stands."""
    return [
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("people_at", sa.BigInteger(), nullable=True),
        sa.Column("people_attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", KEY, nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
    ]


def _connection_indexes() -> None:
    op.create_index("ix_connections_entity", "connections", ["entity"], unique=False)
    op.create_index(
        "ix_connections_next_at",
        "connections",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_connections_organization", "connections", ["organization", "seq"], unique=False)
    op.create_index(
        "ix_connections_people_at",
        "connections",
        ["people_at"],
        unique=False,
        sqlite_where=sa.text("people_at IS NOT NULL"),
        postgresql_where=sa.text("people_at IS NOT NULL"),
    )
    op.create_index(
        "uq_connections_remote",
        "connections",
        ["integration", "type", "remote"],
        unique=True,
        sqlite_where=sa.text("remote <> '' AND type IN ('DistributionList', 'MessagingChannel', 'GitTeam')"),
        postgresql_where=sa.text(
            "remote <> '' AND type IN ('DistributionList', 'MessagingChannel', 'GitTeam')"
        ),
    )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("integration", SEQ, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", KEY, nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["integration"], ["integrations.seq"], name=op.f("fk_imports_integration")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_imports_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_imports")),
        sa.UniqueConstraint("id", name=op.f("uq_imports_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_imports_integration"), "imports", ["integration"], unique=False)
    op.create_index(
        "ix_imports_next_at",
        "imports",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def _connection_access() -> None:
    op.create_table(
        "connection_access",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("connection", SEQ, nullable=False),
        sa.Column("holder", KEY, nullable=False),
        sa.Column("assignment", SEQ, nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment"], ["connections.seq"], name=op.f("fk_connection_access_assignment")
        ),
        sa.ForeignKeyConstraint(
            ["connection"], ["connections.seq"], name=op.f("fk_connection_access_connection")
        ),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_connection_access_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_connection_access")),
        sa.UniqueConstraint("connection", "holder", name=op.f("uq_connection_access_connection_holder")),
        sa.UniqueConstraint("id", name=op.f("uq_connection_access_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_connection_access_assignment"), "connection_access", ["assignment"], unique=False
    )
    op.create_index(
        "ix_connection_access_organization", "connection_access", ["organization", "seq"], unique=False
    )
