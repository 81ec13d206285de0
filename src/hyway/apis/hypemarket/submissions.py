"""Submissions: posts that creators hand in for campaigns, and what becomes of them. Additions of ours."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from hyway.apis.hypemarket import asking, creating, params
from hyway.apis.hypemarket.creating import Named, TrackedLink
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing

SUBMISSION = Root(
    "submission",
    campaign_id=params.text("A campaign that has accepted the creator."),
    url=params.text("The post, of one of the creator's verified accounts."),
)
DECISION = Root(
    "submission",
    title="SubmissionDecision",
    required=False,
    reason=params.text(f"One of {', '.join(f'`{each}`' for each in creators.campaigns.REASONS)}."),
    note=params.text("For the creator to read."),
)
_OURS = "/organizations/{organization_id}/campaigns/{campaign_id}/submissions"
Status = creators.campaigns.SubmissionStatus


class SubmissionQuery(PageQuery, kw_only=True):
    status: str | None = None


class Submission(Struct):
    id: str
    status: Status
    campaign: Named
    organization: Named
    user: Named
    platform_id: str
    post_url: str
    flags: list[str]
    decision: str | None
    reason: str | None
    note: str
    reopened: bool
    view_count: int
    likes_count: int
    comments_count: int
    currency: str
    gross_amount: int
    committed_amount: int
    share_amount: int
    link: TrackedLink | None
    posted_at: str | None
    last_synced_at: str | None
    review_due_at: str | None
    decided_at: str | None
    window_ends_at: str | None
    hold_until: str | None
    paid_at: str | None
    created_at: str
    updated_at: str
    url: str


Shown = creating.Shown[creators.campaigns.Submission]


def out(ask: Ask, shown: Shown) -> Submission:
    of = shown.of
    id, campaign = sqid.text(of.seq), sqid.text(of.campaign)
    place = ("me",) if shown.mine else ("organizations", shown.organization.id, "campaigns", campaign)
    return Submission(
        id=id,
        status=of.status,
        campaign=Named(campaign, of.campaign_name),
        organization=shown.organization,
        user=shown.user,
        platform_id=of.platform_id,
        post_url=of.url,
        flags=list(of.flags),
        decision=of.decision,
        reason=of.reason,
        note=of.note,
        reopened=of.reopened,
        view_count=of.views,
        likes_count=of.likes,
        comments_count=of.comments,
        currency=of.currency,
        gross_amount=of.gross_amount,
        committed_amount=of.committed_amount,
        share_amount=of.share_amount,
        link=creating.link(ask, shown.link),
        posted_at=asking.maybe_at(of.posted_at),
        last_synced_at=asking.maybe_at(of.views_at),
        review_due_at=asking.maybe_at(of.review_due_at),
        decided_at=asking.maybe_at(of.decided_at),
        window_ends_at=asking.maybe_at(of.window_ends_at),
        hold_until=asking.maybe_at(of.hold_until),
        paid_at=asking.maybe_at(of.paid_at),
        created_at=asking.at(of.created_at),
        updated_at=asking.at(of.updated_at),
        url=asking.url(ask, *place, "submissions", id),
    )


def _shown(r: Read, found: list[creators.campaigns.Submission], mine: bool) -> list[Shown]:
    of_application = creators.applications.links_of(r, [each.application for each in found])
    return creating.shown(r, found, [of_application.get(each.application) for each in found], mine)


async def _page(ask: Ask, query: SubmissionQuery, campaign: int | None) -> Page[Submission]:
    statuses = (query.status,) if query.status is not None else ()

    def turn(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
        if campaign is not None:
            creators.campaigns.find(r, by, campaign)
        rows, total = creators.submissions.page(r, by, campaign, statuses, offset=offset, limit=limit)
        return _shown(r, rows, mine=False), total

    return (await asking.page(ask, query, turn)).each(lambda each: out(ask, each))


@operation(
    "GET",
    "/organizations/{organization_id}/submissions",
    scope=READ,
    query=SubmissionQuery,
    gives=list[Submission],
)
async def queue(ask: Ask, query: SubmissionQuery) -> Page[Submission]:
    """List submissions to all campaigns of an organization.

    An addition of ours. `status` narrows the list: `flagged` and `submitted` ones wait for a decision.
    """
    return await _page(ask, query, None)


@operation("GET", _OURS, scope=READ, query=SubmissionQuery, gives=list[Submission])
async def page(ask: Ask, query: SubmissionQuery) -> Page[Submission]:
    """List submissions to a campaign.

    An addition of ours. `status` narrows the list.
    """
    return await _page(ask, query, asking.number(ask, "campaign_id"))


@operation("GET", _OURS + "/{id}", scope=READ, gives=Submission)
async def show(ask: Ask) -> Show:
    """Show a submission to a campaign.

    An addition of ours.
    """
    found = await asking.read(ask, _find, asking.number(ask, "campaign_id"), asking.number(ask))
    return Show(out(ask, found), found.of.updated_at)


def _find(r: Read, by: Caller, campaign: int, seq: int) -> Shown:
    found = creators.submissions.find(r, by, seq)
    if found.campaign != campaign:
        raise Missing("Not authorized")
    return _shown(r, [found], mine=False)[0]


async def _decided(
    ask: Ask, verb: Callable[..., creators.campaigns.Submission], sent: Sent | None = None
) -> Submission:
    why = () if sent is None else (sent.fields.get("reason"), sent.fields.get("note"))

    def move(w: Write, by: Caller, campaign: int, seq: int, *more: Any) -> Shown:
        _find(w, by, campaign, seq)
        return _shown(w, [verb(w, by, seq, *more)], mine=False)[0]

    campaign = asking.number(ask, "campaign_id")
    return out(ask, await asking.write(ask, move, campaign, asking.number(ask), *why, sent=sent))


@operation("POST", _OURS + "/{id}/approve", scope=WRITE, gives=Submission)
async def approve(ask: Ask) -> Submission:
    """Approve a submission.

    An addition of ours. From now on it earns, for seven days; one that was flagged goes on. What a held
    one earned is owed at once.
    """
    return await _decided(ask, creators.submissions.approve)


@operation("POST", _OURS + "/{id}/reject", scope=WRITE, takes=DECISION, gives=Submission)
async def reject(ask: Ask, sent: Sent) -> Submission:
    """Reject a submission that has not been approved.

    An addition of ours.
    """
    return await _decided(ask, creators.submissions.reject, sent)


@operation("POST", _OURS + "/{id}/reverse", scope=WRITE, takes=DECISION, gives=Submission)
async def reverse(ask: Ask, sent: Sent) -> Submission:
    """Take back what a submission earned, before it is owed to the creator.

    An addition of ours.
    """
    return await _decided(ask, creators.submissions.reverse, sent)


@operation("POST", _OURS + "/{id}/reopen", scope=WRITE, gives=Submission)
async def reopen(ask: Ask) -> Submission:
    """Look at a rejected submission once more.

    An addition of ours. Once, whether the organization or the creator asks for it.
    """
    return await _decided(ask, creators.submissions.reopen)


@operation("GET", "/me/submissions", scope=READ, query=PageQuery, gives=list[Submission])
async def page_of_mine(ask: Ask, query: PageQuery) -> Page[Submission]:
    """List one's own submissions to campaigns.

    An addition of ours.
    """

    def turn(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
        rows, total = creators.submissions.page_of_mine(r, by, offset=offset, limit=limit)
        return _shown(r, rows, mine=True), total

    return (await asking.page(ask, query, turn)).each(lambda each: out(ask, each))


@operation("GET", "/me/submissions/{id}", scope=READ, gives=Submission)
async def show_mine(ask: Ask) -> Show:
    """Show one's own submission to a campaign.

    An addition of ours.
    """

    def find(r: Read, by: Caller, seq: int) -> Shown:
        return _shown(r, [creators.submissions.mine_of(r, by, seq)], mine=True)[0]

    found = await asking.read(ask, find, asking.number(ask))
    return Show(out(ask, found), found.of.updated_at)


@operation("POST", "/me/submissions", scope=WRITE, takes=SUBMISSION, gives=Submission, status=201)
async def create(ask: Ask, sent: Sent) -> Submission:
    """Hand in a post for a campaign.

    An addition of ours.
    """
    campaign = sqid.number(sent.fields.get("campaign_id") or "") or 0

    def move(w: Write, by: Caller, url: str) -> Shown:
        return _shown(w, [creators.submissions.submit(w, by, campaign, url)], mine=True)[0]

    return out(ask, await asking.write(ask, move, sent.fields.get("url") or "", sent=sent))


@operation("POST", "/me/submissions/{id}/appeal", scope=WRITE, gives=Submission)
async def appeal(ask: Ask) -> Submission:
    """Ask for another look at a rejected submission of one's own.

    An addition of ours. Once.
    """

    def move(w: Write, by: Caller, seq: int) -> Shown:
        return _shown(w, [creators.submissions.appeal(w, by, seq)], mine=True)[0]

    return out(ask, await asking.write(ask, move, asking.number(ask)))


OPERATIONS = (
    queue, page, show, approve, reject, reverse, reopen, page_of_mine, show_mine, create, appeal,
)  # fmt: skip
