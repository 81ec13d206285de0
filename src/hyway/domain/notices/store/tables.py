"""What people are told: their own inbox, their devices, their mail."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

_WAITING = text("state = 'waiting'")

# One row for each person told. `params` is JSON; `record` is the inner number of what it is about; a message of a
# chat is shown there and in no inbox.
NOTIFICATIONS = Table(
    "notifications",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.seq"), nullable=False),
    Column("organization", ForeignKey("organizations.seq")),
    Column("type", Key, nullable=False),
    Column("params", Text, nullable=False),
    Column("record_type", Key),
    Column("record", Seq),
    Column("link", Text, nullable=False),
    Column("is_message", Flag, nullable=False),
    Column("created_at", At, nullable=False),
    Column("seen_at", At),
    Column("read_at", At),
    Index("ix_notifications_person", "person", "is_message", "seq"),
)

NOTIFICATION_SETTINGS = Table(
    "notification_settings",
    METADATA,
    Column("person", ForeignKey("people.seq"), primary_key=True, autoincrement=False),
    Column("push", Flag, nullable=False),
    Column("mail", Flag, nullable=False),
    Column("updated_at", At, nullable=False),
)

# A browser that may be woken. `secret` is sealed: with it anybody could write to the device.
PUSH_SUBSCRIPTIONS = Table(
    "push_subscriptions",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False),
    Column("endpoint_hash", Key, nullable=False, unique=True),
    Column("public_key", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("created_at", At, nullable=False),
    Column("used_at", At),
    sqlite_autoincrement=True,
)

# What was written, sent or not: without a mail server it is read here.
MAILS = Table(
    "mails",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("person", ForeignKey("people.seq")),
    Column("address", Key, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("state", Key, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("next_at", At, nullable=False),
    Column("sent_at", At),
    Index("ix_mails_person", "person", "seq"),
    Index("ix_mails_waiting", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
)
