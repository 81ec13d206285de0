"""Statements on actions as the rules see them: a user's queue, and what becomes of it."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, text, update

from hyway.domain.tracking.outside.routing import Pace
from hyway.domain.tracking.records import Spot, Status
from hyway.domain.tracking.store import fences
from hyway.domain.tracking.store.tables import ACTIONS, PLACES, POSITIONS, TRACKS
from hyway.domain.tracking.work.lifecycle import Goal, Progress, loaded
from hyway.domain.tracking.work.tasks import Task, kept, pace
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_X, _P, _T, _F = ACTIONS.c, PLACES.c, TRACKS.c, POSITIONS.c
PENDING = text("tracking_actions.status IN ('created', 'assigned', 'started')")
"""In the words of the partial indexes, which are used for nothing else."""
_COLUMNS = [
    _X.seq, _X.id, _X.account, _X.user, _X.rank, _X.status, _X.sub_status, _X.progress, _X.assigned_at,
    _X.started_at, _X.ended_at, _X.eta, _X.initial_eta, _X.scheduled_at, _X.created_at, _X.vehicle_type,
    _X.due_at, _P.lat, _P.lon, _P.radius,
]  # fmt: skip
_SELECT = select(*_COLUMNS).select_from(ACTIONS.outerjoin(PLACES, _P.seq == _X.expected_place))
_QUEUE = Prepared(
    _SELECT.add_columns(_T.pace)
    .join(TRACKS, _T.user == _X.user)
    .where(_X.user == bindparam("user"), PENDING)
    .order_by(_X.rank, _X.seq)
    .with_for_update(of=ACTIONS),
    ["user"],
)
_LOCK = Prepared(select(_T.pace).where(_T.user == bindparam("user")).with_for_update(), ["user"])
_STEP_NAMES = ["frame", "sub_status", "progress", "eta", "initial_eta", "due_at", "flags", "modified_at"]
_STEP = Prepared(
    update(ACTIONS)
    .where(_X.seq == bindparam("action"))
    .values({name: bindparam(name) for name in _STEP_NAMES}),
    [*_STEP_NAMES, "action"],
)
_LOOK = Prepared(
    update(ACTIONS).where(_X.seq == bindparam("action")).values(due_at=bindparam("due_at")),
    ["due_at", "action"],
)
_DUE = Prepared(
    select(_X.user, _X.account)
    .where(PENDING, _X.due_at <= bindparam("now"))
    .order_by(_X.due_at)
    .limit(bindparam("most")),
    ["now", "most"],
)
_WHERE = Prepared(
    select(_F.lat, _F.lon)
    .where(_F.user == bindparam("user"), _F.at <= bindparam("at"))
    .order_by(_F.at.desc())
    .limit(1),
    ["user", "at"],
)
_BY_SEQ = Prepared(_SELECT.where(_X.seq == bindparam("seq")).with_for_update(of=ACTIONS), ["seq"])
_ENDED = Prepared(
    _SELECT.where(_X.user == bindparam("user"), _X.ended_at > bindparam("since")).with_for_update(of=ACTIONS),
    ["user", "since"],
)


class _Kept:
    """The columns that `lifecycle.loaded` reads."""

    __slots__ = (
        "assigned_at", "ended_at", "eta", "initial_eta", "progress", "started_at", "status", "sub_status"
    )  # fmt: skip

    status: Status
    sub_status: str
    progress: dict[str, Any]
    assigned_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    eta: Instant | None
    initial_eta: Instant | None

    def __init__(self, row: Sequence[Any]) -> None:
        self.status, self.sub_status = row[5:7]
        self.progress = json.loads(row[7])
        self.assigned_at, self.started_at, self.ended_at, self.eta, self.initial_eta = row[8:13]


def as_task(row: Sequence[Any]) -> Task:
    """The record of a row of the columns above."""
    found = _Kept(row)
    spot = None if row[17] is None else Spot(row[17], row[18])
    goal = Goal(spot, row[19] or 0.0, row[13], row[14])
    return Task(
        seq=row[0],
        id=row[1],
        account=row[2],
        user=row[3],
        rank=row[4],
        goal=goal,
        progress=loaded(found),
        vehicle_type=row[15],
        factor=found.progress.get("factor", 1.0),
        asked_at=found.progress.get("asked_at"),
        due_at=row[16],
    )


def queue(w: Write, user: int) -> tuple[list[Task], Pace | None]:
    """The user's pending actions in queue order, and how fast the user moves."""
    rows = w.rows(_QUEUE, user)
    return [as_task(row) for row in rows], pace(rows[0][-1]) if rows else None


def lock(w: Write, user: int) -> Pace | None:
    """Keeps others from changing the user's queue until the commit; how fast the user moves."""
    rows = w.rows(_LOCK, user)
    return pace(rows[0][0]) if rows else None


def named(w: Write, account: int, ids: Collection[str], *also: int) -> dict[str, Task]:
    """Actions by their ids, locked in the order of their numbers, after their users and `also` other users."""
    those = (_X.account == account) & _X.id.in_(ids)
    _lock_users(w, those, also)
    mine = _SELECT.where(those).order_by(_X.seq).with_for_update(of=ACTIONS)
    return {task.id: task for task in map(as_task, map(tuple, w.run(mine)))}


def matching(
    w: Write, account: int, user: int | None, lookup_id: str | None, collection_id: str | None, most: int
) -> list[Task]:
    """Actions with the lookup id or the collection id, the newest first; of one user, or of all."""
    those = _X.account == account
    if user is not None:
        those &= _X.user == user
    if lookup_id is not None:
        those &= _X.lookup_id == lookup_id
    if collection_id is not None:
        those &= _X.collection_id == collection_id
    _lock_users(w, those & PENDING)
    mine = _SELECT.where(those)
    found = w.run(mine.order_by(_X.seq.desc()).limit(most).with_for_update(of=ACTIONS))
    return [as_task(tuple(row)) for row in found]


def _lock_users(w: Write, those: ColumnElement[bool], also: Collection[int] = ()) -> None:
    """Users before their actions, as who takes in positions does: so neither waits for the other in a ring."""
    if w.engine == "postgresql":
        users = set(w.run(select(_X.user).where(those, _X.user.is_not(None)).distinct()).scalars())
        fences.lock(w, users | set(also))


def by_seq(w: Write, seq: int) -> Task | None:
    """For who has found the number in a row of the same account."""
    rows = w.rows(_BY_SEQ, seq)
    return as_task(rows[0]) if rows else None


def ended_since(w: Write, user: int, since: Instant) -> list[Task]:
    """The user's actions that ended after the instant."""
    return [as_task(row) for row in w.rows(_ENDED, user, since)]


def due(r: Read, now: Instant, most: int) -> list[tuple[int, int]]:
    """Users and accounts of the actions that are to be looked at, the longest due first, each once."""
    return list(dict.fromkeys((user, account) for user, account in r.rows(_DUE, now, most)))


def step(w: Write, task: Task, frame: int, at: Instant) -> None:
    """Keeps what a position or a minute changes of an action whose status stays."""
    moved = _progress(task.progress, kept(task))
    row = {**moved, "frame": frame, "due_at": task.due_at, "modified_at": at}
    w.rows(_STEP, *(row[name] for name in _STEP_NAMES), task.seq)


def save(w: Write, task: Task, frame: int, at: Instant, **columns: Any) -> None:
    """Keeps all that the rules may change of an action, and columns beside."""
    progress = task.progress
    values = {
        **_progress(progress, kept(task)),
        "user": task.user,
        "rank": task.rank,
        "status": progress.status,
        "assigned_at": progress.assigned_at,
        "started_at": progress.started_at,
        "ended_at": progress.ended_at,
        "due_at": task.due_at,
        "frame": frame,
        "modified_at": at,
        **columns,
    }
    w.run(update(ACTIONS).where(_X.seq == task.seq).values(values))


def look_again(w: Write, task: Task) -> None:
    """Keeps when it is due next: nothing that anybody sees."""
    w.rows(_LOOK, task.due_at, task.seq)


def stop_looking(w: Write, user: int) -> None:
    """Of actions whose user is gone."""
    w.run(update(ACTIONS).where(_X.user == user).values(due_at=None))


def _progress(progress: Progress, rest: dict[str, Any]) -> dict[str, Any]:
    return {
        "sub_status": progress.sub_status,
        "progress": json.dumps(rest, separators=(",", ":")),
        "eta": progress.eta,
        "initial_eta": progress.initial_eta,
        "flags": " ".join(progress.flags),
    }


def whereabouts(r: Read, user: int, at: Instant) -> Spot | None:
    """Where the user was at the instant: the last position until then."""
    rows = r.rows(_WHERE, user, at)
    return Spot(rows[0][0] / 1e7, rows[0][1] / 1e7) if rows else None


def expected(r: Read, action: int) -> int | None:
    """The number of the place where the action is expected."""
    return r.run(select(_X.expected_place).where(_X.seq == action)).scalar()
