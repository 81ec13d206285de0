"""How rows become tallies and tallies become a summary: pure arithmetic on counters."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from hyway.domain.attribution.records import Counts, Dimension
from hyway.domain.attribution.store.clicks import TRIGGERS

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
_UTM = {f"utm_{name}": name for name in ("source", "medium", "campaign", "term", "content")}

Sums = list[int]
"""Counters in the order of `store.tallies.COUNTERS`: clicks, firsts, scans, bots, leads, sales, revenue."""
Key = tuple[Any, ...]


def values(row: Any) -> Iterator[tuple[str, str]]:
    """The dimensions of a grouped row that say something, `total` first."""
    yield "total", ""
    if row.country_code:
        yield "country", row.country_code
        if row.city:
            yield "city", f"{row.country_code}|{row.city}"
    for dimension, value in (
        ("device", row.device_type),
        ("browser", row.browser_name),
        ("os", row.os_name),
        ("trigger", TRIGGERS[row.trigger]),
    ):
        if value:
            yield dimension, value
    # A visit that came from nowhere is worth a line of its own.
    yield "referrer", row.referrer_host or "(direct)"
    utm = json.loads(row.utm) if row.utm else {}
    for dimension, name in _UTM.items():
        if utm.get(name):
            yield dimension, utm[name]
    yield "link", str(row.link)
    if row.partner_id:
        yield "partner", row.partner_id


def scopes(row: Any) -> Iterator[str]:
    """Whose numbers a row belongs to: the organization's, the link's, the partner's."""
    yield ""
    yield link_scope(row.link)
    if row.partner_id:
        yield partner_scope(row.partner_id)


def link_scope(seq: int) -> str:
    return f"link:{seq}"


def partner_scope(id: str) -> str:
    return f"partner:{id}"


def counters(row: Any) -> tuple[str, Sums]:
    """Currency and counters of a grouped row of clicks or of conversions."""
    if hasattr(row, "firsts"):
        return "", [row.clicks, row.firsts, row.scans, row.bots, 0, 0, 0]
    return row.currency or "", [0, 0, 0, 0, row.leads, row.sales, int(row.revenue)]


def fan_out(rows: Iterable[Any]) -> dict[Key, Sums]:
    """Sums by (organization, scope, dimension, grain, bucket, value, currency), for hours and for days.

    Bots are counted in the totals alone: lists are about people.
    """
    tallies: dict[Key, Sums] = {}
    for row in rows:
        currency, sums = counters(row)
        only_bots = not any(sums[:3]) and not any(sums[4:])
        for dimension, value in values(row):
            if only_bots and dimension != "total":
                break
            counted = sums if dimension == "total" else [*sums[:3], 0, *sums[4:]]
            for scope in scopes(row):
                for grain, bucket in (("h", row.hour), ("d", row.hour // 24)):
                    _add(
                        tallies, (row.organization, scope, dimension, grain, bucket, value, currency), counted
                    )
    return tallies


def _add(tallies: dict[Key, Sums], key: Key, sums: Sequence[int]) -> None:
    there = tallies.get(key)
    if there is None:
        tallies[key] = list(sums)
    else:
        for i, value in enumerate(sums):
            there[i] += value


def merge(into: dict[Any, dict[str, Sums]], key: Any, currency: str, sums: Sequence[Any]) -> None:
    """Adds counters to what is known of `key` in that currency."""
    _add(into.setdefault(key, {}), currency, [int(value) for value in sums])  # type: ignore[arg-type]


def counts(by_currency: dict[str, Sums]) -> Counts:
    """One Counts from the counters of each currency; only sales have one."""
    clicks, unique, scans, bots, leads, sales = (
        sum(sums[i] for sums in by_currency.values()) for i in range(6)
    )
    revenue = {currency: sums[6] for currency, sums in sorted(by_currency.items()) if currency}
    return Counts(clicks, unique, scans, bots, leads, sales, revenue)


def spans(start: int, end: int) -> list[tuple[str, int, int]]:
    """Hours from `start` until before `end` as few (grain, from, to) as can be: whole days in the middle."""
    first_day, last_day = -(-start // 24), end // 24
    if first_day >= last_day:
        return [("h", start, end)]
    parts = [("h", start, first_day * 24), ("d", first_day, last_day), ("h", last_day * 24, end)]
    return [part for part in parts if part[1] < part[2]]
