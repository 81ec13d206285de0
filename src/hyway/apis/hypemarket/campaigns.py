"""/organizations/:organization_id/campaigns: programmes that pay for views."""

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from hyway.apis.hypemarket import asking, creating, params, pictures
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE, BadRequest
from hyway.apis.hypemarket.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import creators, files
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

_SHARE = "An addition of ours: what a creator gets of the sales that their link leads to, in hundredths of a percent."
CAMPAIGN = Root(
    "campaign",
    name=params.text(),
    currency=params.text("ISO 4217, in small letters; `usd` where absent."),
    countries=params.texts("ISO 3166-1 alpha-2; `US` where absent."),
    platform_ids=params.texts("Among `youtube`, `tiktok`, `instagram`, `twitter`."),
    content_type=params.text("`ugc` (the default), `clipping`, `review` or `other`."),
    category=params.text(
        "`product` (the default), `app`, `music`, `entertainment`, `gaming`, `personal_brand`, `other`."
    ),
    cpm_amount=params.whole("For a thousand views, in minor units."),
    min_payout_amount=params.whole("Views that have earned less earn nothing yet."),
    max_payout_amount=params.whole("The most that one post earns; 0 is no limit."),
    base_reward_amount=params.whole("For each approved post, whatever its views."),
    website=params.text("Where creators' tracked links lead."),
    tiktok_music_id=params.text(),
    sale_share=params.whole(_SHARE),
    ends_at=params.text("An addition of ours: when the campaign finishes by itself; ISO 8601 with a zone."),
    approves=params.flag("An addition of ours: whether everybody who applies is accepted at once."),
    brief=params.text("Rich text; what is not harmless is taken out.", wraps=False),
    banner_image=params.picture(),
    purge_banner_image=params.flag("Takes the banner away.", wraps=False),
)


class Campaign(Struct):
    id: str
    name: str
    status: Literal["draft", "active", "paused", "finished"]
    currency: str
    countries: list[str]
    website: str | None
    content_type: str | None
    category: str | None
    platform_ids: list[str]
    tiktok_music_id: str | None
    cpm_amount: int
    min_payout_amount: int
    max_payout_amount: int
    base_reward_amount: int
    total_budget_amount: int
    used_amount: int
    unused_amount: int
    view_count: int
    submissions_count: int
    published_at: str | None
    paused_at: str | None
    created_at: str
    updated_at: str
    url: str
    banner_image_url: str | UnsetType = UNSET
    brief: str | UnsetType = UNSET
    """Where one campaign is shown; lists leave it out."""


class Performance(Struct):
    sale_share: int
    approves: bool
    ends_at: str | None
    finished_at: str | None
    settled_at: str | None
    creators_count: int
    view_count: int
    used_amount: int
    effective_cpm_amount: int | None
    clicks: int
    leads: int
    sales: int
    revenue: dict[str, int]


Shown = tuple[creators.campaigns.Campaign, str | None]
"""A campaign and where its banner is shown."""


def out(ask: Ask, shown: Shown, brief: bool = True) -> Campaign:
    of, banner = shown
    id = sqid.text(of.seq)
    return Campaign(
        **creating.terms(of),
        id=id,
        status=of.status,
        total_budget_amount=of.total_budget_amount,
        used_amount=of.used_amount,
        unused_amount=of.unused_amount,
        view_count=of.view_count,
        submissions_count=of.submissions_count,
        published_at=asking.maybe_at(of.published_at),
        paused_at=asking.maybe_at(of.paused_at),
        created_at=asking.at(of.created_at),
        updated_at=asking.at(of.updated_at),
        url=asking.url(ask, "organizations", sqid.text(of.organization), "campaigns", id),
        banner_image_url=banner or UNSET,
        brief=of.brief if brief else UNSET,
    )


def _with_banners(r: Read, found: list[creators.campaigns.Campaign]) -> list[Shown]:
    addresses = files.addresses(r, [each.banner for each in found])
    return [(each, addresses.get(each.banner or 0)) for each in found]


@operation(
    "GET", "/organizations/{organization_id}/campaigns", scope=READ, query=PageQuery, gives=list[Campaign]
)
async def page(ask: Ask, query: PageQuery) -> Page[Campaign]:
    """List campaigns.

    Without their briefs.
    """
    found = await asking.page(ask, query, _page)
    return found.each(lambda each: out(ask, each, brief=False))


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
    rows, total = creators.campaigns.page(r, by, offset, limit)
    return _with_banners(r, rows), total


@operation("GET", "/organizations/{organization_id}/campaigns/{id}", scope=READ, gives=Campaign)
async def show(ask: Ask) -> Show:
    """Show a campaign."""
    found = await asking.read(ask, _find, asking.number(ask))
    return Show(out(ask, found), found[0].updated_at)


def _find(r: Read, by: Caller, seq: int) -> Shown:
    return _with_banners(r, [creators.campaigns.find(r, by, seq)])[0]


@operation(
    "POST",
    "/organizations/{organization_id}/campaigns",
    scope=WRITE,
    takes=CAMPAIGN,
    gives=Campaign,
    status=201,
)
async def create(ask: Ask, sent: Sent) -> Campaign:
    """Create a campaign.

    A draft: what is left out is filled in as the form would, the budget is 0 until it is funded.
    """
    sent = await _taken(ask, sent)
    return out(ask, await asking.write(ask, _create, tools(ask).blobs, sent.fields, sent=sent))


async def _taken(ask: Ask, sent: Sent) -> Sent:
    """What was sent with its picture drawn anew and its instant read."""
    said = sent.fields.get("ends_at")
    if said:
        try:
            sent = sent.with_field("ends_at", clock.parse("ends_at", said))
        except Invalid:
            sent = sent.with_fault(Invalid("ends_at", "is invalid"))
    elif "ends_at" in sent.fields:
        sent = sent.with_field("ends_at", None)
    return await pictures.decoded(ask, sent, "banner_image", files.BANNER)


def _create(w: Write, by: Caller, blobs: Blobs, fields: dict[str, Any]) -> Shown:
    values = pictures.kept(w, by, blobs, fields, "banner_image", "banner")
    return _with_banners(w, [creators.campaigns.create(w, by, values)])[0]


@operation(
    "PATCH", "/organizations/{organization_id}/campaigns/{id}", scope=WRITE, takes=CAMPAIGN, gives=Campaign
)
async def change(ask: Ask, sent: Sent) -> Campaign:
    """Change a campaign.

    Once published, its currency and amounts are passed over; a finished one is not changed any more.
    """
    sent = await _taken(ask, sent)
    return out(ask, await asking.write(ask, _change, asking.number(ask), tools(ask).blobs, sent))


def _change(w: Write, by: Caller, seq: int, blobs: Blobs, sent: Sent) -> Shown:
    if sent.missing and not sent.faults:
        raise BadRequest
    if creators.campaigns.find(w, by, seq).published_at is not None:
        # What is passed over is not judged either.
        financial = creators.campaigns.rules.FINANCIAL
        sent = dataclasses.replace(
            sent, faults=tuple(each for each in sent.faults if each.field not in financial)
        )
    values = pictures.kept(w, by, blobs, sent.fields, "banner_image", "banner")
    try:
        changed = creators.campaigns.change(w, by, seq, values)
    except Invalid as why:
        sent.judge(why)
        raise
    sent.judge(None)
    return _with_banners(w, [changed])[0]


@operation("DELETE", "/organizations/{organization_id}/campaigns/{id}", scope=WRITE, gives=None, status=204)
async def drop(ask: Ask) -> None:
    """Delete a campaign.

    While it is a draft without fundings.
    """
    await asking.write(ask, creators.campaigns.drop, asking.number(ask))


_Verb = Callable[[Write, Caller, int], creators.campaigns.Campaign]


async def _moved(ask: Ask, verb: _Verb) -> Campaign:
    def move(w: Write, by: Caller, seq: int) -> Shown:
        return _with_banners(w, [verb(w, by, seq)])[0]

    return out(ask, await asking.write(ask, move, asking.number(ask)))


@operation("POST", "/organizations/{organization_id}/campaigns/{id}/publish", scope=WRITE, gives=Campaign)
async def publish(ask: Ask) -> Campaign:
    """Publish a campaign.

    A draft that tells creators all they must know, and whose budget bears at least one post.
    """
    return await _moved(ask, creators.campaigns.publish)


@operation("POST", "/organizations/{organization_id}/campaigns/{id}/pause", scope=WRITE, gives=Campaign)
async def pause(ask: Ask) -> Campaign:
    """Pause a campaign.

    No new posts are taken; those that were approved go on earning.
    """
    return await _moved(ask, creators.campaigns.pause)


@operation("POST", "/organizations/{organization_id}/campaigns/{id}/resume", scope=WRITE, gives=Campaign)
async def resume(ask: Ask) -> Campaign:
    """Resume a paused campaign."""
    return await _moved(ask, creators.campaigns.resume)


@operation("POST", "/organizations/{organization_id}/campaigns/{id}/finish", scope=WRITE, gives=Campaign)
async def finish(ask: Ask) -> Campaign:
    """Finish a campaign.

    An addition of ours. Views are frozen; 72 hours later what is left of the budget goes back.
    """
    return await _moved(ask, creators.campaigns.finish)


@operation(
    "GET", "/organizations/{organization_id}/campaigns/{id}/performance", scope=READ, gives=Performance
)
async def performance(ask: Ask) -> Performance:
    """Show what a campaign brought.

    An addition of ours: its terms beyond the documented ones, and what its creators' links led to; revenue in minor
    units by currency.
    """
    found = await asking.read(ask, creators.campaigns.performance, asking.number(ask))
    of, brought = found.campaign, found.figures
    return Performance(
        sale_share=of.sale_share,
        approves=of.approves,
        ends_at=asking.maybe_at(of.ends_at),
        finished_at=asking.maybe_at(of.finished_at),
        settled_at=asking.maybe_at(of.settled_at),
        creators_count=found.creators,
        view_count=of.view_count,
        used_amount=of.used_amount,
        effective_cpm_amount=found.effective_cpm,
        clicks=brought.clicks,
        leads=brought.leads,
        sales=brought.sales,
        revenue=brought.revenue,
    )


OPERATIONS = (page, show, create, change, drop, publish, pause, resume, finish, performance)
