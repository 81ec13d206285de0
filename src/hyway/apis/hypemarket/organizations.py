"""/organizations: those that the caller belongs to."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from hyway.apis.hypemarket import asking, params, pictures
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.hypemarket.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import creators, files, identity
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Read, Write

ORGANIZATION = Root(
    "organization",
    name=params.text("Unique, without regard to case."),
    privacy_setting=params.text(
        "`public`: anybody joins at once; `restricted`: may ask to; `private`: never learns of it (the default)."
    ),
    website=params.text(),
    logo=params.picture(),
    purge_logo=params.flag("Takes the logo away.", wraps=False),
)


class Organization(Struct):
    id: str
    name: str
    privacy_setting: Literal["public", "private", "restricted"]
    website: str | None
    created_at: str
    updated_at: str
    url: str
    logo_url: str | UnsetType = UNSET


Shown = tuple[identity.Organization, str | None]
"""An organization and where its logo is shown."""


def out(ask: Ask, shown: Shown) -> Organization:
    organization, logo = shown
    id = sqid.text(organization.seq)
    return Organization(
        id=id,
        name=organization.name,
        privacy_setting=organization.privacy,
        website=organization.website,
        created_at=asking.at(organization.created_at),
        updated_at=asking.at(organization.updated_at),
        url=asking.url(ask, "organizations", id),
        logo_url=logo or UNSET,
    )


def _with_logos(r: Read, found: list[identity.Organization]) -> list[Shown]:
    addresses = files.addresses(r, [each.logo for each in found])
    return [(each, addresses.get(each.logo or 0)) for each in found]


@operation("GET", "/organizations", scope=READ, query=PageQuery, gives=list[Organization])
async def page(ask: Ask, query: PageQuery) -> Page[Organization]:
    """List organizations.

    Those that the bearer of the token belongs to.
    """
    found = await asking.page(ask, query, _page)
    return found.each(lambda each: out(ask, each))


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
    rows, total = identity.organizations.page(r, by, offset=offset, limit=limit)
    return _with_logos(r, rows), total


@operation("GET", "/organizations/{id}", scope=READ, gives=Organization)
async def show(ask: Ask) -> Show:
    """Show an organization."""
    found = await asking.read(ask, _find)
    return Show(out(ask, found), found[0].updated_at)


def _find(r: Read, by: Caller) -> Shown:
    return _with_logos(r, [identity.organizations.find(r, by, by.organization)])[0]


@operation("POST", "/organizations", scope=WRITE, takes=ORGANIZATION, gives=Organization, status=201)
async def create(ask: Ask, sent: Sent) -> Organization:
    """Create an organization.

    Whoever creates it owns it. A logo is sent as `organization[logo]` of a multipart form.
    """
    sent = await pictures.decoded(ask, sent, "logo", files.LOGO)
    return out(ask, await asking.write(ask, _create, tools(ask).blobs, sent.fields, sent=sent))


def _create(w: Write, by: Caller, blobs: Blobs, fields: dict[str, Any]) -> Shown:
    values = pictures.kept(w, by, blobs, fields, "logo", "logo")
    return _with_logos(w, [identity.organizations.establish(w, by, values)])[0]


@operation("PATCH", "/organizations/{id}", scope=WRITE, takes=ORGANIZATION, gives=Organization)
async def change(ask: Ask, sent: Sent) -> Organization:
    """Change an organization.

    For its admins. `purge_logo` takes the logo away.
    """
    sent = await pictures.decoded(ask, sent, "logo", files.LOGO)
    return out(ask, await asking.write(ask, _change, tools(ask).blobs, sent.fields, sent=sent))


def _change(w: Write, by: Caller, blobs: Blobs, fields: dict[str, Any]) -> Shown:
    old = identity.organizations.find(w, by, by.organization)
    new = identity.organizations.change(w, by, pictures.kept(w, by, blobs, fields, "logo", "logo"))
    if old.logo is not None and old.logo != new.logo:
        files.drop(w, old.logo)
    return _with_logos(w, [new])[0]


@operation("DELETE", "/organizations/{id}", scope=WRITE, gives=None, status=204)
async def close(ask: Ask) -> None:
    """Delete an organization.

    For its owner, while it has neither campaigns nor collabs.
    """
    await asking.write(ask, _close, needs="owner")


def _close(w: Write, by: Caller) -> None:
    creators.closing.check(w, by)
    identity.organizations.close(w, by)


OPERATIONS = (page, show, create, change, close)
