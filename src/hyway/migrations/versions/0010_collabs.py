"""Collabs, the work for them, and what is said about it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_KEYS = ("partner_id", "link_id", "action_id", "decision", "platform_id", "post_check", "url_key")
_TIMES = (
    "ship_due_at",
    "shipped_at",
    "delivered_at",
    "content_due_at",
    "review_due_at",
    "approved_at",
    "posted_at",
    "post_made_at",
    "looked_at",
    "next_sync_at",
    "spark_expires_at",
    "usage_until",
    "overdue_told_at",
    "decided_at",
    "completed_at",
    "hold_until",
    "paid_at",
)
_FIGURES = ("views", "likes", "comments")
_LEADS_TO = (
    ("account", "social_accounts.seq"),
    ("collab", "collabs.seq"),
    ("decided_by", "people.seq"),
    ("organization", "organizations.seq"),
    ("person", "people.seq"),
)
# What the clock looks for: a step that is due and of which nobody was told, a term that ends.
_DUE = (
    ("review", "review_due_at", "status = 'content_submitted'"),
    ("shipping", "ship_due_at", "status = 'awaiting_shipment' AND overdue_told_at IS NULL"),
    (
        "making",
        "content_due_at",
        "status IN ('delivered', 'in_production', 'revision_requested') AND overdue_told_at IS NULL",
    ),
    ("sync", "next_sync_at", "next_sync_at IS NOT NULL"),
    ("spark", "spark_expires_at", "spark_code IS NOT NULL"),
    ("usage", "usage_until", "usage_status IN ('granted', 'extended')"),
)


def upgrade() -> None:
    _collabs()
    _submission_messages()
    _submission_reads()
    _collab_submissions()


def _collabs() -> None:
    op.create_table(
        "collabs",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("require_spark_ads", sa.SmallInteger(), nullable=False),
        sa.Column("requires_product_shipment", sa.SmallInteger(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("banner", sa.Integer(), nullable=True),
        sa.Column("reward_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sale_share", sa.Integer(), server_default="0", nullable=False),
        sa.Column("usage_days", sa.Integer(), server_default="365", nullable=False),
        sa.Column("total_budget_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unused_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("submissions_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("completed_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_collabs_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_collabs")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_collabs_board",
        "collabs",
        ["published_at"],
        unique=False,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index("ix_collabs_organization", "collabs", ["organization", "seq"], unique=False)


def _submission_messages() -> None:
    op.create_table(
        "submission_messages",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("submission", SEQ, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_submission_messages_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_submission_messages_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_submission_messages")),
    )
    op.create_index(
        "ix_submission_messages_submission",
        "submission_messages",
        ["kind", "submission", "seq"],
        unique=False,
    )


def _submission_reads() -> None:
    op.create_table(
        "submission_reads",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("submission", SEQ, autoincrement=False, nullable=False),
        sa.Column("person", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message", SEQ, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_submission_reads_person")),
        sa.PrimaryKeyConstraint("kind", "submission", "person", name=op.f("pk_submission_reads")),
    )


def _collab_submissions() -> None:
    op.create_table(
        "collab_submissions",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("collab", SEQ, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("status", KEY, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("message", "content_note", "revision_note")
        ),
        *(sa.Column(name, KEY, nullable=True) for name in _KEYS),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in (
                "address",
                "carrier",
                "tracking_number",
                "tracking_url",
                "content_url",
                "post_url",
                "spark_code",
            )
        ),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in (*_TIMES, *_FIGURES)),
        sa.Column("revisions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("account", SEQ, nullable=True),
        sa.Column("usage_status", KEY, nullable=False),
        sa.Column("committed_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("share_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        *(_leads(name, to) for name, to in _LEADS_TO),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_collab_submissions")),
        sa.UniqueConstraint("collab", "person", name=op.f("uq_collab_submissions_collab_person")),
    )
    _indexes_of_collab_submissions()


def _leads(name: str, to: str) -> sa.ForeignKeyConstraint:
    """A work outlives the account it was posted from."""
    gone = "SET NULL" if name == "account" else None
    return sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_collab_submissions_{name}"), ondelete=gone)


def _indexes_of_collab_submissions() -> None:
    op.create_index("ix_collab_submissions_action", "collab_submissions", ["action_id"], unique=False)
    op.create_index("ix_collab_submissions_collab", "collab_submissions", ["collab", "seq"], unique=False)
    op.create_index("ix_collab_submissions_link", "collab_submissions", ["link_id"], unique=False)
    op.create_index(
        "ix_collab_submissions_organization",
        "collab_submissions",
        ["organization", "status", "seq"],
        unique=False,
    )
    op.create_index("ix_collab_submissions_person", "collab_submissions", ["person", "seq"], unique=False)
    for name, column, where in _DUE:
        op.create_index(
            f"ix_collab_submissions_{name}",
            "collab_submissions",
            [column],
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index(
        "uq_collab_submissions_url",
        "collab_submissions",
        ["url_key"],
        unique=True,
        sqlite_where=sa.text("url_key IS NOT NULL"),
        postgresql_where=sa.text("url_key IS NOT NULL"),
    )
