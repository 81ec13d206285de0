"""The organization at a glance."""

from litestar import get

from hyway.console.pages import numbers
from hyway.console.visit import Here, Page
from hyway.domain import links
from hyway.domain.links import LinkQuery, ShelfQuery

_BASE = "/console"


@get("/console")
async def show(visit: Here) -> Page:
    newest = await visit.read(links.page, LinkQuery(take=1))
    facts = await numbers.facts(visit, _BASE)
    facts["cards"] = (numbers.WORK, *numbers.CARDS)
    shelf = await visit.read(links.page_of_shelf, links.COLLECTIONS, ShelfQuery(take=1))
    return visit.page("home.html", newest=newest[0] if newest else None, collections=shelf, **facts)


@get("/console/figures")
async def figures(visit: Here) -> Page:
    return await numbers.figures(visit, _BASE)


@get("/console/latest")
async def latest(visit: Here) -> Page:
    return await numbers.stream(visit, _BASE)


ROUTES = [show, figures, latest]
