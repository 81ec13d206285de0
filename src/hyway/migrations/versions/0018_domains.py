"""Names under which links answer: a short id is unique on its domain."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("deleted_at IS NULL")
_VERIFIED = sa.text("deleted_at IS NULL AND dns_status = 'verified'")


def upgrade() -> None:
    with op.batch_alter_table("links", table_kwargs={"sqlite_autoincrement": True}) as links:
        links.add_column(sa.Column("domain", sa.Integer(), nullable=False, server_default="0"))
        links.add_column(sa.Column("host", sa.Text(), nullable=True))
        links.drop_constraint("uq_links_short_id", type_="unique")
        links.create_unique_constraint(op.f("uq_links_domain_short_id"), ["domain", "short_id"])
    _domains()


def _domains() -> None:
    op.create_table(
        "domains",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("domain", KEY, nullable=False),
        sa.Column("dns_status", KEY, nullable=False),
        sa.Column("ssl_status", KEY, nullable=False),
        sa.Column("not_found_redirect_url", sa.Text(), nullable=True),
        sa.Column("fallback_url_template", sa.Text(), nullable=True),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("missed_since", sa.BigInteger(), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_domains_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_domains")),
        sa.UniqueConstraint("id", name=op.f("uq_domains_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_domains_verified",
        "domains",
        ["domain"],
        unique=True,
        sqlite_where=_VERIFIED,
        postgresql_where=_VERIFIED,
    )
    op.create_index(
        "uq_domains_organization_domain",
        "domains",
        ["organization", "domain"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index("ix_domains_next_at", "domains", ["next_at"], sqlite_where=_LIVE, postgresql_where=_LIVE)
