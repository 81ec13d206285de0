"""Favorites: a star on what one likes to find again at once."""

from contextlib import suppress

from litestar import post

from hyway.console.visit import Here, Page, Visit, is_inside
from hyway.domain import identity
from hyway.domain.identity import Favorite
from hyway.kernel.faults import Missing, Taken


async def listed(visit: Visit) -> list[Favorite]:
    """The visitor's, in their order."""
    if not visit.may("read", "Member"):
        return []
    return list((await visit.read(identity.profiles.find, visit.by.member)).favorites)


async def of(visit: Visit) -> frozenset[str]:
    """The ids of what bears a star."""
    return frozenset(each.id for each in await listed(visit))


@post("/console/favorites")
async def put(visit: Here) -> Page:
    """Sets a star or takes it away; one that is as it should be stays so, for who clicks twice."""
    thing, back = visit.sent.text("entity"), visit.sent.text("back")
    if visit.sent.text("star") == "yes":
        with suppress(Taken):  # it is one already
            await visit.write(identity.favorites.add, visit.by.member, thing)
    else:
        with suppress(Missing):  # it is none any more
            await visit.write(identity.favorites.drop, visit.by.member, thing)
    return visit.go(back if is_inside(back) else "/console/projects")


ROUTES = [put]
