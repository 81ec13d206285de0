"""The tables of what is owed and paid."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

_ACCOUNT = "billing_accounts.seq"

# One of each account. Whoever changes what an account owes locks its row first.
SUBSCRIPTIONS = Table(
    "subscriptions",
    METADATA,
    Column("account", ForeignKey(_ACCOUNT), primary_key=True, autoincrement=False),
    Column("id", Key, nullable=False, unique=True),
    Column("plan", Key, nullable=False),
    Column("status", Key, nullable=False),
    Column("started_at", At, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("closes_at", At, nullable=False),
    Index("ix_subscriptions_closes_at", "closes_at"),
)

# Which plan was in force when; `end` is NULL of the one that is. `before` and `after` are JSON: what the days of its
# start and its end had counted by then, so that of such a day each plan has what was counted while it was in force.
SUBSCRIPTION_SPANS = Table(
    "subscription_spans",
    METADATA,
    Column("account", ForeignKey(_ACCOUNT), primary_key=True, autoincrement=False),
    Column("start", At, primary_key=True, autoincrement=False),
    Column("end", At, nullable=True),
    Column("plan", Key, nullable=False),
    Column("before", Text, nullable=False, server_default="{}"),
    Column("after", Text, nullable=False, server_default="{}"),
)

PAYMENT_METHODS = Table(
    "payment_methods",
    METADATA,
    Column("account", ForeignKey(_ACCOUNT), primary_key=True, autoincrement=False),
    Column("provider_id", Key, primary_key=True),
    Column("provider", Key, nullable=False),
    Column("type", Key, nullable=False),
    Column("last4", Key, nullable=False),
    Column("card_type", Key, nullable=False),
    Column("expiration", Key, nullable=False),
    # 1 or NULL: of NULLs there may be many.
    Column("is_default", Flag, nullable=True),
    Column("created_at", At, nullable=False),
    UniqueConstraint("account", "is_default"),
    Index("ix_payment_methods_provider_id", "provider_id"),
)

PROMOS = Table(
    "promo_codes",
    METADATA,
    Column("code", Key, primary_key=True),
    Column("points", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Key, nullable=False),
    Column("cycles", Integer, nullable=True),
    Column("expires_at", At, nullable=True),
    Column("created_at", At, nullable=False),
    Column("withdrawn_at", At, nullable=True),
)

# Codes that accounts have entered, in the order in which they take something off; `used` counts the cycles that each
# has taken something off, and stays when an account lets go of it (`place` is NULL then).
ACCOUNT_PROMOS = Table(
    "billing_promo_codes",
    METADATA,
    Column("account", ForeignKey(_ACCOUNT), primary_key=True, autoincrement=False),
    Column("code", ForeignKey("promo_codes.code"), primary_key=True),
    Column("place", Integer, nullable=True),
    Column("used", Integer, nullable=False),
)

# `basis` is what `lines` and sums were computed from, as JSON: recomputing it gives the same.
INVOICES = Table(
    "invoices",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("account", ForeignKey(_ACCOUNT), nullable=False),
    Column("provider", Key, nullable=False),
    Column("provider_id", Key, nullable=False),
    Column("number", Key, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("status", Key, nullable=False),
    Column("currency", Key, nullable=False),
    Column("lines", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("subtotal", BigInteger, nullable=False),
    Column("discount", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("tax_points", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("period_start", At, nullable=False),
    Column("period_end", At, nullable=False),
    Column("created_at", At, nullable=False),
    Column("issued_at", At, nullable=True),
    Column("due_at", At, nullable=True),
    Column("paid_at", At, nullable=True),
    Column("voided_at", At, nullable=True),
    Column("http", Text, nullable=False),
    Column("pdf", Text, nullable=False),
    Column("told_at", At, nullable=False),
    # JSON of whom it was issued to, NULL of drafts.
    Column("billed_to", Text, nullable=True),
    Column("warned_at", At, nullable=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    UniqueConstraint("account", "cycle"),
    UniqueConstraint("provider", "provider_id"),
    Index("ix_invoices_status_due_at", "status", "due_at"),
)

# What providers have told, each once.
PAYMENT_EVENTS = Table(
    "payment_events",
    METADATA,
    Column("provider", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("at", At, nullable=False),
)
