"""Statements on tracked users and their live state."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, text, update

from hyway.domain.tracking.records import ACTIVITIES, PROVIDERS, Live, Location, User
from hyway.domain.tracking.store.tables import ACTIONS, GROUPS, TRACKS, USERS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_U, _T, _X = USERS.c, TRACKS.c, ACTIONS.c
PROFILE = [c for c in _U if c.name != "group"]
STATE = [
    _T.frame, _T.is_tracking, _T.tracking_at, _T.online_at, _T.heartbeat_at, _T.is_away, _T.battery,
    _T.location_status, _T.device, _T.pending, _T.at, _T.lat, _T.lon, _T.accuracy, _T.speed, _T.bearing,
    _T.altitude, _T.activity, _T.confidence, _T.provider, _T.assigned_at, _T.is_stopped,
]  # fmt: skip
_WIDTH = len(PROFILE) + 1
SHOWN = (
    select(*PROFILE, GROUPS.c.id.label("group_id"), *STATE)
    .select_from(USERS)
    .join(TRACKS, _T.user == _U.seq)
    .outerjoin(GROUPS, GROUPS.c.seq == _U.group)
)
"""A user with group and live state, in the columns that `as_user` reads."""

_BY_ID = Prepared(
    SHOWN.where(_U.account == bindparam("account"), _U.id == bindparam("id")), ["account", "id"]
)
_BY_SEQ = Prepared(SHOWN.where(_U.seq == bindparam("seq")), ["seq"])
_QUEUE = Prepared(
    select(_X.id)
    .where(_X.user == bindparam("user"), text("status IN ('created', 'assigned', 'started')"))
    .order_by(_X.rank),
    ["user"],
)
_NAMES = [c.name for c in PROFILE]


def as_user(row: Sequence[Any], pending: tuple[str, ...] = ()) -> User:
    """The record of a row of SHOWN."""
    named = dict(zip(_NAMES, row[: len(_NAMES)], strict=True))
    named["metadata"] = json.loads(named["metadata"])
    return User(**named, group_id=row[_WIDTH - 1], live=_live(row[_WIDTH:], pending))


def _live(row: Sequence[Any], pending: tuple[str, ...]) -> Live:
    frame, tracking, tracking_at, online, heartbeat, away, battery, status, device = row[:9]
    return Live(
        frame, bool(tracking), tracking_at, online, heartbeat, bool(away), battery, status, device,
        _location(row[10:20]), pending, row[20], None if row[21] is None else bool(row[21])
    )  # fmt: skip


def _location(row: Sequence[Any]) -> Location | None:
    if row[0] is None:
        return None
    named = ACTIVITIES[row[7]], row[8], PROVIDERS[row[9]]
    return Location._make((*row[:7], *named))


def _whole(r: Read, row: Sequence[Any]) -> User:
    # The count of pending actions is there so that most users cost one statement.
    has_work = row[_WIDTH + 9]
    return as_user(row, queue(r, row[0]) if has_work else ())


def queue(r: Read, user_seq: int) -> tuple[str, ...]:
    """The ids of the user's pending actions, in queue order."""
    return tuple(row[0] for row in r.rows(_QUEUE, user_seq))


def find(r: Read, account: int, id: str) -> User | None:
    rows = r.rows(_BY_ID, account, id)
    return _whole(r, rows[0]) if rows else None


def by_seq(r: Read, seq: int) -> User | None:
    """For who has found the number in a row of the same account."""
    rows = r.rows(_BY_SEQ, seq)
    return _whole(r, rows[0]) if rows else None


def whole(r: Read, rows: Iterable[Sequence[Any]]) -> list[User]:
    """Users of rows of SHOWN, with their queues: one statement more for all of them."""
    found = [tuple(row) for row in rows]
    busy = [row[0] for row in found if row[_WIDTH + 9]]
    queues: dict[int, list[str]] = {}
    if busy:
        wanted = select(_X.user, _X.id).where(
            _X.user.in_(busy), text("status IN ('created', 'assigned', 'started')")
        )
        for each in r.run(wanted.order_by(_X.user, _X.rank)):
            queues.setdefault(each.user, []).append(each.id)
    return [as_user(row, tuple(queues.get(row[0], ()))) for row in found]


def by_seqs(r: Read, seqs: Iterable[int]) -> dict[int, User]:
    rows = r.run(SHOWN.where(_U.seq.in_(sorted(set(seqs)))))
    return {user.seq: user for user in whole(r, rows)}


def add(w: Write, account: int, frame: int, row: dict[str, Any]) -> int:
    """A new profile (`row` has its columns) with an empty live state; its number."""
    values = {**row, "account": account, "metadata": json.dumps(row["metadata"])}
    seq: int = w.run(USERS.insert().returning(_U.seq), values).scalar_one()
    state = {"user": seq, "account": account, "frame": frame, "is_tracking": 0, "is_away": 0, "pending": 0}
    w.run(TRACKS.insert(), {**state, "location_status": "location_available"})
    return seq


def change(w: Write, account: int, seq: int, at: Instant, **values: Any) -> None:
    """Columns of the profile."""
    if "metadata" in values:
        values["metadata"] = json.dumps(values["metadata"])
    mine = (_U.account == account) & (_U.seq == seq)
    w.run(update(USERS).where(mine).values(**values, modified_at=at))


def by_lookup_id(r: Read, account: int, lookup_id: str) -> User | None:
    rows = whole(r, r.run(SHOWN.where(_U.account == account, _U.lookup_id == lookup_id)))
    return rows[0] if rows else None


def made_since(r: Read, account: int, at: Instant) -> int:
    """How many users of the account were made since then and are there still."""
    query = select(func.count()).where(_U.account == account, _U.created_at >= at)
    made: int = r.run(query.select_from(USERS)).scalar_one()
    return made


def group_of(r: Read, account: int, *, id: str | None = None, lookup_id: str | None = None) -> int | None:
    """The number of the account's group with the id, or with the lookup id."""
    groups = GROUPS.c
    same = groups.id == id if id is not None else groups.lookup_id == lookup_id
    return r.run(select(groups.seq).where(groups.account == account, same)).scalar()


def set_live(w: Write, user_seq: int, **values: Any) -> None:
    """Columns of the live state."""
    w.run(update(TRACKS).where(_T.user == user_seq).values(**values))
