"""The tables of social accounts."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from hyway.kernel.sql import METADATA, At, Key, Seq

_PENDING = text("status = 'pending'")
_VERIFIED = text("status = 'verified' AND uid IS NOT NULL")

# A profile that a person says is theirs. The tokens of OAuth are sealed. The counts are those of the newest snapshot.
SOCIAL_ACCOUNTS = Table(
    "social_accounts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.seq"), nullable=False),
    Column("platform_id", Key, nullable=False),
    Column("account_url", Text, nullable=False),
    Column("url_key", Key, nullable=False),
    Column("handle", Key, nullable=False),
    Column("uid", Key),
    Column("status", Key, nullable=False),
    Column("connected_by", Key, nullable=False),
    Column("code", Key),
    Column("code_expires_at", At),
    Column("access_token", Text),
    Column("refresh_token", Text),
    Column("token_expires_at", At),
    Column("missed", Integer, nullable=False),
    Column("subscriber_count", BigInteger),
    Column("view_count", BigInteger),
    Column("video_count", BigInteger),
    Column("likes_count", BigInteger),
    Column("engagement_rate", Text),
    Column("last_synced_at", At),
    Column("next_sync_at", At),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("platform_id", "url_key"),
    Index(
        "uq_social_accounts_uid",
        "platform_id",
        "uid",
        unique=True,
        sqlite_where=_VERIFIED,
        postgresql_where=_VERIFIED,
    ),
    Index("ix_social_accounts_person", "person", "seq"),
    Index("ix_social_accounts_sync", "next_sync_at"),
    Index(
        "ix_social_accounts_expiring",
        "code_expires_at",
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    sqlite_autoincrement=True,
)

# Once for each account and time slot.
SOCIAL_SNAPSHOTS = Table(
    "social_snapshots",
    METADATA,
    Column(
        "account",
        ForeignKey("social_accounts.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("slot", BigInteger, primary_key=True, autoincrement=False),
    Column("at", At, nullable=False),
    Column("subscriber_count", BigInteger),
    Column("view_count", BigInteger),
    Column("video_count", BigInteger),
    Column("likes_count", BigInteger),
    Column("engagement_rate", Text),
)

# When a person tried to be verified: five times an hour for each platform.
VERIFICATION_TRIES = Table(
    "verification_tries",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.seq"), nullable=False),
    Column("platform_id", Key, nullable=False),
    Column("at", At, nullable=False),
    Index("ix_verification_tries_person", "person", "platform_id", "at"),
)
