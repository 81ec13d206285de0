"""Who sees what of toggles, by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "toggle_counts",
        sa.Column("project", SEQ, nullable=False),
        sa.Column("toggle", KEY, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("seen", KEY, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["projects.seq"], name=op.f("fk_toggle_counts_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "project", "toggle", "hour", "source", "seen", "reason", name=op.f("pk_toggle_counts")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_toggle_counts_hour", "toggle_counts", ["hour"], unique=False)
