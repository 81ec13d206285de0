"""The form of a link: new, and every field of an old one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from litestar import get, post

from hyway.console import dates, shown
from hyway.console.form import Form, errors
from hyway.console.pages.link import this
from hyway.console.pages.links import OWN, domains, shelves
from hyway.console.visit import Here, Page, Visit
from hyway.domain import billing, links
from hyway.domain.identity import Caller
from hyway.domain.links import FORWARDING, UTM_KEYS, Link, LinkChange
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Refused, Taken
from hyway.kernel.patch import UNSET, Unset

_TEXTS = (
    "url",
    "title",
    "description",
    "image",
    "expiredUrl",
    "password",
    "ios",
    "android",
    "externalId",
    "tenantId",
)
_FIELDS = (
    *_TEXTS,
    "shortId",
    "domain",
    "collectionId",
    "partnerId",
    "tagIds",
    "expiresAt",
    "cloaked",
    "geo",
    "forwardQuery",
    *(f"utm.{key}" for key in UTM_KEYS),
)
_FORWARD_TITLES = {
    "visitor": "Pass it on; the visitor's values win",
    "link": "Pass it on; the link's values win",
    "off": "Drop it",
}


@get("/console/links/new")
async def ask(visit: Here) -> Page:
    typed: dict[str, Any] = {"forwardQuery": "visitor"}
    typed |= {
        name: visit.asked.text(name)
        for name in ("url", "collectionId", "partnerId", "domain")
        if visit.asked.text(name)
    }
    return await _page(visit, None, typed)


@get("/console/links/{link:uuid}/edit")
async def change(visit: Here) -> Page:
    link = await this(visit)
    return await _page(visit, link, _of(link, visit.zone))


@post("/console/links/new")
async def make(visit: Here) -> Page:
    return await _save(visit, None)


@post("/console/links/{link:uuid}/edit")
async def save(visit: Here) -> Page:
    return await _save(visit, await this(visit))


async def _save(visit: Visit, old: Link | None) -> Page:
    """The link's page; or the form again, as it was typed, with what is wrong beside its field."""
    sent = visit.sent
    try:
        wish = replace(_wish(sent, old, visit.zone), domain=UNSET if old else await _domain(visit))
        link = await visit.write(_put, wish, "" if wish.collection_id else sent.text("newCollection"))
    except (Invalid, Refused) as fault:
        wrong = errors(fault, _FIELDS)
        return await _page(visit, old, _typed(sent), 409 if isinstance(fault, Taken) else 422, wrong)
    return visit.go(f"/console/links/{link.id}", "Saved." if old else "Your link is ready.")


def _put(w: Write, by: Caller, wish: LinkChange, new_collection: str) -> Link:
    """The link, and the first collection with it when there was none to choose."""
    if new_collection:
        made = links.put_on_shelf(w, by, links.COLLECTIONS, [{"name": new_collection}])
        wish = replace(wish, collection_id=made[0].id)
    return links.put(w, by, [wish])[0]


def _wish(sent: Form, old: Link | None, zone: str) -> LinkChange:
    """What the form asks for: an empty field is null."""
    texts = {name: sent.text(name) or None for name in _TEXTS}
    if not texts["url"]:
        raise Invalid("url", "is required")
    return LinkChange(
        id=old.id if old else None,
        short_id=UNSET if old or not sent.text("shortId") else sent.text("shortId"),
        url=texts["url"],
        collection_id=_collection(sent),
        title=texts["title"],
        description=texts["description"],
        image=texts["image"],
        utm={key: sent.text(f"utm.{key}") or None for key in UTM_KEYS},
        expires_at=dates.parse_local("expiresAt", sent.text("expiresAt"), zone),
        expired_url=texts["expiredUrl"],
        password=sent.raw("password") or None,
        cloaked=sent.ticked("cloaked"),
        ios=texts["ios"],
        android=texts["android"],
        geo=_geo(sent) or None,
        external_id=texts["externalId"],
        tenant_id=texts["tenantId"],
        partner_id=sent.text("partnerId") or None,
        forward_query=sent.text("forwardQuery") or None,  # type: ignore[arg-type]  # the domain judges it
        tag_ids=sent.many("tagIds"),
    )


async def _domain(visit: Visit) -> int | Unset:
    """The number of the domain that was chosen; UNSET for the server's own name."""
    said = visit.sent.text("domain")
    if said in ("", OWN):
        return UNSET
    found = next((each for each in await domains(visit) if each.id == said and each.status == "ready"), None)
    if found is None:
        raise Invalid("domain", "choose a domain that is ready")
    return found.seq


def _collection(sent: Form) -> Any:
    """UNSET when the form names a new one instead."""
    if sent.text("collectionId"):
        return sent.text("collectionId")
    if sent.text("newCollection"):
        return UNSET
    raise Invalid("collectionId", "choose a collection")


def _geo(sent: Form) -> dict[str, str]:
    """Destinations by country, of the rows that are filled in."""
    found: dict[str, str] = {}
    for code, url in _geo_rows(sent):
        if bool(code) != bool(url):
            raise Invalid("geo", "each row needs a country and a destination")
        if code in found:
            raise Invalid("geo", "names a country twice")
        if code:
            found[code] = url
    return found


def _geo_rows(sent: Form) -> list[tuple[str, str]]:
    return list(zip(sent.many("geo.country"), sent.many("geo.url"), strict=False))


def _typed(sent: Form) -> dict[str, Any]:
    typed: dict[str, Any] = {name: sent.raw(name) for name in (*_FIELDS, "newCollection")}
    return typed | {
        "cloaked": sent.ticked("cloaked"),
        "tagIds": sent.many("tagIds"),
        "geo": [row for row in _geo_rows(sent) if any(row)],
    }


def _of(link: Link, zone: str) -> dict[str, Any]:
    """The form's fields as the link has them."""
    return {
        "url": link.url,
        "title": link.title,
        "description": link.description,
        "image": link.image,
        "expiresAt": dates.for_input(link.expires_at, zone),
        "expiredUrl": link.expired_url,
        "password": link.password,
        "cloaked": link.cloaked,
        "ios": link.ios,
        "android": link.android,
        "geo": sorted((link.geo or {}).items()),
        "externalId": link.external_id,
        "tenantId": link.tenant_id,
        "partnerId": link.partner_id,
        "collectionId": link.collection_id,
        "forwardQuery": link.forward_query,
        "tagIds": link.tag_ids,
        **{f"utm.{key}": value for key, value in (link.utm or {}).items()},
    }


async def _page(
    visit: Visit,
    old: Link | None,
    typed: Mapping[str, Any],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
) -> Page:
    collections, tags, partners = await visit.read(shelves)
    return visit.page(
        "link_form.html",
        status,
        link=old,
        typed={name: value if value is not None else "" for name, value in typed.items()},
        errors=wrong or {},
        collections=collections,
        tags=tags,
        partners=partners,
        domains=[each for each in await domains(visit) if each.status == "ready"],
        own=OWN,
        utm_keys=UTM_KEYS,
        forwarding={each: _FORWARD_TITLES[each] for each in FORWARDING},
        countries=shown.countries(),
        lacks=_lacks(visit.by),
    )


def _lacks(by: Caller) -> Sequence[str]:
    """Features that the organization's plan is without."""
    return sorted(billing.FEATURES - billing.plan(by.plan).features)


ROUTES = [ask, make, change, save]
