"""Applications: creators ask to be in a campaign of the board, organizations decide. Additions of ours."""

from collections.abc import Callable
from typing import Literal

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

APPLICATION = Root("application", required=False, message=params.text("What the organization should know."))
_OURS = "/organizations/{organization_id}/applications"


class ApplicationQuery(PageQuery, kw_only=True):
    campaign_id: str | None = None
    status: str | None = None


class Application(Struct):
    id: str
    status: Literal["applied", "accepted", "declined", "withdrawn"]
    message: str
    campaign: Named
    organization: Named
    user: Named
    partner_id: str | None
    link: TrackedLink | None
    created_at: str
    updated_at: str
    decided_at: str | None
    url: str


Shown = creating.Shown[creators.campaigns.Application]


def out(ask: Ask, shown: Shown) -> Application:
    of = shown.of
    id = sqid.text(of.seq)
    place = ("me",) if shown.mine else ("organizations", shown.organization.id)
    return Application(
        id=id,
        status=of.status,
        message=of.message,
        campaign=Named(sqid.text(of.campaign), of.campaign_name),
        organization=shown.organization,
        user=shown.user,
        partner_id=of.partner_id,
        link=creating.link(ask, shown.link),
        created_at=asking.at(of.created_at),
        updated_at=asking.at(of.updated_at),
        decided_at=asking.maybe_at(of.decided_at),
        url=asking.url(ask, *place, "applications", id),
    )


def _shown(r: Read, found: list[creators.campaigns.Application], mine: bool) -> list[Shown]:
    return creating.shown(r, found, [each.link_id for each in found], mine)


@operation("GET", _OURS, scope=READ, query=ApplicationQuery, gives=list[Application])
async def page(ask: Ask, query: ApplicationQuery) -> Page[Application]:
    """List applications to an organization's campaigns.

    An addition of ours. `campaign_id` and `status` narrow the list.
    """
    campaign = None if query.campaign_id is None else sqid.number(query.campaign_id) or 0

    def turn(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
        rows, total = creators.applications.page(r, by, campaign, query.status, offset=offset, limit=limit)
        return _shown(r, rows, mine=False), total

    return (await asking.page(ask, query, turn)).each(lambda each: out(ask, each))


@operation("GET", _OURS + "/{id}", scope=READ, gives=Application)
async def show(ask: Ask) -> Show:
    """Show an application to one of an organization's campaigns.

    An addition of ours.
    """

    def find(r: Read, by: Caller, seq: int) -> Shown:
        return _shown(r, [creators.applications.find(r, by, seq)], mine=False)[0]

    found = await asking.read(ask, find, asking.number(ask))
    return Show(out(ask, found), found.of.updated_at)


_Verb = Callable[[Write, Caller, int], creators.campaigns.Application]


async def _moved(ask: Ask, verb: _Verb, mine: bool = False) -> Application:
    def move(w: Write, by: Caller, seq: int) -> Shown:
        return _shown(w, [verb(w, by, seq)], mine)[0]

    return out(ask, await asking.write(ask, move, asking.number(ask)))


@operation("POST", _OURS + "/{id}/accept", scope=WRITE, gives=Application)
async def accept(ask: Ask) -> Application:
    """Accept an application.

    An addition of ours. The creator becomes a partner of the organization and gets a tracked short link.
    """
    return await _moved(ask, creators.applications.accept)


@operation("POST", _OURS + "/{id}/decline", scope=WRITE, gives=Application)
async def decline(ask: Ask) -> Application:
    """Decline an application.

    An addition of ours.
    """
    return await _moved(ask, creators.applications.decline)


@operation(
    "POST",
    "/board/campaigns/{id}/applications",
    scope=WRITE,
    takes=APPLICATION,
    gives=Application,
    status=201,
)
async def apply(ask: Ask, sent: Sent) -> Application:
    """Apply to a campaign of the board.

    An addition of ours. A campaign that takes everybody accepts at once.
    """

    def move(w: Write, by: Caller, campaign: int, message: str) -> Shown:
        return _shown(w, [creators.applications.apply(w, by, campaign, message)], mine=True)[0]

    said = sent.fields.get("message") or ""
    return out(ask, await asking.write(ask, move, asking.number(ask), said, sent=sent))


@operation("GET", "/me/applications", scope=READ, query=PageQuery, gives=list[Application])
async def page_of_mine(ask: Ask, query: PageQuery) -> Page[Application]:
    """List one's own applications.

    An addition of ours.
    """

    def turn(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
        rows, total = creators.applications.page_of_mine(r, by, offset=offset, limit=limit)
        return _shown(r, rows, mine=True), total

    return (await asking.page(ask, query, turn)).each(lambda each: out(ask, each))


@operation("GET", "/me/applications/{id}", scope=READ, gives=Application)
async def show_mine(ask: Ask) -> Show:
    """Show one's own application.

    An addition of ours.
    """

    def find(r: Read, by: Caller, seq: int) -> Shown:
        return _shown(r, [creators.applications.mine(r, by, seq)], mine=True)[0]

    found = await asking.read(ask, find, asking.number(ask))
    return Show(out(ask, found), found.of.updated_at)


@operation("POST", "/me/applications/{id}/withdraw", scope=WRITE, gives=Application)
async def withdraw(ask: Ask) -> Application:
    """Withdraw one's own application.

    An addition of ours. Not while a post of it is under way.
    """
    return await _moved(ask, creators.applications.withdraw, mine=True)


OPERATIONS = (page, show, accept, decline, apply, page_of_mine, show_mine, withdraw)
