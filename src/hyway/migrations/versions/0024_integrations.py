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
    only = ("integration", "type", "entity", "input")
    once = sa.UniqueConstraint(*only, name=op.f("uq_connections_integration_type_entity_input"))
    op.create_table("connections", *_shown(), *_work(), *_of("connections"), once, sqlite_autoincrement=True)
    _connection_indexes()


def _shown() -> list[sa.Column[Any]]:
    """What a connection is of, and what became of it."""
    return [
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
    ]


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
    _index("ix_connections_entity", "connections", ["entity"])
    _index("ix_connections_next_at", "connections", ["next_at"], "next_at IS NOT NULL")
    _index("ix_connections_organization", "connections", ["organization", "seq"])
    _index("ix_connections_people_at", "connections", ["people_at"], "people_at IS NOT NULL")
    in_step = "remote <> '' AND type IN ('DistributionList', 'MessagingChannel', 'GitTeam')"
    _index("uq_connections_remote", "connections", ["integration", "type", "remote"], in_step, unique=True)


def _index(name: str, table: str, columns: list[str], where: str = "", unique: bool = False) -> None:
    """Of the rows that `where` names; of all without it."""
    some = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=some, postgresql_where=some)


def _imports() -> None:
    op.create_table("imports", *_taken_in(), *_of("imports"), sqlite_autoincrement=True)
    op.create_index(op.f("ix_imports_integration"), "imports", ["integration"], unique=False)
    _index("ix_imports_next_at", "imports", ["next_at"], "next_at IS NOT NULL")


def _taken_in() -> list[sa.Column[Any]]:
    return [
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
    ]


def _of(table: str) -> list[sa.Constraint]:
    """What belongs to an integration of an organization, and is known by its id."""
    return [
        sa.ForeignKeyConstraint(["integration"], ["integrations.seq"], name=op.f(f"fk_{table}_integration")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f(f"fk_{table}_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("id", name=op.f(f"uq_{table}_id")),
    ]


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
        *_ends(),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_connection_access_assignment"), "connection_access", ["assignment"], unique=False
    )
    _index("ix_connection_access_organization", "connection_access", ["organization", "seq"])


def _ends() -> list[sa.Constraint]:
    """Between which two connections somebody's access is."""
    ends = (
        ("assignment", "connections.seq"),
        ("connection", "connections.seq"),
        ("organization", "organizations.seq"),
    )
    return [
        *(
            sa.ForeignKeyConstraint([name], [of], name=op.f(f"fk_connection_access_{name}"))
            for name, of in ends
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_connection_access")),
        sa.UniqueConstraint("connection", "holder", name=op.f("uq_connection_access_connection_holder")),
        sa.UniqueConstraint("id", name=op.f("uq_connection_access_id")),
    ]
