"""/api/organizations/: those that the caller belongs to."""

from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen import lists
from hyway.apis.hyphen.asking import SIGNED_IN, operation
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.kit.operations import Ask
from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read


class OrganizationsQuery(PageQuery, kw_only=True, rename="camel"):
    name: Annotated[str, Meta(max_length=100, description="What the name starts with, in any case.")] = ""


class Organization(Struct, rename="camel"):
    id: str
    name: str


def out(found: identity.Organization) -> Organization:
    return Organization(found.wire_id, found.name)


@operation(
    "GET", "/api/organizations/", needs=SIGNED_IN, query=OrganizationsQuery, gives=PageOut[Organization]
)
async def page(ask: Ask, query: OrganizationsQuery) -> PageOut[Organization]:
    """List organizations.

    Those that the caller belongs to; an API key belongs to one.
    """
    found, total = await ask.db.read(_page, ask.by, query)
    return lists.page(query, total, [out(each) for each in found])


def _page(r: Read, by: Caller, query: OrganizationsQuery) -> tuple[list[identity.Organization], int]:
    if by.person is not None:
        return identity.choices.beginning(r, by.person, query.name, query.offset, query.limit)
    own = identity.organization(r, by)
    found = [own] if own.name.casefold().startswith(query.name.casefold()) else []
    return found[query.offset : query.offset + query.limit], len(found)


OPERATIONS = (page,)
