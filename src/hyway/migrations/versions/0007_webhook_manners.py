"""Webhooks in more than one manner, narrowed to a group, and in order within a lane."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_QUEUED = sa.text("state = 'pending' AND lane IS NOT NULL")


def upgrade() -> None:
    # Those that exist speak Hyway's own words. No batch: it would copy the table, and the copy's end would take the
    # deliveries along.
    for name, default in (("manner", "hyway"), ("environment", "live"), ("kind", "web")):
        op.add_column("webhook_endpoints", sa.Column(name, KEY, nullable=False, server_default=default))
    op.add_column("webhook_endpoints", sa.Column("group", KEY, nullable=True))
    op.add_column("webhook_deliveries", sa.Column("lane", KEY, nullable=True))
    op.add_column("webhook_deliveries", sa.Column("subject", KEY, nullable=True))
    op.create_index(
        "ix_webhook_deliveries_lane",
        "webhook_deliveries",
        ["endpoint", "lane", "seq"],
        unique=False,
        sqlite_where=_QUEUED,
        postgresql_where=_QUEUED,
    )
