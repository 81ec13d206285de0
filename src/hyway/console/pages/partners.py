"""Partners: whom links work for, each with their links and numbers."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post

from hyway.console.form import errors
from hyway.console.pages import numbers, shelves
from hyway.console.visit import Here, Page, Visit
from hyway.domain import links
from hyway.domain.links import PARTNERS, LinkQuery, Partner
from hyway.kernel.faults import Invalid

_FIELDS = ("name", "email", "phone")
_PATH = "/console/partners"
_LINKS = 20


async def _this(visit: Visit) -> Partner:
    found: Partner = await shelves.this(visit, PARTNERS)
    return found


def _base(partner: Partner) -> str:
    return f"{_PATH}/{partner.id}"


@get(_PATH)
async def index(visit: Here) -> Page:
    return visit.page("partners.html", **await shelves.listed(visit, PARTNERS))


@get(_PATH + "/{item:uuid}")
async def show(visit: Here) -> Page:
    partner = await _this(visit)
    query = LinkQuery(partner_id=partner.id, take=_LINKS)
    found, total = await visit.read(links.page, query), await visit.read(links.count, query)
    facts = await numbers.facts(visit, _base(partner), partner_id=partner.id)
    return visit.page("partner.html", partner=partner, links=found, total=total, **facts)


@get(_PATH + "/{item:uuid}/figures")
async def figures(visit: Here) -> Page:
    partner = await _this(visit)
    return await numbers.figures(visit, _base(partner), partner_id=partner.id)


@get(_PATH + "/{item:uuid}/latest")
async def latest(visit: Here) -> Page:
    partner = await _this(visit)
    return await numbers.stream(visit, _base(partner), partner_id=partner.id)


def _form(
    visit: Visit,
    partner: Partner | None,
    values: Mapping[str, Any],
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    return visit.page("partner_form.html", status, partner=partner, typed=values, errors=wrong)


@get(_PATH + "/new")
async def ask(visit: Here) -> Page:
    return _form(visit, None, dict.fromkeys(_FIELDS, ""), {})


@get(_PATH + "/{item:uuid}/edit")
async def change(visit: Here) -> Page:
    partner = await _this(visit)
    return _form(visit, partner, {name: getattr(partner, name) or "" for name in _FIELDS}, {})


@post(_PATH + "/new")
async def make(visit: Here) -> Page:
    return await _save(visit, None)


@post(_PATH + "/{item:uuid}/edit")
async def save(visit: Here) -> Page:
    return await _save(visit, await _this(visit))


async def _save(visit: Visit, partner: Partner | None) -> Page:
    values = shelves.typed(visit, _FIELDS)
    try:
        kept = await shelves.keep(visit, PARTNERS, partner.id if partner else None, values)
    except Invalid as fault:
        return _form(visit, partner, values, errors(fault, _FIELDS), 422)
    return visit.go(_base(kept), "Saved." if partner else f"{kept.name} is a partner now.")


@post(_PATH + "/{item:uuid}/delete")
async def delete(visit: Here) -> Page:
    partner = await _this(visit)
    if not visit.confirmed():
        question = f"Delete the partner “{partner.name}”? Their links stay, and so do the numbers."
        return visit.confirm(question, "Delete partner", _base(partner))
    await visit.write(links.drop_from_shelf, PARTNERS, [partner.id])
    return visit.go(_PATH, f"The partner “{partner.name}” is deleted.")


ROUTES = [index, ask, make, show, figures, latest, change, save, delete]
