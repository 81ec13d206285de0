"""Summaries: what happened in a span, in time and in lists. From the roll-ups and, exactly, what came after them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hyway.domain import links
from hyway.domain.attribution import tallying
from hyway.domain.attribution.records import Bucket, Dimension, Row, Summary, SummaryQuery
from hyway.domain.attribution.store import clicks as click_store
from hyway.domain.attribution.store import tallies as store
from hyway.domain.identity import Caller
from hyway.domain.netinfo import country_name
from hyway.kernel import clock
from hyway.kernel.clock import HOUR, Instant
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Invalid

_AT_ONCE = 5_000
_MOST_BUCKETS = 2_000
Known = dict[Any, dict[str, tallying.Sums]]


def roll_up(db: Database, most: int = _AT_ONCE) -> int:
    """Brings the tallies up to date by at most `most` rows of each kind; returns how many rows are still to do.

    The counting happens on a snapshot, so that the write lock is held only for the sums.
    """
    marks, ends = db.write_now(_reach)
    left = 0
    for name, read in (("clicks", store.clicks_between), ("conversions", store.conversions_between)):
        after, upto = marks.get(name, 0), min(ends[name], marks.get(name, 0) + most)
        if after < upto:
            rows = db.read_now(read, after, upto)
            db.write_now(_advance, name, after, upto, tallying.fan_out(rows))
        left += ends[name] - upto
    return left


def _reach(w: Write) -> tuple[dict[str, int], dict[str, int]]:
    return store.marks(w), store.ends(w)


def _advance(w: Write, name: str, after: int, upto: int, sums: dict[Any, tallying.Sums]) -> None:
    """Adds sums if nobody else has rolled the same rows up meanwhile."""
    click_store.hold(w, shared=False)
    if store.marks(w).get(name, 0) != after:
        return
    store.add(w, [(*key, *counted) for key, counted in sums.items()])
    store.set_mark(w, name, upto)


def waiting(r: Read) -> int:
    """How many rows the tallies lag behind."""
    marks, newest = store.marks(r), store.newest(r)
    return sum(newest[name] - marks.get(name, 0) for name in newest)


def summary(r: Read, by: Caller, query: SummaryQuery) -> Summary:
    """Totals, series and top lists of the organization, of one of its links, or of a partner.

    The span is widened to whole hours. An unknown link or partner has an empty summary.
    """
    start, end = query.start // HOUR, query.end // HOUR + 1
    zone = _zone(query.zone)
    steps = _steps(start, end, query.interval, zone)
    link = links.find(r, by, query.link_id) if query.link_id else None
    if query.link_id and link is None:
        return _assemble(r, by, query, {}, {}, steps)
    scope = _scope(query, link)
    wanted = query.dimensions or tallying.DIMENSIONS
    by_hour, lists = _stored(r, by.organization, scope, wanted, start, end)
    where = store.tail_filter(by.organization, link.seq if link else None, query.partner_id, start, end)
    marks = store.marks(r)
    tail = [
        *store.clicks_between(r, marks.get("clicks", 0), None, *where[0]),
        *store.conversions_between(r, marks.get("conversions", 0), None, *where[1]),
    ]
    for (_, of, dimension, grain, bucket, value, currency), sums in tallying.fan_out(tail).items():
        if of == scope and grain == "h":
            if dimension == "total":
                tallying.merge(by_hour, bucket, currency, sums)
            elif dimension in wanted:
                tallying.merge(lists.setdefault(dimension, {}), value, currency, sums)
    return _assemble(r, by, query, by_hour, lists, steps)


def _scope(query: SummaryQuery, link: links.Link | None) -> str:
    if link and query.partner_id and link.partner_id != query.partner_id:
        raise Invalid("partnerId", "names another partner than the link's")
    if link:
        return tallying.link_scope(link.seq)
    return tallying.partner_scope(query.partner_id) if query.partner_id else ""


def _stored(
    r: Read, organization: int, scope: str, wanted: Sequence[Dimension], start: int, end: int
) -> tuple[Known, dict[str, Known]]:
    by_hour: Known = {}
    for bucket, currency, *sums in store.series(r, organization, scope, "h", start, end):
        tallying.merge(by_hour, bucket, currency, sums)
    lists: dict[str, Known] = {}
    for dimension in wanted:
        known = lists[dimension] = {}
        for grain, first, last in tallying.spans(start, end):
            for value, currency, *sums in store.sums(r, organization, scope, dimension, grain, first, last):
                tallying.merge(known, value, currency, sums)
    return by_hour, lists


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


def _assemble(
    r: Read,
    by: Caller,
    query: SummaryQuery,
    by_hour: Known,
    lists: dict[str, Known],
    steps: Sequence[Instant],
) -> Summary:
    total: Known = {}
    bucketed: Known = {}
    at = 0
    for hour in sorted(by_hour):
        while at + 1 < len(steps) and steps[at + 1] <= hour * HOUR:
            at += 1
        for currency, sums in by_hour[hour].items():
            tallying.merge(bucketed, steps[at], currency, sums)
            tallying.merge(total, "", currency, sums)
    tops = {name: _top(known, query.top) for name, known in lists.items()}
    return Summary(
        start=query.start,
        end=query.end,
        totals=tallying.counts(total.get("", {})),
        series=tuple(Bucket(step, tallying.counts(bucketed.get(step, {}))) for step in steps),
        lists=_labelled(r, by, tops),
    )


def _top(known: Known, most: int) -> list[tuple[str, Any]]:
    """By clicks, then by what they led to, then by name, so that equal ones keep their places."""
    ranked = [(value, tallying.counts(currencies)) for value, currencies in known.items()]
    ranked.sort(key=lambda each: (-each[1].clicks, -each[1].sales, -each[1].leads, each[0]))
    return [each for each in ranked if each[1].clicks or each[1].leads or each[1].sales][:most]


def _labelled(
    r: Read, by: Caller, tops: dict[str, list[tuple[str, Any]]]
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
