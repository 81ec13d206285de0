"""What the organization uses: the month of its account that runs, day by day, and those before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from litestar import get

from hyway.console import charts, shown
from hyway.console.visit import Here, Page
from hyway.domain import billing
from hyway.domain.billing import Cycle, Day, Meter, Totals, Usage
from hyway.domain.identity import Caller
from hyway.kernel.clock import DAY
from hyway.kernel.db import Read

_BEFORE = 6
"""Cycles before the one that is shown, of which the totals stand under it."""
_HIGH = 72
"""Pixels from a chart's floor to its highest line."""
_METERS: tuple[tuple[Meter, str, str], ...] = (
    ("link.created", "Links made", "By hand and by program"),
    ("toggle.evaluations", "Toggle evaluations", "Requests that asked what somebody sees"),
    ("toggle.telemetry", "Toggle telemetry", "Reports of what somebody saw"),
    ("env.pull", ".env pulls", "Files delivered"),
    ("env.push", ".env pushes", "Versions received"),
    ("net_info.requests", "Address look-ups", "Requests for what is known of IP addresses"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A day: where it stands in per cent across, how high it is in pixels, and what it says."""

    left: float
    width: float
    height: float
    day: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    hint: str
    total: int
    columns: tuple[Column, ...]
    ceiling: int


def _chart(
    cycle: Cycle, days: Sequence[Day], title: str, hint: str, total: int, of: Callable[[Day], int]
) -> Chart:
    """Columns of the days that have begun, with room for the others."""
    counts = [of(day) for day in days]
    ceiling, width = charts.ceiling_of(max(counts, default=0)), 100 / cycle.total
    columns = tuple(
        Column(
            left=round(at * width + width * 0.12, 3),
            width=round(width * 0.76, 3),
            # A day on which anything was counted is seen.
            height=max(2.0, round(_HIGH * count / ceiling, 1)) if count else 0.0,
            day=shown.day(day.at),
            count=count,
        )
        for at, (day, count) in enumerate(zip(days, counts, strict=True))
    )
    return Chart(title, hint, total, columns, ceiling)


def _charts(cycle: Cycle, days: Sequence[Day], totals: Totals) -> list[Chart]:
    active = _chart(
        cycle,
        days,
        "Active members",
        "Who changed or fetched something",
        totals.active,
        lambda day: day.active,
    )

    def of(meter: Meter) -> Callable[[Day], int]:
        return lambda day: day.counted[meter]

    rest = [
        _chart(cycle, days, title, hint, totals.counted[meter], of(meter)) for meter, title, hint in _METERS
    ]
    return [active, *rest]


def _read(r: Read, by: Caller, number: int | None) -> tuple[Usage, list[Day], list[Usage]]:
    """A cycle, its days, and the cycles before it, the latest first."""
    here = billing.usage.of_organization(r, by, number)
    latest = here.cycle.number - 1
    before = [
        billing.usage.of_organization(r, by, each) for each in range(latest, max(0, latest - _BEFORE), -1)
    ]
    return here, billing.usage.daily(r, by, here.cycle), before


@get("/console/usage")
async def show(visit: Here) -> Page:
    number = visit.asked.whole("cycle", 1, 100_000, 0)
    here, days, before = await visit.read(_read, number or None)
    return visit.page(
        "usage.html",
        usage=here,
        cycle=here.cycle,
        last_day=here.cycle.ends_at - DAY,
        charts=_charts(here.cycle, days, here.total),
        before=before,
        meters=[(meter, title) for meter, title, _ in _METERS],
        day_long=DAY,
        high=_HIGH,
    )


ROUTES = [show]
