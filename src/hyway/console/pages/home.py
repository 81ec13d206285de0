"""The organization at a glance."""

from dataclasses import dataclass

from litestar import get

from hyway.console.pages import numbers
from hyway.console.visit import Here, Page, Visit
from hyway.domain import billing, links, toggles
from hyway.domain.identity import Caller
from hyway.domain.links import LinkQuery, ShelfQuery
from hyway.kernel.db import Read

_BASE = "/console"


@dataclass(frozen=True, slots=True)
class Switches:
    """How many of each the person may see; `asked`: evaluations of this month, None where they may not know."""

    toggles: int
    segments: int
    keys: int
    asked: int | None


def _switches(r: Read, by: Caller, may_count: bool) -> Switches | None:
    """None where there is nothing to see."""
    switched = toggles.page(r, by, None, limit=1)[1]
    if not switched:
        return None
    return Switches(
        switched,
        toggles.segments.page(r, by, None, limit=1)[1],
        toggles.public_keys.page(r, by, None, limit=1)[1],
        billing.usage.of_organization(r, by).total.counted["toggle.evaluations"] if may_count else None,
    )


async def _seen(visit: Visit) -> Switches | None:
    if not visit.may_somewhere("read", "Toggle"):
        return None
    return await visit.read(_switches, visit.may("read", "Usage"))


@get("/console")
async def show(visit: Here) -> Page:
    newest = await visit.read(links.page, LinkQuery(take=1))
    facts = await numbers.facts(visit, _BASE)
    facts["cards"] = (numbers.WORK, *numbers.CARDS)
    shelf = await visit.read(links.page_of_shelf, links.COLLECTIONS, ShelfQuery(take=1))
    return visit.page(
        "home.html",
        newest=newest[0] if newest else None,
        collections=shelf,
        switches=await _seen(visit),
        **facts,
    )


@get("/console/figures")
async def figures(visit: Here) -> Page:
    return await numbers.figures(visit, _BASE)


@get("/console/latest")
async def latest(visit: Here) -> Page:
    return await numbers.stream(visit, _BASE)


ROUTES = [show, figures, latest]
