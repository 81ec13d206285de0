"""The QR codes of a link: the plain one, and those that are kept, with their colours and a logo."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from hyway.console.form import errors
from hyway.console.pages.link import this
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, links
from hyway.domain.links import Link, NewQr
from hyway.kernel.faults import Invalid, Taken

_FIELDS = ("title", "size", "color", "backgroundColor", "logo")
_NEW = {"title": "", "size": "medium", "color": "#000000", "backgroundColor": "#ffffff"}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LARGEST_FORM = 5_500_000
"""A logo, and the fields around it."""
HERE = "/console/links/{link:uuid}/qr"


def _base(link: Link) -> str:
    return f"/console/links/{link.id}/qr"


async def _page(
    visit: Visit, link: Link, typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
) -> Page:
    code = links.short_codes.wire_id(link)
    kept, _ = await visit.read(links.kept_qr.page, code, 0, links.kept_qr.MOST)
    return visit.page(
        "link_qrs.html",
        status,
        link=link,
        kept=kept,
        sides=links.kept_qr.SIDES,
        typed=typed,
        errors=wrong,
        may_make=visit.may("update", "Link"),
    )


@get(HERE)
async def show(visit: Here) -> Page:
    return await _page(visit, await this(visit), _NEW, {})


@post(HERE, request_max_body_size=_LARGEST_FORM)
async def make(visit: Here) -> Page:
    identity.access.require(visit.by, "update", "Link")
    link = await this(visit)
    typed = {name: visit.sent.text(name) for name in _NEW}
    logo = visit.sent.file("logo")
    try:
        drawn = await links.kept_qr.draw(visit.short_url(link), _wish(typed, logo.body if logo else None))
        await visit.write(links.kept_qr.keep, links.short_codes.wire_id(link), drawn)
    except Invalid as fault:
        status = 409 if isinstance(fault, Taken) else 422
        return await _page(visit, link, typed, errors(fault, _FIELDS), status)
    return visit.go(_base(link), "The QR code is kept.")


def _wish(typed: Mapping[str, str], logo: bytes | None) -> NewQr:
    size: Any = typed["size"]
    if size not in links.kept_qr.SIDES:
        raise Invalid("size", "choose one of these")
    for name in ("color", "backgroundColor"):
        if not _COLOUR.fullmatch(typed[name]):
            raise Invalid(name, "is no colour, such as #0b756b")
    if typed["color"].lower() == typed["backgroundColor"].lower():
        raise Invalid("color", "must differ from the background")
    return NewQr(typed["title"] or None, size, typed["color"], typed["backgroundColor"], logo)


@get(HERE + "/{qr:str}")
async def picture(visit: Here, qr: FromPath[str]) -> Response[bytes]:
    """What was drawn: it never changes."""
    link = await this(visit)
    found = await visit.read(links.kept_qr.find, links.short_codes.wire_id(link), qr)
    headers = {"cache-control": "private, max-age=31536000, immutable"}
    return Response(found.png, media_type="image/png", headers=headers)


@post(HERE + "/{qr:str}/delete")
async def drop(visit: Here, qr: FromPath[str]) -> Page:
    link = await this(visit)
    code = links.short_codes.wire_id(link)
    found = await visit.read(links.kept_qr.find, code, qr)
    if not visit.confirmed():
        question = "Delete this QR code? Where it is printed it leads on to the link, and is counted."
        return visit.confirm(question, "Delete QR code", _base(link))
    await visit.write(links.kept_qr.drop, code, found.id)
    return visit.go(_base(link), "The QR code is gone.")


ROUTES = [show, make, picture, drop]
