"""The ledger, fundings, earnings and payouts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _provider_events()
    _fundings()
    _ledger_accounts()
    _ledger_entries()
    _payout_methods()
    _payouts()
    _earnings()
    _ledger_lines()


def _provider_events() -> None:
    op.create_table(
        "provider_events",
        sa.Column("provider", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "id", name=op.f("pk_provider_events")),
    )


def _fundings() -> None:
    op.create_table(
        "fundings",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("programme_kind", KEY, nullable=False),
        sa.Column("programme", SEQ, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("provider_ref", KEY, nullable=True),
        sa.Column("payment_ref", KEY, nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("status", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee_amount", sa.BigInteger(), nullable=False),
        sa.Column("net_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["people.seq"], name=op.f("fk_fundings_created_by")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_fundings_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fundings")),
        sa.UniqueConstraint("provider", "provider_ref", name=op.f("uq_fundings_provider_provider_ref")),
    )
    op.create_index("ix_fundings_organization", "fundings", ["organization", "seq"], unique=False)
    op.create_index("ix_fundings_programme", "fundings", ["programme_kind", "programme", "seq"], unique=False)


def _ledger_accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("programme_kind", KEY, server_default="", nullable=False),
        sa.Column("programme", SEQ, server_default="0", nullable=False),
        sa.Column("person", sa.Integer(), server_default="0", nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "CASE WHEN kind = 'cash' THEN balance >= 0 ELSE balance <= 0 END",
            name=op.f("ck_ledger_accounts_side"),
        ),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_ledger_accounts_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint(
            "organization",
            "currency",
            "kind",
            "programme_kind",
            "programme",
            "person",
            name=op.f("uq_ledger_accounts_organization_currency_kind_programme_kind_programme_person"),
        ),
    )
    op.create_index("ix_ledger_accounts_person", "ledger_accounts", ["person"], unique=False)
    op.create_index(
        "ix_ledger_accounts_programme", "ledger_accounts", ["programme_kind", "programme"], unique=False
    )


def _ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("once", KEY, nullable=False),
        sa.Column("programme_kind", KEY, nullable=False),
        sa.Column("programme", SEQ, nullable=False),
        sa.Column("submission_kind", KEY, nullable=True),
        sa.Column("submission", SEQ, nullable=True),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_ledger_entries_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("organization", "once", name=op.f("uq_ledger_entries_organization_once")),
    )
    op.create_index("ix_ledger_entries_organization", "ledger_entries", ["organization", "seq"], unique=False)
    op.create_index(
        "ix_ledger_entries_programme", "ledger_entries", ["programme_kind", "programme", "seq"], unique=False
    )
    op.create_index(
        "ix_ledger_entries_submission",
        "ledger_entries",
        ["submission_kind", "submission", "seq"],
        unique=False,
    )


def _payout_methods() -> None:
    op.create_table(
        "payout_methods",
        sa.Column("person", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("ready", sa.SmallInteger(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("link_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_payout_methods_person")),
        sa.PrimaryKeyConstraint("person", "provider", name=op.f("pk_payout_methods")),
    )


def _payouts() -> None:
    op.create_table(
        "payouts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("provider_ref", KEY, nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["people.seq"], name=op.f("fk_payouts_created_by")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_payouts_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_payouts_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_payouts")),
        sa.UniqueConstraint("provider", "provider_ref", name=op.f("uq_payouts_provider_provider_ref")),
    )
    op.create_index("ix_payouts_organization", "payouts", ["organization", "seq"], unique=False)
    op.create_index("ix_payouts_person", "payouts", ["person", "seq"], unique=False)


def _earnings() -> None:
    op.create_table(
        "earnings",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("programme_kind", KEY, nullable=False),
        sa.Column("programme", SEQ, nullable=False),
        sa.Column("submission_kind", KEY, nullable=False),
        sa.Column("submission", SEQ, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("stage", KEY, nullable=False),
        sa.Column("payout", SEQ, nullable=True),
        sa.Column("hold_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_earnings_organization")
        ),
        sa.ForeignKeyConstraint(["payout"], ["payouts.seq"], name=op.f("fk_earnings_payout")),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_earnings_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_earnings")),
        sa.UniqueConstraint(
            "submission_kind",
            "submission",
            "source",
            name=op.f("uq_earnings_submission_kind_submission_source"),
        ),
    )
    op.create_index(
        "ix_earnings_hold",
        "earnings",
        ["hold_until"],
        unique=False,
        sqlite_where=sa.text("stage = 'held'"),
        postgresql_where=sa.text("stage = 'held'"),
    )
    op.create_index("ix_earnings_organization", "earnings", ["organization", "stage"], unique=False)
    op.create_index("ix_earnings_payout", "earnings", ["payout"], unique=False)
    op.create_index("ix_earnings_person", "earnings", ["person", "stage"], unique=False)


def _ledger_lines() -> None:
    op.create_table(
        "ledger_lines",
        sa.Column("entry", SEQ, autoincrement=False, nullable=False),
        sa.Column("account", SEQ, autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["ledger_accounts.seq"], name=op.f("fk_ledger_lines_account")),
        sa.ForeignKeyConstraint(["entry"], ["ledger_entries.seq"], name=op.f("fk_ledger_lines_entry")),
        sa.PrimaryKeyConstraint("entry", "account", name=op.f("pk_ledger_lines")),
    )
    op.create_index("ix_ledger_lines_account", "ledger_lines", ["account", "entry"], unique=False)
