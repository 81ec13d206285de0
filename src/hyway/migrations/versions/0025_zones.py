"""DNS zones of organizations at their vendors, and the records that are kept in them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _zones()
    _zone_records()


def _zones() -> None:
    op.create_table(
        "zones",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("integration", SEQ, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("remote", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_zones_organization")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_zones")),
        sa.UniqueConstraint("id", name=op.f("uq_zones_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_zones_integration_remote",
        "zones",
        ["integration", "remote"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_zones_organization",
        "zones",
        ["organization", "seq"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _zone_records() -> None:
    op.create_table(
        "zone_records",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("zone", SEQ, nullable=False),
        sa.Column("domain", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("is_wanted", sa.SmallInteger(), nullable=False),
        sa.Column("is_ours", sa.SmallInteger(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", KEY, nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_zone_records_organization")
        ),
        sa.ForeignKeyConstraint(["zone"], ["zones.seq"], name=op.f("fk_zone_records_zone")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_zone_records")),
        sa.UniqueConstraint("zone", "domain", "type", name=op.f("uq_zone_records_zone_domain_type")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_zone_records_domain"), "zone_records", ["domain"], unique=False)
    op.create_index(
        "ix_zone_records_next_at",
        "zone_records",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
