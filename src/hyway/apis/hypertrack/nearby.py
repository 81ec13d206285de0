"""/api/v1/users/nearby/: who is nearest."""

from typing import Annotated

from msgspec import Meta

from hyway.apis.hypertrack.fields import LonLat, Ref
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import ListQuery, PageOut, shown, wanted
from hyway.apis.hypertrack.shapes import Body, NearUser
from hyway.apis.hypertrack.style import READ
from hyway.apis.kit.operations import Ask
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import NearbyQuery, Page, Wanted
from hyway.kernel import clock
from hyway.kernel.db import Read


class NearbyUsersQuery(ListQuery, kw_only=True):
    """Either `action_id` or `location`."""

    action_id: Annotated[Ref, Meta(description="Near its expected place.")] | None = None
    location: Annotated[LonLat, Meta(description="LONGITUDE,LATITUDE")] | None = None
    radius: (
        Annotated[
            float, Meta(description="Metres: 5,000 around a location and none around an action, if not said.")
        ]
        | None
    ) = None
    group_id: Annotated[Ref, Meta(description="Of this group and those under it.")] | None = None


def _nearest(r: Read, by: Caller, query: NearbyUsersQuery, of: Wanted) -> Page[Body]:
    asked = NearbyQuery(query.action_id, query.location, query.radius, query.group_id, of.page, of.size)
    found = tracking.nearby.nearest(r, by, asked)
    account, now = tracking.accounts.of(r, by), clock.now()
    rows = [
        {**tracking.payloads.user(user, account, now, r.home), "distance": round(away, 2)}
        for user, away in found.rows
    ]
    return Page(rows, found.total)


@operation("GET", "/api/v1/users/nearby/", scope=READ, query=NearbyUsersQuery, gives=PageOut[NearUser])
async def nearest(ask: Ask, query: NearbyUsersQuery) -> PageOut[Body]:
    """List the users nearest to an action or a point.

    The nearest first, of those who are online or active and whose location is known. `distance` is in metres, and
    this server's own.
    """
    of = wanted(query)
    found = await ask.db.read(_nearest, ask.by, query, of)
    return shown(ask, of, found.total, found.rows)


OPERATIONS = (nearest,)
