"""One integration: what it is set up with, what can be connected, and what is."""

from dataclasses import dataclass

from litestar import get, post
from litestar.params import FromPath

from hyway.console.integrations import words
from hyway.console.integrations.words import HERE
from hyway.console.visit import Here, Page, Visit
from hyway.domain import connections, identity
from hyway.domain.connections import Connection, ConnectionQuery, Import, Integration
from hyway.domain.connections.providing import Declined, Unclear
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

ONE = HERE + "/{integration:str}"
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is of an integration; `maker` is nothing where whoever made it is gone."""

    of: Integration
    maker: str
    newest: tuple[Connection, ...]
    total: int
    failed: int
    imports: tuple[Import, ...]


def _seen(r: Read, by: Caller, id: str) -> Seen:
    of = connections.integrations.find(r, by, id)
    page = connections.connections.page
    all, total = page(r, by, ConnectionQuery(integrations=(of.id,), limit=1))
    late = ConnectionQuery(integrations=(of.id,), offset=max(0, total - _SHOWN), limit=_SHOWN)
    newest = page(r, by, late)[0] if total else all
    _, failed = page(r, by, ConnectionQuery(integrations=(of.id,), statuses=("Failed",), limit=1))
    imports, _ = connections.imports.page(r, by, of.id, 0, 5)
    return Seen(of, _maker(r, by, of.created_by), tuple(reversed(newest)), total, failed, tuple(imports))


def _maker(r: Read, by: Caller, id: str) -> str:
    try:
        found = identity.profiles.find(r, by, id)
    except Missing:
        return ""
    return " ".join(part for part in (found.first_name, found.last_name) if part) or found.nickname


async def found(visit: Visit, id: str) -> Integration:
    return await visit.read(connections.integrations.find, id)


@get(ONE)
async def show(visit: Here, integration: FromPath[str]) -> Page:
    seen = await visit.read(_seen, integration)
    entry = visit.house.vendors.entry(seen.of.type)
    return visit.page(
        "integrations/integration.html",
        seen=seen,
        of=seen.of,
        entry=entry,
        settings=words.settings(seen.of, entry),
        may_connect=entry is not None and visit.may("create", "Integration"),
        may_delete=visit.may("delete", "Integration"),
    )


@get(ONE + "/imports")
async def progress(visit: Here, integration: FromPath[str]) -> Page:
    """How far imports are, alone, for a page that is open."""
    of = await found(visit, integration)
    imports, _ = await visit.read(connections.imports.page, of.id, 0, 5)
    return visit.part("integrations/part_imports.html", imports=imports, of=of)


@post(ONE + "/check")
async def check(visit: Here, integration: FromPath[str]) -> Page:
    """Whether the vendor still lets us in."""
    of = await found(visit, integration)
    identity.access.require(visit.by, "update", "Integration")
    house = visit.house
    try:
        vendor = await house.db.read(connections.integrations.vendor, house.vendors, of)
    except Invalid as fault:
        return visit.go(words.at(of), words.errors(fault, ())[""])
    try:
        await house.vendors.ask(vendor.check)
    except (Declined, Unclear) as why:
        return visit.go(words.at(of), f"{vendor.entry.name} does not let us in: {why}")
    return visit.go(words.at(of), f"{vendor.entry.name} lets us in.")


@post(ONE + "/delete")
async def drop(visit: Here, integration: FromPath[str]) -> Page:
    of = await found(visit, integration)
    identity.access.require(visit.by, "delete", "Integration")
    entry = visit.house.vendors.entry(of.type)
    name = entry.name if entry else of.type
    if not visit.confirmed():
        question = (
            f"Delete the integration with {name}, and all its connections? What is there stays as it is."
        )
        return visit.confirm(question, "Delete integration", words.at(of))
    await visit.write(connections.integrations.drop, of.id)
    return visit.go(HERE, f"The integration with {name} is gone.")


ROUTES = [show, progress, check, drop]
