"""Whose accounts at others are known."""

from litestar import get

from hyway.console.integrations.words import ACCOUNTS
from hyway.console.projects.leaf import turned
from hyway.console.visit import Here, Page
from hyway.domain import identity


@get(ACCOUNTS)
async def index(visit: Here) -> Page:
    identity.access.require(visit.by, "read", "Member")
    q = visit.asked.text("q")[:100]
    rows, at = await turned(visit, identity.profiles.page, search=q)
    return visit.page("integrations/accounts.html", rows=rows, at=at, q=q)


ROUTES = [index]
