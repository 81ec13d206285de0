"""/api/organizations/{organizationId}/access/: who has which roles on what.

The vendor's page leaves the shape of an access open; it filters by entities and assignments, and that is what one is
made of here.
"""

import re
from collections.abc import Collection
from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen import lists
from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.fields import Words
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import identity, projects
from hyway.domain.identity import Caller, Organization
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing

_PATH = "/api/organizations/{organizationId}/access/"
_ONE = _PATH + "{accessId}/"
_ID = re.compile(r"[a-z]+_[0-9a-f]{24}")
_MOST_NAMES = 50
"""Alternate ids in one question: each is looked for by itself."""

Id = Annotated[str, Meta(min_length=1, max_length=100)]
Names = Annotated[list[str], Meta(min_length=1, max_length=20)]


class AccessQuery(PageQuery, kw_only=True, rename="camel"):
    entity_ids: Words = ()
    assignment_ids: Words = ()


class Side(Struct):
    id: Id


class AccessIn(Struct):
    """`entity` is the organization, a project, an app or a team; `assignment` a member, a team or an API key."""

    entity: Side
    assignment: Side
    roles: Names


class RolesIn(Struct):
    roles: Names | str


class Named(Struct):
    type: str
    id: str
    name: str


class AccessOut(Struct):
    id: str
    entity: Named
    assignment: Named
    roles: list[str]
    organization: OrganizationRef


def out(of: identity.access.Access, home: Organization) -> AccessOut:
    return AccessOut(
        id=of.id,
        entity=Named(of.entity.kind, of.entity.id, of.entity.name),
        assignment=Named(of.holder.kind, of.holder.id, of.holder.name),
        roles=list(of.roles),
        organization=OrganizationRef(home.wire_id, home.name),
    )


@operation("GET", _PATH, needs=("read", "Access"), query=AccessQuery, gives=PageOut[AccessOut])
async def page(ask: Ask, query: AccessQuery) -> PageOut[AccessOut]:
    """List access.

    Oldest first. `entityIds` takes ids of the organization, projects, apps and teams, and alternate ids of projects
    and apps; `assignmentIds` ids of members, teams and API keys.
    """
    found, total = await ask.db.read(_page, await at(ask), query)
    return lists.page(query, total, found)


def _page(r: Read, by: Caller, query: AccessQuery) -> tuple[list[AccessOut], int]:
    entities = _entities(r, by, query.entity_ids) if query.entity_ids else None
    found, total = identity.access.page(
        r, by, entities, query.assignment_ids or None, query.offset, query.limit
    )
    home = identity.organization(r, by)
    return [out(each, home) for each in found], total


def _entities(r: Read, by: Caller, named: Collection[str]) -> list[str]:
    """Their ids: an alternate id may be a project's, an app's, or both."""
    ids = [name for name in named if _ID.fullmatch(name)]
    others = [name for name in named if not _ID.fullmatch(name)]
    if len(others) > _MOST_NAMES:
        raise Invalid(
            "querystring/entityIds", "must NOT have more than {most} alternate ids", most=_MOST_NAMES
        )
    for name in others:
        for find in (projects.find, projects.apps.find):
            try:
                ids.append(find(r, by, name).id)
            except Missing:  # none of these, or none that the caller may know of
                continue
    return ids


@operation("POST", _PATH, needs=("create", "Access"), takes=AccessIn, gives=AccessOut, status=201)
async def create(ask: Ask, sent: AccessIn) -> AccessOut:
    """Give access.

    The ids say of which types entity and assignment are. There is one access for a pair of them. Nobody gives roles
    that allow more than they themselves may do there.
    """
    return await ask.db.write(_create, await at(ask), sent)


def _create(w: Write, by: Caller, sent: AccessIn) -> AccessOut:
    made = identity.access.create(w, by, sent.entity.id, sent.assignment.id, sent.roles)
    return out(made, identity.organization(w, by))


@operation("GET", _ONE, needs=("read", "Access"), gives=AccessOut)
async def find(ask: Ask) -> AccessOut:
    """Show an access."""
    return await ask.db.read(_find, await at(ask), ask.path["accessId"])


def _find(r: Read, by: Caller, id: str) -> AccessOut:
    return out(identity.access.find(r, by, id), identity.organization(r, by))


@operation("PATCH", _ONE, needs=("update", "Access"), takes=RolesIn, gives=AccessOut)
async def change(ask: Ask, sent: RolesIn) -> AccessOut:
    """Replace the roles of an access.

    An array of names, or a single name. The organization's owner and its last OrganizationAdmin stay what they are.
    """
    names = [sent.roles] if isinstance(sent.roles, str) else sent.roles
    return await ask.db.write(_change, await at(ask), ask.path["accessId"], names)


def _change(w: Write, by: Caller, id: str, names: list[str]) -> AccessOut:
    return out(identity.access.change(w, by, id, names), identity.organization(w, by))


@operation("DELETE", _ONE, needs=("delete", "Access"), status=204)
async def drop(ask: Ask) -> None:
    """Take access away."""
    await ask.db.write(identity.access.drop, await at(ask), ask.path["accessId"])


OPERATIONS = (page, create, find, change, drop)
