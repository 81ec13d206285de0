"""An organization's creators at a glance: what waits, how its programmes went, what runs."""

from dataclasses import dataclass
from typing import Any, Final

from litestar import get

from hyway.console import shown
from hyway.console.market import charts, pictures, review
from hyway.console.market.charts import Chart, Value
from hyway.console.market.stay import Theirs
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

Day = creators.figures.Day
SPANS: Final = {"7d": ("7 days", 7), "30d": ("30 days", 30), "90d": ("90 days", 90)}
DEFAULT: Final = "30d"
_NEWEST: Final = 6


@dataclass(frozen=True)
class Figures:
    """The days of a span as charts; money in the currency that moved most."""

    days: list[Day]
    currency: str
    views: Chart
    spent: Chart
    cpm: Chart
    revenue: Chart

    @property
    def views_sum(self) -> int:
        return sum(day.views for day in self.days)

    @property
    def spent_sum(self) -> dict[str, int]:
        return _sums(day.spent for day in self.days)

    @property
    def revenue_sum(self) -> dict[str, int]:
        return _sums(day.revenue for day in self.days)

    @property
    def is_quiet(self) -> bool:
        """Nothing happened that could be drawn."""
        sums = (*self.spent_sum.values(), *self.revenue_sum.values())
        return not self.views_sum and not any(sums)

    @property
    def cpm_of_all(self) -> int | None:
        """Minor units for a thousand views; None where nobody looked."""
        cost = _sums(day.spent_on_views for day in self.days).get(self.currency, 0)
        return round(1000 * cost / self.views_sum) if self.views_sum else None


def _sums(of: Any) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in of:
        for currency, amount in each.items():
            total[currency] = total.get(currency, 0) + amount
    return total


def figures(days: list[Day], zone: str, currency: str = "") -> Figures:
    """Charts of the days; without a currency they are told in the one that moved most."""
    moved = _sums([*(day.spent for day in days), *(day.revenue for day in days)])
    named = currency or max(moved, key=lambda each: abs(moved[each]), default="usd")

    def chart(value: Any, say: Any = shown.number, short: Any = shown.compact) -> Chart:
        return charts.columns([_value(day, zone, value(day)) for day in days], say, short)

    def money(amount: int) -> str:
        return shown.money(amount, named)

    return Figures(
        days,
        named,
        chart(lambda day: day.views, lambda views: f"{shown.number(views)} views"),
        chart(lambda day: max(0, day.spent.get(named, 0)), money, money),
        chart(lambda day: _cpm(day, named), money, money),
        chart(lambda day: day.revenue.get(named, 0), money, money),
    )


def _value(day: Day, zone: str, value: int) -> Value:
    return Value(shown.step(day.start, "day", zone), shown.day(day.start, zone), value)


def _cpm(day: Day, currency: str) -> int:
    return round(1000 * max(0, day.spent_on_views.get(currency, 0)) / day.views) if day.views else 0


def _running(r: Read, by: Caller) -> list[tuple[str, Any, str | None]]:
    """The newest campaigns and collabs, those that run first."""
    found: list[tuple[str, Any]] = []
    for kind, verbs in (("campaign", creators.campaigns), ("collab", creators.collabs)):
        page: Any = verbs.page
        _, total = page(r, by, 0, 1)
        rows, _ = page(r, by, max(0, total - _NEWEST), _NEWEST)
        found += [(kind, each) for each in reversed(rows)]
    shown_at = pictures.shown(r, [each.banner for _, each in found])
    runs = ("active", "published")
    found.sort(key=lambda each: getattr(each[1], "status", getattr(each[1], "state", "")) not in runs)
    return [(kind, each, shown_at.get(each.banner)) for kind, each in found[:_NEWEST]]


@get("/organizations/{organization:str}")
async def show(visit: Theirs) -> Page:
    span = visit.asked.one_of("span", SPANS, DEFAULT)
    days = await visit.read(creators.figures.days, visit.zone, SPANS[span][1])
    return visit.page(
        "market/dashboard.html",
        figures=figures(days, visit.zone),
        span=span,
        spans=SPANS,
        running=await visit.read(_running),
        waits=await visit.read(review.waiting),
        logo=await visit.read(_logo),
    )


def _logo(r: Read, by: Caller) -> str | None:
    logo = identity.organization(r, by).logo
    return pictures.shown(r, [logo]).get(logo)


WITHIN = [show]
