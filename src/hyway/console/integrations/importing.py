"""What a vendor has, to be chosen from, and brought in."""

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromPath

from hyway.console.integrations import integration as pages
from hyway.console.integrations import words
from hyway.console.integrations.integration import ONE
from hyway.console.visit import Here, Page, Visit
from hyway.domain import connections, identity
from hyway.domain.connections import Integration, Offer, Resource
from hyway.kernel.faults import Fault, Invalid, Missing

_MOST = 200
"""So many are offered at once; a search finds the others."""


def _offers(visit: Visit, of: Integration) -> list[Offer]:
    entry = visit.house.vendors.entry(of.type)
    return [each for each in entry.provides if each.is_importable] if entry else []


async def _there(visit: Visit, of: Integration, type: str) -> tuple[list[Resource], str]:
    """What the vendor has, or why that is not known."""
    house = visit.house
    try:
        return await connections.integrations.resources(house.db, house.vendors, visit.by, of.id, type), ""
    except Invalid as fault:
        return [], words.errors(fault, ())[""]


def _matching(there: Sequence[Resource], q: str) -> list[Resource]:
    wanted = q.casefold()
    return sorted(
        (each for each in there if wanted in each.name.casefold() or wanted in each.id.casefold()),
        key=lambda each: each.name.casefold(),
    )


async def _page(visit: Visit, of: Integration, type: str, wrong: str = "", status: int = 200) -> Page:
    q = visit.asked.text("q")[:100]
    there, why = await _there(visit, of, type)
    fit = _matching(there, q)
    return visit.page(
        "integrations/import.html",
        status,
        of=of,
        entry=visit.house.vendors.entry(of.type),
        offers=_offers(visit, of),
        type=type,
        q=q,
        rows=fit[:_MOST],
        more=max(0, len(fit) - _MOST),
        total=len(there),
        why=why,
        errors={"": wrong} if wrong else {},
    )


@get(ONE + "/import")
async def choose(visit: Here, integration: FromPath[str]) -> Page:
    of = await pages.found(visit, integration)
    identity.access.require(visit.by, "create", "Integration")
    types = [each.connection for each in _offers(visit, of)]
    if not types:
        raise Missing("There is nothing that can be imported", id=of.id)
    return await _page(visit, of, visit.asked.one_of("type", types, types[0]))


@post(ONE + "/import")
async def start(visit: Here, integration: FromPath[str]) -> Page:
    of = await pages.found(visit, integration)
    identity.access.require(visit.by, "create", "Integration")
    types = [each.connection for each in _offers(visit, of)]
    if not types:
        raise Missing("There is nothing that can be imported", id=of.id)
    type = visit.sent.one_of("type", types, types[0])
    wanted = [{"id": each} for each in visit.sent.many("resource")]
    if not wanted:
        return await _page(visit, of, type, "Choose at least one.", 422)
    try:
        await visit.write(connections.imports.start, visit.house.vendors, of.id, type, wanted)
    except Missing:
        raise
    except Fault as fault:
        return await _page(visit, of, type, words.errors(fault, ()).get("", fault.message), 422)
    return visit.go(f"{words.at(of)}#imports", "They are on their way.")


ROUTES = [choose, start]
