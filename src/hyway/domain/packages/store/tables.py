"""The table of packages."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from hyway.kernel.sql import METADATA, At, Key, Seq

_KEPT = text("dropped_at IS NULL")

# Of the server's own, so no organization. The bytes lie under `key` in the folder or the bucket.
PACKAGES = Table(
    "packages",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("name", Key, nullable=False),
    Column("version", Key, nullable=False),
    Column("platform", Key, nullable=False),
    Column("file", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("checksum", Key, nullable=False),
    Column("key", Key, nullable=False, unique=True),
    Column("created_at", At, nullable=False),
    # When nobody could fetch it any more: its bytes go some time after.
    Column("dropped_at", At, index=True),
    Index(
        "uq_packages_kept",
        "name",
        "version",
        "platform",
        unique=True,
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    ),
    Index("ix_packages_checksum", "checksum"),
    sqlite_autoincrement=True,
)
