"""The tables of billing."""

from sqlalchemy import Column, ForeignKey, Table, Text

from hyway.kernel.sql import METADATA, At, Key, Seq

# Who pays. Which organizations an account pays for stands with them.
BILLING_ACCOUNTS = Table(
    "billing_accounts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Key, nullable=False),
    Column("created_at", At, nullable=False),
)

BILLING_OWNERS = Table(
    "billing_owners",
    METADATA,
    Column("account", ForeignKey("billing_accounts.seq"), primary_key=True),
    Column("person", ForeignKey("people.seq"), primary_key=True, index=True),
    Column("since", At, nullable=False),
)
