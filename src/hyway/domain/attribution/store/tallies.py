"""Roll-ups: how often what happened, by scope, dimension and span. Sums of them equal counts of the rows.

`tally_marks` says up to which row the tallies of each dimension reach; a summary adds what came after (the tail) by
itself, so that it is exact at every moment. Tallies and their marks change in one transaction.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    union_all,
    update,
)

from hyway.domain.attribution.store.clicks import AGENTS, CLICKS, PLACES, hold
from hyway.domain.attribution.store.conversions import CONVERSIONS
from hyway.domain.attribution.tallying import DIMENSIONS, GRAINS, Span
from hyway.kernel.clock import HOUR
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, Key, Prepared, insert

COUNTERS = ("clicks", "firsts", "scans", "bots", "leads", "sales", "revenue")
# A stretch of time lies together: roll-ups write few pages, and a reader looks once for each bucket.
KEYS = ("organization", "grain", "bucket", "scope", "dimension", "value", "currency")
TOTAL = "total"
"""The dimension of all rows, beside those that lists are made of. Its grain is `t`: a day's row for each hour."""
_EVERY = (TOTAL, *DIMENSIONS)
KINDS = ("clicks", "conversions")
NEVER = 1 << 60
TALLIES = Table(
    "tallies",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    Column("grain", Key, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("scope", Key, primary_key=True),
    Column("dimension", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("currency", Key, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in COUNTERS),
    sqlite_with_rowid=False,
)

# `clicks/country`: how far that dimension reaches. `hours:link:7`: from which hour on link 7 has lists by the hour.
MARKS = Table(
    "tally_marks",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

# What one click or conversion has in common with others of its hour.
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


def _clicks() -> Any:
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


def _conversions() -> Any:
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


_ROWS = {"clicks": (CLICKS, _clicks()), "conversions": (CONVERSIONS, _conversions())}


_MARKS = Prepared(
    select(MARKS.c.name, MARKS.c.seq).where(
        MARKS.c.name >= bindparam("from_"), MARKS.c.name < bindparam("to")
    ),
    ["from_", "to"],
)


def marks(r: Read, kind: str) -> dict[str, int]:
    """Up to which row the tallies of each dimension reach."""
    found = r.rows(_MARKS, f"{kind}/", f"{kind}0")  # "0" comes after "/"
    return {**dict.fromkeys(_EVERY, 0), **{name.partition("/")[2]: seq for name, seq in found}}


def newest(r: Read, kind: str) -> int:
    """The highest number there is."""
    table, _ = _ROWS[kind]
    return int(r.run(select(func.coalesce(func.max(table.c.seq), 0))).scalar_one())


def settled(w: Write, kind: str) -> int:
    """The newest row that has none below it still under way."""
    hold(w, shared=False)
    return newest(w, kind)


def advance(w: Write, kind: str, dimensions: Sequence[str], after: int, upto: int) -> bool:
    """Moves the marks; False when somebody else has moved one of them meanwhile."""
    names = [f"{kind}/{dimension}" for dimension in dimensions]
    if after == 0:
        for name in names:
            set_mark(w, name, 0)
    moved = update(MARKS).where(MARKS.c.name.in_(names), MARKS.c.seq == after).values(seq=upto)
    return bool(w.run(moved).rowcount == len(names))


def set_mark(w: Write, name: str, seq: int) -> None:
    """Sets a mark that is not there yet."""
    row = insert(MARKS, w.engine).values(name=name, seq=seq)
    w.run(row.on_conflict_do_nothing(index_elements=["name"]))


def busy_since(r: Read, scope: str) -> int:
    """From which hour on the scope has lists by the hour: the organization always, quiet links and partners never."""
    if not scope:
        return 0
    found = r.run(select(MARKS.c.seq).where(MARKS.c.name == f"hours:{scope}")).scalar_one_or_none()
    return NEVER if found is None else int(found)


def last_hour(r: Read, organization: int) -> int:
    """The newest hour in which anything happened that the totals know of."""
    mine = (TALLIES.c.organization == organization, TALLIES.c.grain == "t")
    day = select(func.max(TALLIES.c.bucket)).where(*mine).scalar_subquery()
    hours = select(TALLIES.c.value).where(*mine, TALLIES.c.bucket == day, TALLIES.c.scope == "")
    return max(int(hour) for hour in r.run(hours).scalars())


class Mine(NamedTuple):
    """Whose rows: the organization's, those of one of its links, or of one of its partners."""

    organization: int
    link: int | None = None
    partner_id: str | None = None

    @property
    def scope(self) -> str:
        if self.link is not None:
            return f"link:{self.link}"
        return "" if self.partner_id is None else f"partner:{self.partner_id}"


def rows(r: Read, kind: str, mine: Mine, start: int, end: int) -> Sequence[Any]:
    """Rows of a link or a partner in hours from `start` until before `end`, grouped by all that lists tell apart."""
    table, query = _ROWS[kind]
    where = [table.c.at >= start * HOUR, table.c.at < end * HOUR]
    if mine.link is not None:
        where += [table.c.organization + _NOTHING == mine.organization, table.c.link == mine.link]
    elif kind == "clicks":
        where += [
            CLICKS.c.organization + _NOTHING == mine.organization,
            CLICKS.c.partner_id == mine.partner_id,
        ]
    else:
        where += [CONVERSIONS.c.organization == mine.organization, CLICKS.c.partner_id == mine.partner_id]
    return r.run(query.where(*where)).all()


def tail(r: Read, kind: str, mine: Mine, start: int, end: int, after: int, upto: int | None) -> Sequence[Any]:
    """The same of a scope, but only rows numbered above `after`, up to `upto`: they are few, and found by number."""
    table, query = _ROWS[kind]
    where = [table.c.seq > after] if upto is None else [table.c.seq > after, table.c.seq <= upto]
    where.append(table.c.organization + _NOTHING == mine.organization)
    where += [table.c.at + _NOTHING >= start * HOUR, table.c.at + _NOTHING < end * HOUR]
    if mine.link is not None:
        where.append(table.c.link + _NOTHING == mine.link)
    elif mine.partner_id is not None:
        where.append(CLICKS.c.partner_id.concat("") == mine.partner_id)
    return r.run(query.where(*where)).all()


# A column with nothing added is not looked for in an index: where another one finds the rows faster.
_NOTHING: Any = literal_column("0")


def _buckets(at: str) -> Any:
    """The numbers from `from{at}` until before `to{at}`."""
    first = select(cast(bindparam(f"from{at}"), BigInteger).label("bucket")).where(
        bindparam(f"from{at}") < bindparam(f"to{at}")
    )
    buckets = first.cte(f"buckets{at}", recursive=True)
    after = select(buckets.c.bucket + literal_column("1")).where(
        buckets.c.bucket + literal_column("1") < bindparam(f"to{at}")
    )
    return buckets.union_all(after)


def _in_buckets(grain: Any, at: str, *columns: Any) -> Any:
    """One look into the table for each bucket; a bucket without rows gives one of NULLs.

    The outer join is there for its order: the other way round, the whole table would be read for a few buckets.
    """
    buckets = _buckets(at)
    here = and_(
        TALLIES.c.organization == bindparam("organization"),
        TALLIES.c.grain == grain,
        TALLIES.c.bucket == buckets.c.bucket,
        TALLIES.c.scope == bindparam("scope"),
        TALLIES.c.dimension == bindparam("dimension"),
    )
    row = (*columns, *(TALLIES.c[name] for name in COUNTERS))
    return select(*row).select_from(buckets.outerjoin(TALLIES, here))


def _by_value(spans: int) -> Prepared:
    columns = (TALLIES.c.value, TALLIES.c.currency)
    parts = [_in_buckets(bindparam(f"grain{at}"), str(at), *columns) for at in range(spans)]
    found = union_all(*parts).subquery()
    sums = [func.sum(found.c[name]) for name in COUNTERS]
    query = select(found.c.value, found.c.currency, *sums).group_by(found.c.value, found.c.currency)
    names = [f"{name}{at}" for at in range(spans) for name in ("grain", "from", "to")]
    return Prepared(query, ["organization", "scope", "dimension", *names])


_BY_VALUE = [_by_value(spans) for spans in range(1, 2 * len(GRAINS))]
_SERIES = Prepared(
    _in_buckets(literal_column("'t'", Text), "", cast(TALLIES.c.value, Integer), TALLIES.c.currency),
    ["organization", "scope", "dimension", "from", "to"],
)


def sums(r: Read, mine: Mine, dimension: str, spans: Sequence[Span]) -> Sequence[Any]:
    """(value, currency, *COUNTERS), each value and currency once."""
    if not spans:
        return []
    prepared = _BY_VALUE[len(spans) - 1]
    asked = (each for span in spans for each in span)
    found = r.rows(prepared, mine.organization, mine.scope, dimension, *asked)
    return [row for row in found if row[0] is not None]


def series(r: Read, mine: Mine, start: int, end: int) -> Sequence[Any]:
    """(hour, currency, *COUNTERS) of the totals, each hour and currency once."""
    found = r.rows(_SERIES, mine.organization, mine.scope, TOTAL, start // 24, (end - 1) // 24 + 1)
    return [row for row in found if row[0] is not None and start <= row[0] < end]


def totals(r: Read, organization: int, scopes: Sequence[str]) -> Sequence[Any]:
    """(scope, currency, *COUNTERS) of all that was ever tallied in the scopes, each scope and currency once.

    Of each day there is, only the scopes are looked up: there are as many looks as days times scopes.
    """
    if not scopes:
        return []
    mine = (TALLIES.c.organization == organization, TALLIES.c.grain == "t")
    first = select(func.min(TALLIES.c.bucket)).where(*mine).scalar_subquery()
    last = select(func.max(TALLIES.c.bucket)).where(*mine).scalar_subquery()
    days = select(first.label("bucket")).cte("days", recursive=True)
    after = select(days.c.bucket + literal_column("1")).where(days.c.bucket < last)
    days = days.union_all(after)
    here = and_(
        *mine,
        TALLIES.c.bucket == days.c.bucket,
        TALLIES.c.scope.in_(scopes),
        TALLIES.c.dimension == TOTAL,
    )
    # The outer join is there for its order, as above.
    columns = (TALLIES.c.scope, TALLIES.c.currency)
    sums = [func.sum(TALLIES.c[name]) for name in COUNTERS]
    found = select(*columns, *sums).select_from(days.outerjoin(TALLIES, here)).group_by(*columns)
    return [row for row in r.run(found).all() if row[0] is not None]


def tail_of_links(r: Read, kind: str, organization: int, links: Sequence[int], after: int) -> Sequence[Any]:
    """Rows of the links numbered above `after`, grouped as lists need them."""
    table, query = _ROWS[kind]
    mine = (table.c.organization + _NOTHING == organization, (table.c.link + _NOTHING).in_(links))
    return r.run(query.where(table.c.seq > after, *mine)).all()
