"""The inbox of the organization."""

from litestar import get, post

from hyway.console.visit import Here, Page
from hyway.domain import notices

_MOST = 50


@get("/console/notices")
async def show(visit: Here) -> Page:
    return visit.page("notices.html", notices=await visit.read(notices.recent, most=_MOST))


@post("/console/notices/seen")
async def seen(visit: Here) -> Page:
    """Marks the notices that were on the page, none that came since."""
    await visit.write(notices.mark_seen, visit.sent.whole("up_to", 0, 2**62, 0))
    return visit.go("/console/notices")


ROUTES = [show, seen]
