"""/api/organizations/{organizationId}/link/codes/{codeId}/stats: who clicked, by whichever API the link was made."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen.asking import at, moment, operation
from hyway.apis.hyphen.codes_shapes import CODE
from hyway.apis.hyphen.fields import Time
from hyway.apis.kit.operations import Ask
from hyway.domain import attribution, links
from hyway.domain.attribution import Row, Summary, SummaryQuery
from hyway.kernel import clock
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.faults import Invalid

_LONGEST = 1_900 * DAY
_TOP = 250
_DIMENSIONS: tuple[attribution.Dimension, ...] = ("referrer", "browser", "device", "country")
_DIRECT = "(direct)"


class StatsQuery(Struct, kw_only=True, rename="camel"):
    start_date: Annotated[Time | None, Meta(description="Without it: when the link was made.")] = None
    end_date: Annotated[Time | None, Meta(description="Without it: now.")] = None


class Day(Struct):
    date: str
    total: int
    unique: int


class Clicks(Struct, rename="camel"):
    total: int
    unique: int
    by_day: Annotated[list[Day], Meta(description="Days in UTC on which somebody clicked.")]


class Referral(Struct):
    url: str
    total: int


class Counted(Struct):
    name: str
    total: int


class Location(Struct):
    country: Annotated[str, Meta(description="Two letters, ISO 3166.")]
    total: int
    unique: int


class Stats(Struct):
    clicks: Clicks
    referrals: list[Referral]
    browsers: list[Counted]
    devices: list[Counted]
    locations: list[Location]


@operation("GET", f"{CODE}/stats", needs=("read", "Link"), query=StatsQuery, gives=Stats)
async def stats(ask: Ask, query: StatsQuery) -> Stats:
    """Show a short code's statistics.

    Clicks of people, not of programs; `unique` leaves out a visitor's repeats within the hour. The span is widened to
    whole hours.
    """
    by = await at(ask)
    of = (await ask.db.read(links.short_codes.find, by, ask.path["codeId"])).link
    start, end = _span(query, of.created_at, clock.now())
    wanted = SummaryQuery(start, end, link_id=of.id, interval="day", top=_TOP, dimensions=_DIMENSIONS)
    return out(await ask.db.read(attribution.summary, by, wanted))


def _span(query: StatsQuery, made: Instant, now: Instant) -> tuple[Instant, Instant]:
    """What is asked about, without the times in which nobody can have clicked."""
    if query.start_date is not None and query.end_date is not None and query.start_date > query.end_date:
        raise Invalid("querystring/startDate", "must be <= endDate")
    end = now if query.end_date is None else min(query.end_date, now)
    start = made if query.start_date is None else max(query.start_date, made)
    if query.start_date is None:
        start = max(start, end - _LONGEST)
    elif end - start > _LONGEST:
        raise Invalid("querystring/startDate", "must be at most {n} days before endDate", n=_LONGEST // DAY)
    return min(start, max(end, 0)), max(end, 0)


def out(of: Summary) -> Stats:
    days = [
        Day(moment(each.start), each.counts.clicks, each.counts.unique)
        for each in of.series
        if each.counts.clicks
    ]
    referrals = [
        Referral(f"https://{row.value}", row.counts.clicks)
        for row in _clicked(of.lists["referrer"])
        if row.value != _DIRECT
    ]
    places = [
        Location(row.value, row.counts.clicks, row.counts.unique) for row in _clicked(of.lists["country"])
    ]
    return Stats(
        Clicks(of.totals.clicks, of.totals.unique, days),
        referrals,
        [Counted(row.label, row.counts.clicks) for row in _clicked(of.lists["browser"])],
        [Counted(row.label, row.counts.clicks) for row in _clicked(of.lists["device"])],
        places,
    )


def _clicked(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.counts.clicks]


OPERATIONS = (stats,)
