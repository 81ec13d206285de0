"""Organizations: those one belongs to, a new one, and what one of them says of itself."""

from typing import Any

from litestar import get, post

from hyway.console.market import pictures, words
from hyway.console.market.pictures import Sent
from hyway.console.market.stay import Mine, Stay, Theirs, There, home_of
from hyway.console.visit import Page
from hyway.domain import creators, files, identity
from hyway.domain.identity import Caller, Organization
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Refused

_FIELDS = ("name", "privacy_setting", "website", "logo")
_TEXTS = ("name", "privacy_setting", "website")


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[tuple[Organization, str | None]], int]:
    found, total = identity.organizations.page(r, by, offset, limit)
    shown = pictures.shown(r, [each.logo for each in found])
    return [(each, shown.get(each.logo)) for each in found], total


@get("/organizations")
async def index(visit: Mine) -> Page:
    rows, at = await visit.turned(_page)
    asked, _ = await visit.read(identity.joining.my_requests, 0, 50)
    roles = {each.organization.seq: each.role for each in visit.belongs}
    return visit.page("market/organizations.html", rows=rows, at=at, asked=asked, roles=roles)


def _form(visit: Stay, typed: dict[str, Any], wrong: dict[str, str], status: int = 200, **facts: Any) -> Page:
    there = visit.organization if isinstance(visit, There) else None
    facts = {"there": there, "logo": None, **facts}
    return visit.page("market/organization_form.html", status, typed=typed, errors=wrong, **facts)


@get("/organizations/new")
async def ask(visit: Mine) -> Page:
    return _form(visit, {"privacy_setting": "private"}, {})


@post("/organizations")
async def make(visit: Mine) -> Page:
    typed = _typed(visit)
    try:
        made = await visit.write(_establish, typed, await pictures.sent(visit, "logo", files.LOGO))
    except Invalid as fault:
        return _form(visit, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(home_of(made.seq), f"{made.name} is yours.")


def _typed(visit: Stay) -> dict[str, Any]:
    return {name: visit.sent.text(name) for name in _TEXTS}


def _establish(w: Write, by: Caller, fields: dict[str, Any], logo: Sent) -> Organization:
    more = {"logo": pictures.keep(w, by, logo)} if logo else {}
    return identity.organizations.establish(w, by, {**fields, **more})


def _logo(r: Read, by: Caller) -> str | None:
    logo = identity.organization(r, by).logo
    return pictures.shown(r, [logo]).get(logo)


@get("/organizations/{organization:str}/edit")
async def change(visit: Theirs) -> Page:
    identity.may_manage(visit.by)
    there = visit.organization
    typed = {"name": there.name, "privacy_setting": there.privacy, "website": there.website or ""}
    return _form(visit, typed, {}, logo=await visit.read(_logo))


@post("/organizations/{organization:str}/edit")
async def save(visit: Theirs) -> Page:
    identity.may_manage(visit.by)
    typed = _typed(visit)
    try:
        logo = await pictures.sent(visit, "logo", files.LOGO)
        await visit.write(_change, typed, logo, visit.sent.ticked("purge_logo"))
    except Invalid as fault:
        return _form(visit, typed, words.errors(fault, _FIELDS), 422, logo=await visit.read(_logo))
    return visit.go(visit.base + "/edit", "Saved.")


def _change(w: Write, by: Caller, fields: dict[str, Any], logo: Sent, purged: bool) -> None:
    """A new picture comes in the place of the old one; a purge takes it away, if none came."""
    old = identity.organization(w, by).logo
    if logo or purged:
        fields = {**fields, "logo": pictures.keep(w, by, logo)}
    identity.organizations.change(w, by, fields)
    if old is not None and (logo or purged):
        files.drop(w, old)


@post("/organizations/{organization:str}/close")
async def close(visit: Theirs) -> Page:
    """For good; only its owner may, and only where nothing hangs on it."""
    here, name = visit.base + "/edit", visit.organization.name
    if visit.role != "owner":
        raise Refused("Not authorized")
    if not visit.confirmed():
        return visit.confirm(f"Close {name} for good?", f"Close {name}", here)
    try:
        await visit.write(_close)
    except Invalid as fault:
        return visit.go(here, words.told(fault))
    return visit.go("/organizations", f"{name} is closed.")


def _close(w: Write, by: Caller) -> None:
    creators.closing.check(w, by)
    identity.organizations.close(w, by)


@post("/me/join_requests/{entry:str}/cancel")
async def cancel(visit: Mine) -> Page:
    await visit.write(identity.joining.cancel, visit.number("entry"))
    return visit.go("/organizations", "You ask no longer.")


ROUTES = [index, ask, make, cancel]
WITHIN = [change, save, close]
