"""Nouns of collabs: briefs that creators apply to, what becomes of each application, and what is said about it."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hyway.kernel.clock import Instant

State = Literal["draft", "submitted_for_review", "published", "paused"]
Status = Literal[
    "applied",
    "accepted",
    "declined",
    "withdrawn",
    "canceled",
    "awaiting_shipment",
    "shipped",
    "delivered",
    "in_production",
    "content_submitted",
    "revision_requested",
    "content_approved",
    "posted",
    "spark_code_submitted",
    "completed",
    "paid",
    "reversed",
]
UsageStatus = Literal["none", "granted", "extended", "expired"]
Overdue = Literal["shipment", "content"]
PostCheck = Literal["found", "other_author", "gone"]
"""What the last look at a post showed; an author is another if it is none of the creator's verified accounts."""
Kind = Literal["campaign", "collab"]
"""Whose submissions a message can be about."""


@dataclass(frozen=True, slots=True)
class Collab:
    """An organization's brief. Amounts are whole minor units; `sale_share` is in hundredths of a percent."""

    seq: int
    organization: int
    name: str
    state: State
    currency: str
    countries: tuple[str, ...]
    website: str | None
    require_spark_ads: bool
    requires_product_shipment: bool
    brief: str
    banner: int | None
    """The file that is its picture."""
    reward_amount: int
    sale_share: int
    usage_days: int
    total_budget_amount: int
    unused_amount: int
    submissions_count: int
    """Those who applied and have not withdrawn."""
    completed_count: int
    published_at: Instant | None
    created_at: Instant
    updated_at: Instant

    @property
    def used_amount(self) -> int:
        return self.total_budget_amount - self.unused_amount


@dataclass(frozen=True, slots=True)
class Address:
    """Where a sample is sent, as the creator's address was when it was needed."""

    address_one: str
    address_two: str
    city: str
    state: str
    postal_code: str
    country_code: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A creator in a collab, from the application to the payment.

    The texts `address` and `spark_code` are sealed, and the address is there only while something is to be sent to it.
    """

    seq: int
    organization: int
    collab: int
    person: int
    status: Status
    message: str
    partner_id: str | None
    link_id: str | None
    address: str | None = field(repr=False)
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    action_id: str | None
    ship_due_at: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    content_url: str | None
    content_note: str
    content_due_at: Instant | None
    revisions: int
    revision_note: str
    review_due_at: Instant | None
    approved_at: Instant | None
    decision: Literal["manual", "auto"] | None
    account: int | None
    platform_id: str | None
    post_url: str | None
    posted_at: Instant | None
    post_check: PostCheck | None
    """None until somebody could look at the post."""
    post_made_at: Instant | None
    """When it was posted, by the platform's word; `posted_at` is when the creator told of it."""
    views: int | None
    likes: int | None
    comments: int | None
    looked_at: Instant | None
    next_sync_at: Instant | None
    spark_code: str | None = field(repr=False)
    spark_expires_at: Instant | None
    usage_status: UsageStatus
    usage_until: Instant | None
    committed_amount: int
    share_amount: int
    created_at: Instant
    updated_at: Instant
    decided_at: Instant | None
    completed_at: Instant | None
    hold_until: Instant | None
    paid_at: Instant | None

    @property
    def was_seen(self) -> bool:
        """Whether the post was found once."""
        return self.likes is not None

    @property
    def owed_by_creator(self) -> bool:
        """Whether the next step is to make or mend the content."""
        return self.status in ("delivered", "in_production", "revision_requested")

    def overdue(self, now: Instant) -> Overdue | None:
        """Which of the two deadlines has passed, if one has."""
        if self.status == "awaiting_shipment" and self.ship_due_at is not None and self.ship_due_at < now:
            return "shipment"
        late = self.content_due_at is not None and self.content_due_at < now
        return "content" if self.owed_by_creator and late else None

    def is_given_up(self, now: Instant, grace: int) -> bool:
        """Whether the content is late by more than that, and may be waited for no longer."""
        return self.overdue(now - grace) == "content"


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a carrier takes."""

    carrier: str
    tracking_number: str
    tracking_url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A word on a submission; `by_creator` says from which side."""

    seq: int
    kind: Kind
    submission: int
    person: int
    by_creator: bool
    text: str
    created_at: Instant


class About(NamedTuple):
    """The submission that a chat is about: whose it is, and for which programme."""

    organization: int
    person: int
    programme: int
    name: str
