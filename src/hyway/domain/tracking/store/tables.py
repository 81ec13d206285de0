"""The tables of tracking. Every row belongs to an account: an organization's live data, or its test data.

Places on earth are whole 1e-7 degrees in the tables of positions, which compare exactly, and plain degrees elsewhere.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

# `frames` counts what changed: every change of a user, an action or an event carries the next number, so that a
# stream can go on where it stopped. `fences` counts the changes of geofences, 0 while there never was one.
ACCOUNTS = Table(
    "tracking_accounts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("environment", Key, nullable=False),
    Column("frames", BigInteger, nullable=False),
    Column("fences", BigInteger, nullable=False),
    Column("timezone", Key, nullable=False),
    Column("distance_unit", Key, nullable=False),
    Column("retention_days", Integer),
    Column("custom_types", Flag, nullable=False),
    Column("created_at", At, nullable=False),
    UniqueConstraint("organization", "environment"),
)


def account() -> "Column[int]":
    return Column("account", ForeignKey("tracking_accounts.seq"), nullable=False)


GROUPS = Table(
    "tracking_groups",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    account(),
    Column("lookup_id", Key),
    Column("name", Text, nullable=False),
    Column("parent", ForeignKey("tracking_groups.seq")),
    Column("token", Text, nullable=False),
    Column("token_hash", Key, nullable=False, unique=True),
    Column("created_at", At, nullable=False),
    Column("modified_at", At, nullable=False),
    UniqueConstraint("account", "lookup_id"),
    Index("ix_tracking_groups_parent", "parent"),
)

USERS = Table(
    "tracking_users",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    account(),
    Column("lookup_id", Key),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("photo", Text),
    Column("group", ForeignKey("tracking_groups.seq")),
    Column("vehicle_type", Key, nullable=False),
    Column("device_name", Text),
    Column("metadata", Text, nullable=False),
    Column("timezone", Key),
    Column("created_at", At, nullable=False),
    Column("modified_at", At, nullable=False),
    UniqueConstraint("account", "lookup_id"),
    Index("ix_tracking_users_account_created_at", "account", "created_at"),
    Index("ix_tracking_users_group", "group"),
    sqlite_autoincrement=True,
)

_AWAITED = text("is_tracking = 1 AND is_away = 0")
_PLACED = text("cell IS NOT NULL")
_IDLE = text("is_tracking = 0 AND pending > 0")

# One row for each user, apart from the profile because every batch of positions writes it. `machine` is the state
# that finds trips and stops, `pace` how fast this user moves; x, y, z are the last place in earth-centred metres. Who
# is near is found and counted in three indexes alone: where everybody is, who is tracked, who has work without it.
TRACKS = Table(
    "tracking_tracks",
    METADATA,
    Column("user", ForeignKey("tracking_users.seq", ondelete="CASCADE"), primary_key=True),
    account(),
    Column("frame", BigInteger, nullable=False),
    Column("is_tracking", Flag, nullable=False),
    Column("tracking_at", At),
    Column("online_at", At),
    Column("heartbeat_at", At),
    Column("is_away", Flag, nullable=False),
    Column("battery", SmallInteger),
    Column("battery_at", At),
    Column("location_status", Key, nullable=False),
    Column("location_status_at", At),
    Column("device", Key),
    Column("at", At),
    Column("lat", Float),
    Column("lon", Float),
    Column("accuracy", Float),
    Column("speed", Float),
    Column("bearing", Float),
    Column("altitude", Float),
    Column("activity", SmallInteger),
    Column("confidence", SmallInteger),
    Column("provider", SmallInteger),
    Column("cell", BigInteger),
    Column("x", Float),
    Column("y", Float),
    Column("z", Float),
    Column("machine", Text),
    Column("open_segment", Key),
    Column("pace", Text),
    Column("pending", Integer, nullable=False),
    Column("assigned_at", At),
    Column("is_stopped", Flag),
    Index("ix_tracking_tracks_account_frame", "account", "frame"),
    Index(
        "ix_tracking_tracks_near",
        *("account", "cell", "x", "y", "z", "is_tracking", "pending", "tracking_at", "assigned_at"),
        sqlite_where=_PLACED,
        postgresql_where=_PLACED,
    ),
    Index("ix_tracking_tracks_tracked", "account", "is_tracking", "cell"),
    Index(
        "ix_tracking_tracks_idle",
        *("account", "cell", "tracking_at", "assigned_at", "is_tracking", "pending"),
        sqlite_where=_IDLE,
        postgresql_where=_IDLE,
    ),
    Index(
        "ix_tracking_tracks_heartbeat_at", "heartbeat_at", sqlite_where=_AWAITED, postgresql_where=_AWAITED
    ),
)

# A position is itself: sent twice it is there once. Clustered by user and time, so that a batch is one run.
POSITIONS = Table(
    "tracking_positions",
    METADATA,
    Column("user", ForeignKey("tracking_users.seq"), primary_key=True),
    Column("at", At, primary_key=True),
    Column("lat", Integer, primary_key=True),
    Column("lon", Integer, primary_key=True),
    Column("accuracy", Float),
    Column("speed", Float),
    Column("bearing", Float),
    Column("altitude", Float),
    Column("activity", SmallInteger, nullable=False),
    Column("confidence", SmallInteger),
    Column("provider", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Closed segments alone; the open one lives in the track's `machine`.
SEGMENTS = Table(
    "tracking_segments",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    account(),
    Column("user", ForeignKey("tracking_users.seq"), nullable=False),
    Column("kind", Key, nullable=False),
    Column("began_at", At, nullable=False),
    Column("ended_at", At, nullable=False),
    Column("decided_at", At, nullable=False),
    Column("began", Text, nullable=False),
    Column("ended", Text, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("distance", Float, nullable=False),
    Column("fixes", Integer, nullable=False),
    Column("activities", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("place", ForeignKey("tracking_places.seq")),
    Column("reason", Key),
    Column("lookup_id", Key),
    Column("created_at", At, nullable=False),
    Column("modified_at", At, nullable=False),
    Index("ix_tracking_segments_user_began_at", "user", "began_at"),
    Index("ix_tracking_segments_user_ended_at", "user", "ended_at"),
    Index("ix_tracking_segments_place", "place"),
)

PLACES = Table(
    "tracking_places",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    account(),
    Column("name", Text, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("address", Text, nullable=False),
    Column("landmark", Text, nullable=False),
    Column("locality", Text, nullable=False),
    Column("zip_code", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("lookup_id", Key),
    Column("radius", Float, nullable=False),
    Column("is_listed", Flag, nullable=False),
    Column("created_at", At, nullable=False),
    Column("modified_at", At, nullable=False),
    Index("ix_tracking_places_account_created_at", "account", "created_at"),
    Index("ix_tracking_places_account_lookup_id", "account", "lookup_id"),
    Index("ix_tracking_places_account_lat", "account", "lat", "lon"),
)

_PENDING = text("status IN ('created', 'assigned', 'started')")
_UNIQUE = text("unique_id IS NOT NULL")

# `progress` is the part that changes with positions, see `lifecycle`. `rank` orders a user's queue. At `due_at` an
# action is looked at for what the passing of time makes of it.
ACTIONS = Table(
    "tracking_actions",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    account(),
    Column("frame", BigInteger, nullable=False),
    Column("user", ForeignKey("tracking_users.seq")),
    Column("rank", Integer, nullable=False),
    Column("type", Key, nullable=False),
    Column("lookup_id", Key),
    Column("unique_id", Key),
    Column("collection_id", Key),
    Column("short_code", Key, nullable=False, unique=True),
    Column("expected_place", ForeignKey("tracking_places.seq")),
    Column("started_place", ForeignKey("tracking_places.seq")),
    Column("completed_place", ForeignKey("tracking_places.seq")),
    Column("scheduled_at", At),
    Column("assigned_at", At),
    Column("started_at", At),
    Column("completed_at", At),
    Column("canceled_at", At),
    Column("suspended_at", At),
    Column("ended_at", At),
    Column("status", Key, nullable=False),
    Column("sub_status", Key, nullable=False),
    Column("progress", Text, nullable=False),
    Column("eta", At),
    Column("initial_eta", At),
    Column("due_at", At),
    Column("flags", Text, nullable=False),
    Column("distance", Float),
    Column("duration", Float),
    Column("path", Text),
    Column("vehicle_type", Key),
    Column("metadata", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("modified_at", At, nullable=False),
    Index("ix_tracking_actions_account_created_at", "account", "created_at"),
    Index("ix_tracking_actions_account_frame", "account", "frame"),
    Index("ix_tracking_actions_account_lookup_id", "account", "lookup_id"),
    Index("ix_tracking_actions_account_collection_id", "account", "collection_id"),
    Index("ix_tracking_actions_pending", "user", "rank", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_tracking_actions_user_ended_at", "user", "ended_at"),
    Index("ix_tracking_actions_due_at", "due_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index(
        "uq_tracking_actions_unique_id",
        "account",
        "unique_id",
        unique=True,
        sqlite_where=_UNIQUE,
        postgresql_where=_UNIQUE,
    ),
    sqlite_autoincrement=True,
)

# What happened, from devices and from our own reckoning; `dedupe` keeps the same happening from being told twice.
EVENTS = Table(
    "tracking_events",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    account(),
    Column("frame", BigInteger, nullable=False),
    Column("user", ForeignKey("tracking_users.seq"), nullable=False),
    Column("action", ForeignKey("tracking_actions.seq")),
    Column("type", Key, nullable=False),
    Column("recorded_at", At, nullable=False),
    Column("dedupe", Key, nullable=False),
    Column("location", Text),
    Column("data", Text, nullable=False),
    Column("delivered_at", At),
    Column("created_at", At, nullable=False),
    Column("modified_at", At, nullable=False),
    UniqueConstraint("user", "type", "recorded_at", "dedupe"),
    Index("ix_tracking_events_account_recorded_at", "account", "recorded_at"),
    Index("ix_tracking_events_account_frame", "account", "frame"),
    Index("ix_tracking_events_user_recorded_at", "user", "recorded_at"),
    Index("ix_tracking_events_action", "action"),
    sqlite_autoincrement=True,
)

# Of a user, of a group and those below it, or of everybody in the account. `shape` is GeoJSON and `box` the degrees
# that hold it; both are null for the circle of `radius` round the place.
FENCES = Table(
    "tracking_fences",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    account(),
    Column("user", ForeignKey("tracking_users.seq", ondelete="CASCADE")),
    Column("group", ForeignKey("tracking_groups.seq")),
    Column("name", Text, nullable=False),
    Column("type", Key, nullable=False),
    Column("place", ForeignKey("tracking_places.seq")),
    Column("shape", Text),
    Column("box", Text),
    Column("radius", Float),
    Column("min_duration", Integer),
    Column("max_duration", Integer),
    Column("expire_at", At, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("modified_at", At, nullable=False),
    Index("ix_tracking_fences_account", "account", "expire_at"),
    Index("ix_tracking_fences_user", "user"),
    Index("ix_tracking_fences_group", "group"),
)

VISITS = Table(
    "tracking_visits",
    METADATA,
    Column("fence", ForeignKey("tracking_fences.seq", ondelete="CASCADE"), primary_key=True),
    Column("user", ForeignKey("tracking_users.seq", ondelete="CASCADE"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("due_at", At),
    Index("ix_tracking_visits_due_at", "due_at"),
    Index("ix_tracking_visits_user", "user"),
)

PHOTOS = Table(
    "tracking_photos",
    METADATA,
    Column("user", ForeignKey("tracking_users.seq", ondelete="CASCADE"), primary_key=True),
    Column("id", Key, nullable=False, unique=True),
    Column("type", Key, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

# Where a phone's push service reaches it; `kind` is FCM, GCM or APNS.
PHONES = Table(
    "tracking_phones",
    METADATA,
    Column("user", ForeignKey("tracking_users.seq", ondelete="CASCADE"), primary_key=True),
    Column("device", Key, primary_key=True),
    Column("kind", Key, nullable=False),
    Column("registration", Text, nullable=False),
    Column("modified_at", At, nullable=False),
)

LOGS = Table(
    "tracking_logs",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    account(),
    Column("user", ForeignKey("tracking_users.seq", ondelete="CASCADE")),
    Column("device", Key),
    Column("body", Text, nullable=False),
    Column("at", At, nullable=False),
    Index("ix_tracking_logs_account_at", "account", "at"),
    Index("ix_tracking_logs_user", "user"),
)

# Answers to requests that named an Idempotency-Key.
ANSWERS = Table(
    "tracking_answers",
    METADATA,
    Column("account", ForeignKey("tracking_accounts.seq"), primary_key=True),
    Column("key", Key, primary_key=True),
    Column("digest", Key, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", At, nullable=False),
    Index("ix_tracking_answers_at", "at"),
)
