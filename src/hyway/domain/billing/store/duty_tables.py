"""The tables of what a provider of payments has yet to be told or asked."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from hyway.kernel.sql import METADATA, At, Key

_ACCOUNT = "billing_accounts.seq"

# `mark` is a new one whenever it is owed anew, so that who has done it before does not cross out the newer one.
PAYMENT_DUTIES = Table(
    "payment_duties",
    METADATA,
    Column("kind", Key, primary_key=True),
    Column("account", ForeignKey(_ACCOUNT), primary_key=True, autoincrement=False),
    Column("subject", Key, primary_key=True),
    Column("provider", Key, nullable=False),
    Column("mark", Key, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", At, nullable=False),
    Index("ix_payment_duties_next_at", "next_at"),
)

# Pages of a provider on which somebody enters a way to pay; `session` is the provider's name of the page, NULL until it
# has told it, `ended_at` NULL as long as something may come of it.
PAYMENT_PAGES = Table(
    "payment_pages",
    METADATA,
    Column("id", Key, primary_key=True),
    Column("account", ForeignKey(_ACCOUNT), nullable=False),
    Column("provider", Key, nullable=False),
    Column("customer", Key, nullable=True),
    Column("session", Key, nullable=True, unique=True),
    Column("method", Key, nullable=True),
    Column("created_at", At, nullable=False),
    Column("ended_at", At, nullable=True),
    Index("ix_payment_pages_account_created_at", "account", "created_at"),
)
