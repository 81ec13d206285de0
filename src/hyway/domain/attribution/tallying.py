"""How rows become counters and counters become a summary: pure arithmetic."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import add
from typing import Any, get_args

from hyway.domain.attribution.records import Counts, Dimension
from hyway.domain.attribution.store.clicks import TRIGGERS

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
UTM: dict[str, str] = {f"utm_{name}": name for name in ("source", "medium", "campaign", "term", "content")}
"""Dimensions that come from the UTM of a click, with its keys."""
LONGEST = 255
"""Characters of a value that are kept: what visitors send must fit an index of every engine."""
DIRECT = "(direct)"
"""A visit that came from nowhere is worth a line of its own."""

Sums = list[int]
"""Counters in the order of `store.tallies.COUNTERS`: clicks, firsts, scans, bots, leads, sales, revenue."""
GRAINS = {"h": 1, "q": 6, "d": 24, "f": 96, "s": 384}
"""Hours of a bucket: an hour, a quarter of a day, a day, four days, sixteen days."""
OF_ALL, OF_ONE = ("h", "q", "d", "f", "s"), ("h", "d", "s")
"""Grains of an organization's lists, and of a link's or a partner's."""
Span = tuple[str, int, int]
"""A grain, its first bucket, and the one after its last."""
Known = dict[Any, dict[str, Sums]]
"""Counters by value (or by hour) and currency."""


@lru_cache(maxsize=4_096)
def utm_values(text: str | None) -> dict[str, str | None]:
    """What a click's UTM says, by key; a NUL, which PostgreSQL's texts cannot hold, is left out."""
    said = json.loads(text) if text else {}
    return {name: (said.get(name) or "").replace("\0", "")[:LONGEST] or None for name in UTM.values()}


def values(row: Any) -> Iterator[tuple[Dimension, str]]:
    """The dimensions of a grouped row that say something."""
    if row.country_code:
        yield "country", row.country_code
        if row.city:
            yield "city", f"{row.country_code}|{row.city}"[:LONGEST]
    if row.device_type:
        yield "device", row.device_type
    if row.browser_name:
        yield "browser", row.browser_name
    if row.os_name:
        yield "os", row.os_name
    yield "trigger", TRIGGERS[row.trigger]
    yield "referrer", (row.referrer_host or DIRECT)[:LONGEST]
    if row.utm:
        said = utm_values(row.utm)
        for dimension, name in UTM.items():
            if said[name]:
                yield dimension, said[name]  # type: ignore[misc]  # the keys of UTM are dimensions
    yield "link", str(row.link)
    if row.partner_id:
        yield "partner", row.partner_id


def counters(row: Any) -> tuple[str, Sums]:
    """Currency and counters of a grouped row of clicks or of conversions."""
    if hasattr(row, "firsts"):
        return "", [int(row.clicks), int(row.firsts), int(row.scans), int(row.bots), 0, 0, 0]
    return row.currency or "", [0, 0, 0, 0, int(row.leads), int(row.sales), int(row.revenue)]


def merge(into: Known, key: Any, currency: str, sums: Sums) -> None:
    """Adds counters to what is known of `key` in that currency."""
    known = into.get(key)
    if known is None:
        into[key] = {currency: list(sums)}
        return
    there = known.get(currency)
    known[currency] = list(sums) if there is None else list(map(add, there, sums))


def of_people(sums: Sums) -> Sums:
    """Lists are about people: without the bots, which are counted in the totals alone."""
    return [*sums[:3], 0, *sums[4:]]


def summed(by_currency: dict[str, Sums]) -> Sums:
    """The counters of all currencies together."""
    if len(by_currency) == 1:
        return next(iter(by_currency.values()))
    return [sum(sums[i] for sums in by_currency.values()) for i in range(7)]


def counts(by_currency: dict[str, Sums]) -> Counts:
    """One Counts from the counters of each currency; only sales have one."""
    whole = summed(by_currency)[:6]
    revenue = {currency: sums[6] for currency, sums in sorted(by_currency.items()) if currency}
    clicks, unique, scans, bots, leads, sales = whole
    return Counts(clicks, unique, scans, bots, leads, sales, revenue)


def spans(start: int, end: int, grains: Sequence[tuple[str, int]]) -> list[Span]:
    """Hours from `start` until before `end` as few (grain, from, to) as can be: the coarsest in the middle."""
    if start >= end:
        return []
    *finer, (grain, hours) = grains
    first, last = -(-start // hours), end // hours
    if first >= last:
        return spans(start, end, finer)
    return [*spans(start, first * hours, finer), (grain, first, last), *spans(last * hours, end, finer)]


def split(parts: Sequence[Span], since: int) -> tuple[list[Span], list[tuple[int, int]]]:
    """Spans that lists are kept for, and hours before `since` for which the rows must be counted."""
    kept: list[Span] = []
    raw: list[tuple[int, int]] = []
    for grain, first, last in parts:
        if grain == "h" and first < since:
            raw.append((first, min(last, since)))
            first = min(last, since)
        if first < last:
            kept.append((grain, first, last))
    return kept, raw
