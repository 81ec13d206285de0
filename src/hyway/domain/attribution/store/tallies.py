"""Roll-ups: how often what happened, by scope, dimension and span. Sums of them equal counts of the rows.

`tally_marks` says up to which row the tallies reach; a summary adds what came after (the tail) by itself, so that it
is exact at every moment. Tallies and marks change in one transaction.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Table,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)

from hyway.domain.attribution.store.clicks import AGENTS, CLICKS, PLACES, hold
from hyway.domain.attribution.store.conversions import CONVERSIONS
from hyway.kernel.clock import HOUR
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, Key, Prepared, insert

COUNTERS = ("clicks", "firsts", "scans", "bots", "leads", "sales", "revenue")
_KEYS = ("organization", "scope", "dimension", "grain", "bucket", "value", "currency")
TALLIES = Table(
    "tallies",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    Column("scope", Key, primary_key=True),
    Column("dimension", Key, primary_key=True),
    Column("grain", Key, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("value", Key, primary_key=True),
    Column("currency", Key, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in COUNTERS),
    sqlite_with_rowid=False,
)

MARKS = Table(
    "tally_marks",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)


def _upsert(engine: str) -> Prepared:
    names = [*_KEYS, *COUNTERS]
    new = insert(TALLIES, engine).values({name: bindparam(name) for name in names})
    sums = {name: TALLIES.c[name] + new.excluded[name] for name in COUNTERS}
    return Prepared(new.on_conflict_do_update(index_elements=list(_KEYS), set_=sums), names)


_UPSERT = {engine: _upsert(engine) for engine in ("sqlite", "postgresql")}

# What one click or conversion has in common with others of its batch; fan_out() spreads it over the tallies.
_SHARED = [
    CLICKS.c.organization,
    CLICKS.c.link,
    CLICKS.c.partner_id,
    CLICKS.c.trigger,
    CLICKS.c.referrer_host,
    CLICKS.c.utm,
    AGENTS.c.browser_name,
    AGENTS.c.os_name,
    AGENTS.c.device_type,
    PLACES.c.country_code,
    PLACES.c.city,
]
# Spelled out: PostgreSQL does not see that two placeholders of one query are one value, and GROUP BY needs it to.
_HOUR: Any = literal_column(str(HOUR), BigInteger)
_PEOPLE = case((CLICKS.c.bot == 0, 1), else_=0)


def _clicks_after() -> Any:
    hour = (CLICKS.c.at // _HOUR).label("hour")
    query = select(
        *_SHARED,
        hour,
        func.sum(_PEOPLE).label("clicks"),
        func.sum(CLICKS.c.first).label("firsts"),
        func.sum(_PEOPLE * case((CLICKS.c.trigger == 1, 1), else_=0)).label("scans"),
        func.sum(CLICKS.c.bot).label("bots"),
    )
    joined = CLICKS.join(AGENTS, AGENTS.c.seq == CLICKS.c.agent).join(PLACES, PLACES.c.seq == CLICKS.c.place)
    return query.select_from(joined).group_by(*_SHARED, hour)


def _conversions_after() -> Any:
    hour = (CONVERSIONS.c.at // _HOUR).label("hour")
    query = select(
        *_SHARED,
        hour,
        CONVERSIONS.c.currency,
        func.sum(case((CONVERSIONS.c.amount.is_(None), 1), else_=0)).label("leads"),
        func.sum(case((CONVERSIONS.c.amount.is_not(None), 1), else_=0)).label("sales"),
        func.coalesce(func.sum(CONVERSIONS.c.amount), 0).label("revenue"),
    )
    joined = (
        CONVERSIONS.join(CLICKS, CLICKS.c.seq == CONVERSIONS.c.click)
        .join(AGENTS, AGENTS.c.seq == CLICKS.c.agent)
        .join(PLACES, PLACES.c.seq == CLICKS.c.place)
    )
    return query.select_from(joined).group_by(*_SHARED, hour, CONVERSIONS.c.currency)


_CLICKS_AFTER, _CONVERSIONS_AFTER = _clicks_after(), _conversions_after()


def marks(r: Read) -> dict[str, int]:
    """Up to which row, of `clicks` and of `conversions`, the tallies reach."""
    return {row.name: row.seq for row in r.run(select(MARKS))}


def ends(w: Write) -> dict[str, int]:
    """The newest rows there are, with none below them still under way."""
    hold(w, shared=False)
    return newest(w)


def newest(r: Read) -> dict[str, int]:
    return {
        "clicks": r.run(select(func.coalesce(func.max(CLICKS.c.seq), 0))).scalar_one(),
        "conversions": r.run(select(func.coalesce(func.max(CONVERSIONS.c.seq), 0))).scalar_one(),
    }


def set_mark(w: Write, name: str, seq: int) -> None:
    if w.run(update(MARKS).where(MARKS.c.name == name).values(seq=seq)).rowcount == 0:
        w.run(MARKS.insert(), {"name": name, "seq": seq})


def clicks_between(r: Read, after: int, upto: int | None, *where: Any) -> Sequence[Any]:
    """Clicks of a span of numbers, grouped by all that the tallies tell apart."""
    query = _CLICKS_AFTER.where(CLICKS.c.seq > after, *where)
    return r.run(query if upto is None else query.where(CLICKS.c.seq <= upto)).all()


def conversions_between(r: Read, after: int, upto: int | None, *where: Any) -> Sequence[Any]:
    query = _CONVERSIONS_AFTER.where(CONVERSIONS.c.seq > after, *where)
    return r.run(query if upto is None else query.where(CONVERSIONS.c.seq <= upto)).all()


def tail_filter(
    organization: int, link: int | None, partner_id: str | None, start: int, end: int
) -> tuple[list[Any], list[Any]]:
    """For clicks and for conversions: the rows of a summary's scope and span (whole hours, `end` excluded)."""
    both: tuple[list[Any], list[Any]] = ([], [])
    for where, table in zip(both, (CLICKS, CONVERSIONS), strict=True):
        where += [table.c.organization == organization, table.c.at >= start * HOUR, table.c.at < end * HOUR]
        if link is not None:
            where.append(table.c.link == link)
        if partner_id is not None:
            where.append(table.c.partner_id == partner_id)
    return both


def add(w: Write, rows: Iterable[Sequence[Any]]) -> None:
    """Adds to the tallies: tuples in the order of the keys, then of COUNTERS."""
    w.many(_UPSERT[w.engine], sorted(rows, key=lambda row: tuple(row[:7])))


_SUMS = [func.sum(TALLIES.c[name]).label(name) for name in COUNTERS]


_LIST = (
    select(TALLIES.c.value, TALLIES.c.currency, *_SUMS)
    .where(
        TALLIES.c.organization == bindparam("organization"),
        TALLIES.c.scope == bindparam("scope"),
        TALLIES.c.dimension == bindparam("dimension"),
        TALLIES.c.grain == bindparam("grain"),
        TALLIES.c.bucket >= bindparam("from_"),
        TALLIES.c.bucket < bindparam("to"),
    )
    .group_by(TALLIES.c.value, TALLIES.c.currency)
)
_ORDER = ["organization", "scope", "dimension", "grain", "from_", "to"]
_LIST_PREPARED = Prepared(_LIST, _ORDER)
_SERIES = (
    select(TALLIES.c.bucket, TALLIES.c.currency, *_SUMS)
    .where(*_LIST.whereclause.clauses)  # type: ignore[union-attr]
    .group_by(TALLIES.c.bucket, TALLIES.c.currency)
)
_SERIES_PREPARED = Prepared(_SERIES, _ORDER)


def sums(
    r: Read, organization: int, scope: str, dimension: str, grain: str, start: int, end: int
) -> Sequence[Any]:
    """(value, currency, *COUNTERS) over buckets from `start` until before `end`."""
    return r.rows(_LIST_PREPARED, organization, scope, dimension, grain, start, end)


def series(r: Read, organization: int, scope: str, grain: str, start: int, end: int) -> Sequence[Any]:
    """(bucket, currency, *COUNTERS) of the totals."""
    return r.rows(_SERIES_PREPARED, organization, scope, "total", grain, start, end)
