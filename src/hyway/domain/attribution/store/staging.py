"""The roll-up's own desk: a chunk of rows is spread out in temporary tables, summed there, and added to the tallies.

All of it happens inside the database: summing in Python would take the interpreter away from visitors. Only the
last step, adding finished sums, needs the write lock.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.schema import CreateTable, DropTable

from hyway.domain.attribution.store import tallies
from hyway.domain.attribution.store.clicks import AGENTS, CLICKS, PLACES, TRIGGERS
from hyway.domain.attribution.store.conversions import CONVERSIONS
from hyway.domain.attribution.store.tallies import COUNTERS, KEYS, MARKS, TALLIES, TOTAL
from hyway.domain.attribution.tallying import DIMENSIONS, DIRECT, GRAINS, LONGEST, OF_ALL, UTM, utm_values
from hyway.kernel.clock import HOUR
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Key, Prepared
from hyway.kernel.sql import insert as insert_into

BUSY = 100
"""Clicks in an hour from which on a link or a partner has lists by the hour, and not by the day alone."""

_DESK = MetaData()
_OF_ROW = ("organization", "link", "partner_id", "hour", "currency", "busy_link", "busy_partner")
STAGED = Table(
    "staged",
    _DESK,
    Column("organization", Integer),
    Column("link", BigInteger),
    Column("partner_id", Key),
    Column("hour", BigInteger),
    Column("currency", Key),
    # Whether the row belongs into lists by the hour of its link, of its partner.
    Column("busy_link", Integer),
    Column("busy_partner", Integer),
    *(Column(f"of_{name}", Key) for name in DIMENSIONS),
    *(Column(name, BigInteger) for name in COUNTERS),
    prefixes=["TEMPORARY"],
)
# What each UTM text says; taken apart in Python, whose JSON is the one that wrote it.
SAYINGS = Table(
    "sayings",
    _DESK,
    Column("utm", Text, primary_key=True),
    *(Column(name, Key) for name in UTM.values()),
    prefixes=["TEMPORARY"],
)
READY = Table(
    "ready",
    _DESK,
    *(
        Column(name, Integer if name == "organization" else BigInteger if name == "bucket" else Key)
        for name in KEYS
    ),
    *(Column(name, BigInteger) for name in COUNTERS),
    prefixes=["TEMPORARY"],
)


def lay_out(r: Read) -> None:
    """Empty tables, whatever an interrupted roll-up left in this connection."""
    for table in (STAGED, SAYINGS, READY):
        r.run(DropTable(table, if_exists=True))
        r.run(CreateTable(table))


def clear(r: Read) -> None:
    for table in (STAGED, SAYINGS, READY):
        r.run(DropTable(table, if_exists=True))


_HOUR: Any = literal_column(str(HOUR), BigInteger)
_DAY: Any = literal_column("24", BigInteger)
_ONE: Any = literal_column("1", Integer)
_EMPTY: Any = literal_column("''", Text)
_LAST = literal_column(str(LONGEST), Integer)
_KNOWN = CLICKS.join(AGENTS, AGENTS.c.seq == CLICKS.c.agent).join(PLACES, PLACES.c.seq == CLICKS.c.place)


def _of_click() -> dict[str, Any]:
    """The value of each dimension, as `tallying.values` gives it for a row; NULL where it says nothing."""
    country = func.nullif(PLACES.c.country_code, _EMPTY)
    city = case((and_(PLACES.c.country_code != "", PLACES.c.city != ""), country + "|" + PLACES.c.city))
    return {
        "country": country,
        "city": city,
        "device": func.nullif(AGENTS.c.device_type, _EMPTY),
        "browser": func.nullif(AGENTS.c.browser_name, _EMPTY),
        "os": func.nullif(AGENTS.c.os_name, _EMPTY),
        "referrer": func.coalesce(func.nullif(CLICKS.c.referrer_host, _EMPTY), DIRECT),
        "trigger": case(*((CLICKS.c.trigger == at, name) for at, name in enumerate(TRIGGERS))),
        **{dimension: SAYINGS.c[name] for dimension, name in UTM.items()},
        "link": cast(CLICKS.c.link, Text),
        "partner": func.nullif(CLICKS.c.partner_id, _EMPTY),
    }


def _chunk(table: Any) -> tuple[Any, Any]:
    return table.c.seq > bindparam("after"), table.c.seq <= bindparam("upto")


def _is_busy(mark: Any, at: Any) -> Any:
    """Whether that mark is set for this hour or an earlier one."""
    since = select(MARKS.c.seq).where(MARKS.c.name == mark).scalar_subquery()
    return case((at // _HOUR >= since, 1), else_=0)


def _load(table: Any, currency: Any, counters: dict[str, Any], joined: Any) -> tuple[list[str], Any]:
    shared = [
        CLICKS.c.organization,
        CLICKS.c.link,
        func.nullif(CLICKS.c.partner_id, _EMPTY),
        table.c.at // _HOUR,
        currency,
        _is_busy(literal_column("'hours:link:'", Text).concat(cast(CLICKS.c.link, Text)), table.c.at),
        _is_busy(literal_column("'hours:partner:'", Text).concat(CLICKS.c.partner_id), table.c.at),
    ]
    said = _of_click()
    columns = [func.substr(said[name], _ONE, _LAST) for name in DIMENSIONS]
    sums = [counters.get(name, literal_column("0", BigInteger)) for name in COUNTERS]
    query = select(*shared, *columns, *sums).where(*_chunk(table))
    names = [*_OF_ROW, *(f"of_{name}" for name in DIMENSIONS), *COUNTERS]
    return names, query.select_from(joined.outerjoin(SAYINGS, SAYINGS.c.utm == CLICKS.c.utm))


_PEOPLE = case((CLICKS.c.bot == 0, 1), else_=0)
_OF_CLICKS = {
    "clicks": _PEOPLE,
    "firsts": CLICKS.c.first,
    "scans": _PEOPLE * case((CLICKS.c.trigger == 1, 1), else_=0),
    "bots": CLICKS.c.bot,
}
_OF_CONVERSIONS = {
    "leads": case((CONVERSIONS.c.amount.is_(None), 1), else_=0),
    "sales": case((CONVERSIONS.c.amount.is_not(None), 1), else_=0),
    "revenue": func.coalesce(CONVERSIONS.c.amount, 0),
}
_ROWS = (
    ("clicks", *_load(CLICKS, _EMPTY, _OF_CLICKS, _KNOWN)),
    (
        "conversions",
        *_load(
            CONVERSIONS,
            func.coalesce(CONVERSIONS.c.currency, _EMPTY),
            _OF_CONVERSIONS,
            CONVERSIONS.join(_KNOWN, CLICKS.c.seq == CONVERSIONS.c.click),
        ),
    ),
)


_LOAD = {
    kind: Prepared(insert(STAGED).from_select(names, query), ["after", "upto"])
    for kind, names, query in _ROWS
}
_SAYINGS = {
    kind: Prepared(
        select(CLICKS.c.utm)
        .distinct()
        .select_from(source)
        .where(*_chunk(numbered), CLICKS.c.utm.is_not(None)),
        ["after", "upto"],
    )
    for kind, source, numbered in (
        ("clicks", CLICKS, CLICKS),
        ("conversions", CONVERSIONS.join(CLICKS, CLICKS.c.seq == CONVERSIONS.c.click), CONVERSIONS),
    )
}


def load(r: Read, kind: str, after: int, upto: int) -> None:
    """Takes the rows numbered above `after`, up to `upto`, onto the desk."""
    rows = [{"utm": text, **utm_values(text)} for (text,) in r.rows(_SAYINGS[kind], after, upto)]
    if rows:
        r.run(insert(SAYINGS), rows)
    r.rows(_LOAD[kind], after, upto)


_ZERO = literal_column("0", BigInteger)
_WHOLE = literal_column("''", Text)
_LINK = literal_column("'link:'", Text).concat(cast(STAGED.c.link, Text))
_PARTNER = literal_column("'partner:'", Text).concat(STAGED.c.partner_id)
_GROUPS: dict[Any, list[Any]] = {_WHOLE: [], _LINK: [STAGED.c.link], _PARTNER: [STAGED.c.partner_id]}
_BUSY_ROWS = {_LINK: STAGED.c.busy_link == _ONE, _PARTNER: STAGED.c.busy_partner == _ONE}
_COUNTED = {"clicks": ("clicks", "firsts", "scans", "bots"), "conversions": ("leads", "sales", "revenue")}


def _text(value: str) -> Any:
    return literal_column(f"'{value}'", Text)


def _row(
    dimension: str, grain: str, organization: Any, bucket: Any, scope: Any, value: Any, currency: Any
) -> list[Any]:
    """In the order of KEYS."""
    return [organization, _text(grain), bucket, scope, _text(dimension), value, currency]


def _sums(kind: str, dimension: str, scope: Any, grain: str) -> Any:
    """One scope and grain of a dimension. Lists are about people: bots stay out of them."""
    total = dimension == TOTAL
    value = cast(STAGED.c.hour, Text) if total else STAGED.c[f"of_{dimension}"]
    bucket = STAGED.c.hour if grain == "h" else STAGED.c.hour // _DAY
    counted = set(_COUNTED[kind]) - (set() if total else {"bots"})
    sums = [func.sum(STAGED.c[name]) if name in counted else _ZERO for name in COUNTERS]
    where: list[Any] = [STAGED.c.partner_id.is_not(None)] if scope is _PARTNER else []
    if not total:
        where.append(value.is_not(None))
        if kind == "clicks":
            where.append(STAGED.c.clicks == _ONE)
        if grain == "h" and scope is not _WHOLE:
            where.append(_BUSY_ROWS[scope])
    row = _row(dimension, grain, STAGED.c.organization, bucket, scope, value, STAGED.c.currency)
    by = [STAGED.c.organization, *_GROUPS[scope], STAGED.c.hour if total else bucket, STAGED.c.currency]
    return select(*row, *sums).where(*where).group_by(*by, *([] if total else [value]))


def _all_sums(kind: str, dimension: str) -> Prepared:
    if dimension == TOTAL:
        parts = [_sums(kind, dimension, scope, "t") for scope in _GROUPS]
    else:
        # The links of one link, the partners of one partner: the totals say as much.
        own = [
            scope
            for scope in (_LINK, _PARTNER)
            if scope is not {"link": _LINK, "partner": _PARTNER}.get(dimension)
        ]
        parts = [_sums(kind, dimension, scope, grain) for scope in own for grain in ("h", "d")]
        parts.append(_sums(kind, dimension, _WHOLE, "h"))
    return Prepared(insert(READY).from_select([*KEYS, *COUNTERS], union_all(*parts)), [])


def _coarser(dimension: str) -> Prepared:
    """The coarser grains from finer ones that are ready: the organization's from hours, others' from days."""
    named = READY.c.dimension == _text(dimension)
    of_all = [named, READY.c.scope == _WHOLE, READY.c.grain == _text("h")]
    of_one = [named, READY.c.scope != _WHOLE, READY.c.grain == _text("d")]
    parts = [_in_coarser(dimension, grain, GRAINS[grain], of_all) for grain in OF_ALL[1:]]
    parts.append(_in_coarser(dimension, "s", GRAINS["s"] // GRAINS["d"], of_one))
    return Prepared(insert(READY).from_select([*KEYS, *COUNTERS], union_all(*parts)), [])


def _in_coarser(dimension: str, grain: str, times: int, where: list[Any]) -> Any:
    bucket = READY.c.bucket // literal_column(str(times), BigInteger)
    by = [READY.c.organization, READY.c.scope, bucket, READY.c.value, READY.c.currency]
    sums = [func.sum(READY.c[name]) for name in COUNTERS]
    row = _row(dimension, grain, READY.c.organization, bucket, READY.c.scope, READY.c.value, READY.c.currency)
    return select(*row, *sums).where(*where).group_by(*by)


_ALL_SUMS = {
    (kind, dimension): _all_sums(kind, dimension) for kind in _COUNTED for dimension in (TOTAL, *DIMENSIONS)
}
_COARSER = {dimension: _coarser(dimension) for dimension in DIMENSIONS}
_COUNT = Prepared(select(func.count()).select_from(READY), [])


def sum_up(r: Read, kind: str, dimension: str) -> int:
    """Makes the chunk's sums of one dimension ready; how many sums now are.

    The organization has every list in all grains. A link or a partner has them by the day and coarser, and by the
    hour from when on it is busy (see `BUSY`): by the hour, lists of many quiet links would outgrow the clicks. Totals
    are kept by the hour alone.
    """
    r.rows(_ALL_SUMS[kind, dimension])
    if dimension in _COARSER:
        r.rows(_COARSER[dimension])
    return int(r.rows(_COUNT)[0][0])


def _add_up(engine: str) -> Prepared:
    names = [*KEYS, *COUNTERS]
    # SQLite takes the ON of a bare SELECT for a join's.
    rows = select(*(READY.c[name] for name in names)).where(literal_column("1=1"))
    new = insert_into(TALLIES, engine).from_select(names, rows.order_by(*(READY.c[name] for name in KEYS)))
    sums = {name: TALLIES.c[name] + new.excluded[name] for name in COUNTERS}
    return Prepared(new.on_conflict_do_update(index_elements=list(KEYS), set_=sums), [])


_ADD_UP = {engine: _add_up(engine) for engine in ("sqlite", "postgresql")}
_BUSY = Prepared(
    select(READY.c.organization, READY.c.scope)
    .distinct()
    .where(
        READY.c.dimension == TOTAL,
        READY.c.scope != "",
        TALLIES.c.clicks >= bindparam("busy"),
        ~select(MARKS.c.seq)
        .where(MARKS.c.name == literal_column("'hours:'", Text).concat(READY.c.scope))
        .exists(),
        *(TALLIES.c[name] == READY.c[name] for name in KEYS),
    ),
    ["busy"],
)


def add_up(w: Write, with_totals: bool) -> None:
    """Adds what is ready to the tallies, and notes who is busy from now on.

    A scope that has had a busy hour: its lists by the hour begin with the first hour that no row of it is in yet.
    """
    w.rows(_ADD_UP[w.engine])
    if with_totals:
        for organization, scope in w.rows(_BUSY, BUSY):
            tallies.set_mark(w, f"hours:{scope}", tallies.last_hour(w, organization) + 1)


_PUT_AWAY = Prepared(delete(READY), [])


def put_away(r: Read) -> None:
    """Makes room for the next dimensions."""
    r.rows(_PUT_AWAY)
