"""The tables of billing."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

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

# What was counted of an organization, by day (see `cycles.day`). A meter has several rows a day, its slots, so that
# transactions which count at the same time need not wait for one another: the sum is what was counted.
METERS = Table(
    "meters",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    Column("meter", Key, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("slot", Flag, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Members by the days on which they did something that the event log tells of.
ACTIVE_MEMBERS = Table(
    "active_members",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("member", Key, primary_key=True),
    sqlite_with_rowid=False,
)

# How many members there were at the end of the days on which that changed.
SEATS = Table(
    "seats",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("taken", Integer, nullable=False),
    sqlite_with_rowid=False,
)
