"""The tables of money: a double-entry ledger, fundings, what is owed, payouts.

Amounts are whole minor units. In the ledger a debit is positive and a credit negative; the lines of an entry add up to
nothing, and nothing in it is ever changed.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

# `programme` is a campaign or a collab; `kind` names the account's part: cash, fees, budget, accrued, held, owed. What
# somebody else has a claim to is never overdrawn: the check holds whatever the program does.
LEDGER_ACCOUNTS = Table(
    "ledger_accounts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("currency", Key, nullable=False),
    Column("kind", Key, nullable=False),
    # Empty and 0 where the account is the organization's own.
    Column("programme_kind", Key, nullable=False, server_default=""),
    Column("programme", Seq, nullable=False, server_default="0"),
    # 0 where it is nobody's.
    Column("person", Integer, nullable=False, server_default="0"),
    Column("balance", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("organization", "currency", "kind", "programme_kind", "programme", "person"),
    CheckConstraint(
        "CASE WHEN kind = 'cash' THEN balance >= 0 ELSE balance <= 0 END", name="ck_ledger_accounts_side"
    ),
    Index("ix_ledger_accounts_programme", "programme_kind", "programme"),
    Index("ix_ledger_accounts_person", "person"),
)

# One event of money. `once` says which: the same event comes at most once.
LEDGER_ENTRIES = Table(
    "ledger_entries",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("kind", Key, nullable=False),
    Column("once", Key, nullable=False),
    Column("programme_kind", Key, nullable=False),
    Column("programme", Seq, nullable=False),
    Column("submission_kind", Key),
    Column("submission", Seq),
    Column("memo", Text, nullable=False),
    Column("at", At, nullable=False),
    UniqueConstraint("organization", "once"),
    Index("ix_ledger_entries_organization", "organization", "seq"),
    Index("ix_ledger_entries_programme", "programme_kind", "programme", "seq"),
    Index("ix_ledger_entries_submission", "submission_kind", "submission", "seq"),
)

LEDGER_LINES = Table(
    "ledger_lines",
    METADATA,
    Column("entry", ForeignKey("ledger_entries.seq"), primary_key=True, autoincrement=False),
    Column("account", ForeignKey("ledger_accounts.seq"), primary_key=True, autoincrement=False),
    Column("amount", BigInteger, nullable=False),
    Index("ix_ledger_lines_account", "account", "entry"),
)

# `amount` is what was sent, `net_amount` what of it reaches the budget. `provider_ref` is the provider's session in
# which it is paid, `payment_ref` the payment itself, `checkout_url` where the payer goes.
FUNDINGS = Table(
    "fundings",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("programme_kind", Key, nullable=False),
    Column("programme", Seq, nullable=False),
    Column("provider", Key, nullable=False),
    Column("provider_ref", Key),
    Column("payment_ref", Key),
    Column("checkout_url", Text),
    Column("status", Key, nullable=False),
    Column("currency", Key, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("fee_amount", BigInteger, nullable=False),
    Column("net_amount", BigInteger, nullable=False),
    Column("refunded_amount", BigInteger, nullable=False, server_default="0"),
    Column("note", Text, nullable=False),
    Column("created_by", ForeignKey("people.seq")),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("succeeded_at", At),
    UniqueConstraint("provider", "provider_ref"),
    Index("ix_fundings_programme", "programme_kind", "programme", "seq"),
    Index("ix_fundings_organization", "organization", "seq"),
)

# What a provider told us, once each.
PROVIDER_EVENTS = Table(
    "provider_events",
    METADATA,
    Column("provider", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("at", At, nullable=False),
)

# A sum that a submission has earned: by its reward or views, or by one sale. `source` is `work` or `sale:ID`.
EARNINGS = Table(
    "earnings",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("person", ForeignKey("people.seq"), nullable=False),
    Column("programme_kind", Key, nullable=False),
    Column("programme", Seq, nullable=False),
    Column("submission_kind", Key, nullable=False),
    Column("submission", Seq, nullable=False),
    Column("source", Key, nullable=False),
    Column("currency", Key, nullable=False),
    # The amount in each stage: accrued while it may grow, held while it may be taken back, then payable, then paid.
    Column("amount", BigInteger, nullable=False),
    Column("stage", Key, nullable=False),
    Column("payout", ForeignKey("payouts.seq")),
    Column("hold_until", At),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("submission_kind", "submission", "source"),
    Index("ix_earnings_person", "person", "stage"),
    Index("ix_earnings_organization", "organization", "stage"),
    Index("ix_earnings_payout", "payout"),
    Index(
        "ix_earnings_hold",
        "hold_until",
        sqlite_where=text("stage = 'held'"),
        postgresql_where=text("stage = 'held'"),
    ),
)

# What an organization pays a person at once.
PAYOUTS = Table(
    "payouts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("person", ForeignKey("people.seq"), nullable=False),
    Column("currency", Key, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("status", Key, nullable=False),
    Column("provider", Key, nullable=False),
    Column("provider_ref", Key),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("failure", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_by", ForeignKey("people.seq")),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("sent_at", At),
    Column("completed_at", At),
    UniqueConstraint("provider", "provider_ref"),
    Index("ix_payouts_organization", "organization", "seq"),
    Index("ix_payouts_person", "person", "seq"),
)

# Where a person is paid: the provider's own name of them, or their bank details, sealed; `hint` may be shown. `link` is
# where they introduce themselves to the provider, for as long as it is good.
PAYOUT_METHODS = Table(
    "payout_methods",
    METADATA,
    Column("person", ForeignKey("people.seq"), primary_key=True, autoincrement=False),
    Column("provider", Key, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("ready", Flag, nullable=False),
    Column("link", Text),
    Column("link_until", At),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
)
