"""/organizations/:id/collabs: briefs that creators apply to."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypemarket import asking, params, pictures
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.hypemarket.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import creators, files
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

_TERMS: dict[str, Any] = {
    "reward_amount": params.whole("What each creator gets besides the product, in minor units."),
    "sale_share": params.whole(
        "What part of each sale through their link creators get, in hundredths of a percent."
    ),
    "usage_days": params.whole("For how many days approved content may be used."),
}
_FIELDS: dict[str, Any] = {
    "name": params.text(),
    "website": params.text("Where the product is found, and where creators' links lead."),
    "currency": params.text("ISO 4217 in lower case. Fixed once there is money in the collab."),
    "countries": params.texts("ISO 3166-1 alpha-2."),
    "require_spark_ads": params.flag("Whether creators give a Spark code of TikTok for their post."),
    "requires_product_shipment": params.flag("Whether creators are sent the product first."),
    "brief": params.text("Rich text as HTML; whatever is not text is taken out.", wraps=False),
    "banner_image": params.picture(),
    "purge_banner_image": params.flag("Takes the banner away.", wraps=False),
    **_TERMS,
}
NEW = Root("collab", required=False, title="NewCollab", **_FIELDS)
COLLAB = Root("collab", **_FIELDS)
TERMS = Root("terms", **_TERMS)


class Collab(Struct):
    """A collab as lists show it."""

    id: str
    name: str
    state: Literal["draft", "submitted_for_review", "published", "paused"]
    currency: str
    countries: list[str]
    website: str | None
    require_spark_ads: bool
    requires_product_shipment: bool
    submissions_count: int
    completed_count: int
    published_at: str | None
    created_at: str
    updated_at: str
    url: str
    banner_image_url: str | UnsetType = UNSET


class WholeCollab(Collab, kw_only=True):
    """With the brief: rich text as HTML."""

    brief: str


class Terms(Struct):
    """What a collab promises to creators, and the budget for it; amounts in minor units."""

    currency: str
    reward_amount: int
    sale_share: int
    usage_days: int
    total_budget_amount: int
    used_amount: int
    unused_amount: int


Shown = tuple[creators.collabs.Collab, str | None]
"""A collab and where its banner is shown."""


def out(ask: Ask, shown: Shown) -> Collab:
    return Collab(**_fields(ask, shown))


def whole(ask: Ask, shown: Shown) -> WholeCollab:
    return WholeCollab(**_fields(ask, shown), brief=shown[0].brief)


def _fields(ask: Ask, shown: Shown) -> dict[str, Any]:
    of, banner = shown
    id = sqid.text(of.seq)
    return {
        "id": id,
        "name": of.name,
        "state": of.state,
        "currency": of.currency,
        "countries": list(of.countries),
        "website": of.website,
        "require_spark_ads": of.require_spark_ads,
        "requires_product_shipment": of.requires_product_shipment,
        "submissions_count": of.submissions_count,
        "completed_count": of.completed_count,
        "published_at": asking.maybe_at(of.published_at),
        "created_at": asking.at(of.created_at),
        "updated_at": asking.at(of.updated_at),
        "url": asking.url(ask, "organizations", sqid.text(of.organization), "collabs", id),
        "banner_image_url": banner or UNSET,
    }


def _with_banners(r: Read, found: list[creators.collabs.Collab]) -> list[Shown]:
    addresses = files.addresses(r, [each.banner for each in found])
    return [(each, addresses.get(each.banner or 0)) for each in found]


@operation("GET", "/organizations/{organization_id}/collabs", scope=READ, query=PageQuery, gives=list[Collab])
async def page(ask: Ask, query: PageQuery) -> Page[Collab]:
    """List collabs.

    In the order in which they were made, without their briefs.
    """
    found = await asking.page(ask, query, _page)
    return found.each(lambda each: out(ask, each))


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
    rows, total = creators.collabs.page(r, by, offset=offset, limit=limit)
    return _with_banners(r, rows), total


@operation("GET", "/organizations/{organization_id}/collabs/{id}", scope=READ, gives=WholeCollab)
async def show(ask: Ask) -> Show:
    """Show a collab."""
    found = await asking.read(ask, _find, asking.number(ask))
    return Show(whole(ask, found), found[0].updated_at)


def _find(r: Read, by: Caller, seq: int) -> Shown:
    return _with_banners(r, [creators.collabs.find(r, by, seq)])[0]


class CreateQuery(Struct, kw_only=True):
    website: Annotated[
        str | None, Meta(description="The page of a product, from which the draft is filled in.")
    ] = None


@operation(
    "POST",
    "/organizations/{organization_id}/collabs",
    scope=WRITE,
    query=CreateQuery,
    takes=NEW,
    gives=WholeCollab,
    status=201,
)
async def create(ask: Ask, query: CreateQuery, sent: Sent) -> WholeCollab:
    """Create a collab.

    A draft. What is not sent takes defaults; with `?website=` the page of a product is read for its name, description,
    picture and countries, which take the place of the defaults.
    """
    sent = await pictures.decoded(ask, sent, "banner_image", files.BANNER)
    if query.website:
        await asking.read(ask, _may_change)  # before anybody's page is read
        sent = await _prefilled(ask, query.website, sent)
    return whole(ask, await asking.write(ask, _create, tools(ask).blobs, sent.fields, sent=sent))


def _may_change(_: Read, by: Caller) -> None:
    creators.collabs.may_change(by)


async def _prefilled(ask: Ask, website: str, sent: Sent) -> Sent:
    """What was sent, and of the rest what the product's page tells."""
    found = await creators.prefill.ask(tools(ask).outgoing, website)
    told: dict[str, Any] = {
        "website": website,
        "name": found.name,
        "brief": found.brief,
        "countries": found.countries,
    }
    if found.image_bytes and "banner_image" not in sent.fields:
        told["banner_image"] = await _picture(ask, found.image_bytes)
    for name, value in told.items():
        if value and name not in sent.fields:
            sent = sent.with_field(name, value)
    return sent


async def _picture(ask: Ask, raw: bytes) -> files.Picture | None:
    try:
        return await files.take(tools(ask).blobs, raw, "banner", files.BANNER, "banner_image")
    except Invalid:
        return None  # a page without a picture is as good


def _create(w: Write, by: Caller, blobs: Blobs, fields: Mapping[str, Any]) -> Shown:
    creators.collabs.may_change(by)
    values = pictures.kept(w, by, blobs, dict(fields), "banner_image", "banner")
    return _with_banners(w, [creators.collabs.create(w, by, values)])[0]


@operation(
    "PATCH", "/organizations/{organization_id}/collabs/{id}", scope=WRITE, takes=COLLAB, gives=WholeCollab
)
async def change(ask: Ask, sent: Sent) -> WholeCollab:
    """Change a collab.

    What is sent. A published one stays complete, and gets no worse for those who have applied. `purge_banner_image`
    takes the banner away.
    """
    sent = await pictures.decoded(ask, sent, "banner_image", files.BANNER)
    found = await asking.write(ask, _change, asking.number(ask), tools(ask).blobs, sent.fields, sent=sent)
    return whole(ask, found)


def _change(w: Write, by: Caller, seq: int, blobs: Blobs, fields: Mapping[str, Any]) -> Shown:
    creators.collabs.find(w, by, seq)
    values = pictures.kept(w, by, blobs, dict(fields), "banner_image", "banner")
    return _with_banners(w, [creators.collabs.change(w, by, seq, values)])[0]


@operation("DELETE", "/organizations/{organization_id}/collabs/{id}", scope=WRITE, gives=None, status=204)
async def drop(ask: Ask) -> None:
    """Delete a collab.

    A draft to which nobody has applied.
    """
    await asking.write(ask, creators.collabs.drop, asking.number(ask))


async def _stepped(ask: Ask, verb: Any) -> WholeCollab:
    def step(w: Write, by: Caller, seq: int) -> Shown:
        return _with_banners(w, [verb(w, by, seq)])[0]

    return whole(ask, await asking.write(ask, step, asking.number(ask)))


@operation("POST", "/organizations/{organization_id}/collabs/{id}/submit", scope=WRITE, gives=WholeCollab)
async def submit(ask: Ask) -> WholeCollab:
    """Submit a collab for review.

    It needs a name, a website, a brief and a country. Where nobody has to review it, it is published at once.
    """
    return await _stepped(ask, creators.collabs.submit)


@operation("POST", "/organizations/{organization_id}/collabs/{id}/withdraw", scope=WRITE, gives=WholeCollab)
async def withdraw(ask: Ask) -> WholeCollab:
    """Withdraw a collab from review.

    It is a draft again.
    """
    return await _stepped(ask, creators.collabs.withdraw)


@operation("POST", "/organizations/{organization_id}/collabs/{id}/pause", scope=WRITE, gives=WholeCollab)
async def pause(ask: Ask) -> WholeCollab:
    """Pause a collab.

    Nobody can apply any more; who was accepted goes on.
    """
    return await _stepped(ask, creators.collabs.pause)


@operation("POST", "/organizations/{organization_id}/collabs/{id}/unpause", scope=WRITE, gives=WholeCollab)
async def unpause(ask: Ask) -> WholeCollab:
    """Publish a paused collab again."""
    return await _stepped(ask, creators.collabs.unpause)


def terms_out(of: creators.collabs.Collab) -> Terms:
    return Terms(
        currency=of.currency,
        reward_amount=of.reward_amount,
        sale_share=of.sale_share,
        usage_days=of.usage_days,
        total_budget_amount=of.total_budget_amount,
        used_amount=of.used_amount,
        unused_amount=of.unused_amount,
    )


@operation("GET", "/organizations/{organization_id}/collabs/{id}/terms", scope=READ, gives=Terms)
async def show_terms(ask: Ask) -> Show:
    """Show a collab's terms.

    What creators get for it, and the budget.
    """
    found = await asking.read(ask, creators.collabs.find, asking.number(ask))
    return Show(terms_out(found), found.updated_at)


@operation(
    "PATCH", "/organizations/{organization_id}/collabs/{id}/terms", scope=WRITE, takes=TERMS, gives=Terms
)
async def change_terms(ask: Ask, sent: Sent) -> Terms:
    """Change a collab's terms.

    They get no worse for those who have applied.
    """
    return terms_out(
        await asking.write(ask, creators.collabs.change, asking.number(ask), sent.fields, sent=sent)
    )


OPERATIONS = (
    page,
    show,
    create,
    change,
    drop,
    submit,
    withdraw,
    pause,
    unpause,
    show_terms,
    change_terms,
)
