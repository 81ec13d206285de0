"""Nouns of campaigns: programmes that pay by views, who is in them, and the posts they made."""

from dataclasses import dataclass, field
from typing import Literal

from hyway.kernel.clock import Instant

Status = Literal["draft", "active", "paused", "finished"]
ApplicationStatus = Literal["applied", "accepted", "declined", "withdrawn"]
SubmissionStatus = Literal[
    "submitted",
    "flagged",
    "rejected",
    "approved",
    "tracking",
    "locked",
    "held",
    "payable",
    "paid",
    "reversed",
]
PLATFORMS = ("youtube", "tiktok", "instagram", "twitter")
"""Where a campaign's posts may be."""
OVER: tuple[SubmissionStatus, ...] = ("rejected", "reversed")
"""Posts that do not count: their address is free again, their views are not the campaign's."""
REASONS = ("invalidProof", "duplicateSubmission", "outOfTimeWindow", "didNotMeetCriteria", "other")
"""Why a post is rejected or taken back."""
Flag = Literal["unseen", "author", "too_early", "views_dropped", "views_odd", "post_gone"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Amounts in minor units of `currency`, `sale_share` in hundredths of a percent; `banner` is a file's number.

    A `max_payout_amount` of 0 is no limit. `brief` is "" in lists.
    """

    seq: int
    organization: int
    name: str
    status: Status
    currency: str
    countries: tuple[str, ...]
    website: str | None
    content_type: str | None
    category: str | None
    platform_ids: tuple[str, ...]
    tiktok_music_id: str | None
    cpm_amount: int
    min_payout_amount: int
    max_payout_amount: int
    base_reward_amount: int
    sale_share: int
    approves: bool
    banner: int | None
    total_budget_amount: int
    unused_amount: int
    view_count: int
    submissions_count: int
    ends_at: Instant | None
    published_at: Instant | None
    paused_at: Instant | None
    finished_at: Instant | None
    settled_at: Instant | None
    created_at: Instant
    updated_at: Instant
    brief: str = ""

    @property
    def used_amount(self) -> int:
        return self.total_budget_amount - self.unused_amount


@dataclass(frozen=True, slots=True)
class Application:
    """A creator in a campaign; `partner_id` and `link_id` are theirs in the organization once accepted."""

    seq: int
    organization: int
    campaign: int
    campaign_name: str
    person: int
    status: ApplicationStatus
    message: str
    partner_id: str | None
    link_id: str | None
    created_at: Instant
    updated_at: Instant
    decided_at: Instant | None
    decided_by: int | None


@dataclass(frozen=True, slots=True)
class Submission:
    """A post paid by its views. `gross_amount` is what they earned, `committed_amount` what the budget bore of it.

    `flags` are what made somebody look closer; `account` is None once its owner removed the account.
    """

    seq: int
    organization: int
    campaign: int
    campaign_name: str
    currency: str
    application: int
    person: int
    account: int | None
    platform_id: str
    url: str
    url_key: str
    status: SubmissionStatus
    flags: tuple[str, ...]
    decision: str | None
    reason: str | None
    note: str
    reopened: bool
    posted_at: Instant | None
    views: int
    likes: int
    comments: int
    views_at: Instant | None
    next_sync_at: Instant | None
    sync_failures: int
    gross_amount: int
    committed_amount: int
    share_amount: int
    created_at: Instant
    updated_at: Instant
    review_due_at: Instant | None
    decided_at: Instant | None
    decided_by: int | None
    window_ends_at: Instant | None
    locked_at: Instant | None
    hold_until: Instant | None
    paid_at: Instant | None

    @property
    def counts(self) -> bool:
        """Whether the campaign counts the post and its views."""
        return self.status not in OVER


@dataclass(frozen=True, slots=True)
class Due:
    """A post that is to be looked at; `slot` names the look, to be handed back with what was seen."""

    submission: int
    platform_id: str
    url: str
    account: int | None
    slot: int
    kind: Literal["campaign", "collab"] = "campaign"


@dataclass(frozen=True, slots=True)
class Seen:
    """How a post stood. `author_uid` and `posted_at` are None where the platform does not say."""

    author_uid: str | None
    posted_at: Instant | None
    views: int
    likes: int = 0
    comments: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    at: Instant
    views: int
    likes: int
    comments: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a creator's link brought; `revenue` in minor units by currency."""

    clicks: int = 0
    leads: int = 0
    sales: int = 0
    revenue: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tracked:
    """A creator's short link, where it leads, and what it brought."""

    short_id: str
    destination: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Listing:
    """A programme as creators see it on the board; amounts of the other kind are 0."""

    kind: Literal["campaign", "collab"]
    seq: int
    organization: int
    name: str
    currency: str
    countries: tuple[str, ...]
    website: str | None
    content_type: str | None
    category: str | None
    platform_ids: tuple[str, ...]
    tiktok_music_id: str | None
    cpm_amount: int
    min_payout_amount: int
    max_payout_amount: int
    base_reward_amount: int
    reward_amount: int
    sale_share: int
    require_spark_ads: bool
    requires_product_shipment: bool
    banner: int | None
    ends_at: Instant | None
    published_at: Instant
    brief: str = ""
