"""What a campaign brought: views and what they cost, and what its creators' links led to."""

from dataclasses import dataclass

from hyway.domain.creators.campaigns import partners
from hyway.domain.creators.campaigns.campaigns import find
from hyway.domain.creators.campaigns.records import Campaign, Figures
from hyway.domain.creators.store import applications as application_store
from hyway.domain.identity import Caller
from hyway.kernel.db import Read


@dataclass(frozen=True, slots=True)
class Performance:
    """`effective_cpm` is what a thousand views cost, in minor units; None where there are none."""

    campaign: Campaign
    creators: int
    figures: Figures
    effective_cpm: int | None


def performance(r: Read, by: Caller, seq: int) -> Performance:
    """The organization's campaign and all that its creators' links brought together."""
    of = find(r, by, seq)
    links = application_store.links_of(r, seq)
    every = partners.figures(r, by, links).values()
    revenue: dict[str, int] = {}
    for each in every:
        for currency, amount in each.revenue.items():
            revenue[currency] = revenue.get(currency, 0) + amount
    clicks, leads, sales = (
        sum(getattr(each, name) for each in every) for name in ("clicks", "leads", "sales")
    )
    cost = of.used_amount * 1000 // of.view_count if of.view_count else None
    return Performance(of, len(links), Figures(clicks, leads, sales, revenue), cost)
