"""What is counted of each organization."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_DAY = 86_400_000_000  # microseconds

# The event log tells what would have been counted so far.
_COUNTED = """INSERT INTO meters (organization, meter, day, slot, count)
SELECT organization, :meter, at / :day, 0, COUNT(*) FROM events
WHERE action = :action AND organization <> 0 GROUP BY 1, 3"""
_ACTIVE = """INSERT INTO active_members (organization, day, member)
SELECT DISTINCT organization, at / :day, member FROM events
WHERE actor_kind = 'person' AND member IS NOT NULL AND organization <> 0"""
_SEATS = """INSERT INTO seats (organization, day, taken)
SELECT o.seq, :today, (SELECT COUNT(*) FROM memberships m WHERE m.organization = o.seq) FROM organizations o"""
_METERS = {"link.created": "link.created", "dotenv.pushed": "env.push", "dotenv.pulled": "env.pull"}


def upgrade() -> None:
    op.create_table(
        "meters",
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("meter", KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "meter", "day", "slot", name=op.f("pk_meters")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "active_members",
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("member", KEY, nullable=False),
        sa.PrimaryKeyConstraint("organization", "day", "member", name=op.f("pk_active_members")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seats",
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "day", name=op.f("pk_seats")),
        sqlite_with_rowid=False,
    )
    _what_was()


def _what_was() -> None:
    bind = op.get_bind()
    for action, meter in _METERS.items():
        bind.execute(sa.text(_COUNTED), {"action": action, "meter": meter, "day": _DAY})
    bind.execute(sa.text(_ACTIVE), {"day": _DAY})
    bind.execute(sa.text(_SEATS), {"today": time.time_ns() // 1000 // _DAY})
