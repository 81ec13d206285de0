"""/api/organizations/{organizationId}/dns/zones/: zones of its vendors, in which records can be written."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import at, moment, operation
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import connections, identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

_ALL = "/api/organizations/{organizationId}/dns/zones/"
_ONE = "/api/organizations/{organizationId}/dns/zones/{zoneId}/"


class ZoneMeta(Struct, rename="camel"):
    created_at: str
    created_by: Annotated[str, Meta(description="The id of who imported it, or `server`.")]
    modified_at: str
    modified_by: str
    deleted_at: str | UnsetType = UNSET
    deleted_by: str | UnsetType = UNSET


class DnsZone(Struct, rename="camel"):
    id: str
    name: Annotated[str, Meta(description="Such as `example.com`, without a dot at its end.")]
    organization: OrganizationRef
    meta: ZoneMeta


def out(of: connections.Zone, organization: identity.Organization) -> DnsZone:
    gone = of.deleted_at
    meta = ZoneMeta(
        created_at=moment(of.created_at),
        created_by=of.created_by,
        modified_at=moment(of.modified_at),
        modified_by=of.modified_by,
        deleted_at=UNSET if gone is None else moment(gone),
        deleted_by=of.deleted_by or UNSET,
    )
    return DnsZone(of.id, of.name, refs.organization(organization), meta)


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[DnsZone], int]:
    found, total = connections.zones.page(r, by, offset, limit)
    whose = identity.organization(r, by)
    return [out(each, whose) for each in found], total


def _find(r: Read, by: Caller, id: str) -> DnsZone:
    return out(connections.zones.find(r, by, id), identity.organization(r, by))


@operation("GET", _ALL, needs=("read", "Domain"), query=PageQuery, gives=PageOut[DnsZone])
async def page(ask: Ask, query: PageQuery) -> PageOut[DnsZone]:
    """List zones.

    Oldest first. A zone comes by an import of the type `DNSZone`, or by a connection to one.
    """
    found, total = await ask.db.read(_page, await at(ask), query.offset, query.limit)
    return lists.page(query, total, found)


@operation("GET", _ONE, needs=("read", "Domain"), gives=DnsZone)
async def find(ask: Ask) -> DnsZone:
    """Show a zone."""
    return await ask.db.read(_find, await at(ask), ask.path["zoneId"])


@operation("DELETE", _ONE, needs=("delete", "Domain"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a zone.

    From here alone: the vendor's zone stays as it is, the records of short domains in it included.
    """
    await ask.db.write(connections.zones.drop, await at(ask), ask.path["zoneId"])


OPERATIONS = (page, find, drop)
