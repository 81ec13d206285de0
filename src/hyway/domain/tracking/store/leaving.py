"""Statements that forget a user, a part at a time: each takes at most so many rows and tells how many it took."""

from collections.abc import Iterable

from sqlalchemy import delete, exists, or_, select, update

from hyway.domain.tracking.store import phones
from hyway.domain.tracking.store.tables import (
    ACTIONS,
    EVENTS,
    FENCES,
    PLACES,
    POSITIONS,
    SEGMENTS,
    TRACKS,
    USERS,
    VISITS,
)
from hyway.kernel.clock import Instant
from hyway.kernel.db import Write

_U, _X, _S, _E, _P = USERS.c, ACTIONS.c, SEGMENTS.c, EVENTS.c, POSITIONS.c


def hide(w: Write, account: int, user: int, at: Instant) -> None:
    """Takes the user out of sight, with all that says who he is; his name and his number stay to purge by."""
    for table in (VISITS, FENCES, TRACKS):
        w.run(delete(table).where(table.c.user == user))
    phones.drop_all(w, user)
    blank = dict.fromkeys(("lookup_id", "phone", "photo", "group", "device_name", "timezone"))
    mine = (_U.account == account) & (_U.seq == user)
    w.run(update(USERS).where(mine).values(**blank, name="", metadata="{}", modified_at=at))


def positions(w: Write, user: int, most: int) -> int:
    last = select(_P.at).where(_P.user == user).order_by(_P.at).offset(most - 1).limit(1)
    upto = w.run(last).scalar()
    mine = _P.user == user
    return w.run(delete(POSITIONS).where(mine if upto is None else mine & (_P.at <= upto))).rowcount


def segments(w: Write, account: int, user: int, most: int) -> int:
    """With the places of the stops, unless they are somebody else's too."""
    rows = list(w.run(select(_S.seq, _S.place).where(_S.user == user).limit(most)))
    w.run(delete(SEGMENTS).where(_S.seq.in_([row.seq for row in rows])))
    forget_places(w, account, {row.place for row in rows if row.place is not None})
    return len(rows)


def events(w: Write, user: int, most: int) -> int:
    some = select(_E.seq).where(_E.user == user).limit(most)
    return w.run(delete(EVENTS).where(_E.seq.in_(some))).rowcount


def actions(w: Write, account: int, user: int, most: int) -> int:
    """What was done stays, for the counts; by whom, which way and from where does not."""
    wanted = select(_X.seq, _X.started_place, _X.completed_place).where(_X.user == user).limit(most)
    rows = list(w.run(wanted))
    gone = {"user": None, "path": None, "started_place": None, "completed_place": None, "progress": "{}"}
    w.run(update(ACTIONS).where(_X.seq.in_([row.seq for row in rows])).values(gone))
    started, completed = {row.started_place for row in rows}, {row.completed_place for row in rows}
    forget_places(w, account, (started | completed) - {None})
    return len(rows)


def user(w: Write, user: int) -> None:
    """The last trace."""
    w.run(delete(USERS).where(_U.seq == user))


def forget_places(w: Write, account: int, seqs: Iterable[int]) -> None:
    """Emptied, not removed: whether an action has a place is no index's business."""
    mine = sorted(seqs)
    if not mine:
        return
    columns = (_X.expected_place, _X.started_place, _X.completed_place)
    named = w.run(select(*columns).where(_X.account == account, or_(*(each.in_(mine) for each in columns))))
    kept = {seq for row in named for seq in row}
    blank = dict.fromkeys(
        ("name", "address", "landmark", "locality", "zip_code", "city", "state", "country"), ""
    )
    alone = PLACES.c.seq.in_([seq for seq in mine if seq not in kept]) & (PLACES.c.is_listed == 0)
    unused = ~exists().where(_S.place == PLACES.c.seq)
    w.run(update(PLACES).where(alone & unused).values(**blank, lat=None, lon=None))
