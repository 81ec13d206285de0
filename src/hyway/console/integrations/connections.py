"""Connections: which there are and how they stand, one of them, and a new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.integrations import entities, words
from hyway.console.integrations import integration as pages
from hyway.console.integrations.integration import ONE
from hyway.console.integrations.words import CONNECTIONS
from hyway.console.projects.leaf import turned
from hyway.console.visit import Here, Page, Visit
from hyway.domain import connections, identity
from hyway.domain.connections import (
    AccessQuery,
    Connection,
    ConnectionAccess,
    ConnectionQuery,
    Entry,
    Integration,
    Offer,
)
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Invalid, Missing, Taken

_CONNECTION = ONE + "/connections/{connection:str}"
_STATUSES = ("Ready", "Failed", "Pending", "AwaitingVerification", "Decommissioning")
_FIELDS = ("entity", "input", "type")
_INSIDE = 200


def _filtered(
    r: Read, by: Caller, query: Mapping[str, Any], offset: int = 0, limit: int = 25
) -> tuple[list[Connection], int]:
    return connections.connections.page(r, by, ConnectionQuery(**query, offset=offset, limit=limit))


async def _listed(visit: Visit) -> dict[str, Any]:
    known, _ = await visit.read(connections.integrations.page)
    integration = visit.asked.one_of("integration", [each.id for each in known], "")
    status = visit.asked.one_of("status", _STATUSES, "")
    query = {
        "integrations": (integration,) if integration else (),
        "statuses": (status,) if status else (),
    }
    rows, at = await turned(visit, _filtered, query)
    facts = {"known": known, "integration": integration, "chosen": status, "statuses": _STATUSES}
    query_text = visit.request.url.query
    return {**facts, "rows": rows, "at": at, "query": query_text, "entry_of": visit.house.vendors.entry}


@get(CONNECTIONS)
async def index(visit: Here) -> Page:
    return visit.page("integrations/connections.html", **await _listed(visit))


@get(CONNECTIONS + "/rows")
async def rows(visit: Here) -> Page:
    """How they stand, alone, for a page that is open."""
    return visit.part("integrations/part_connections.html", **await _listed(visit))


@dataclass(frozen=True, slots=True)
class Seen:
    """A connection, and who was let in by it."""

    of: Connection
    inside: tuple[ConnectionAccess, ...]
    people: int


def _seen(r: Read, by: Caller, integration: str, id: str) -> Seen:
    of = connections.connections.find(r, by, integration, id)
    query = AccessQuery(entity_connections=(of.id,), limit=_INSIDE)
    inside, people = connections.connections.access_page(r, by, query)
    return Seen(of, tuple(inside), people)


async def _facts(visit: Visit, integration: str, id: str) -> dict[str, Any]:
    seen = await visit.read(_seen, integration, id)
    entry = visit.house.vendors.entry(seen.of.integration_type)
    return {"seen": seen, "of": seen.of, "entry": entry, "may_change": visit.may("update", "Integration")}


@get(_CONNECTION)
async def show(visit: Here, integration: FromPath[str], connection: FromPath[str]) -> Page:
    facts = await _facts(visit, integration, connection)
    may_delete = visit.may("delete", "Integration")
    return visit.page("integrations/connection.html", errors={}, may_delete=may_delete, **facts)


@get(_CONNECTION + "/state")
async def state(visit: Here, integration: FromPath[str], connection: FromPath[str]) -> Page:
    """How it stands, alone, for a page that is open; one that was taken away meanwhile says so."""
    of = await pages.found(visit, integration)
    try:
        facts = await _facts(visit, of.id, connection)
    except Missing:
        if not visit.request.headers.get("x-part"):
            raise
        return visit.part("integrations/part_gone.html", of=of)
    return visit.part("integrations/part_connection.html", errors={}, **facts)


@post(_CONNECTION + "/retry")
async def retry(visit: Here, integration: FromPath[str], connection: FromPath[str]) -> Page:
    try:
        of = await visit.write(connections.connections.retry, integration, connection)
    except Taken as fault:
        return await _again(visit, integration, connection, fault, 409)
    return visit.go(words.connection_at(of), "It is tried again.")


@post(_CONNECTION + "/verify")
async def verify(visit: Here, integration: FromPath[str], connection: FromPath[str]) -> Page:
    """A code that somebody was sent is shown to the vendor while they wait for what it says."""
    house, code = visit.house, visit.sent.text("code")
    show = connections.verifying.verify
    try:
        of = await show(house.db, house.vendors, visit.by, integration, connection, code)
    except (Invalid, Missing) as fault:
        # Missing is the provider, too, of a connection that is there.
        status = 422 if isinstance(fault, Invalid) and not isinstance(fault, Taken) else 409
        return await _again(visit, integration, connection, fault, status)
    return visit.go(words.connection_at(of), _outcome(of, house.vendors.entry(of.integration_type)))


def _outcome(of: Connection, entry: Entry | None) -> str:
    name = entry.name if entry else of.integration_type
    if of.status == "Ready":
        return f"{name} has taken the code."
    if words.keeps_code(of):
        return f"{name} did not say whether the code is right. It is kept, and shown again."
    return ""


async def _again(visit: Visit, integration: str, id: str, fault: Fault, status: int) -> Page:
    facts = await _facts(visit, integration, id)
    wrong, may_delete = words.errors(fault, ("code",)), visit.may("delete", "Integration")
    return visit.page("integrations/connection.html", status, errors=wrong, may_delete=may_delete, **facts)


@post(_CONNECTION + "/delete")
async def drop(visit: Here, integration: FromPath[str], connection: FromPath[str]) -> Page:
    """What it made at the vendor's goes as well where that is ticked."""
    of = await visit.read(connections.connections.find, integration, connection)
    identity.access.require(visit.by, "delete", "Integration")
    with_remote = visit.sent.ticked("decommission")
    back = words.connection_at(of)
    if not visit.confirmed():
        return visit.page("integrations/going.html", of=of, back=back, with_remote=with_remote)
    await visit.write(connections.connections.drop, integration, connection, with_remote)
    to = f"{CONNECTIONS}?integration={of.integration_id}"
    return visit.go(to, "It is being taken away." if with_remote else "The connection is gone.")


def _offers(visit: Visit, of: Integration) -> list[Offer]:
    identity.access.require(visit.by, "create", "Integration")
    entry = visit.house.vendors.entry(of.type)
    if entry is None:
        raise Missing("There is no provider for this integration", id=of.id)
    return list(entry.provides)


async def _form(
    visit: Visit, of: Integration, typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
) -> Page:
    offers = _offers(visit, of)
    offer = next((each for each in offers if each.connection == typed["type"]), offers[0])
    there, why = await _there(visit, of, offer) if visit.asked.ticked("look") else ([], "")
    return visit.page(
        "integrations/connect.html",
        status,
        of=of,
        entry=visit.house.vendors.entry(of.type),
        offers=offers,
        offer=offer,
        groups=await visit.read(entities.choices, offer),
        there=there,
        looked=visit.asked.ticked("look"),
        why=why,
        typed=typed,
        errors=wrong,
    )


async def _there(visit: Visit, of: Integration, offer: Offer) -> tuple[list[connections.Resource], str]:
    """What the vendor has of it already, or why that is not known."""
    house = visit.house
    try:
        resources = connections.integrations.resources
        return await resources(house.db, house.vendors, visit.by, of.id, offer.connection), ""
    except Invalid as fault:
        return [], words.errors(fault, ())[""]


@get(ONE + "/connect")
async def ask(visit: Here, integration: FromPath[str]) -> Page:
    of = await pages.found(visit, integration)
    return await _form(visit, of, {name: visit.asked.text(name)[:500] for name in _FIELDS}, {})


@post(ONE + "/connect")
async def make(visit: Here, integration: FromPath[str]) -> Page:
    of = await pages.found(visit, integration)
    identity.access.require(visit.by, "create", "Integration")
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    if not typed["entity"]:
        return await _form(visit, of, typed, {"entity": "Choose one of these."}, 422)
    try:
        made = await visit.write(
            connections.connections.create,
            visit.house.vendors,
            of.id,
            typed["type"],
            typed["entity"],
            typed["input"],
        )
    except Missing:
        return await _form(visit, of, typed, {"entity": "Choose one of these."}, 422)
    except Invalid as fault:
        status = 409 if isinstance(fault, Taken) else 422
        return await _form(visit, of, typed, _wrong(fault), status)
    return visit.go(words.connection_at(made), "It is on its way.")


def _wrong(fault: Invalid) -> dict[str, str]:
    wrong = words.errors(fault, ("input", "type", "entity/id"))
    return {name.partition("/")[0]: text for name, text in wrong.items()}


ROUTES = [index, rows, ask, make, show, state, retry, verify, drop]
