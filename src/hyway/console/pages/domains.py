"""Domains: names of the organization's own for its links, and what has to stand in the DNS for them."""

from collections.abc import Mapping
from typing import Any

import idna
from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import words
from hyway.console.projects.leaf import turned
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, links
from hyway.domain.identity import Caller
from hyway.domain.links import Domain, DomainChange, LinkQuery, NewDomain
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Invalid, Refused, Taken

HERE = "/console/domains"
_ONE = HERE + "/{domain:str}"
_FIELDS = ("domain", "notFoundRedirectUrl", "fallbackUrlTemplate")
_SAID = {
    'Must match format "hostname".': "Is no domain name, such as go.example.com.",
    "Must NOT be a name of this server.": "This is a name of the server itself: links answer there already.",
    "Must NOT lead back to a short link.": "Must not lead back to a short link.",
}


def spoken(name: str) -> str:
    """An international name as people write it."""
    try:
        return idna.decode(name)
    except idna.IDNAError:
        return name


def _errors(fault: Fault) -> dict[str, str]:
    wrong = words.errors(fault, _FIELDS)
    return {name: _SAID.get(text, text) for name, text in wrong.items()}


@get(HERE)
async def index(visit: Here) -> Page:
    rows, at = await turned(visit, links.domains.page)
    return visit.page("domains.html", rows=rows, at=at, spoken=spoken, may_make=visit.may("create", "Domain"))


def _typed(visit: Visit) -> dict[str, str]:
    return {name: visit.sent.text(name) for name in _FIELDS}


def _form(visit: Visit, typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200) -> Page:
    return visit.page("domain_form.html", status, typed=typed, errors=wrong)


@get(HERE + "/new")
async def ask(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "Domain")
    return _form(visit, dict.fromkeys(_FIELDS, ""), {})


@post(HERE + "/new")
async def make(visit: Here) -> Page:
    typed = _typed(visit)
    wish = NewDomain(
        typed["domain"], typed["notFoundRedirectUrl"] or None, typed["fallbackUrlTemplate"] or None
    )
    try:
        made = await visit.write(links.domains.create, wish)
    except Invalid as fault:
        return _form(visit, typed, _errors(fault), 409 if isinstance(fault, Taken) else 422)
    return visit.go(f"{HERE}/{made.id}", f"{spoken(made.domain)} is there. Now its DNS has to say so.")


def _found(r: Read, by: Caller, id: str) -> tuple[Domain, int]:
    """A domain, and how many links answer there."""
    found = links.domains.find(r, by, id)
    return found, links.count(r, by, LinkQuery(domain=found.seq))


def _facts(visit: Visit, of: Domain) -> dict[str, Any]:
    hosts = visit.house.db.house.hosts
    return {
        "domain": of,
        "name": spoken(of.domain),
        # What does all in one comes first.
        "records": sorted(links.domains.records(of, hosts), key=lambda each: each.type),
        "secure": visit.house.public_url.startswith("https://"),
        "may_change": visit.may("update", "Domain"),
    }


async def _page(
    visit: Visit,
    id: str,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Page:
    found, count = await visit.read(_found, id)
    own = {
        "notFoundRedirectUrl": found.not_found_redirect_url or "",
        "fallbackUrlTemplate": found.fallback_url_template or "",
    }
    return visit.page(
        "domain.html",
        status,
        count=count,
        typed=own if typed is None else typed,
        errors=wrong or {},
        may_delete=visit.may("delete", "Domain"),
        **_facts(visit, found),
    )


@get(_ONE)
async def show(visit: Here, domain: FromPath[str]) -> Page:
    return await _page(visit, domain)


@get(_ONE + "/state")
async def state(visit: Here, domain: FromPath[str]) -> Page:
    """How far it is, alone, for a page that is open."""
    found = await visit.read(links.domains.find, domain)
    return visit.part("part_domain.html", **_facts(visit, found))


@post(_ONE)
async def save(visit: Here, domain: FromPath[str]) -> Page:
    typed = _typed(visit)
    wish = DomainChange(typed["notFoundRedirectUrl"] or None, typed["fallbackUrlTemplate"] or None)
    try:
        await visit.write(links.domains.change, domain, wish)
    except Invalid as fault:
        return await _page(visit, domain, typed, _errors(fault), 422)
    return visit.go(f"{HERE}/{domain}", "Saved.")


@post(_ONE + "/verify")
async def verify(visit: Here, domain: FromPath[str]) -> Page:
    """Asks the DNS now; it takes a second or some, and nothing waits for it but this answer."""
    house = visit.house
    await visit.read(links.domains.find, domain)
    if house.outgoing is None:
        raise Refused("this server asks no others")
    seen, is_verified = await links.domains.verified(
        house.db, house.outgoing, house.services, visit.by, domain
    )
    back = f"{HERE}/{seen.id}"
    if seen.status == "ready":
        return visit.go(back, f"{spoken(seen.domain)} is ready.")
    if is_verified:
        return visit.go(back, "It is yours. Its certificate is still to come.")
    return visit.go(back, "Not yet. Below is what the DNS said.")


@post(_ONE + "/delete")
async def drop(visit: Here, domain: FromPath[str]) -> Page:
    found = await visit.read(links.domains.find, domain)
    identity.access.require(visit.by, "delete", "Domain")
    back = f"{HERE}/{found.id}"
    if not visit.confirmed():
        question = f"Delete {spoken(found.domain)}? Nothing answers there from now on."
        return visit.confirm(question, "Delete domain", back)
    try:
        await visit.write(links.domains.drop, found.id)
    except Invalid as fault:
        return await _page(visit, domain, None, _errors(fault), 409)
    return visit.go(HERE, f"{spoken(found.domain)} is gone.")


ROUTES = [index, ask, make, show, state, save, verify, drop]
