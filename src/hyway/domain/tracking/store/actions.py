"""Statements on actions as they are shown: with their places and their users."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, false, func, literal, or_, select, update

from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Action, Place, Spot, User
from hyway.domain.tracking.store import listing, users
from hyway.domain.tracking.store.tables import ACTIONS, EVENTS, GROUPS, PLACES, USERS
from hyway.domain.tracking.telling import kinds
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

Groups = Collection[int] | None
"""Of whose users the actions are; None is everybody's."""

_X, _E, _U = ACTIONS.c, EVENTS.c, USERS.c
_EXPECTED = PLACES.alias("expected")
_STARTED = PLACES.alias("started")
COMPLETED = PLACES.alias("completed")
_PLACE = [c.name for c in PLACES.c if c.name not in ("account", "is_listed")]
_SCALARS = [
    "seq", "id", "account", "frame", "rank", "type", "lookup_id", "unique_id", "collection_id", "short_code",
    "scheduled_at", "assigned_at", "started_at", "completed_at", "canceled_at", "suspended_at", "ended_at",
    "status", "sub_status", "eta", "initial_eta", "distance", "duration", "path", "vehicle_type", "created_at",
    "modified_at",
]  # fmt: skip
_WIDTH = len(_SCALARS)
_JOINED = (
    ACTIONS.outerjoin(_EXPECTED, _EXPECTED.c.seq == _X.expected_place)
    .outerjoin(_STARTED, _STARTED.c.seq == _X.started_place)
    .outerjoin(COMPLETED, COMPLETED.c.seq == _X.completed_place)
)
_OF_PLACES = [
    place.c[name].label(f"{place.name}_{name}")
    for place in (_EXPECTED, _STARTED, COMPLETED)
    for name in _PLACE
]
SHOWN = select(
    *(_X[name] for name in _SCALARS), _X.progress, _X.flags, _X.metadata, _X.user, *_OF_PLACES
).select_from(_JOINED)
"""An action with its places, in the columns that `as_actions` reads."""

_BY_ID = Prepared(
    SHOWN.where(_X.account == bindparam("account"), _X.id == bindparam("id")), ["account", "id"]
)
_BY_SEQ = Prepared(SHOWN.where(_X.seq == bindparam("seq")), ["seq"])
_BY_CODE = Prepared(SHOWN.where(_X.short_code == bindparam("code")), ["code"])
_BY_UNIQUE_ID = Prepared(
    SHOWN.where(_X.account == bindparam("account"), _X.unique_id == bindparam("unique_id")),
    ["account", "unique_id"],
)
_SINCE = Prepared(
    SHOWN.where(_X.account == bindparam("account"), _X.frame > bindparam("since"))
    .order_by(_X.frame)
    .limit(bindparam("most")),
    ["account", "since", "most"],
)


def _flagged(values: Collection[str]) -> ColumnElement[bool]:
    """Flags are kept with spaces between."""
    line = literal(" ") + _X.flags + literal(" ")
    known = set(values) & set(kinds.ACTION)  # none of the others is ever a flag
    return or_(false(), *(line.contains(f" {value} ", autoescape=True) for value in known))


_TIMES = (
    "created_at", "modified_at", "scheduled_at", "assigned_at", "started_at", "completed_at", "canceled_at",
    "suspended_at", "ended_at", "eta",
)  # fmt: skip
_BY_TIME = {**{name: _X[name] for name in _TIMES}, "expected_at": _X.scheduled_at}
_SHELF = listing.Shelf(
    rows=SHOWN.outerjoin(USERS, _U.seq == _X.user),
    account=_X.account,
    seq=_X.seq,
    filters={
        "id": listing.any_of(_X.id),
        "user_id": listing.any_of(_U.id),
        "group_id": lambda id: _U.group.in_(select(GROUPS.c.seq).where(GROUPS.c.id == id)),
        "lookup_id": listing.same(_X.lookup_id),
        "collection_id": listing.same(_X.collection_id),
        "unique_id": listing.same(_X.unique_id),
        "short_code": listing.any_of(_X.short_code),
        "type": listing.any_of(_X.type),
        "status": listing.any_of(_X.status),
        "event_flags": _flagged,
        **listing.between(**_BY_TIME),
    },
    orders={
        **_BY_TIME,
        **{name: _X[name] for name in ("distance", "duration", "type", "status", "lookup_id", "rank")},
        "user__name": func.lower(_U.name),
    },
    search=(_X.lookup_id, _X.type, _X.short_code, _U.name, _EXPECTED.c.name, _EXPECTED.c.address),
)


def as_place(row: Sequence[Any]) -> Place | None:
    """The place of a row of its columns, all null where there is none."""
    if row[0] is None:
        return None
    named = dict(zip(_PLACE, row, strict=True))
    lat, lon = named.pop("lat"), named.pop("lon")
    return Place(**named, spot=None if lat is None else Spot(lat, lon))


def as_actions(r: Read, rows: Iterable[Sequence[Any]]) -> list[Action]:
    """The records of rows of SHOWN, with their users: two statements more for all of them."""
    found = [tuple(row) for row in rows]
    wanted = {row[_WIDTH + 3] for row in found} - {None}
    people: dict[int, User] = {}
    if len(wanted) == 1:
        user = users.by_seq(r, next(iter(wanted)))
        people = {} if user is None else {user.seq: user}
    elif wanted:
        people = users.by_seqs(r, wanted)
    return [_action(row, people.get(row[_WIDTH + 3])) for row in found]


def _action(row: Sequence[Any], user: User | None) -> Action:
    progress, flags, metadata = row[_WIDTH : _WIDTH + 3]
    places, width = row[_WIDTH + 4 :], len(_PLACE)
    return Action(
        **dict(zip(_SCALARS, row[:_WIDTH], strict=True)),
        user=user,
        progress=json.loads(progress),
        flags=tuple(flags.split()),
        metadata=json.loads(metadata),
        expected_place=as_place(places[:width]),
        started_place=as_place(places[width : 2 * width]),
        completed_place=as_place(places[2 * width :]),
    )


def _one(r: Read, prepared: Prepared, *values: Any) -> Action | None:
    return next(iter(as_actions(r, r.rows(prepared, *values))), None)


def find(r: Read, account: int, id: str) -> Action | None:
    return _one(r, _BY_ID, account, id)


def by_seq(r: Read, seq: int) -> Action | None:
    """For who has found the number in a row of the same account."""
    return _one(r, _BY_SEQ, seq)


def by_short_code(r: Read, code: str) -> Action | None:
    """Of any account: short codes are unique in all of them."""
    return _one(r, _BY_CODE, code)


def by_unique_id(r: Read, account: int, unique_id: str) -> Action | None:
    return _one(r, _BY_UNIQUE_ID, account, unique_id)


def by_ids(r: Read, account: int, ids: Collection[str]) -> list[Action]:
    """In the order of their frames; ids of nothing are left out."""
    mine = SHOWN.where(_X.account == account, _X.id.in_(ids)).order_by(_X.frame)
    return as_actions(r, r.run(mine))


def by_seqs(r: Read, seqs: Collection[int]) -> list[Action]:
    """In the order of their numbers."""
    return as_actions(r, r.run(SHOWN.where(_X.seq.in_(seqs)).order_by(_X.seq)))


def changed_since(r: Read, account: int, frame: int, most: int) -> list[Action]:
    return as_actions(r, r.rows(_SINCE, account, frame, most))


def way(r: Read, seq: int) -> dict[str, Any]:
    """What was kept of how far it went, when it ended."""
    row = r.run(select(_X.distance, _X.duration, _X.path).where(_X.seq == seq)).one()
    return {"distance": row.distance, "duration": row.duration, "path": row.path}


def is_seen(r: Read, seq: int, groups: Groups) -> bool:
    """Whether the action's user is in one of the groups; None is who sees everything."""
    if groups is None:
        return True
    mine = select(_X.seq).join(USERS, _U.seq == _X.user).where(_X.seq == seq, _U.group.in_(groups))
    return r.run(mine).first() is not None


def page(r: Read, account: int, wanted: Wanted, groups: Groups) -> tuple[list[Action], int]:
    """The page and how many there are in all; of users in the groups, or of everybody."""
    rows, total = listing.page(r, _SHELF, account, wanted, *_in_groups(groups))
    return as_actions(r, rows), total


def chosen(account: int, wanted: Wanted, groups: Groups) -> Select[Any]:
    """All that a list would have, for who counts them."""
    return listing.chosen(_SHELF, account, wanted, *_in_groups(groups))


def _in_groups(groups: Groups) -> tuple[ColumnElement[bool], ...]:
    return () if groups is None else (_U.group.in_(groups),)


def add(w: Write, row: dict[str, Any]) -> int:
    """A new action (`row` has its columns) that nobody has; its number. Conflict as the indexes say."""
    values = {**row, "metadata": json.dumps(row["metadata"])}
    seq: int = w.run(ACTIONS.insert().returning(_X.seq), values).scalar_one()
    return seq


def change(w: Write, account: int, seq: int, frame: int, at: Instant, **values: Any) -> None:
    """Columns that the rules know nothing of."""
    if "metadata" in values:
        values["metadata"] = json.dumps(values["metadata"])
    mine = (_X.account == account) & (_X.seq == seq)
    w.run(update(ACTIONS).where(mine).values(**values, frame=frame, modified_at=at))


def drop(w: Write, account: int, seq: int) -> None:
    """The action, and its name in the events that told of it; these stay."""
    w.run(update(EVENTS).where(_E.account == account, _E.action == seq).values(action=None))
    w.run(delete(ACTIONS).where(_X.account == account, _X.seq == seq))
