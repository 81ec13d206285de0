"""How an organization's programmes went, day by day: views, what they cost, what creators' links sold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hyway.domain import attribution
from hyway.domain.creators.money.records import ProgrammeKind
from hyway.domain.creators.store import figures as store
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read

_MOST_DAYS = 366


@dataclass(slots=True)
class Day:
    """A day of a time zone from its first instant; amounts in minor units by currency."""

    start: Instant
    views: int = 0
    spent: dict[str, int] = field(default_factory=dict)
    """What was committed to creators, less what came back."""
    spent_on_views: dict[str, int] = field(default_factory=dict)
    """The part of it that campaigns spent: collabs pay for work."""
    revenue: dict[str, int] = field(default_factory=dict)


def days(
    r: Read, by: Caller, zone: str, count: int = 30, programme: tuple[ProgrammeKind, int] | None = None
) -> list[Day]:
    """The last days of the zone, today last, of all programmes of the organization or of one of its own."""
    made = [Day(start) for start in _starts(zone, min(count, _MOST_DAYS))]
    since, at = made[0].start, _Finder(made)
    if programme is None or programme[0] == "campaign":
        for hour, views in store.views(r, by.organization, since, programme[1] if programme else None):
            at(hour).views += views
    for hour, kind, currency, amount in store.spent(r, by.organization, since, programme):
        _add(at(hour).spent, currency, amount)
        if kind == "campaign":
            _add(at(hour).spent_on_views, currency, amount)
    links = store.links(r, by.organization, programme)
    for hour, currency, amount in attribution.revenue_of_links(r, by, links, since):
        _add(at(hour).revenue, currency, amount)
    return made


class _Finder:
    """Gives the day of an instant; instants come in any order."""

    def __init__(self, of: list[Day]) -> None:
        self._days = of

    def __call__(self, at: Instant) -> Day:
        return next((day for day in reversed(self._days) if day.start <= at), self._days[0])


def _starts(zone: str, count: int) -> Iterator[Instant]:
    """The first instants of the days: midnight, by the zone's own clock."""
    place = ZoneInfo(zone)
    today = clock.moment(clock.now()).astimezone(place).date()
    for back in range(count - 1, -1, -1):
        day = today - timedelta(days=back)
        yield clock.instant(datetime(day.year, day.month, day.day, tzinfo=place))


def _add(to: dict[str, int], currency: str, amount: int) -> None:
    to[currency] = to.get(currency, 0) + amount


__all__ = ["Day", "days"]
