"""/api/v1/users/summary/, analytics/, heatmap/: users in the mass, for a dashboard."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import PageOut, shown, wanted
from hyway.apis.hypertrack.shapes import Body, Id
from hyway.apis.hypertrack.style import READ
from hyway.apis.hypertrack.users import UsersQuery, query_of
from hyway.apis.kit.operations import Ask
from hyway.domain import tracking


class UsersSummary(Struct):
    """How many users there are, and how many of them are how."""

    count: int
    connected: int
    status: dict[str, int]
    availability_status: dict[str, int]


class Analytics(Struct):
    """What a user did: metres and seconds of trips, and how many trips, stops and completed actions."""

    id: Id
    name: str
    group_id: Id | None
    lookup_id: str | None
    distance: float
    duration: float
    trips: int
    stops: int
    completed_actions: int


class HeatQuery(UsersQuery, kw_only=True):
    resolution: Annotated[int, Meta(description="Of h3's grid, 0 to 12; 8 by default.")] | None = None


class UsersCell(Struct):
    """`cell` is h3's index, `location` its middle as GeoJSON, `count` the users last seen in it."""

    cell: str
    location: Body
    count: int


class UsersHeatmap(Struct):
    type: Literal["h3"]
    results: list[UsersCell]


@operation("GET", "/api/v1/users/summary/", scope=READ, gives=UsersSummary)
async def summary(ask: Ask) -> UsersSummary:
    """Count users by status."""
    found = await ask.db.read(tracking.overview.counts, ask.by)
    return UsersSummary(found.total, found.connected, found.by_status, found.by_availability)


@operation("GET", "/api/v1/users/analytics/", scope=READ, query=UsersQuery, gives=PageOut[Analytics])
async def analytics(ask: Ask, query: UsersQuery) -> PageOut[Analytics]:
    """What users did.

    From `min_recorded_at` to `max_recorded_at`, or in the last seven days; filters, order and pages as in the list
    of users.
    """
    asked = wanted(query)
    times = query.min_recorded_at, query.max_recorded_at
    found = await ask.db.read(tracking.overview.done, ask.by, query_of(asked, limited=False), *times)
    rows = [
        Analytics(
            each.user.id,
            each.user.name,
            each.user.group_id,
            each.user.lookup_id,
            *each.moved,
            each.completed,
        )
        for each in found.rows
    ]
    return shown(ask, asked, found.total, rows)


@operation("GET", "/api/v1/users/heatmap/", scope=READ, query=HeatQuery, gives=UsersHeatmap)
async def heatmap(ask: Ask, query: HeatQuery) -> UsersHeatmap:
    """Where users were last seen.

    By cells of h3's grid, the fullest first; filters as in the list of users.
    """
    asked = query_of(wanted(query))
    found = await ask.db.read(tracking.overview.dense, ask.by, asked, query.resolution)
    cells = [UsersCell(each.cell, tracking.payloads.point(each.spot), each.users) for each in found]
    return UsersHeatmap("h3", cells)


OPERATIONS = (summary, analytics, heatmap)
