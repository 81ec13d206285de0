"""/api/integrations/ and /api/organizations/{organizationId}/integrations/: whom an organization works with."""

import base64
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from hyway.apis.hyphen import lists
from hyway.apis.hyphen.asking import PUBLIC, at, moment, operation
from hyway.apis.hyphen.lists import Listed, PageOut, PageQuery
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import connections
from hyway.domain.connections import Integration
from hyway.domain.connections.providing import Entry, Offer

_ALL = "/api/organizations/{organizationId}/integrations/"
_ONE = "/api/organizations/{organizationId}/integrations/{integrationId}/"
_IMPORT = "/api/organizations/{organizationId}/integrations/{integrationId}/import/"
_LONGEST = 500

Config = Annotated[
    dict[str, Any],
    Meta(
        description="What `configSchema` of the catalogue asks for; or the `code` of an invitation, with `codeVerifier`"
        " where it had a challenge. Secrets are sealed, and never shown again."
    ),
]


class Provides(Struct, rename="camel"):
    connection_type: str
    to: list[str] = field(name="for")


class Available(Struct, rename="camel"):
    type: str
    name: str
    description: str
    image: Annotated[str, Meta(description="The address of a picture: an SVG image in itself (`data:`).")]
    background_image: str
    provides: list[Provides]
    config_schema: Annotated[
        dict[str, Any], Meta(description="JSON Schema of `config`; `writeOnly` says what is secret.")
    ]
    guide: Annotated[list[str], Meta(description="How to get what it asks for, step by step.")]


class IntegrationIn(Struct, kw_only=True, rename="camel"):
    type: Annotated[str, Meta(min_length=1, max_length=100, description="A type of the catalogue.")]
    config: Config


class OrganizationIntegration(Struct, rename="camel"):
    id: str
    type: str
    provides: list[Provides]
    config: Annotated[dict[str, Any], Meta(description="Without its secrets.")]


class ResourcesQuery(Struct, kw_only=True, rename="camel"):
    type: Annotated[str, Meta(max_length=100, description="The connection type.")]
    parent_id: Annotated[str, Meta(max_length=_LONGEST, description="The resource in which to look.")] = ""


class ProviderResource(Struct):
    id: str
    name: str


class ImportedResource(Struct):
    id: Annotated[str, Meta(min_length=1, max_length=_LONGEST)]


class ImportIn(Struct, kw_only=True, rename="camel"):
    type: Annotated[str, Meta(min_length=1, max_length=100, description="The connection type.")]
    parent_id: (
        Annotated[str, Meta(max_length=_LONGEST, description="The resource that they are in.")]
        | UnsetType
        | None
    ) = UNSET
    resources: Annotated[
        list[ImportedResource],
        Meta(min_length=1, max_length=1_000, description="Resources as they are listed; `id` alone counts."),
    ]


class Import(Struct, rename="camel"):
    status: Annotated[
        str,
        Meta(
            description="`accepted`, `running`, then `done`, or `failed` where nothing of it could be taken in."
        ),
    ]
    id: str
    type: str
    total: int
    done: Annotated[int, Meta(description="How many were looked at.")]
    errors: Annotated[list[str], Meta(description="Of those that could not be taken in.")]
    created_at: str
    updated_at: str


class ImportAccepted(Struct):
    status: str
    id: str


def _provides(offers: Sequence[Offer]) -> list[Provides]:
    return [Provides(each.connection, list(each.to)) for each in offers]


def _svg(text: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


def _plain(color: str) -> str:
    return _svg(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9">'
        f'<rect width="16" height="9" fill="{color}"/></svg>'
    )


def available(of: Entry) -> Available:
    schema = {
        "type": "object",
        "properties": {
            each.name: {
                "type": "string",
                "title": each.title,
                "maxLength": each.longest,
                **({"description": each.description} if each.description else {}),
                **({"pattern": each.pattern} if each.pattern else {}),
                **({"writeOnly": True} if each.secret else {}),
            }
            for each in of.fields
        },
        "required": [each.name for each in of.fields if each.required],
    }
    mark = _svg(of.image) if of.image else _plain(of.color)
    shades = _plain(of.color)
    return Available(
        of.type, of.name, of.description, mark, shades, _provides(of.provides), schema, list(of.guide)
    )


def out(of: Integration, entry: Entry | None) -> OrganizationIntegration:
    """One whose provider is not installed any more provides nothing."""
    offers = _provides(entry.provides) if entry else []
    return OrganizationIntegration(of.id, of.type, offers, dict(of.config))


def _out(ask: Ask, of: Integration) -> OrganizationIntegration:
    return out(of, tools(ask).vendors.entry(of.type))


def import_out(of: connections.Import) -> Import:
    created, updated = moment(of.created_at), moment(of.updated_at)
    return Import(of.status, of.id, of.type, of.total, of.done, list(of.errors), created, updated)


@operation("GET", "/api/integrations/", needs=PUBLIC, gives=Listed[Available])
async def catalogue(ask: Ask) -> Listed[Available]:
    """List what organizations can be integrated with."""
    return Listed([available(each) for each in tools(ask).vendors.entries()])


@operation(
    "GET", _ALL, needs=("read", "Integration"), query=PageQuery, gives=PageOut[OrganizationIntegration]
)
async def page(ask: Ask, query: PageQuery) -> PageOut[OrganizationIntegration]:
    """List integrations of an organization."""
    by = await at(ask)
    found, total = await ask.db.read(connections.integrations.page, by, query.offset, query.limit)
    return lists.page(query, total, [_out(ask, each) for each in found])


@operation(
    "POST",
    _ALL,
    needs=("create", "Integration"),
    takes=IntegrationIn,
    gives=OrganizationIntegration,
    status=201,
)
async def create(ask: Ask, sent: IntegrationIn) -> OrganizationIntegration:
    """Create an integration.

    The configuration is tried with the vendor first: 400 with the vendor's reason, and nothing kept, where it does not
    let us in. An organization has one integration of a type.
    """
    by = await at(ask)
    return _out(
        ask, await connections.integrations.add(ask.db, tools(ask).vendors, by, sent.type, sent.config)
    )


@operation("POST", f"{_ALL}test", needs=("create", "Integration"), takes=IntegrationIn, status=204)
async def test(ask: Ask, sent: IntegrationIn) -> None:
    """Try a configuration with the vendor, and keep nothing."""
    await connections.integrations.test(ask.db, tools(ask).vendors, await at(ask), sent.type, sent.config)


@operation("GET", _ONE, needs=("read", "Integration"), gives=OrganizationIntegration)
async def find(ask: Ask) -> OrganizationIntegration:
    """Show an integration."""
    by = await at(ask)
    return _out(ask, await ask.db.read(connections.integrations.find, by, ask.path["integrationId"]))


@operation("DELETE", _ONE, needs=("delete", "Integration"), status=204)
async def drop(ask: Ask) -> None:
    """Delete an integration and its connections; what is at the vendor's stays as it is."""
    await ask.db.write(connections.integrations.drop, await at(ask), ask.path["integrationId"])


@operation(
    "GET",
    f"{_ONE}resources/",
    needs=("read", "Integration"),
    query=ResourcesQuery,
    gives=Listed[ProviderResource],
)
async def resources(ask: Ask, query: ResourcesQuery) -> Listed[ProviderResource]:
    """List what the vendor has of a connection type."""
    by, of = await at(ask), ask.path["integrationId"]
    found = await connections.integrations.resources(
        ask.db, tools(ask).vendors, by, of, query.type, query.parent_id
    )
    return Listed([ProviderResource(each.id, each.name) for each in found])


@operation("POST", _IMPORT, needs=("create", "Integration"), takes=ImportIn, gives=ImportAccepted, status=202)
async def start_import(ask: Ask, sent: ImportIn) -> ImportAccepted:
    """Import resources of the vendor's, in the background."""
    by, vendors = await at(ask), tools(ask).vendors
    parent = sent.parent_id if isinstance(sent.parent_id, str) else ""
    wanted = [{"id": each.id} for each in sent.resources]
    of = ask.path["integrationId"]
    made = await ask.db.write(connections.imports.start, by, vendors, of, sent.type, wanted, parent)
    return ImportAccepted(made.status, made.id)


@operation("GET", _IMPORT, needs=("read", "Integration"), query=PageQuery, gives=PageOut[Import])
async def import_page(ask: Ask, query: PageQuery) -> PageOut[Import]:
    """List imports of an integration, the newest first, with how far they are."""
    by, of = await at(ask), ask.path["integrationId"]
    found, total = await ask.db.read(connections.imports.page, by, of, query.offset, query.limit)
    return lists.page(query, total, [import_out(each) for each in found])


OPERATIONS = (
    catalogue, page, create, test, find, drop, resources, start_import, import_page,
)  # fmt: skip
