"""/board: what creators may see of running campaigns and published collabs. Additions of ours."""

from dataclasses import dataclass
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from hyway.apis.hypemarket import asking, creating
from hyway.apis.hypemarket.creating import Named
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ
from hyway.apis.kit.operations import Ask
from hyway.domain import creators, files
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read

Kind = Literal["campaign", "collab"]


class BoardQuery(PageQuery, kw_only=True):
    platform_id: str | None = None
    country: str | None = None
    kind: str | None = None


class Listing(Struct):
    id: str
    kind: Kind
    name: str
    organization: Named
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
    reward_amount: int
    sale_share: int
    require_spark_ads: bool
    requires_product_shipment: bool
    ends_at: str | None
    published_at: str
    url: str
    banner_image_url: str | UnsetType = UNSET
    brief: str | UnsetType = UNSET
    """Where one programme is shown; lists leave it out."""


@dataclass(frozen=True, slots=True)
class Shown:
    of: creators.campaigns.Listing
    organization: Named
    banner: str | None


def out(ask: Ask, shown: Shown, brief: bool = True) -> Listing:
    of = shown.of
    id = sqid.text(of.seq)
    return Listing(
        **creating.terms(of),
        id=id,
        kind=of.kind,
        organization=shown.organization,
        reward_amount=of.reward_amount,
        sale_share=of.sale_share,
        require_spark_ads=of.require_spark_ads,
        requires_product_shipment=of.requires_product_shipment,
        ends_at=asking.maybe_at(of.ends_at),
        published_at=asking.at(of.published_at),
        url=asking.url(ask, "board", f"{of.kind}s", id),
        banner_image_url=shown.banner or UNSET,
        brief=of.brief if brief else UNSET,
    )


def _shown(r: Read, found: list[creators.campaigns.Listing]) -> list[Shown]:
    organizations = creating.organizations(r, [each.organization for each in found])
    banners = files.addresses(r, [each.banner for each in found])
    return [Shown(each, organizations[each.organization], banners.get(each.banner or 0)) for each in found]


@operation("GET", "/board", scope=READ, query=BoardQuery, gives=list[Listing])
async def page(ask: Ask, query: BoardQuery) -> Page[Listing]:
    """List programmes that creators can apply to, newest first.

    An addition of ours. `platform_id`, `country` and `kind` (`campaign` or `collab`) narrow the list.
    """
    kinds: dict[str, Kind] = {"campaign": "campaign", "collab": "collab"}

    def turn(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
        asked = (query.platform_id, query.country, kinds.get(query.kind or ""))
        rows, total = creators.board.page(r, by, *asked, offset=offset, limit=limit)
        return _shown(r, rows), total

    return (await asking.page(ask, query, turn)).each(lambda each: out(ask, each, brief=False))


async def _show(ask: Ask, kind: Kind) -> Show:
    def find(r: Read, by: Caller, seq: int) -> Shown:
        return _shown(r, [creators.board.find(r, by, kind, seq)])[0]

    found = await asking.read(ask, find, asking.number(ask))
    return Show(out(ask, found), found.of.published_at)


@operation("GET", "/board/campaigns/{id}", scope=READ, gives=Listing)
async def show_campaign(ask: Ask) -> Show:
    """Show a campaign of the board.

    An addition of ours.
    """
    return await _show(ask, "campaign")


@operation("GET", "/board/collabs/{id}", scope=READ, gives=Listing)
async def show_collab(ask: Ask) -> Show:
    """Show a collab of the board.

    An addition of ours.
    """
    return await _show(ask, "collab")


OPERATIONS = (page, show_campaign, show_collab)
