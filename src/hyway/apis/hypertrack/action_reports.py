"""/api/v1/actions/summary/, graph/, heatmap/: actions in the mass, for a dashboard."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hyway.apis.hypertrack.actions import ActionsQuery
from hyway.apis.hypertrack.fields import Day
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import wanted
from hyway.apis.hypertrack.shapes import Body
from hyway.apis.hypertrack.style import READ
from hyway.apis.kit.operations import Ask
from hyway.domain import tracking


class ActionsSummary(Struct):
    """How many actions are how; `on_time` is the share of the completed ones with a time to keep that kept it.

    Metres and seconds are of those that have ended.
    """

    count: int
    status: dict[str, int]
    type: dict[str, int]
    event_flags: dict[str, int]
    on_time: float | None
    distance: float
    duration: float


class GraphQuery(ActionsQuery, kw_only=True):
    min_date: Annotated[Day, Meta(description="The first day; the last 30 days by default.")] | None = None
    max_date: Annotated[Day, Meta(description="The last day, at most 366 in all.")] | None = None


class OneDay(Struct):
    """How many actions were created, assigned and ended on a day; metres and seconds of the completed ones."""

    date: str
    created: int
    assigned: int
    completed: int
    canceled: int
    suspended: int
    distance: float
    duration: float


class Graph(Struct):
    results: list[OneDay]


class HeatQuery(ActionsQuery, kw_only=True):
    resolution: Annotated[int, Meta(description="Of h3's grid, 0 to 12; 8 by default.")] | None = None


class ActionsCell(Struct):
    """`cell` is h3's index, `location` its middle, `count` the actions completed in it."""

    cell: str
    location: Body
    count: int


class ActionsHeatmap(Struct):
    type: Literal["h3"]
    results: list[ActionsCell]


@operation("GET", "/api/v1/actions/summary/", scope=READ, query=ActionsQuery, gives=ActionsSummary)
async def summary(ask: Ask, query: ActionsQuery) -> ActionsSummary:
    """Count actions.

    Filters as in the list of actions.
    """
    found = await ask.db.read(tracking.reports.summary, ask.by, wanted(query))
    return ActionsSummary(
        found.total,
        found.by_status,
        found.by_type,
        found.by_flag,
        found.on_time,
        found.distance,
        found.duration,
    )


@operation("GET", "/api/v1/actions/graph/", scope=READ, query=GraphQuery, gives=Graph)
async def graph(ask: Ask, query: GraphQuery) -> Graph:
    """What was done day by day.

    Days of the account's time zone; filters as in the list of actions.
    """
    asked = ask.by, wanted(query), query.min_date, query.max_date
    found = await ask.db.read(tracking.reports.days, *asked)
    return Graph([OneDay(day.date, *day.turns, day.distance, day.duration) for day in found])


@operation("GET", "/api/v1/actions/heatmap/", scope=READ, query=HeatQuery, gives=ActionsHeatmap)
async def heatmap(ask: Ask, query: HeatQuery) -> ActionsHeatmap:
    """Where actions are completed.

    By cells of h3's grid, the fullest first; filters as in the list of actions.
    """
    found = await ask.db.read(tracking.reports.heat, ask.by, wanted(query), query.resolution)
    return ActionsHeatmap(
        "h3", [ActionsCell(each.cell, tracking.payloads.point(each.spot), each.actions) for each in found]
    )


OPERATIONS = (summary, graph, heatmap)
