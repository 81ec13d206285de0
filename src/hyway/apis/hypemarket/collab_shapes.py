"""How submissions to collabs are shown, to the organization and to their creators."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from hyway.apis.hypemarket import asking, creating
from hyway.apis.hypemarket.creating import Named, TrackedLink
from hyway.apis.kit.operations import Ask
from hyway.domain import creators
from hyway.kernel import clock, sqid

Status = creators.collabs.Status


class Where(Struct):
    """The creator's address as it was when it was needed."""

    address_one: str
    address_two: str | None
    city: str
    state: str | None
    postal_code: str
    country_code: str


class CollabSubmission(Struct):
    """`overdue` names the step that is late. `address` is there for admins and its owner, while it is needed.

    `post_check` says what the last look at the post showed: that it is there, by one of the creator's verified
    accounts as far as the platform tells; that its author is somebody else; or that there is no such post.
    """

    id: str
    status: Status
    overdue: Literal["shipment", "content"] | None
    organization: Named
    collab: Named
    user: Named
    message: str
    reward_amount: int
    share_amount: int
    currency: str
    link: TrackedLink | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    ship_due_at: str | None
    shipped_at: str | None
    delivered_at: str | None
    content_url: str | None
    content_note: str
    content_due_at: str | None
    revisions_count: int
    revision_note: str
    review_due_at: str | None
    approved_at: str | None
    decision: Literal["manual", "auto"] | None
    platform_id: str | None
    post_url: str | None
    posted_at: str | None
    post_check: Literal["found", "other_author", "gone"] | None
    post_published_at: str | None
    view_count: int | None
    likes_count: int | None
    comments_count: int | None
    last_synced_at: str | None
    spark_code: str | None
    spark_expires_at: str | None
    usage_status: Literal["none", "granted", "extended", "expired"]
    usage_until: str | None
    unread_messages_count: int
    created_at: str
    updated_at: str
    decided_at: str | None
    completed_at: str | None
    hold_until: str | None
    paid_at: str | None
    url: str
    address: Where | UnsetType = UNSET


_INSTANTS = (
    "ship_due_at",
    "shipped_at",
    "delivered_at",
    "content_due_at",
    "review_due_at",
    "approved_at",
    "posted_at",
    "spark_expires_at",
    "usage_until",
    "decided_at",
    "completed_at",
    "hold_until",
    "paid_at",
)


def out(ask: Ask, found: creators.collabs.showing.Shown, url: str) -> CollabSubmission:
    """The submission, which is found at `url`."""
    of = found.submission
    return CollabSubmission(
        id=sqid.text(of.seq),
        status=of.status,
        overdue=of.overdue(clock.now()),
        organization=Named(sqid.text(of.organization), found.organization_name),
        collab=Named(sqid.text(of.collab), found.collab.name),
        user=Named(sqid.text(of.person), found.creator_name),
        message=of.message,
        reward_amount=of.committed_amount,
        share_amount=of.share_amount,
        currency=found.collab.currency,
        link=creating.link(ask, found.link),
        carrier=of.carrier,
        tracking_number=of.tracking_number,
        tracking_url=of.tracking_url,
        content_url=of.content_url,
        content_note=of.content_note,
        revisions_count=of.revisions,
        revision_note=of.revision_note,
        decision=of.decision,
        platform_id=of.platform_id,
        post_url=of.post_url,
        post_check=of.post_check,
        post_published_at=asking.maybe_at(of.post_made_at),
        view_count=of.views,
        likes_count=of.likes,
        comments_count=of.comments,
        last_synced_at=asking.maybe_at(of.looked_at),
        spark_code=found.spark_code,
        usage_status=of.usage_status,
        unread_messages_count=found.unread,
        created_at=asking.at(of.created_at),
        updated_at=asking.at(of.updated_at),
        url=url,
        address=_where(found),
        **{name: asking.maybe_at(getattr(of, name)) for name in _INSTANTS},
    )


def _where(found: creators.collabs.showing.Shown) -> Where | UnsetType:
    if found.address is None:
        return UNSET
    at = found.address
    return Where(
        at.address_one, at.address_two or None, at.city, at.state or None, at.postal_code, at.country_code
    )
