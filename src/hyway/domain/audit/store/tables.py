"""The event log's tables: rows are added, never changed; triggers of the migrations hold it so.

An event's row tells all of it. To search by, the same event stands once more for each thing that it speaks of, and
once for every two of them: whatever is asked for is then one or a few ranges of an index, already in order, of which
the first rows are the answer, however many rows there are and however rarely two things meet.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from hyway.kernel.sql import METADATA, At, Key, Seq

EVENTS = Table(
    "events",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", Integer, nullable=False),
    Column("at", At, nullable=False),
    Column("via", Key, nullable=False),
    Column("actor_kind", Key, nullable=False),
    Column("actor_id", Key, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("action", Key, nullable=False),
    Column("subject_kind", Key, nullable=False),
    Column("subject_id", Key, nullable=False),
    Column("data", Text, nullable=False),
    Column("request_id", Key, nullable=False),
    Column("member", Key),
    # What it speaks of besides its subject and who did it, as JSON: kind, id and view of each.
    Column("refs", Text),
    Index("ix_events_organization_seq", "organization", "seq"),
    Index("ix_events_at", "organization", "at", "seq"),
    Index("ix_events_action", "organization", "action", "at", "seq"),
)

EVENT_REFERENCES = Table(
    "event_references",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    Column("id", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("action", Key, primary_key=True),
    Column("at", At, primary_key=True, autoincrement=False),
    Column("event", Seq, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

EVENT_PAIRS = Table(
    "event_pairs",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    # See `rules.pair`.
    Column("pair", BigInteger, primary_key=True, autoincrement=False),
    Column("action", Key, primary_key=True),
    Column("at", At, primary_key=True, autoincrement=False),
    Column("event", Seq, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
