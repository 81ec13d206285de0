"""Submissions with what stands beside them: names, the address while it is needed, what the creator's link brought."""

from collections.abc import Sequence
from dataclasses import dataclass

from hyway.domain import identity, links
from hyway.domain.creators.campaigns import partners
from hyway.domain.creators.campaigns.records import Figures
from hyway.domain.creators.collabs import chat, making, work
from hyway.domain.creators.collabs.records import Address, Collab, Submission
from hyway.domain.creators.store import collabs as collab_store
from hyway.domain.identity import Caller
from hyway.kernel.db import Read


@dataclass(frozen=True, slots=True)
class Shown:
    """A submission as one who may see it sees it. `address` is for its creator and for those who send things."""

    submission: Submission
    collab: Collab
    organization_name: str
    creator_name: str
    address: Address | None
    spark_code: str | None
    link_url: str | None
    figures: Figures | None
    unread: int


def shown(r: Read, by: Caller, found: Sequence[Submission]) -> list[Shown]:
    """The submissions, which the caller may see, in a number of statements that depends on the organizations alone."""
    collabs = collab_store.named(r, {each.collab for each in found})
    people = identity.named(r, {each.person for each in found})
    organizations = identity.organizations_named(r, {each.organization for each in found})
    unread = chat.unread(r, by, "collab", [each.seq for each in found])
    urls, figures = _links(r, found)
    return [
        Shown(
            submission=each,
            collab=collabs[each.collab],
            organization_name=organizations[each.organization].name,
            creator_name=people[each.person].name,
            address=work.address_of(r, each) if _may_know(by, each) else None,
            spark_code=making.spark_code(r, each),
            link_url=urls.get(each.link_id or ""),
            figures=figures.get(each.link_id or ""),
            unread=unread.get(each.seq, 0),
        )
        for each in found
    ]


def _may_know(by: Caller, of: Submission) -> bool:
    """Where somebody lives is for themselves, and for those who decide in the organization."""
    return by.person == of.person or by.role in ("owner", "admin")


def _links(r: Read, found: Sequence[Submission]) -> tuple[dict[str, str], dict[str, Figures]]:
    """Where the creators' links are, and what they brought, by id: each organization's are its own."""
    urls: dict[str, str] = {}
    figures: dict[str, Figures] = {}
    for organization in {each.organization for each in found}:
        ids = [each.link_id for each in found if each.link_id and each.organization == organization]
        if ids:
            server = identity.server(organization)
            figures |= partners.figures(r, server, ids)
            there = links.page(r, server, links.LinkQuery(ids=tuple(ids), take=len(ids)))
            urls |= {link.id: f"{r.home}/{link.short_id}" for link in there}
    return urls, figures
