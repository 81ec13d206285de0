"""Campaigns, the posts made for them, and social accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_TIMES = (
    "posted_at",
    "views_at",
    "next_sync_at",
    "review_due_at",
    "decided_at",
    "window_ends_at",
    "locked_at",
    "hold_until",
    "paid_at",
)
# What the clock looks for.
_DUE = (
    ("locked", "seq", "status = 'locked' AND hold_until IS NULL"),
    ("review", "review_due_at", "status = 'submitted'"),
    ("sync", "next_sync_at", "next_sync_at IS NOT NULL"),
    ("window", "window_ends_at", "status IN ('approved', 'tracking')"),
)
_LEADS_TO = (
    ("application", "campaign_applications.seq"),
    ("campaign", "campaigns.seq"),
    ("decided_by", "people.seq"),
    ("organization", "organizations.seq"),
    ("person", "people.seq"),
)


def upgrade() -> None:
    _addresses()
    _campaigns()
    _campaign_counts()
    _creator_partners()
    _social_accounts()
    _verification_tries()
    _campaign_applications()
    _social_snapshots()
    _campaign_submissions()
    _view_snapshots()


def _addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("address_one", sa.Text(), nullable=True),
        sa.Column("address_two", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("country_code", KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_addresses_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_addresses")),
        sa.UniqueConstraint("person", name=op.f("uq_addresses_person")),
        sqlite_autoincrement=True,
    )


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("name", "countries", "platform_ids", "brief")
        ),
        sa.Column("status", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("content_type", KEY, nullable=True),
        sa.Column("category", KEY, nullable=True),
        sa.Column("tiktok_music_id", sa.Text(), nullable=True),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            for name in (
                "cpm_amount",
                "min_payout_amount",
                "max_payout_amount",
                "base_reward_amount",
                "total_budget_amount",
                "unused_amount",
                "view_count",
            )
        ),
        sa.Column("sale_share", sa.Integer(), server_default="0", nullable=False),
        sa.Column("approves", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("banner", sa.Integer(), nullable=True),
        sa.Column("submissions_count", sa.Integer(), server_default="0", nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=True)
            for name in ("ends_at", "published_at", "paused_at", "finished_at", "settled_at")
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_campaigns_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_campaigns")),
        sqlite_autoincrement=True,
    )
    _indexes_of_campaigns()


def _indexes_of_campaigns() -> None:
    op.create_index(
        "ix_campaigns_board",
        "campaigns",
        ["published_at"],
        unique=False,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_campaigns_ending",
        "campaigns",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('active', 'paused')"),
        postgresql_where=sa.text("status IN ('active', 'paused')"),
    )
    op.create_index(
        "ix_campaigns_exhausted",
        "campaigns",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("status IN ('active', 'paused') AND unused_amount = 0"),
        postgresql_where=sa.text("status IN ('active', 'paused') AND unused_amount = 0"),
    )
    op.create_index("ix_campaigns_organization", "campaigns", ["organization", "seq"], unique=False)
    op.create_index(
        "ix_campaigns_settling",
        "campaigns",
        ["finished_at"],
        unique=False,
        sqlite_where=sa.text("status = 'finished' AND settled_at IS NULL"),
        postgresql_where=sa.text("status = 'finished' AND settled_at IS NULL"),
    )


def _campaign_counts() -> None:
    op.create_table(
        "campaign_counts",
        sa.Column("organization", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaigns", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_campaign_counts_organization")
        ),
        sa.PrimaryKeyConstraint("organization", name=op.f("pk_campaign_counts")),
    )


def _creator_partners() -> None:
    op.create_table(
        "creator_partners",
        sa.Column("organization", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_creator_partners_organization")
        ),
        sa.PrimaryKeyConstraint("organization", "person", name=op.f("pk_creator_partners")),
    )


def _social_accounts() -> None:
    op.create_table(
        "social_accounts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("platform_id", KEY, nullable=False),
        sa.Column("account_url", sa.Text(), nullable=False),
        sa.Column("url_key", KEY, nullable=False),
        sa.Column("handle", KEY, nullable=False),
        sa.Column("uid", KEY, nullable=True),
        sa.Column("status", KEY, nullable=False),
        sa.Column("connected_by", KEY, nullable=False),
        sa.Column("code", KEY, nullable=True),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("token_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("subscriber_count", sa.BigInteger(), nullable=True),
        sa.Column("view_count", sa.BigInteger(), nullable=True),
        sa.Column("video_count", sa.BigInteger(), nullable=True),
        sa.Column("likes_count", sa.BigInteger(), nullable=True),
        sa.Column("engagement_rate", sa.Text(), nullable=True),
        sa.Column("last_synced_at", sa.BigInteger(), nullable=True),
        sa.Column("next_sync_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_social_accounts_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_social_accounts")),
        sa.UniqueConstraint("platform_id", "url_key", name=op.f("uq_social_accounts_platform_id_url_key")),
        sqlite_autoincrement=True,
    )
    _indexes_of_social_accounts()


def _indexes_of_social_accounts() -> None:
    op.create_index("ix_social_accounts_person", "social_accounts", ["person", "seq"], unique=False)
    op.create_index("ix_social_accounts_sync", "social_accounts", ["next_sync_at"], unique=False)
    op.create_index(
        "ix_social_accounts_expiring",
        "social_accounts",
        ["code_expires_at"],
        unique=False,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "uq_social_accounts_uid",
        "social_accounts",
        ["platform_id", "uid"],
        unique=True,
        sqlite_where=sa.text("status = 'verified' AND uid IS NOT NULL"),
        postgresql_where=sa.text("status = 'verified' AND uid IS NOT NULL"),
    )


def _verification_tries() -> None:
    op.create_table(
        "verification_tries",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("platform_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_verification_tries_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_verification_tries")),
    )
    op.create_index(
        "ix_verification_tries_person", "verification_tries", ["person", "platform_id", "at"], unique=False
    )


def _campaign_applications() -> None:
    op.create_table(
        "campaign_applications",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("campaign", SEQ, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("link_id", KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign"], ["campaigns.seq"], name=op.f("fk_campaign_applications_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.seq"], name=op.f("fk_campaign_applications_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_campaign_applications_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_campaign_applications_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_campaign_applications")),
        sa.UniqueConstraint("campaign", "person", name=op.f("uq_campaign_applications_campaign_person")),
    )
    op.create_index("ix_campaign_applications_link", "campaign_applications", ["link_id"], unique=False)
    op.create_index(
        "ix_campaign_applications_organization",
        "campaign_applications",
        ["organization", "status", "seq"],
        unique=False,
    )
    op.create_index(
        "ix_campaign_applications_person", "campaign_applications", ["person", "seq"], unique=False
    )


def _social_snapshots() -> None:
    op.create_table(
        "social_snapshots",
        sa.Column("account", SEQ, autoincrement=False, nullable=False),
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("subscriber_count", sa.BigInteger(), nullable=True),
        sa.Column("view_count", sa.BigInteger(), nullable=True),
        sa.Column("video_count", sa.BigInteger(), nullable=True),
        sa.Column("likes_count", sa.BigInteger(), nullable=True),
        sa.Column("engagement_rate", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"], ["social_accounts.seq"], name=op.f("fk_social_snapshots_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account", "slot", name=op.f("pk_social_snapshots")),
    )


def _campaign_submissions() -> None:
    op.create_table(
        "campaign_submissions",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("campaign", SEQ, nullable=False),
        sa.Column("application", SEQ, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("account", SEQ, nullable=True),
        sa.Column("platform_id", KEY, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("url", "flags", "note")),
        sa.Column("url_key", KEY, nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("decision", KEY, nullable=True),
        sa.Column("reason", KEY, nullable=True),
        sa.Column("reopened", sa.SmallInteger(), server_default="0", nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _TIMES),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            for name in ("views", "likes", "comments", "gross_amount", "committed_amount", "share_amount")
        ),
        sa.Column("sync_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"],
            ["social_accounts.seq"],
            name=op.f("fk_campaign_submissions_account"),
            ondelete="SET NULL",
        ),
        *(
            sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_campaign_submissions_{name}"))
            for name, to in _LEADS_TO
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_campaign_submissions")),
    )
    _indexes_of_campaign_submissions()


def _indexes_of_campaign_submissions() -> None:
    for name in ("application", "campaign", "person"):
        op.create_index(
            f"ix_campaign_submissions_{name}", "campaign_submissions", [name, "seq"], unique=False
        )
    op.create_index(
        "ix_campaign_submissions_organization",
        "campaign_submissions",
        ["organization", "status", "seq"],
        unique=False,
    )
    for name, column, where in _DUE:
        op.create_index(
            f"ix_campaign_submissions_{name}",
            "campaign_submissions",
            [column],
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index(
        "uq_campaign_submissions_url",
        "campaign_submissions",
        ["url_key"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('rejected', 'reversed')"),
        postgresql_where=sa.text("status NOT IN ('rejected', 'reversed')"),
    )


def _view_snapshots() -> None:
    op.create_table(
        "view_snapshots",
        sa.Column("submission", SEQ, autoincrement=False, nullable=False),
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("likes", sa.BigInteger(), nullable=False),
        sa.Column("comments", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission"], ["campaign_submissions.seq"], name=op.f("fk_view_snapshots_submission")
        ),
        sa.PrimaryKeyConstraint("submission", "slot", name=op.f("pk_view_snapshots")),
    )
