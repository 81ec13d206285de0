"""Creators as an organization's partners: each has a tracked short link for each programme they are in."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from hyway.domain import attribution, identity, links
from hyway.domain.billing import plan
from hyway.domain.creators.campaigns.records import Figures, Tracked
from hyway.domain.creators.store import partners as store
from hyway.domain.identity import Caller
from hyway.kernel.db import Read, Write

COLLECTION = "Creators"
"""Where the short links of creators are kept."""
_LONGEST = 255
T = TypeVar("T", links.Partner, links.Collection)


def enrol(w: Write, by: Caller, person: int, programme_name: str, destination: str) -> tuple[str, str]:
    """The ids of the partner that the person is in the organization of `by`, and of a new short link of theirs.

    The partner is made once for an organization and a person; the link leads to `destination` and says with UTM whose
    it is and for which programme.
    """
    who = identity.named(w, [person])[person]
    partner = _kept(w, by, links.PARTNERS, person, {"name": who.name[:_LONGEST], "email": who.email})
    collection = _kept(w, by, links.COLLECTIONS, store.NOBODY, {"name": COLLECTION})
    utm: dict[str, str | None] = {
        "source": "creators",
        "medium": "influencer",
        "campaign": programme_name[:_LONGEST],
        "content": who.name[:_LONGEST],
    }
    wish = links.LinkChange(
        url=destination,
        collection_id=collection,
        partner_id=partner,
        title=f"{programme_name}: {who.name}"[:500],
        utm=utm,
    )
    return partner, links.put(w, by, [wish])[0].id


def _kept(w: Write, by: Caller, shelf: "links.Shelf[T]", person: int, item: Mapping[str, str]) -> str:
    """What was made for the person before, if it is still there, else a new one."""
    known = store.claim(w, by.organization, person)
    if known and links.page_of_shelf(w, by, shelf, links.ShelfQuery(id=known)):
        return known
    made = links.put_on_shelf(w, by, shelf, [item])[0].id
    store.keep(w, by.organization, person, made)
    return made


def lead(w: Write, by: Caller, link_ids: Sequence[str], destination: str) -> None:
    """Those of the links that are still there lead to another destination."""
    size = plan(by.plan).bulk
    for at in range(0, len(link_ids), size):
        part = link_ids[at : at + size]
        there = links.page(w, by, links.LinkQuery(ids=tuple(part), take=len(part)))
        if there:
            links.put(w, by, [links.LinkChange(id=each.id, url=destination) for each in there])


def tracked(r: Read, found: Sequence[tuple[int, str | None]]) -> dict[str, Tracked]:
    """What (organization, link id) pairs lead to and brought, by link; a fixed number of statements an organization."""
    by_organization: dict[int, list[str]] = {}
    for organization, link in found:
        if link is not None:
            by_organization.setdefault(organization, []).append(link)
    known: dict[str, Tracked] = {}
    for organization, ids in by_organization.items():
        by = identity.server(organization)
        brought = figures(r, by, ids)
        there = links.page(r, by, links.LinkQuery(ids=tuple(ids), take=len(ids)))
        known |= {each.id: Tracked(each.short_id, each.url, brought[each.id]) for each in there}
    return known


def figures(r: Read, by: Caller, link_ids: Sequence[str]) -> dict[str, Figures]:
    """What each of the organization's links brought, by id, in a fixed number of statements; others bring nothing."""
    known = attribution.of_links(r, by, link_ids)
    return {
        id: Figures(each.clicks, each.leads, each.sales, each.revenue)
        if (each := known.get(id))
        else Figures()
        for id in link_ids
    }
