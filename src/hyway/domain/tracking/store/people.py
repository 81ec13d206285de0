"""Statements that find users by what a list asks for; what a list shows is in `users`."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from hyway.domain.tracking.records import ACTIVITIES, Page, User, UserQuery
from hyway.domain.tracking.store.tables import GROUPS, TRACKS, USERS
from hyway.domain.tracking.store.users import SHOWN, whole
from hyway.domain.tracking.telling.display import ACTIVE_BATCH, MOVING, PASSIVE_BATCH
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read

_U, _T = USERS.c, TRACKS.c
Condition = ColumnElement[bool]

_SORTS: dict[str, ColumnElement[Any]] = {
    "id": _U.id,
    "name": func.lower(_U.name),
    "phone": _U.phone,
    "lookup_id": _U.lookup_id,
    "unique_id": _U.lookup_id,
    "vehicle_type": _U.vehicle_type,
    "created_at": _U.created_at,
    "modified_at": _U.modified_at,
    "last_heartbeat_at": _T.heartbeat_at,
    "last_online_at": _T.online_at,
    "last_battery": _T.battery,
    "group__name": func.lower(GROUPS.c.name),
}
_TIMES: dict[str, ColumnElement[Any]] = {
    "created_at": _U.created_at,
    "modified_at": _U.modified_at,
    "recorded_at": _T.at,
    "last_heartbeat_at": _T.heartbeat_at,
    "last_online_at": _T.online_at,
}
SORTS = frozenset(_SORTS)
"""What a list may be ordered by."""
TIMES = frozenset(_TIMES)
"""The times that a list may be limited by."""

_LOST = _T.location_status.in_(("location_disabled", "location_permission_disabled"))
_TRACKING = _T.is_tracking == 1
_EVER = or_(_T.tracking_at.is_not(None), _T.at.is_not(None))
_MOVES = or_(
    _T.is_stopped == 0,
    and_(
        _T.is_stopped.is_(None),
        or_(
            _T.activity >= ACTIVITIES.index("walking"),
            and_(func.coalesce(_T.activity, 0) == 0, func.coalesce(_T.speed, 0.0) >= MOVING),
        ),
    ),
)
_ENDED_SINCE = and_(
    _T.is_tracking == 0, func.coalesce(_T.tracking_at, -1) >= func.coalesce(_T.assigned_at, 0)
)
_ACTIVE = and_(_T.pending > 0, or_(_TRACKING, ~_ENDED_SINCE))
_AVAILABILITY = case((_ACTIVE, "active"), (_TRACKING, "online"), else_="offline")


def connected(now: Instant) -> Condition:
    """Heard of within twice the time between batches, as `display.is_connected` has it."""
    since = case(
        (_T.pending > 0, literal(now - 2 * ACTIVE_BATCH * SECOND)),
        else_=literal(now - 2 * PASSIVE_BATCH * SECOND),
    )
    return func.coalesce(_T.heartbeat_at, -1) >= since


def status(now: Instant) -> ColumnElement[str]:
    """A user's state as a dashboard lists it: `display.list_status` as a statement."""
    return case(
        (~_EVER, "never_tracked"),
        (_T.is_tracking == 0, "logged_off"),
        (_LOST, "location_disabled"),
        (~connected(now), "network_offline"),
        (_MOVES, "on_trip"),
        else_="stopped",
    )


def below(account: int, group_id: str) -> Condition:
    """Belongs to the group or to one below it."""
    groups = GROUPS.c
    tree = (
        select(groups.seq).where(groups.account == account, groups.id == group_id).cte("tree", recursive=True)
    )
    tree = tree.union(select(groups.seq).where(groups.parent == tree.c.seq))
    return _U.group.in_(select(tree.c.seq))


def is_below(r: Read, account: int, user: int, group_id: str) -> bool:
    """Whether the user belongs to the group or to one below it."""
    query = select(_U.seq).where(_U.account == account, _U.seq == user, below(account, group_id))
    return r.run(query).first() is not None


def page(r: Read, account: int, query: UserQuery, within: str | None, now: Instant) -> Page[User]:
    """A page of the account's users, of those in the group `within` if it is given, and how many there are."""
    where = chosen(account, query, within, now)
    counted = select(func.count()).select_from(USERS).join(TRACKS, _T.user == _U.seq)
    total = r.run(counted.outerjoin(GROUPS, GROUPS.c.seq == _U.group).where(*where)).scalar_one()
    order = _order(query.ordering)
    rows = r.run(SHOWN.where(*where).order_by(*order).limit(query.take).offset(query.skip))
    return Page(whole(r, rows), total)


def counts(r: Read, account: int, within: str | None, now: Instant) -> list[tuple[str, str, int, int]]:
    """Status, availability, how many users, how many of them connected."""
    state = status(now).label("state")
    found = (
        select(
            state,
            _AVAILABILITY.label("availability"),
            func.count(),
            func.sum(case((connected(now), 1), else_=0)),
        )
        .select_from(USERS)
        .join(TRACKS, _T.user == _U.seq)
        .where(*_scope(account, within))
        .group_by("state", "availability")
    )
    rows: list[Any] = list(r.run(found))
    return [(row[0], row[1], row[2], int(row[3] or 0)) for row in rows]


def _scope(account: int, within: str | None) -> list[Condition]:
    where: list[Condition] = [_U.account == account]
    return [*where, below(account, within)] if within else where


def chosen(account: int, query: UserQuery, within: str | None, now: Instant) -> list[Condition]:
    """What makes one of the users that are asked for, on users with their tracks and groups."""
    where = _scope(account, within)
    if query.ids is not None:
        where.append(_U.id.in_(query.ids))
    if query.name:
        where.append(_U.name.icontains(query.name, autoescape=True))
    if query.search:
        seen = (_U.name, _U.phone, _U.lookup_id)
        where.append(or_(*(column.icontains(query.search, autoescape=True) for column in seen)))
    if query.group_id is not None:
        where.append(GROUPS.c.id == query.group_id)
    if query.within is not None:
        where.append(below(account, query.within))
    if query.lookup_id is not None:
        where.append(_U.lookup_id == query.lookup_id)
    if query.vehicle_type:
        where.append(_U.vehicle_type.in_(query.vehicle_type))
    if query.status:
        where.append(status(now).in_(query.status))
    if query.availability:
        where.append(_AVAILABILITY.in_(query.availability))
    return where + _between(query)


def _between(query: UserQuery) -> list[Condition]:
    where: list[Condition] = []
    for name, least, most in query.between:
        column = _TIMES.get(name)
        if column is None:
            continue
        if least is not None:
            where.append(column >= least)
        if most is not None:
            where.append(column <= most)
    return where


def _order(ordering: tuple[str, ...]) -> list[ColumnElement[Any]]:
    """Names that are none are passed over; the newest first is the last word."""
    order: list[ColumnElement[Any]] = []
    for each in ordering:
        column = _SORTS.get(each.removeprefix("-"))
        if column is not None:
            order.append((column.desc() if each.startswith("-") else column.asc()).nulls_last())
    return [*order, _U.seq.desc()] if order else [_U.created_at.desc(), _U.seq.desc()]
