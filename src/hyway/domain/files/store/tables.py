"""The table of files."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from hyway.kernel.sql import METADATA, At, Key, Seq

# The bytes lie under `key` in the folder or the bucket. Of an organization, or of a person alone.
FILES = Table(
    "files",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("key", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), index=True),
    Column("person", ForeignKey("people.seq"), index=True),
    Column("name", Text, nullable=False),
    Column("media_type", Key, nullable=False),
    Column("size", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("checksum", Key, nullable=False),
    Column("created_at", At, nullable=False),
    # When nothing showed it any more: its bytes go some time after.
    Column("dropped_at", At, index=True),
)
