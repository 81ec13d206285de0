"""The catalogue, and how an integration is set up: step by step, tried before it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.integrations import words
from hyway.console.integrations.words import HERE
from hyway.console.visit import Here, Page, Visit
from hyway.domain import connections, identity
from hyway.domain.connections import ConnectionQuery, Entry, Integration, Resource
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing, Taken

NEW = HERE + "/new/{kind:str}"


@dataclass(frozen=True, slots=True)
class Survey:
    """What somebody has at the vendor, by the setting that it may be chosen for; or why that is not known."""

    choices: Mapping[str, Sequence[Resource]] = field(default_factory=dict)
    refused: str = ""


def _overview(r: Read, by: Caller) -> list[tuple[Integration, int, int]]:
    """With how many connections each has, and how many of them have failed."""
    found, _ = connections.integrations.page(r, by)
    return [(each, _count(r, by, each), _count(r, by, each, "Failed")) for each in found]


def _count(r: Read, by: Caller, of: Integration, *statuses: str) -> int:
    query = ConnectionQuery(integrations=(of.id,), statuses=statuses, limit=1)
    return connections.connections.page(r, by, query)[1]


@get(HERE)
async def index(visit: Here) -> Page:
    known = visit.house.vendors
    used = await visit.read(_overview)
    there = {each.type for each, _, _ in used}
    rest = [each for each in known.entries() if each.type not in there]
    may_create = visit.may("create", "Integration")
    return visit.page(
        "integrations/index.html", used=used, rest=rest, entry_of=known.entry, may_create=may_create
    )


def entry_of(visit: Visit, kind: str) -> Entry:
    """What is to be set up, by somebody who may."""
    identity.access.require(visit.by, "create", "Integration")
    found = visit.house.vendors.entry(kind)
    if found is None:
        raise Missing("There is no such integration", id=kind)
    return found


async def _invites(visit: Visit, kind: str) -> bool:
    """Whether the vendor has a page on which somebody lets us in, and the operator has set it up."""
    if visit.house.vendors.inviting(kind) is None:
        return False
    try:
        await visit.read(connections.invites.start, visit.house.vendors, kind)
    except Invalid:
        return False
    return True


async def form(
    visit: Visit,
    entry: Entry,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int = 200,
    good: bool = False,
    survey: Survey | None = None,
) -> Page:
    """What is secret is not written into the page again: without a script it has to be typed once more."""
    if visit.request.headers.get("x-part") and survey is None:
        return visit.part("integrations/part_verdict.html", entry=entry, errors=wrong, good=good)
    provider: object = visit.house.vendors.find(entry.type)
    return visit.page(
        "integrations/new.html",
        status,
        entry=entry,
        typed={each.name: typed.get(each.name, "") for each in entry.fields if not each.secret},
        errors=wrong,
        good=good,
        invites=await _invites(visit, entry.type),
        surveys=isinstance(provider, connections.tenancy.Surveying),
        survey=survey or Survey(),
    )


def typed_into(visit: Visit, entry: Entry) -> dict[str, str]:
    """The settings as they were typed, lines ended as everywhere."""
    sent = {each.name: visit.sent.text(each.name) for each in entry.fields}
    return {
        name: value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        for name, value in sent.items()
    }


def _wrong(fault: Invalid, entry: Entry) -> dict[str, str]:
    wrong = words.errors(fault, [each.name for each in entry.fields], "config/")
    for each in entry.fields:
        if "must match pattern" in wrong.get(each.name, "").lower():
            wrong[each.name] = words.shape(each)
    return wrong


@get(NEW)
async def ask(visit: Here, kind: FromPath[str]) -> Page:
    entry = entry_of(visit, kind)
    found = await visit.read(connections.integrations.of_type, entry.type)
    return visit.go(words.at(found)) if found else await form(visit, entry, {}, {})


@post(NEW)
async def make(visit: Here, kind: FromPath[str]) -> Page:
    entry = entry_of(visit, kind)
    typed, house = typed_into(visit, entry), visit.house
    try:
        made = await connections.integrations.add(house.db, house.vendors, visit.by, entry.type, typed)
    except Invalid as fault:
        return await form(visit, entry, typed, _wrong(fault, entry), 409 if isinstance(fault, Taken) else 422)
    return sent_on(visit, words.at(made), f"{entry.name} has let us in.")


@post(NEW + "/test")
async def test(visit: Here, kind: FromPath[str]) -> Page:
    """Asks the vendor, and keeps nothing."""
    entry = entry_of(visit, kind)
    typed, house = typed_into(visit, entry), visit.house
    try:
        await connections.integrations.test(house.db, house.vendors, visit.by, entry.type, typed)
    except Invalid as fault:
        return await form(visit, entry, typed, _wrong(fault, entry), 422)
    return await form(visit, entry, typed, {}, good=True)


def sent_on(visit: Visit, to: str, said: str = "") -> Page:
    """The next page: for a form that the script has sent, the script goes there."""
    answer: Any = visit.go(to, said)
    if visit.request.headers.get("x-part"):
        answer.status_code = 200
        answer.headers["x-go"] = to
    return answer  # type: ignore[no-any-return]


ROUTES = [index, ask, make, test]
