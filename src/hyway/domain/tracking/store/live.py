"""What changed since a frame, and what there is: the statements that streams live on."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, select, text

from hyway.domain.tracking.records import Spot, User
from hyway.domain.tracking.store import users
from hyway.domain.tracking.store.tables import ACTIONS, EVENTS, GROUPS, POSITIONS, TRACKS, USERS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.sql import Prepared

_U, _T, _X, _E, _G, _P = USERS.c, TRACKS.c, ACTIONS.c, EVENTS.c, GROUPS.c, POSITIONS.c
_SINCE = ["account", "since", "most"]
_USERS = Prepared(
    users.SHOWN.where(_T.account == bindparam("account"), _T.frame > bindparam("since"))
    .order_by(_T.frame)
    .limit(bindparam("most")),
    _SINCE,
)
_ACTIONS = Prepared(
    select(_X.id, _X.frame)
    .where(_X.account == bindparam("account"), _X.frame > bindparam("since"))
    .order_by(_X.frame)
    .limit(bindparam("most")),
    _SINCE,
)
_EVENTS = Prepared(
    select(_E.id, _E.frame)
    .where(_E.account == bindparam("account"), _E.frame > bindparam("since"))
    .order_by(_E.frame)
    .limit(bindparam("most")),
    _SINCE,
)
_PATH = Prepared(
    select(_P.at, _P.lat, _P.lon)
    .where(_P.user == bindparam("user"), _P.at > bindparam("after"), _P.at <= bindparam("until"))
    .order_by(_P.at, _P.lat, _P.lon)
    .limit(bindparam("most")),
    ["user", "after", "until", "most"],
)
_PARENTS = Prepared(
    select(_G.id, text("parents.id AS parent_id"))
    .select_from(GROUPS.outerjoin(GROUPS.alias("parents"), text("parents.seq = tracking_groups.parent")))
    .where(_G.account == bindparam("account")),
    ["account"],
)


def users_since(r: Read, account: int, since: int, most: int) -> list[User]:
    """Users that changed after the frame, in the order of their frames."""
    return users.whole(r, r.rows(_USERS, account, since, most))


def actions_since(r: Read, account: int, since: int, most: int) -> list[tuple[str, int]]:
    """Ids and frames of actions that changed after the frame, in order."""
    return [(id, frame) for id, frame in r.rows(_ACTIONS, account, since, most)]


def events_since(r: Read, account: int, since: int, most: int) -> list[tuple[str, int]]:
    """Ids and frames of events told after the frame, in order."""
    return [(id, frame) for id, frame in r.rows(_EVENTS, account, since, most)]


def users_of(
    r: Read, account: int, ids: Collection[str] | None, groups: Collection[str] | None
) -> list[User]:
    """All users, or those with the ids, or those in the groups."""
    found = users.SHOWN.where(_U.account == account)
    if ids is not None:
        found = found.where(_U.id.in_(ids))
    if groups is not None:
        found = found.where(_G.id.in_(groups))
    return users.whole(r, r.run(found.order_by(_U.seq)))


def pending_of(r: Read, account: int, users: Sequence[User]) -> list[str]:
    """Ids of the users' pending actions."""
    return [id for user in users for id in user.live.pending]


def path(r: Read, user_seq: int, after: Instant, until: Instant, most: int) -> list[tuple[Spot, Instant]]:
    """The user's positions later than `after`, up to `until`, in order."""
    rows: list[Any] = r.rows(_PATH, user_seq, after, until, most)
    return [(Spot(lat / 1e7, lon / 1e7), at) for at, lat, lon in rows]


def parents(r: Read, account: int) -> dict[str, str | None]:
    """The id of each group's parent."""
    return dict(r.rows(_PARENTS, account))


def groups_above(r: Read, account: int, group: str | None) -> set[str]:
    """The group's id and those of the groups above it."""
    known, found = parents(r, account) if group is not None else {}, set[str]()
    while group is not None and group not in found:
        found.add(group)
        group = known.get(group)
    return found


def above_user(r: Read, account: int, user_seq: int) -> set[str]:
    """Ids of the user's group and of those above it."""
    mine = select(_G.id).join(USERS, _U.group == _G.seq).where(_U.account == account, _U.seq == user_seq)
    return groups_above(r, account, r.run(mine).scalar())
