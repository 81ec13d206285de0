"""Clicks, customers, conversions, and the roll-ups over them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _agents()
    _places()
    _clicks()
    _visits()
    _customers()
    _conversions()
    _idempotency()
    _tallies()
    _tally_marks()


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("browser_name", sa.Text(), nullable=True),
        sa.Column("browser_version", sa.Text(), nullable=True),
        sa.Column("os_name", sa.Text(), nullable=True),
        sa.Column("os_version", sa.Text(), nullable=True),
        sa.Column("device_type", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_agents")),
        sa.UniqueConstraint("digest", name=op.f("uq_agents_digest")),
    )


def _places() -> None:
    op.create_table(
        "places",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("country_code", KEY, nullable=False),
        sa.Column("region", KEY, nullable=False),
        sa.Column("city", KEY, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_places")),
        sa.UniqueConstraint(
            "country_code", "region", "city", name=op.f("uq_places_country_code_region_city")
        ),
    )


def _clicks() -> None:
    op.create_table(
        "clicks",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("link", SEQ, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.SmallInteger(), nullable=False),
        sa.Column("bot", sa.SmallInteger(), nullable=False),
        sa.Column("first", sa.SmallInteger(), nullable=False),
        sa.Column("visitor_id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("link_id", KEY, nullable=False),
        sa.Column("short_id", KEY, nullable=False),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Text(), nullable=True),
        sa.Column("referrer", sa.Text(), nullable=True),
        sa.Column("referrer_host", sa.Text(), nullable=True),
        sa.Column("utm", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_clicks")),
        sa.UniqueConstraint("id", name=op.f("uq_clicks_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_clicks_link", "clicks", ["link", "at", "bot", "first"])
    op.create_index("ix_clicks_organization", "clicks", ["organization", "at", "bot", "first"])
    op.create_index(
        "ix_clicks_partner",
        "clicks",
        ["partner_id", "at"],
        unique=False,
        sqlite_where=sa.text("partner_id IS NOT NULL"),
        postgresql_where=sa.text("partner_id IS NOT NULL"),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("link", SEQ, autoincrement=False, nullable=False),
        sa.Column("visitor_id", KEY, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("link", "visitor_id", name=op.f("pk_visits")),
        sqlite_with_rowid=False,
    )


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("external_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("avatar", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_customers_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_customers")),
        sa.UniqueConstraint("id", name=op.f("uq_customers_id")),
    )
    op.create_index("ix_customers_created", "customers", ["organization", "created_at"])
    op.create_index("uq_customers_external_id", "customers", ["organization", "external_id"], unique=True)


def _conversions() -> None:
    op.create_table(
        "conversions",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("click", SEQ, nullable=False),
        sa.Column("link", SEQ, nullable=False),
        sa.Column("customer", SEQ, nullable=False),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("event_name", KEY, nullable=False),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", KEY, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_conversions")),
        sa.UniqueConstraint("id", name=op.f("uq_conversions_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conversions_customer", "conversions", ["customer", "at"])
    op.create_index("ix_conversions_link", "conversions", ["link", "at"])
    op.create_index("ix_conversions_organization", "conversions", ["organization", "at"])


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("organization", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operation", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "operation", "key", name=op.f("pk_idempotency")),
    )


def _tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("organization", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", KEY, nullable=False),
        sa.Column("dimension", KEY, nullable=False),
        sa.Column("grain", KEY, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.Column("firsts", sa.BigInteger(), nullable=False),
        sa.Column("scans", sa.BigInteger(), nullable=False),
        sa.Column("bots", sa.BigInteger(), nullable=False),
        sa.Column("leads", sa.BigInteger(), nullable=False),
        sa.Column("sales", sa.BigInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization",
            "grain",
            "bucket",
            "scope",
            "dimension",
            "value",
            "currency",
            name=op.f("pk_tallies"),
        ),
        sqlite_with_rowid=False,
    )


def _tally_marks() -> None:
    op.create_table(
        "tally_marks",
        sa.Column("name", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tally_marks")),
    )
