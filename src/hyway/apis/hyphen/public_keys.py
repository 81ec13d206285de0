"""/api/public-keys/: keys that programs on people's own machines carry, for a project's toggles alone."""

from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import SIGNED_IN, at, moment, operation
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import AlternateRef, OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import identity, toggles
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

PAGE = "/api/public-keys/"
ONE = PAGE + "{id}"


class PublicKeysQuery(PageQuery, kw_only=True, rename="camel"):
    organization_id: Annotated[str, Meta(max_length=100, description="Needed of people; a key has one.")] = ""
    project_id: Annotated[str, Meta(max_length=100, description="The project's id or alternate id.")] = ""


class PublicKeyIn(Struct, kw_only=True, rename="camel"):
    organization_id: Annotated[str, Meta(min_length=1, max_length=100)]
    project_id: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class PublicKey(Struct, rename="camel"):
    """The key is shown whenever it is asked for: it is in the hands of everybody who runs a program with it."""

    id: str
    key: str
    name: str
    created_at: str
    organization: OrganizationRef
    project: AlternateRef


def out(found: toggles.PublicKey) -> PublicKey:
    return PublicKey(
        found.id,
        found.key,
        found.name,
        moment(found.created_at),
        refs.organization(found.project.organization),
        refs.project(found.project),
    )


@operation("GET", PAGE, needs=SIGNED_IN, query=PublicKeysQuery, gives=PageOut[PublicKey])
async def page(ask: Ask, query: PublicKeysQuery) -> PageOut[PublicKey]:
    """List public keys.

    Those of the organization, or of the project, that the caller may read, oldest first.
    """
    by = await at(ask, query.organization_id or await _own(ask))
    found, total = await ask.db.read(
        toggles.public_keys.page, by, query.project_id or None, query.offset, query.limit
    )
    return lists.page(query, total, [out(each) for each in found])


@operation("POST", PAGE, needs=SIGNED_IN, takes=PublicKeyIn, gives=PublicKey)
async def create(ask: Ask, sent: PublicKeyIn) -> PublicKey:
    """Create a public key of a project.

    It evaluates the project's toggles, and opens nothing else.
    """
    by = await at(ask, sent.organization_id)
    return out(await ask.db.write(toggles.public_keys.create, by, sent.project_id, sent.name))


@operation("GET", ONE, needs=SIGNED_IN, gives=PublicKey)
async def find(ask: Ask) -> PublicKey:
    """Show a public key.

    By its id, or by the key itself.
    """
    return out(await ask.db.read(toggles.public_keys.find, await _there(ask), ask.path["id"]))


@operation("DELETE", ONE, needs=SIGNED_IN, status=204)
async def drop(ask: Ask) -> None:
    """Delete a public key.

    Ours: the vendor's pages have no way to. It is refused from the next request on.
    """
    await ask.db.write(toggles.public_keys.drop, await _there(ask), ask.path["id"])


async def _there(ask: Ask) -> Caller:
    """The caller inside the organization of the key that the path names."""
    organization = await ask.db.read(toggles.public_keys.whose, ask.path["id"])
    if organization is None:
        raise Missing("Public key not found", id=ask.path["id"])
    try:
        return await at(ask, organization)
    except Missing:
        raise Missing("Public key not found", id=ask.path["id"]) from None


async def _own(ask: Ask) -> str:
    """The organization of a caller that has but one."""
    if ask.by.person is not None:
        raise Invalid("querystring", "must have required property 'organizationId'")
    return await ask.db.read(_wire_id, ask.by)


def _wire_id(r: Read, by: Caller) -> str:
    return identity.organization(r, by).wire_id


OPERATIONS = (page, create, find, drop)
