"""DNS zones: in which records of short domains are written by themselves, and how that went."""

from litestar import get, post
from litestar.params import FromPath

from hyway.console.integrations.words import ZONES
from hyway.console.projects.leaf import turned
from hyway.console.visit import Here, Page
from hyway.domain import connections, identity
from hyway.domain.connections import Zone, ZoneRecord
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

_ONE = ZONES + "/{zone:str}"


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[tuple[Zone, list[ZoneRecord]]], int]:
    found, total = connections.zones.page(r, by, offset, limit)
    return [(each, connections.zones.records(r, by, each.id)) for each in found], total


def _seen(r: Read, by: Caller, id: str) -> tuple[Zone, list[ZoneRecord]]:
    return connections.zones.find(r, by, id), connections.zones.records(r, by, id)


@get(ZONES)
async def index(visit: Here) -> Page:
    rows, at = await turned(visit, _page)
    may_import = visit.may("create", "Integration")
    return visit.page("integrations/zones.html", rows=rows, at=at, may_import=may_import)


@get(_ONE)
async def show(visit: Here, zone: FromPath[str]) -> Page:
    of, records = await visit.read(_seen, zone)
    may_delete, may_change = visit.may("delete", "Domain"), visit.may("update", "Domain")
    return visit.page(
        "integrations/zone.html", of=of, records=records, may_delete=may_delete, may_change=may_change
    )


@get(_ONE + "/records")
async def state(visit: Here, zone: FromPath[str]) -> Page:
    """How records stand, alone, for a page that is open."""
    of, records = await visit.read(_seen, zone)
    return visit.part("integrations/part_records.html", of=of, records=records)


@post(_ONE + "/retry")
async def retry(visit: Here, zone: FromPath[str]) -> Page:
    await visit.write(connections.zones.retry, zone)
    return visit.go(f"{ZONES}/{zone}", "They are tried again.")


@post(_ONE + "/delete")
async def drop(visit: Here, zone: FromPath[str]) -> Page:
    of = await visit.read(connections.zones.find, zone)
    identity.access.require(visit.by, "delete", "Domain")
    if not visit.confirmed():
        question = f"Let go of {of.name}? At the vendor’s it stays as it is, with its records."
        return visit.confirm(question, "Let go of it", f"{ZONES}/{of.id}")
    await visit.write(connections.zones.drop, of.id)
    return visit.go(ZONES, f"{of.name} is no zone of yours here any more.")


ROUTES = [index, show, state, retry, drop]
