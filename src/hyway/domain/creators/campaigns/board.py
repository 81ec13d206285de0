"""The board: what creators may see of programmes, whether or not they have anything to do with the organization.

Running campaigns and published collabs are there for everybody where the organization is public or restricted, and for
its members alone where it is private.
"""

from typing import Literal

from hyway.domain import identity
from hyway.domain.creators import places
from hyway.domain.creators.campaigns.records import PLATFORMS, Listing
from hyway.domain.creators.store import board as store
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing

Kind = Literal["campaign", "collab"]


def page(
    r: Read,
    by: Caller | None,
    platform_id: str | None = None,
    country: str | None = None,
    kind: Kind | None = None,
    *,
    offset: int = 0,
    limit: int = 20,
) -> tuple[list[Listing], int]:
    """Newest first and without their briefs, and how many there are; `by` is None for who is not signed in.

    A platform narrows to campaigns that want posts there (collabs leave the choice to the creator), a country to
    programmes that run there. A platform or country that does not exist has none.
    """
    if platform_id not in (None, *PLATFORMS) or not (country is None or places.country(country)):
        return [], 0
    person = identity.person_of(by) if by else None
    seen = identity.open_to(r, store.organizations(r), person)
    wanted = store.Wanted(tuple(sorted(seen)), platform_id, country, kind)
    return store.page(r, wanted, offset, limit)


def find(r: Read, by: Caller | None, kind: Kind, seq: int) -> Listing:
    """One of the board with its brief; Missing for any other."""
    found = store.find(r, kind, seq)
    person = identity.person_of(by) if by else None
    if found is None or not identity.open_to(r, [found.organization], person):
        raise Missing("")
    return found
