"""Summaries: what happened in a span, in time and in lists. From the roll-ups and, exactly, what came after them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any
from zoneinfo import ZoneInfo

from hyway.domain import links
from hyway.domain.attribution import tallying
from hyway.domain.attribution.records import Bucket, Counts, Dimension, Row, Summary, SummaryQuery
from hyway.domain.attribution.store import tallies as store
from hyway.domain.identity import Caller
from hyway.domain.netinfo import country_name
from hyway.kernel import clock
from hyway.kernel.clock import HOUR, Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_MOST_BUCKETS = 2_000


def summary(r: Read, by: Caller, query: SummaryQuery) -> Summary:
    """Totals, series and top lists of the organization, of one of its links, or of a partner.

    The span is widened to whole hours. An unknown link or partner has an empty summary.
    """
    start, end = query.start // HOUR, query.end // HOUR + 1
    steps = _steps(start, end, query.interval, _zone(query.zone))
    link = links.find(r, by, query.link_id) if query.link_id else None
    if query.link_id and link is None:
        return _assemble(r, by, query, _Found(query), steps)
    if link and query.partner_id and link.partner_id != query.partner_id:
        raise Invalid("partnerId", "names another partner than the link's")
    mine = store.Mine(by.organization, link.seq if link else None, None if link else query.partner_id)
    found = _Found(query)
    grains = [
        (grain, tallying.GRAINS[grain]) for grain in (tallying.OF_ONE if mine.scope else tallying.OF_ALL)
    ]
    kept, raw = tallying.split(tallying.spans(start, end, grains), store.busy_since(r, mine.scope))
    found.add_tallies(r, mine, kept, start, end)
    for kind in store.KINDS:
        for first, last in raw:
            found.add_to_lists(store.rows(r, kind, mine, first, last), found.lists.keys())
        _add_tail(r, found, kind, mine, start, end, raw)
    found.add_own_line(mine)
    return _assemble(r, by, query, found, steps)


def of_links(r: Read, by: Caller, link_ids: Sequence[str]) -> dict[str, Counts]:
    """What each of the organization's links brought since it was made, by id; in a fixed number of statements.

    Ids of no link of the organization are left out.
    """
    seqs = links.seqs_of(r, by, link_ids)
    known: tallying.Known = {f"link:{seq}": {} for seq in seqs.values()}
    for scope, currency, *sums in store.totals(r, by.organization, list(known)):
        known[scope][currency] = list(map(int, sums))  # PostgreSQL sums to decimals
    for kind in store.KINDS:
        after = store.marks(r, kind)[store.TOTAL]
        for row in store.tail_of_links(r, kind, by.organization, list(seqs.values()), after):
            tallying.merge(known, f"link:{row.link}", *tallying.counters(row))
    return {id: tallying.counts(known[f"link:{seq}"]) for id, seq in seqs.items()}


class _Found:
    """What happened: by the hour, and by the values of each wanted dimension."""

    def __init__(self, query: SummaryQuery) -> None:
        self.by_hour: tallying.Known = {}
        self.lists: dict[Dimension, tallying.Known] = {
            name: {} for name in query.dimensions or tallying.DIMENSIONS
        }

    def add_tallies(
        self, r: Read, mine: store.Mine, kept: Sequence[tallying.Span], start: int, end: int
    ) -> None:
        for hour, currency, *sums in store.series(r, mine, start, end):
            self.by_hour.setdefault(hour, {})[currency] = sums
        for dimension, known in self.lists.items():
            for value, currency, *sums in store.sums(r, mine, dimension, kept):
                known.setdefault(value, {})[currency] = list(map(int, sums))  # PostgreSQL sums to decimals

    def add_to_lists(self, rows: Sequence[Any], dimensions: Collection[str]) -> None:
        for row in rows:
            currency, sums = tallying.counters(row)
            people = tallying.of_people(sums)
            if not any(people):
                continue
            for dimension, value in tallying.values(row):
                if dimension in dimensions and dimension in self.lists:
                    tallying.merge(self.lists[dimension], value, currency, people)

    def add_to_hours(self, rows: Sequence[Any]) -> None:
        for row in rows:
            tallying.merge(self.by_hour, row.hour, *tallying.counters(row))

    def add_own_line(self, mine: store.Mine) -> None:
        """The list of links of one link, of partners of one partner: a single line, which the totals give."""
        own: dict[Dimension, str | None] = {"partner": mine.partner_id}
        if mine.link is not None:
            own = {"link": str(mine.link)}
        for dimension, value in own.items():
            if value is None or dimension not in self.lists:
                continue
            known = self.lists[dimension] = {}
            for currencies in self.by_hour.values():
                for currency, sums in currencies.items():
                    tallying.merge(known, value, currency, tallying.of_people(sums))


def _add_tail(
    r: Read, found: _Found, kind: str, mine: store.Mine, start: int, end: int, raw: Sequence[tuple[int, int]]
) -> None:
    """What came after the tallies, by number. An unfinished roll-up leaves some dimensions ahead of others."""
    marks = store.marks(r, kind)
    reached = sorted(set(marks.values()))
    for after, upto in zip(reached, [*reached[1:], None], strict=True):
        behind = {dimension for dimension, mark in marks.items() if mark <= after}
        rows = store.tail(r, kind, mine, start, end, after, upto)
        if store.TOTAL in behind:
            found.add_to_hours(rows)
        uncounted = [row for row in rows if not any(first <= row.hour < last for first, last in raw)]
        found.add_to_lists(uncounted, behind)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found is a KeyError
        raise Invalid("timezone", "must be the name of a time zone, such as Europe/Berlin") from None


def _steps(start: int, end: int, interval: str, zone: ZoneInfo) -> list[Instant]:
    """Where the buckets of the series begin, in order; bounded, for somebody has to draw them."""
    at = _floor(clock.moment(start * HOUR).astimezone(zone), interval)
    steps: list[Instant] = []
    while (begins := clock.instant(at)) < end * HOUR:
        steps.append(begins)
        at = _next(at, interval)
        if len(steps) > _MOST_BUCKETS:
            raise Invalid(
                "interval", "makes more than {most} steps; ask for a longer one", most=_MOST_BUCKETS
            )
    return steps


def _floor(at: datetime, interval: str) -> datetime:
    if interval == "hour":
        return at.replace(minute=0, second=0, microsecond=0)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def _next(at: datetime, interval: str) -> datetime:
    if interval == "hour":
        # Through UTC: where clocks go back an hour comes twice.
        return (at.astimezone(ZoneInfo("UTC")) + timedelta(hours=1)).astimezone(at.tzinfo)
    if interval == "month":
        return (at.replace(day=28) + timedelta(days=4)).replace(day=1)
    return at + timedelta(days=7 if interval == "week" else 1)


def _assemble(r: Read, by: Caller, query: SummaryQuery, found: _Found, steps: Sequence[Instant]) -> Summary:
    bucketed: tallying.Known = {}
    at = 0
    for hour in sorted(found.by_hour):
        while at + 1 < len(steps) and steps[at + 1] <= hour * HOUR:
            at += 1
        for currency, sums in found.by_hour[hour].items():
            tallying.merge(bucketed, steps[at], currency, sums)
    total: tallying.Known = {}
    for currencies in bucketed.values():
        for currency, sums in currencies.items():
            tallying.merge(total, "", currency, sums)
    tops = {name: _top(known, query.top) for name, known in found.lists.items()}
    return Summary(
        start=query.start,
        end=query.end,
        totals=tallying.counts(total.get("", {})),
        series=tuple(Bucket(step, tallying.counts(bucketed.get(step, {}))) for step in steps),
        lists=_labelled(r, by, tops),
    )


def _top(known: tallying.Known, most: int) -> list[tuple[str, Any]]:
    """By clicks, then by what they led to, then by name, so that equal ones keep their places."""
    ranked = []
    for value, currencies in known.items():
        clicks, _, _, _, leads, sales, _ = tallying.summed(currencies)
        if clicks or leads or sales:
            ranked.append((-clicks, -sales, -leads, value))
    return [(value, tallying.counts(known[value])) for *_, value in nsmallest(most, ranked)]


def _labelled(
    r: Read, by: Caller, tops: dict[Dimension, list[tuple[str, Any]]]
) -> dict[Dimension, tuple[Row, ...]]:
    seqs = [int(value) for value, _ in tops.get("link", ())]
    named = links.by_seqs(r, by, seqs)
    people = {
        value: links.page_of_shelf(r, by, links.PARTNERS, links.ShelfQuery(id=value))
        for value, _ in tops.get("partner", ())
    }
    labelled: dict[Dimension, tuple[Row, ...]] = {}
    for name in tallying.DIMENSIONS:
        rows: list[Row] = []
        for value, counted in tops.get(name, ()):
            if name == "link":
                link = named[int(value)]
                rows.append(Row(link.id, link.title or link.short_id, counted))
            else:
                found = people.get(value) if name == "partner" else None
                rows.append(Row(value, found[0].name if found else _label(name, value), counted))
        labelled[name] = tuple(rows)
    return labelled


def _label(dimension: str, value: str) -> str:
    if dimension == "country":
        return country_name(value) or value
    if dimension == "city":
        code, _, city = value.partition("|")
        return f"{city}, {code}"
    return value
