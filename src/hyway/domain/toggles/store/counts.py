"""How often which value of a toggle was seen, by the hour."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, bindparam, delete, select

from hyway.domain.toggles.records import Seen, Sight
from hyway.kernel.clock import HOUR
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.sql import METADATA, Key, Prepared, insert

TOGGLE_COUNTS = Table(
    "toggle_counts",
    METADATA,
    Column("project", ForeignKey("projects.seq", ondelete="CASCADE"), primary_key=True),
    Column("toggle", Key, primary_key=True),
    # Hours since 1970-01-01 in UTC.
    Column("hour", Integer, primary_key=True, index=True),
    Column("source", Key, primary_key=True),
    Column("seen", Key, primary_key=True),
    Column("reason", Key, primary_key=True),
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
_C = TOGGLE_COUNTS.c
_COLUMNS = [each.name for each in TOGGLE_COUNTS.columns]


def _adding(engine: str) -> Prepared:
    line = insert(TOGGLE_COUNTS, engine).values({name: bindparam(name) for name in _COLUMNS})
    more = {"count": _C.count + line.excluded.count}
    return Prepared(line.on_conflict_do_update(index_elements=_COLUMNS[:-1], set_=more), _COLUMNS)


_ADD = {engine: _adding(engine) for engine in ("sqlite", "postgresql")}


def add(w: Write, counts: Mapping[Sight, int]) -> None:
    """In the same order by everybody, so that no two wait for each other; a project that is no more counts no more."""
    for _, sights in groupby(sorted(counts), key=lambda sight: sight.project):
        rows = [(*sight, counts[sight]) for sight in sights]
        try:
            with w.attempt():
                w.many(_ADD[w.engine], rows)
        except Conflict:
            continue


def of_toggle(r: Read, project: int, key: str, first: int) -> Iterator[Seen]:
    """From that hour on, oldest first, what was seen most first."""
    found = (
        select(_C.hour, _C.seen, _C.reason, _C.source, _C.count)
        .where(_C.project == project, _C.toggle == key, _C.hour >= first)
        .order_by(_C.hour, _C.count.desc(), _C.seen, _C.reason, _C.source)
    )
    for hour, seen, reason, source, count in r.run(found):
        yield Seen(hour * HOUR, seen, reason, source, count)


def forget(w: Write, before: int) -> None:
    """What was counted before that hour."""
    w.run(delete(TOGGLE_COUNTS).where(_C.hour < before))
