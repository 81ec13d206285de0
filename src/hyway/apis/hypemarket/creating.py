"""What answers about creators' work have in common: who, for what, and what their links brought."""

from msgspec import Struct

from hyway.apis.kit.operations import Ask
from hyway.domain import creators, identity
from hyway.kernel import sqid
from hyway.kernel.db import Read


class Named(Struct):
    """A person, an organization or a programme."""

    id: str
    name: str


class TrackedLink(Struct):
    """A creator's own short link and what it brought; revenue in minor units by currency."""

    short_url: str
    destination: str
    clicks: int
    leads: int
    sales: int
    revenue: dict[str, int]


def link(ask: Ask, found: creators.campaigns.Tracked | None) -> TrackedLink | None:
    if found is None:
        return None
    brought = found.figures
    return TrackedLink(
        short_url=f"{ask.public_url}/{found.short_id}",
        destination=found.destination,
        clicks=brought.clicks,
        leads=brought.leads,
        sales=brought.sales,
        revenue=brought.revenue,
    )


def people(r: Read, seqs: list[int]) -> dict[int, Named]:
    """People by their numbers, as they are shown."""
    found = identity.named(r, seqs)
    return {seq: Named(sqid.text(seq), person.name) for seq, person in found.items()}


def organizations(r: Read, seqs: list[int]) -> dict[int, Named]:
    """Organizations by their numbers, as they are shown."""
    found = identity.organizations_named(r, seqs)
    return {seq: Named(sqid.text(seq), each.name) for seq, each in found.items()}
