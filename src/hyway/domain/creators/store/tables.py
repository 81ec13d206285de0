"""The tables of campaigns, collabs and the work done for them.

Amounts are whole minor units of the programme's currency. A programme is a campaign or a collab.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from hyway.kernel.sql import METADATA, At, Flag, Key, Seq


def _seq() -> "Column[int]":
    return Column("seq", Seq, primary_key=True, autoincrement=True)


def _organization() -> "Column[int]":
    return Column("organization", ForeignKey("organizations.seq"), nullable=False)


def _person() -> "Column[int]":
    return Column("person", ForeignKey("people.seq"), nullable=False)


def _amount(name: str) -> "Column[int]":
    return Column(name, BigInteger, nullable=False, server_default="0")


def _partly(*columns: str, where: str, name: str, unique: bool = False) -> Index:
    only: Any = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


# `countries` and `platform_ids` are words parted by blanks. `sale_share` is in hundredths of a percent. `views` and
# `submissions` are counted here because lists of campaigns show them.
CAMPAIGNS = Table(
    "campaigns",
    METADATA,
    _seq(),
    _organization(),
    Column("name", Text, nullable=False),
    Column("status", Key, nullable=False),
    Column("currency", Key, nullable=False),
    Column("countries", Text, nullable=False),
    Column("website", Text),
    Column("content_type", Key),
    Column("category", Key),
    Column("platform_ids", Text, nullable=False),
    Column("tiktok_music_id", Text),
    _amount("cpm_amount"),
    _amount("min_payout_amount"),
    _amount("max_payout_amount"),
    _amount("base_reward_amount"),
    Column("sale_share", Integer, nullable=False, server_default="0"),
    Column("approves", Flag, nullable=False, server_default="0"),
    Column("brief", Text, nullable=False),
    Column("banner", Integer),
    _amount("total_budget_amount"),
    _amount("unused_amount"),
    Column("view_count", BigInteger, nullable=False, server_default="0"),
    Column("submissions_count", Integer, nullable=False, server_default="0"),
    Column("ends_at", At),
    Column("published_at", At),
    Column("paused_at", At),
    Column("finished_at", At),
    Column("settled_at", At),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Index("ix_campaigns_organization", "organization", "seq"),
    _partly("ends_at", where="status IN ('active', 'paused')", name="ix_campaigns_ending"),
    _partly("finished_at", where="status = 'finished' AND settled_at IS NULL", name="ix_campaigns_settling"),
    _partly("published_at", where="status = 'active'", name="ix_campaigns_board"),
    _partly(
        "seq", where="status IN ('active', 'paused') AND unused_amount = 0", name="ix_campaigns_exhausted"
    ),
    sqlite_autoincrement=True,
)

# `reward_amount` is what each creator gets besides the product, `usage_days` how long the organization may use what it
# has approved: nothing in the vendor's wire, additions of ours.
COLLABS = Table(
    "collabs",
    METADATA,
    _seq(),
    _organization(),
    Column("name", Text, nullable=False),
    Column("state", Key, nullable=False),
    Column("currency", Key, nullable=False),
    Column("countries", Text, nullable=False),
    Column("website", Text),
    Column("require_spark_ads", Flag, nullable=False),
    Column("requires_product_shipment", Flag, nullable=False),
    Column("brief", Text, nullable=False),
    Column("banner", Integer),
    _amount("reward_amount"),
    Column("sale_share", Integer, nullable=False, server_default="0"),
    Column("usage_days", Integer, nullable=False, server_default="365"),
    _amount("total_budget_amount"),
    _amount("unused_amount"),
    Column("submissions_count", Integer, nullable=False, server_default="0"),
    Column("completed_count", Integer, nullable=False, server_default="0"),
    Column("published_at", At),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Index("ix_collabs_organization", "organization", "seq"),
    _partly("published_at", where="state = 'published'", name="ix_collabs_board"),
    sqlite_autoincrement=True,
)

# A creator in a campaign. Accepted, they are a partner of the organization with a short link of their own.
APPLICATIONS = Table(
    "campaign_applications",
    METADATA,
    _seq(),
    _organization(),
    Column("campaign", ForeignKey("campaigns.seq"), nullable=False),
    _person(),
    Column("status", Key, nullable=False),
    Column("message", Text, nullable=False),
    Column("partner_id", Key),
    Column("link_id", Key),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("decided_at", At),
    Column("decided_by", ForeignKey("people.seq")),
    UniqueConstraint("campaign", "person"),
    Index("ix_campaign_applications_organization", "organization", "status", "seq"),
    Index("ix_campaign_applications_person", "person", "seq"),
    Index("ix_campaign_applications_link", "link_id"),
)

# A post that is paid by its views. `url_key` is the address as it is compared, unique while the post counts.
SUBMISSIONS = Table(
    "campaign_submissions",
    METADATA,
    _seq(),
    _organization(),
    Column("campaign", ForeignKey("campaigns.seq"), nullable=False),
    Column("application", ForeignKey("campaign_applications.seq"), nullable=False),
    _person(),
    Column("account", ForeignKey("social_accounts.seq", ondelete="SET NULL")),
    Column("platform_id", Key, nullable=False),
    Column("url", Text, nullable=False),
    Column("url_key", Key, nullable=False),
    Column("status", Key, nullable=False),
    Column("flags", Text, nullable=False),
    Column("decision", Key),
    Column("reason", Key),
    Column("note", Text, nullable=False),
    Column("reopened", Flag, nullable=False, server_default="0"),
    Column("posted_at", At),
    Column("views", BigInteger, nullable=False, server_default="0"),
    Column("likes", BigInteger, nullable=False, server_default="0"),
    Column("comments", BigInteger, nullable=False, server_default="0"),
    Column("views_at", At),
    Column("next_sync_at", At),
    Column("sync_failures", Integer, nullable=False, server_default="0"),
    # What it has earned by its views, what of that the budget bears, and the share of sales on top.
    _amount("gross_amount"),
    _amount("committed_amount"),
    _amount("share_amount"),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("review_due_at", At),
    Column("decided_at", At),
    Column("decided_by", ForeignKey("people.seq")),
    Column("window_ends_at", At),
    Column("locked_at", At),
    Column("hold_until", At),
    Column("paid_at", At),
    _partly(
        "url_key",
        where="status NOT IN ('rejected', 'reversed')",
        name="uq_campaign_submissions_url",
        unique=True,
    ),
    Index("ix_campaign_submissions_campaign", "campaign", "seq"),
    Index("ix_campaign_submissions_person", "person", "seq"),
    Index("ix_campaign_submissions_application", "application", "seq"),
    Index("ix_campaign_submissions_organization", "organization", "status", "seq"),
    _partly("next_sync_at", where="next_sync_at IS NOT NULL", name="ix_campaign_submissions_sync"),
    _partly("review_due_at", where="status = 'submitted'", name="ix_campaign_submissions_review"),
    _partly(
        "window_ends_at", where="status IN ('approved', 'tracking')", name="ix_campaign_submissions_window"
    ),
    # Locked with nothing to hold, it has an end of the hold all the same, so that it is looked at once.
    _partly("seq", where="status = 'locked' AND hold_until IS NULL", name="ix_campaign_submissions_locked"),
)

# How a post stood when it was looked at, once for each time slot.
VIEW_SNAPSHOTS = Table(
    "view_snapshots",
    METADATA,
    Column("submission", ForeignKey("campaign_submissions.seq"), primary_key=True, autoincrement=False),
    Column("slot", BigInteger, primary_key=True, autoincrement=False),
    Column("at", At, nullable=False),
    Column("views", BigInteger, nullable=False),
    Column("likes", BigInteger, nullable=False),
    Column("comments", BigInteger, nullable=False),
)

# A creator in a collab, from the application to the payment. `address` is the creator's as it was when it was needed.
COLLAB_SUBMISSIONS = Table(
    "collab_submissions",
    METADATA,
    _seq(),
    _organization(),
    Column("collab", ForeignKey("collabs.seq"), nullable=False),
    _person(),
    Column("status", Key, nullable=False),
    Column("message", Text, nullable=False),
    Column("partner_id", Key),
    Column("link_id", Key),
    Column("address", Text),
    Column("carrier", Text),
    Column("tracking_number", Text),
    Column("tracking_url", Text),
    Column("action_id", Key),
    Column("ship_due_at", At),
    Column("shipped_at", At),
    Column("delivered_at", At),
    Column("content_url", Text),
    Column("content_note", Text, nullable=False),
    Column("content_due_at", At),
    Column("revisions", Integer, nullable=False, server_default="0"),
    Column("revision_note", Text, nullable=False),
    Column("review_due_at", At),
    Column("approved_at", At),
    Column("decision", Key),
    Column("account", ForeignKey("social_accounts.seq", ondelete="SET NULL")),
    Column("platform_id", Key),
    Column("post_url", Text),
    Column("url_key", Key),
    Column("posted_at", At),
    # What the last look at the post showed, which was made at `looked_at`.
    Column("post_check", Key),
    Column("post_made_at", At),
    Column("views", BigInteger),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("looked_at", At),
    Column("next_sync_at", At),
    Column("spark_code", Text),
    Column("spark_expires_at", At),
    Column("usage_status", Key, nullable=False),
    Column("usage_until", At),
    # When both sides were told that the step now due is late; empty again with each step.
    Column("overdue_told_at", At),
    _amount("committed_amount"),
    _amount("share_amount"),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("decided_at", At),
    Column("decided_by", ForeignKey("people.seq")),
    Column("completed_at", At),
    Column("hold_until", At),
    Column("paid_at", At),
    UniqueConstraint("collab", "person"),
    _partly("url_key", where="url_key IS NOT NULL", name="uq_collab_submissions_url", unique=True),
    Index("ix_collab_submissions_organization", "organization", "status", "seq"),
    Index("ix_collab_submissions_collab", "collab", "seq"),
    Index("ix_collab_submissions_person", "person", "seq"),
    Index("ix_collab_submissions_link", "link_id"),
    Index("ix_collab_submissions_action", "action_id"),
    _partly("review_due_at", where="status = 'content_submitted'", name="ix_collab_submissions_review"),
    _partly(
        "ship_due_at",
        where="status = 'awaiting_shipment' AND overdue_told_at IS NULL",
        name="ix_collab_submissions_shipping",
    ),
    _partly(
        "content_due_at",
        where="status IN ('delivered', 'in_production', 'revision_requested') AND overdue_told_at IS NULL",
        name="ix_collab_submissions_making",
    ),
    _partly("next_sync_at", where="next_sync_at IS NOT NULL", name="ix_collab_submissions_sync"),
    _partly("spark_expires_at", where="spark_code IS NOT NULL", name="ix_collab_submissions_spark"),
    _partly(
        "usage_until", where="usage_status IN ('granted', 'extended')", name="ix_collab_submissions_usage"
    ),
)

# A word on a submission of either kind, by the creator or somebody of the organization.
MESSAGES = Table(
    "submission_messages",
    METADATA,
    _seq(),
    _organization(),
    Column("kind", Key, nullable=False),
    Column("submission", Seq, nullable=False),
    _person(),
    Column("text", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Index("ix_submission_messages_submission", "kind", "submission", "seq"),
)

# Up to which message a person has read.
READ_MARKS = Table(
    "submission_reads",
    METADATA,
    Column("kind", Key, primary_key=True),
    Column("submission", Seq, primary_key=True, autoincrement=False),
    Column("person", ForeignKey("people.seq"), primary_key=True, autoincrement=False),
    Column("message", Seq, nullable=False),
)

ADDRESSES = Table(
    "addresses",
    METADATA,
    _seq(),
    Column("person", ForeignKey("people.seq"), nullable=False, unique=True),
    Column("address_one", Text),
    Column("address_two", Text),
    Column("city", Text),
    Column("state", Text),
    Column("postal_code", Text),
    Column("country_code", Key),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    sqlite_autoincrement=True,
)
