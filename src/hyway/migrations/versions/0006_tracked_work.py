"""What they do: places, segments, actions, events, geofences."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_TIMES = (
    "scheduled_at",
    "assigned_at",
    "started_at",
    "completed_at",
    "canceled_at",
    "suspended_at",
    "ended_at",
)


def upgrade() -> None:
    _places()
    _segments()
    _actions()
    _indexes_of_actions()
    _events()
    _fences()
    _visits()


def _places() -> None:
    op.create_table(
        "tracking_places",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("landmark", sa.Text(), nullable=False),
        sa.Column("locality", sa.Text(), nullable=False),
        sa.Column("zip_code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("lookup_id", KEY, nullable=True),
        sa.Column("radius", sa.Float(), nullable=False),
        sa.Column("is_listed", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_places_account")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_places")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_places_id")),
    )
    op.create_index(
        "ix_tracking_places_account_created_at", "tracking_places", ["account", "created_at"], unique=False
    )
    op.create_index(
        "ix_tracking_places_account_lat", "tracking_places", ["account", "lat", "lon"], unique=False
    )
    op.create_index(
        "ix_tracking_places_account_lookup_id", "tracking_places", ["account", "lookup_id"], unique=False
    )


def _segments() -> None:
    op.create_table(
        "tracking_segments",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("user", SEQ, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("began", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("distance", sa.Float(), nullable=False),
        sa.Column("fixes", sa.Integer(), nullable=False),
        sa.Column("activities", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("place", SEQ, nullable=True),
        sa.Column("reason", KEY, nullable=True),
        sa.Column("lookup_id", KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_segments_account")
        ),
        sa.ForeignKeyConstraint(["place"], ["tracking_places.seq"], name=op.f("fk_tracking_segments_place")),
        sa.ForeignKeyConstraint(["user"], ["tracking_users.seq"], name=op.f("fk_tracking_segments_user")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_segments")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_segments_id")),
    )
    op.create_index("ix_tracking_segments_place", "tracking_segments", ["place"], unique=False)
    op.create_index(
        "ix_tracking_segments_user_began_at", "tracking_segments", ["user", "began_at"], unique=False
    )
    op.create_index(
        "ix_tracking_segments_user_ended_at", "tracking_segments", ["user", "ended_at"], unique=False
    )


def _actions() -> None:
    op.create_table(
        "tracking_actions",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("frame", sa.BigInteger(), nullable=False),
        sa.Column("user", SEQ, nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("lookup_id", KEY, nullable=True),
        sa.Column("unique_id", KEY, nullable=True),
        sa.Column("collection_id", KEY, nullable=True),
        sa.Column("short_code", KEY, nullable=False),
        sa.Column("expected_place", SEQ, nullable=True),
        sa.Column("started_place", SEQ, nullable=True),
        sa.Column("completed_place", SEQ, nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _TIMES),
        sa.Column("status", KEY, nullable=False),
        sa.Column("sub_status", KEY, nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("eta", sa.BigInteger(), nullable=True),
        sa.Column("initial_eta", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("distance", sa.Float(), nullable=True),
        sa.Column("duration", sa.Float(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("vehicle_type", KEY, nullable=True),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_actions_account")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["tracking_places.seq"], name=op.f(f"fk_tracking_actions_{name}"))
            for name in ("expected_place", "started_place", "completed_place")
        ),
        sa.ForeignKeyConstraint(["user"], ["tracking_users.seq"], name=op.f("fk_tracking_actions_user")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_actions")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_actions_id")),
        sa.UniqueConstraint("short_code", name=op.f("uq_tracking_actions_short_code")),
        sqlite_autoincrement=True,
    )


def _indexes_of_actions() -> None:
    op.create_index(
        "ix_tracking_actions_account_collection_id",
        "tracking_actions",
        ["account", "collection_id"],
        unique=False,
    )
    op.create_index(
        "ix_tracking_actions_account_created_at", "tracking_actions", ["account", "created_at"], unique=False
    )
    op.create_index(
        "ix_tracking_actions_account_frame", "tracking_actions", ["account", "frame"], unique=False
    )
    op.create_index(
        "ix_tracking_actions_account_lookup_id", "tracking_actions", ["account", "lookup_id"], unique=False
    )
    op.create_index(
        "ix_tracking_actions_due_at",
        "tracking_actions",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('created', 'assigned', 'started')"),
        postgresql_where=sa.text("status IN ('created', 'assigned', 'started')"),
    )
    op.create_index(
        "ix_tracking_actions_pending",
        "tracking_actions",
        ["user", "rank"],
        unique=False,
        sqlite_where=sa.text("status IN ('created', 'assigned', 'started')"),
        postgresql_where=sa.text("status IN ('created', 'assigned', 'started')"),
    )
    op.create_index(
        "ix_tracking_actions_user_ended_at", "tracking_actions", ["user", "ended_at"], unique=False
    )
    op.create_index(
        "uq_tracking_actions_unique_id",
        "tracking_actions",
        ["account", "unique_id"],
        unique=True,
        sqlite_where=sa.text("unique_id IS NOT NULL"),
        postgresql_where=sa.text("unique_id IS NOT NULL"),
    )


def _events() -> None:
    op.create_table(
        "tracking_events",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("frame", sa.BigInteger(), nullable=False),
        sa.Column("user", SEQ, nullable=False),
        sa.Column("action", SEQ, nullable=True),
        sa.Column("type", KEY, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("dedupe", KEY, nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_events_account")
        ),
        sa.ForeignKeyConstraint(["action"], ["tracking_actions.seq"], name=op.f("fk_tracking_events_action")),
        sa.ForeignKeyConstraint(["user"], ["tracking_users.seq"], name=op.f("fk_tracking_events_user")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_events")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_events_id")),
        sa.UniqueConstraint(
            "user",
            "type",
            "recorded_at",
            "dedupe",
            name=op.f("uq_tracking_events_user_type_recorded_at_dedupe"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tracking_events_account_frame", "tracking_events", ["account", "frame"], unique=False)
    op.create_index(
        "ix_tracking_events_account_recorded_at", "tracking_events", ["account", "recorded_at"], unique=False
    )
    op.create_index(
        "ix_tracking_events_user_recorded_at", "tracking_events", ["user", "recorded_at"], unique=False
    )
    op.create_index("ix_tracking_events_action", "tracking_events", ["action"], unique=False)


def _fences() -> None:
    op.create_table(
        "tracking_fences",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("user", SEQ, nullable=True),
        sa.Column("group", SEQ, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("place", SEQ, nullable=True),
        sa.Column("shape", sa.Text(), nullable=True),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("radius", sa.Float(), nullable=True),
        sa.Column("min_duration", sa.Integer(), nullable=True),
        sa.Column("max_duration", sa.Integer(), nullable=True),
        sa.Column("expire_at", sa.BigInteger(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_fences_account")
        ),
        sa.ForeignKeyConstraint(["group"], ["tracking_groups.seq"], name=op.f("fk_tracking_fences_group")),
        sa.ForeignKeyConstraint(["place"], ["tracking_places.seq"], name=op.f("fk_tracking_fences_place")),
        sa.ForeignKeyConstraint(
            ["user"], ["tracking_users.seq"], name=op.f("fk_tracking_fences_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_fences")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_fences_id")),
    )
    op.create_index("ix_tracking_fences_account", "tracking_fences", ["account", "expire_at"], unique=False)
    op.create_index("ix_tracking_fences_group", "tracking_fences", ["group"], unique=False)
    op.create_index("ix_tracking_fences_user", "tracking_fences", ["user"], unique=False)


def _visits() -> None:
    op.create_table(
        "tracking_visits",
        sa.Column("fence", SEQ, nullable=False),
        sa.Column("user", SEQ, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["fence"], ["tracking_fences.seq"], name=op.f("fk_tracking_visits_fence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user"], ["tracking_users.seq"], name=op.f("fk_tracking_visits_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fence", "user", name=op.f("pk_tracking_visits")),
    )
    op.create_index("ix_tracking_visits_due_at", "tracking_visits", ["due_at"], unique=False)
    op.create_index("ix_tracking_visits_user", "tracking_visits", ["user"], unique=False)
