"""Events as they are found again."""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, and_, bindparam, func, select, tuple_

from hyway.domain.audit import rules
from hyway.domain.audit.records import Event, Reference
from hyway.domain.audit.store.tables import EVENT_PAIRS, EVENT_REFERENCES, EVENTS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.sql import At, Prepared, Seq

Spot = tuple[Instant, int]
"""When, and the event's number: the order of the log, of which no two events share a place."""


class Window(NamedTuple):
    """The part of the log that is asked for: from an instant on, before a spot, so many of the newest."""

    since: Instant
    before: Spot
    most: int


_ORGANIZATION = bindparam("organization", type_=EVENTS.c.organization.type)


def _newest(table: Table, number: str, *equal: str) -> Prepared:
    """The newest spots in a window, of rows with these values."""
    at, seq = table.c.at, table.c[number]
    same = [table.c[name] == bindparam(name, type_=table.c[name].type) for name in equal]
    until = bindparam("until", type_=At)
    found = select(at, seq).where(
        table.c.organization == _ORGANIZATION,
        *same,
        at >= bindparam("since", type_=At),
        at <= until,
        tuple_(at, seq) < tuple_(until, bindparam("number", type_=Seq)),
    )
    ordered = found.order_by(at.desc(), seq.desc()).limit(bindparam("most", type_=Seq))
    return Prepared(ordered, ["organization", *equal, "since", "until", "number", "most"])


def _values(table: Table, name: str, *equal: str) -> Prepared:
    """The different values of a column, one look at the index for each: there are few among many rows."""
    column = table.c[name]
    same = and_(
        table.c.organization == _ORGANIZATION,
        *(table.c[each] == bindparam(each, type_=table.c[each].type) for each in equal),
    )
    walk = select(func.min(column).label("value")).where(same).cte("walk", recursive=True)
    after = select(func.min(column)).where(same, column > walk.c.value).scalar_subquery()
    walk = walk.union_all(select(after).where(walk.c.value.is_not(None)))
    return Prepared(select(walk.c.value).where(walk.c.value.is_not(None)), ["organization", *equal])


_ALL = _newest(EVENTS, "seq")
_OF_ACTION = _newest(EVENTS, "seq", "action")
_OF_REFERENCE = _newest(EVENT_REFERENCES, "event", "id", "kind", "action")
_OF_PAIR = _newest(EVENT_PAIRS, "event", "pair", "action")
_ACTIONS = _values(EVENTS, "action")
_KINDS = _values(EVENT_REFERENCES, "kind", "id")
_ACTIONS_OF_REFERENCE = _values(EVENT_REFERENCES, "action", "id", "kind")
_ACTIONS_OF_PAIR = _values(EVENT_PAIRS, "action", "pair")
_SPOT = Prepared(
    select(EVENTS.c.at, EVENTS.c.id).where(
        EVENTS.c.organization == _ORGANIZATION, EVENTS.c.seq == bindparam("seq", type_=Seq)
    ),
    ["organization", "seq"],
)
# Put in order afterwards: asked for it, SQLite goes through the whole log in that order to find them.
_THESE = select(EVENTS).where(
    EVENTS.c.organization == _ORGANIZATION, EVENTS.c.seq.in_(bindparam("seqs", expanding=True))
)


def newest(r: Read, organization: int, window: Window) -> list[Spot]:
    return _spots(r, _ALL, organization, (), window)


def of_action(r: Read, organization: int, action: str, window: Window) -> list[Spot]:
    return _spots(r, _OF_ACTION, organization, (action,), window)


def of_reference(r: Read, organization: int, kind: str, id: str, action: str, window: Window) -> list[Spot]:
    return _spots(r, _OF_REFERENCE, organization, (id, kind, action), window)


def of_pair(r: Read, organization: int, pair: int, action: str, window: Window) -> list[Spot]:
    return _spots(r, _OF_PAIR, organization, (pair, action), window)


def _spots(r: Read, found: Prepared, organization: int, equal: tuple[Any, ...], window: Window) -> list[Spot]:
    rows = r.rows(found, organization, *equal, window.since, *window.before, window.most)
    return [(at, seq) for at, seq in rows]


def actions(r: Read, organization: int) -> list[str]:
    """All that were ever done in the organization."""
    return [each for (each,) in r.rows(_ACTIONS, organization)]


def kinds(r: Read, organization: int, id: str) -> list[str]:
    """What an id was an id of: one thing, unless two families count alike."""
    return [each for (each,) in r.rows(_KINDS, organization, id)]


def actions_of_reference(r: Read, organization: int, kind: str, id: str) -> list[str]:
    return [each for (each,) in r.rows(_ACTIONS_OF_REFERENCE, organization, id, kind)]


def actions_of_pair(r: Read, organization: int, pair: int) -> list[str]:
    return [each for (each,) in r.rows(_ACTIONS_OF_PAIR, organization, pair)]


def spot(r: Read, organization: int, seq: int) -> tuple[Spot, str] | None:
    """Where an event of the organization stands, and its id."""
    for at, id in r.rows(_SPOT, organization, seq):
        return (at, seq), id
    return None


def these(r: Read, organization: int, seqs: Collection[int], organization_id: str) -> list[Event]:
    """The events of these numbers, newest first, with what they speak of."""
    if not seqs:
        return []
    rows = r.run(_THESE, {"organization": organization, "seqs": list(seqs)}).all()
    rows = sorted(rows, key=lambda row: (row.at, row.seq), reverse=True)
    return [_event(row, organization_id) for row in rows]


def recent(r: Read, organization: int, before: int | None, action: str | None, most: int) -> list[Event]:
    """Newest first; `before` is a `seq`, `action` a beginning such as `link.`."""
    found: Select[Any] = select(EVENTS).where(EVENTS.c.organization == organization)
    if before is not None:
        found = found.where(EVENTS.c.seq < before)
    if action:
        found = found.where(EVENTS.c.action.startswith(action, autoescape=True))
    return [_event(row, "") for row in r.run(found.order_by(EVENTS.c.seq.desc()).limit(most))]


def _event(row: Sequence[Any], organization_id: str) -> Event:
    """Taken apart at once: a page has a hundred of them."""
    seq, id, _, at, via, actor_kind, actor_id, name, action, noun, of, told, request_id, member, refs = row
    data = json.loads(told) if told != "{}" else {}
    about = rules.subject(noun, of, data, organization_id)
    doer = rules.doer(actor_kind, actor_id, name, member or "")
    named = [Reference(*each) for each in json.loads(refs)] if refs else []
    return Event(
        seq, id, at, via, actor_kind, actor_id, name, action, noun, of, data, request_id, member or "",
        rules.each_once([about, *doer, *named]),
    )  # fmt: skip
