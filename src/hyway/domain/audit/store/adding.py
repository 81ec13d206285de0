"""Events as they are written down."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select

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
_THIS = EVENTS.c.id == bindparam("line", type_=Key)
_REFER = Prepared(
    insert(EVENT_REFERENCES).from_select(
        ["organization", "id", "kind", "action", "at", "event"],
        select(
            EVENTS.c.organization, bindparam("thing", type_=Key), bindparam("kind", type_=Key),
            EVENTS.c.action, EVENTS.c.at, EVENTS.c.seq,
        ).where(_THIS),
    ),
    ["thing", "kind", "line"],
)  # fmt: skip
_PAIR = Prepared(
    insert(EVENT_PAIRS).from_select(
        ["organization", "pair", "action", "at", "event"],
        select(
            EVENTS.c.organization, bindparam("pair", type_=EVENT_PAIRS.c.pair.type),
            EVENTS.c.action, EVENTS.c.at, EVENTS.c.seq,
        ).where(_THIS),
    ),
    ["pair", "line"],
)  # fmt: skip


def add(w: Write, lines: Sequence[Line], at: Instant) -> None:
    named = [(ids.uuid7(), line) for line in lines]
    w.many(_ADD, [_row(id, line, at) for id, line in named])
    w.many(_REFER, [(each.id, each.kind, id) for id, line in named for each in line.searched])
    if paired := [(pair, id) for id, line in named for pair in rules.pairs(line.searched)]:
        w.many(_PAIR, paired)


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
