"""What a provider of payments has yet to be told, and the pages on which ways to pay are entered."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _duties()
    _pages()


def _duties() -> None:
    op.create_table(
        "payment_duties",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("account", SEQ, autoincrement=False, nullable=False),
        sa.Column("subject", KEY, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("mark", KEY, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["billing_accounts.seq"], name=op.f("fk_payment_duties_account")
        ),
        sa.PrimaryKeyConstraint("kind", "account", "subject", name=op.f("pk_payment_duties")),
    )
    op.create_index("ix_payment_duties_next_at", "payment_duties", ["next_at"], unique=False)


def _pages() -> None:
    op.create_table(
        "payment_pages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("customer", KEY, nullable=True),
        sa.Column("session", KEY, nullable=True),
        sa.Column("method", KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["billing_accounts.seq"], name=op.f("fk_payment_pages_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_pages")),
        sa.UniqueConstraint("session", name=op.f("uq_payment_pages_session")),
    )
    op.create_index(
        "ix_payment_pages_account_created_at", "payment_pages", ["account", "created_at"], unique=False
    )
