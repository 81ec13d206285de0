"""Statements on closed segments, and on the state in which the open one is kept."""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select

from hyway.domain.tracking.days.meter import Fix
from hyway.domain.tracking.records import Location, Place, Segment, SegmentKind, Spot
from hyway.domain.tracking.store.places import SHOWN as PLACE_SHOWN
from hyway.domain.tracking.store.places import as_place
from hyway.domain.tracking.store.tables import EVENTS, PLACES, SEGMENTS, TRACKS, USERS
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_S, _U, _T, _E = SEGMENTS.c, USERS.c, TRACKS.c, EVENTS.c
NAMES = tuple(c.name for c in _S if c.name != "seq")
_OWN = [_S[name] for name in NAMES]

_ADD = Prepared(SEGMENTS.insert().values({name: bindparam(name) for name in NAMES}), NAMES)
_BEGAN_BETWEEN = Prepared(
    select(*_OWN)
    .where(_S.user == bindparam("user"), _S.began_at >= bindparam("start"), _S.began_at < bindparam("before"))
    .order_by(_S.began_at, _S.seq),
    ["user", "start", "before"],
)
_DECIDED_BEFORE = Prepared(
    select(_S.began, _S.decided_at)
    .where(_S.user == bindparam("user"), _S.decided_at < bindparam("at"))
    .order_by(_S.began_at.desc(), _S.seq.desc())
    .limit(1),
    ["user", "at"],
)
_BEGINNING = Prepared(
    select(_S.began, _S.decided_at)
    .where(_S.user == bindparam("user"), _S.began_at == bindparam("at"))
    .order_by(_S.seq.desc())
    .limit(1),
    ["user", "at"],
)
_STATE = Prepared(
    select(_T.machine, _T.open_segment)
    .where(_T.account == bindparam("account"), _T.user == bindparam("user")),
    ["account", "user"],
)  # fmt: skip
_OWNER = Prepared(
    select(_U.id, _U.vehicle_type)
    .where(_U.account == bindparam("account"), _U.seq == bindparam("user")),
    ["account", "user"],
)  # fmt: skip
_SHOWN = (
    select(*_OWN, _U.id.label("user_id"), _U.vehicle_type, *PLACE_SHOWN.selected_columns)
    .select_from(SEGMENTS)
    .join(USERS, _U.seq == _S.user)
    .outerjoin(PLACES, PLACES.c.seq == _S.place)
    .where(_S.account == bindparam("account"), _S.user == bindparam("user"))
)
_BEGAN_IN = Prepared(
    _SHOWN.where(_S.began_at >= bindparam("start"), _S.began_at < bindparam("end")).order_by(
        _S.began_at, _S.seq
    ),
    ["account", "user", "start", "end"],
)
_RUNNING_INTO = Prepared(
    _SHOWN.where(_S.began_at < bindparam("start")).order_by(_S.began_at.desc(), _S.seq.desc()).limit(1),
    ["account", "user", "start"],
)
_TOLD = Prepared(
    select(_E.recorded_at, _E.data).where(
        _E.user == bindparam("user"),
        _E.type == bindparam("type"),
        _E.recorded_at >= bindparam("start"),
        _E.recorded_at <= bindparam("end"),
    ),
    ["user", "type", "start", "end"],
)


class Row(NamedTuple):
    """A stored segment as it is in the table, but for its number."""

    id: str
    account: int
    user: int
    kind: SegmentKind
    began_at: Instant
    ended_at: Instant
    decided_at: Instant
    began: str
    ended: str
    lat: float | None
    lon: float | None
    distance: float
    fixes: int
    activities: str
    path: str
    place: int | None
    reason: str | None
    lookup_id: str | None
    created_at: Instant
    modified_at: Instant


assert Row._fields == NAMES  # noqa: S101


class Owner(NamedTuple):
    """What a segment shows of its user."""

    id: str
    vehicle_type: str


def as_text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def location(stored: str) -> Location:
    return Location(*json.loads(stored))


def fix(stored: str) -> Fix:
    """A boundary as the machine reads it."""
    known = location(stored)
    return Fix(known.at, known.lat, known.lon, known.accuracy, known.speed, known.activity)


def began_between(r: Read, user_seq: int, start: Instant, before: Instant) -> list[Row]:
    return [Row._make(row) for row in r.rows(_BEGAN_BETWEEN, user_seq, start, before)]


def decided_before(r: Read, user_seq: int, at: Instant) -> tuple[Fix, Instant] | None:
    """Beginning and decision of the segment that began last of those decided before an instant."""
    rows = r.rows(_DECIDED_BEFORE, user_seq, at)
    return (fix(rows[0][0]), rows[0][1]) if rows else None


def beginning(r: Read, user_seq: int, at: Instant) -> tuple[Fix, Instant] | None:
    """Likewise of the segment that began at exactly this instant."""
    rows = r.rows(_BEGINNING, user_seq, at)
    return (fix(rows[0][0]), rows[0][1]) if rows else None


def state(r: Read, account: int, user_seq: int) -> tuple[str | None, str | None]:
    """The machine and the id of the open segment, as `trips` keeps them."""
    rows = r.rows(_STATE, account, user_seq)
    return (rows[0][0], rows[0][1]) if rows else (None, None)


def owner(r: Read, account: int, user_seq: int) -> Owner:
    return Owner._make(r.rows(_OWNER, account, user_seq)[0])


def told(
    r: Read, user_seq: int, type: str, start: Instant, end: Instant
) -> list[tuple[Instant, dict[str, Any]]]:
    """When events of the type were recorded between two instants, both included, and their data."""
    return [(at, json.loads(data)) for at, data in r.rows(_TOLD, user_seq, type, start, end)]


def add(w: Write, rows: Sequence[Row]) -> None:
    w.many(_ADD, rows)


def drop(w: Write, account: int, ids: Collection[str]) -> None:
    w.run(delete(SEGMENTS).where(_S.account == account, _S.id.in_(ids)))


def touching(r: Read, account: int, user_seq: int, start: Instant, end: Instant) -> list[Segment]:
    """Closed segments that have a part in [start, end), in order: those that began in it, and the one before."""
    before = r.rows(_RUNNING_INTO, account, user_seq, start)
    into = [as_segment(row) for row in before if row[NAMES.index("ended_at")] > start]
    return into + [as_segment(row) for row in r.rows(_BEGAN_IN, account, user_seq, start, end)]


def as_segment(row: Sequence[Any]) -> Segment:
    """The record of a stored segment with its user and its place."""
    width = len(NAMES)
    user_id, vehicle_type, *place = row[width:]
    known = as_place(place) if place[0] is not None else None
    return shown(Row._make(row[:width]), Owner(user_id, vehicle_type), known)


def shown(row: Row, owner: Owner, place: Place | None) -> Segment:
    """The record of a row."""
    activities = {name: (span, far) for name, (span, far) in json.loads(row.activities).items()}
    return Segment(
        id=row.id,
        user_id=owner.id,
        kind=row.kind,
        activity=activity(row.kind, activities),
        began_at=row.began_at,
        ended_at=row.ended_at,
        began=location(row.began),
        ended=location(row.ended),
        spot=None if row.lat is None or row.lon is None else Spot(row.lat, row.lon),
        place=place,
        distance=row.distance,
        duration=(row.ended_at - row.began_at) / SECOND,
        fixes=row.fixes,
        activities=activities,
        path=row.path,
        reason=row.reason,
        lookup_id=row.lookup_id,
        vehicle_type=owner.vehicle_type,
        created_at=row.created_at,
        modified_at=row.modified_at,
    )


def activity(kind: SegmentKind, activities: dict[str, tuple[float, float]]) -> str:
    """What took most of a trip's time; `activities` are seconds and metres by name."""
    if kind != "trip":
        return "stationary" if kind == "stop" else "unknown"
    return max(activities, key=lambda name: activities[name], default="walking")
