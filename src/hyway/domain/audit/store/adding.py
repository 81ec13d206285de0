"""Events as they are written down."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Table, bindparam, func, insert, select

from hyway.domain.audit import rules
from hyway.domain.audit.records import Reference
from hyway.domain.audit.store.tables import EVENT_PAIRS, EVENT_REFERENCES, EVENTS
from hyway.kernel import ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Fact, Write
from hyway.kernel.sql import Key, Prepared


@dataclass(frozen=True, slots=True)
class Line:
    """A fact with what is known of who did it; `searched` is what it is to be found by."""

    fact: Fact
    member: str
    searched: Sequence[Reference]


_NAMES = [c.name for c in EVENTS.c if c.name != "seq"]
_ADD = Prepared(EVENTS.insert().values({name: bindparam(name) for name in _NAMES}), _NAMES)
# The event is found by its id: numbers are the database's, and on PostgreSQL not known beforehand.
_FOUND = (EVENTS.c.action, EVENTS.c.at, EVENTS.c.seq)


class _Entries:
    """How a table to search by is filled: `names` with their types are what its rows add to the event's own columns.

    SQLite takes a statement for each row as fast as any; PostgreSQL takes all rows as arrays, in one.
    """

    def __init__(self, table: Table, *names: str) -> None:
        columns = ["organization", *names, "action", "at", "event"]
        given = [bindparam(f"{name}_", type_=table.c[name].type) for name in names]
        line = EVENTS.c.id == bindparam("line_", type_=Key)
        one = select(EVENTS.c.organization, *given, *_FOUND).where(line)
        self._one = Prepared(
            insert(table).from_select(columns, one), [*(each.key for each in given), "line_"]
        )
        types = {**{name: table.c[name].type for name in names}, "line": EVENTS.c.id.type}
        arrays = [bindparam(f"{name}_", type_=ARRAY(type_)) for name, type_ in types.items()]
        rows = func.unnest(*arrays).table_valued(*types).render_derived("given")
        every = select(EVENTS.c.organization, *(rows.c[name] for name in names), *_FOUND).join(
            rows, rows.c.line == EVENTS.c.id
        )
        self._every = Prepared(insert(table).from_select(columns, every), [each.key for each in arrays])

    def add(self, w: Write, rows: Sequence[tuple[Any, ...]]) -> None:
        """Each row ends with the id of its event."""
        if not rows:
            return
        if w.engine == "postgresql":
            w.rows(self._every, *map(list, zip(*rows, strict=True)))
        else:
            w.many(self._one, rows)


_REFERENCES = _Entries(EVENT_REFERENCES, "id", "kind")
_PAIRS = _Entries(EVENT_PAIRS, "pair")


def add(w: Write, lines: Sequence[Line], at: Instant) -> None:
    named = [(ids.uuid7(), line) for line in lines]
    add_rows(w, named, at)
    _REFERENCES.add(w, [(each.id, each.kind, id) for id, line in named for each in line.searched])
    _PAIRS.add(w, [(pair, id) for id, line in named for pair in rules.pairs(line.searched)])


def add_rows(w: Write, named: Sequence[tuple[str, Line]], at: Instant) -> None:
    """The events themselves, by the ids that they are to have."""
    w.many(_ADD, [_row(id, line, at) for id, line in named])


def _row(id: str, line: Line, at: Instant) -> tuple[Any, ...]:
    fact, by = line.fact, line.fact.by
    refs = [[each.kind, each.id, dict(each.view)] for each in fact.refs]
    return (
        id,
        by.organization,
        at,
        by.via,
        by.actor_kind,
        by.actor_id,
        by.actor_name,
        fact.action,
        fact.subject,
        fact.id,
        json.dumps(fact.data, ensure_ascii=False) if fact.data else "{}",
        by.request_id,
        line.member or None,
        json.dumps(refs, ensure_ascii=False) if refs else None,
    )
