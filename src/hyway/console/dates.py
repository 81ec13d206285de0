"""Dates as a browser's form writes them, and spans of time as charts show them."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from hyway.console.shown import local
from hyway.domain.attribution import Dimension, SummaryQuery
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Invalid


class Span(NamedTuple):
    title: str
    days: int
    interval: Literal["hour", "day"]


SPANS = {
    "24h": Span("24 hours", 1, "hour"),
    "7d": Span("7 days", 7, "day"),
    "30d": Span("30 days", 30, "day"),
    "90d": Span("90 days", 90, "day"),
}
DEFAULT = "7d"


def parse_local(field: str, value: str, zone: str) -> Instant | None:
    """What `<input type=datetime-local>` sends, read in the browser's zone; None when it is empty."""
    if not value:
        return None
    try:
        return clock.instant(datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone)))
    except (ValueError, OverflowError):
        raise Invalid(field, "must be a date and a time") from None


def for_input(at: Instant | None, zone: str) -> str:
    """An instant as `<input type=datetime-local>` wants it."""
    return "" if at is None else local(at, zone).strftime("%Y-%m-%dT%H:%M")


def query(
    name: str,
    zone: str,
    *,
    link_id: str | None = None,
    partner_id: str | None = None,
    dimensions: tuple[Dimension, ...] = (),
) -> SummaryQuery:
    """The last 24 whole hours, or whole days of the zone, today last."""
    span, now = SPANS[name], clock.now()
    if span.interval == "hour":
        start = now - now % clock.HOUR - 23 * clock.HOUR
    else:
        today = local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        start = clock.instant(
            (today.replace(tzinfo=None) - timedelta(days=span.days - 1)).replace(tzinfo=today.tzinfo)
        )
    return SummaryQuery(start, now, link_id, partner_id, span.interval, zone, 10, dimensions)
