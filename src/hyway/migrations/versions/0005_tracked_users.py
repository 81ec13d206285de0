"""Who is tracked: accounts, groups, users, their live state and positions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _accounts()
    _groups()
    _users()
    _tracks()
    _indexes_of_tracks()
    _positions()
    _photos()
    _phones()
    _logs()
    _answers()


def _accounts() -> None:
    op.create_table(
        "tracking_accounts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("environment", KEY, nullable=False),
        sa.Column("frames", sa.BigInteger(), nullable=False),
        sa.Column("fences", sa.BigInteger(), nullable=False),
        sa.Column("timezone", KEY, nullable=False),
        sa.Column("distance_unit", KEY, nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("custom_types", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_tracking_accounts_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_accounts")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_accounts_id")),
        sa.UniqueConstraint(
            "organization", "environment", name=op.f("uq_tracking_accounts_organization_environment")
        ),
    )


def _groups() -> None:
    op.create_table(
        "tracking_groups",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("lookup_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", SEQ, nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_groups_account")
        ),
        sa.ForeignKeyConstraint(["parent"], ["tracking_groups.seq"], name=op.f("fk_tracking_groups_parent")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_groups")),
        sa.UniqueConstraint("account", "lookup_id", name=op.f("uq_tracking_groups_account_lookup_id")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_groups_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tracking_groups_token_hash")),
    )
    op.create_index("ix_tracking_groups_parent", "tracking_groups", ["parent"], unique=False)


def _users() -> None:
    op.create_table(
        "tracking_users",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("lookup_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("group", SEQ, nullable=True),
        sa.Column("vehicle_type", KEY, nullable=False),
        sa.Column("device_name", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("timezone", KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_users_account")
        ),
        sa.ForeignKeyConstraint(["group"], ["tracking_groups.seq"], name=op.f("fk_tracking_users_group")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_users")),
        sa.UniqueConstraint("account", "lookup_id", name=op.f("uq_tracking_users_account_lookup_id")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_users_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_tracking_users_account_created_at", "tracking_users", ["account", "created_at"], unique=False
    )
    op.create_index("ix_tracking_users_group", "tracking_users", ["group"], unique=False)


def _tracks() -> None:
    op.create_table(
        "tracking_tracks",
        sa.Column("user", SEQ, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("frame", sa.BigInteger(), nullable=False),
        sa.Column("is_tracking", sa.SmallInteger(), nullable=False),
        sa.Column("tracking_at", sa.BigInteger(), nullable=True),
        sa.Column("online_at", sa.BigInteger(), nullable=True),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=True),
        sa.Column("is_away", sa.SmallInteger(), nullable=False),
        sa.Column("battery", sa.SmallInteger(), nullable=True),
        sa.Column("battery_at", sa.BigInteger(), nullable=True),
        sa.Column("location_status", KEY, nullable=False),
        sa.Column("location_status_at", sa.BigInteger(), nullable=True),
        sa.Column("device", KEY, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("speed", sa.Float(), nullable=True),
        sa.Column("bearing", sa.Float(), nullable=True),
        sa.Column("altitude", sa.Float(), nullable=True),
        sa.Column("activity", sa.SmallInteger(), nullable=True),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("provider", sa.SmallInteger(), nullable=True),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("machine", sa.Text(), nullable=True),
        sa.Column("open_segment", KEY, nullable=True),
        sa.Column("pace", sa.Text(), nullable=True),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.BigInteger(), nullable=True),
        sa.Column("is_stopped", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_tracks_account")
        ),
        sa.ForeignKeyConstraint(
            ["user"], ["tracking_users.seq"], name=op.f("fk_tracking_tracks_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user", name=op.f("pk_tracking_tracks")),
    )


def _indexes_of_tracks() -> None:
    op.create_index(
        "ix_tracking_tracks_near",
        "tracking_tracks",
        ["account", "cell", "x", "y", "z", "is_tracking", "pending", "tracking_at", "assigned_at"],
        unique=False,
        sqlite_where=sa.text("cell IS NOT NULL"),
        postgresql_where=sa.text("cell IS NOT NULL"),
    )
    op.create_index(
        "ix_tracking_tracks_tracked", "tracking_tracks", ["account", "is_tracking", "cell"], unique=False
    )
    op.create_index(
        "ix_tracking_tracks_idle",
        "tracking_tracks",
        ["account", "cell", "tracking_at", "assigned_at", "is_tracking", "pending"],
        unique=False,
        sqlite_where=sa.text("is_tracking = 0 AND pending > 0"),
        postgresql_where=sa.text("is_tracking = 0 AND pending > 0"),
    )
    op.create_index("ix_tracking_tracks_account_frame", "tracking_tracks", ["account", "frame"], unique=False)
    awaited = sa.text("is_tracking = 1 AND is_away = 0")
    op.create_index(
        "ix_tracking_tracks_heartbeat_at",
        "tracking_tracks",
        ["heartbeat_at"],
        unique=False,
        sqlite_where=awaited,
        postgresql_where=awaited,
    )


def _positions() -> None:
    op.create_table(
        "tracking_positions",
        sa.Column("user", SEQ, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("lat", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Integer(), nullable=False),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("speed", sa.Float(), nullable=True),
        sa.Column("bearing", sa.Float(), nullable=True),
        sa.Column("altitude", sa.Float(), nullable=True),
        sa.Column("activity", sa.SmallInteger(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("provider", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["tracking_users.seq"], name=op.f("fk_tracking_positions_user")),
        sa.PrimaryKeyConstraint("user", "at", "lat", "lon", name=op.f("pk_tracking_positions")),
        sqlite_with_rowid=False,
    )


def _photos() -> None:
    op.create_table(
        "tracking_photos",
        sa.Column("user", SEQ, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user"], ["tracking_users.seq"], name=op.f("fk_tracking_photos_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user", name=op.f("pk_tracking_photos")),
        sa.UniqueConstraint("id", name=op.f("uq_tracking_photos_id")),
    )


def _phones() -> None:
    op.create_table(
        "tracking_phones",
        sa.Column("user", SEQ, nullable=False),
        sa.Column("device", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user"], ["tracking_users.seq"], name=op.f("fk_tracking_phones_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user", "device", name=op.f("pk_tracking_phones")),
    )


def _logs() -> None:
    op.create_table(
        "tracking_logs",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("user", SEQ, nullable=True),
        sa.Column("device", KEY, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_logs_account")
        ),
        sa.ForeignKeyConstraint(
            ["user"], ["tracking_users.seq"], name=op.f("fk_tracking_logs_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tracking_logs")),
    )
    op.create_index("ix_tracking_logs_account_at", "tracking_logs", ["account", "at"], unique=False)
    op.create_index("ix_tracking_logs_user", "tracking_logs", ["user"], unique=False)


def _answers() -> None:
    op.create_table(
        "tracking_answers",
        sa.Column("account", SEQ, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["tracking_accounts.seq"], name=op.f("fk_tracking_answers_account")
        ),
        sa.PrimaryKeyConstraint("account", "key", name=op.f("pk_tracking_answers")),
    )
    op.create_index("ix_tracking_answers_at", "tracking_answers", ["at"], unique=False)
