"""Submissions with what stands beside them: names, the address while it is needed, what the creator's link brought."""

from collections.abc import Sequence
from dataclasses import dataclass

from hyway.domain import identity
from hyway.domain.creators.campaigns import partners
from hyway.domain.creators.campaigns.records import Tracked
from hyway.domain.creators.collabs import chat, making, work
from hyway.domain.creators.collabs.records import Address, Collab, Submission
from hyway.domain.creators.store import collabs as collab_store
from hyway.domain.identity import Caller
from hyway.kernel.db import Read


@dataclass(frozen=True, slots=True)
class Shown:
    """A submission as one who may see it sees it. The address and the code are for its creator and for admins."""

    submission: Submission
    collab: Collab
    organization_name: str
    creator_name: str
    address: Address | None
    spark_code: str | None
    link: Tracked | None
    unread: int


def shown(r: Read, by: Caller, found: Sequence[Submission]) -> list[Shown]:
    """The submissions, which the caller may see, in a number of statements that depends on the organizations alone."""
    collabs = collab_store.named(r, {each.collab for each in found})
    people = identity.named(r, {each.person for each in found})
    organizations = identity.organizations_named(r, {each.organization for each in found})
    unread = chat.unread(r, by, "collab", [each.seq for each in found])
    tracked = partners.tracked(r, [(each.organization, each.link_id) for each in found])
    return [
        Shown(
            submission=each,
            collab=collabs[each.collab],
            organization_name=organizations[each.organization].name,
            creator_name=people[each.person].name,
            address=work.address_of(r, each) if _may_know(by, each) else None,
            spark_code=making.spark_code(r, each) if _may_know(by, each) else None,
            link=tracked.get(each.link_id or ""),
            unread=unread.get(each.seq, 0),
        )
        for each in found
    ]


def _may_know(by: Caller, of: Submission) -> bool:
    """Where somebody lives, and what lets others advertise, is for themselves and those who decide there."""
    return by.person == of.person or by.role in ("owner", "admin")
