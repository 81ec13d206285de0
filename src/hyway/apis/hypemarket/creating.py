"""What answers about creators' work have in common: who, for what, and what their links brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import Struct

from hyway.apis.kit.operations import Ask
from hyway.domain import creators, identity
from hyway.kernel import sqid
from hyway.kernel.db import Read

Of = TypeVar("Of", creators.campaigns.Application, creators.campaigns.Submission)


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


def terms(of: creators.campaigns.Campaign | creators.campaigns.Listing) -> dict[str, Any]:
    """What a programme asks for and pays by views, as it is shown to the organization and on the board."""
    return {
        "name": of.name,
        "currency": of.currency,
        "countries": list(of.countries),
        "website": of.website,
        "content_type": of.content_type,
        "category": of.category,
        "platform_ids": list(of.platform_ids),
        "tiktok_music_id": of.tiktok_music_id,
        "cpm_amount": of.cpm_amount,
        "min_payout_amount": of.min_payout_amount,
        "max_payout_amount": of.max_payout_amount,
        "base_reward_amount": of.base_reward_amount,
    }


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


@dataclass(frozen=True, slots=True)
class Shown(Generic[Of]):
    """An application or a submission with the names around it; `mine` where its creator looks at it."""

    of: Of
    organization: Named
    user: Named
    link: creators.campaigns.Tracked | None
    mine: bool


def shown(r: Read, found: Sequence[Of], links: Sequence[str | None], mine: bool) -> list[Shown[Of]]:
    """What was found with the names around it and the tracked link of each."""
    users = people(r, [each.person for each in found])
    owners = organizations(r, [each.organization for each in found])
    asked = [(each.organization, link_id) for each, link_id in zip(found, links, strict=True)]
    tracked = creators.partners.tracked(r, list(dict.fromkeys(asked)))
    return [
        Shown(each, owners[each.organization], users[each.person], tracked.get(link_id or ""), mine)
        for each, link_id in zip(found, links, strict=True)
    ]
