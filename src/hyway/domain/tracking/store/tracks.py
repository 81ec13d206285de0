"""Statements on live state, as ingest reads and writes it: a row for each user of a batch, locked first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, update

from hyway.domain.tracking.records import ACTIVITIES, PROVIDERS, Location
from hyway.domain.tracking.store.tables import TRACKS, USERS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_U, _T = USERS.c, TRACKS.c
_PLAIN = (
    "is_tracking", "tracking_at", "online_at", "heartbeat_at", "is_away", "battery", "battery_at",
    "location_status", "location_status_at", "device", "machine", "open_segment", "pace", "is_stopped",
)  # fmt: skip
_LAST = (
    "at", "lat", "lon", "accuracy", "speed", "bearing", "altitude", "activity", "confidence", "provider",
)  # fmt: skip
_DERIVED = ("cell", "x", "y", "z")
_READ = select(
    _U.seq, _U.id, _U.timezone, _U.device_name, _T.pending, *(_T[name] for name in _PLAIN + _LAST)
).join_from(USERS, TRACKS, _T.user == _U.seq)
_LOCKED = Prepared(
    _READ.where(_U.account == bindparam("account"), _U.id == bindparam("id")).with_for_update(of=TRACKS),
    ["account", "id"],
)
_WRITTEN = ("frame", *_PLAIN, *_LAST, *_DERIVED)
_SAVE = Prepared(
    update(TRACKS)
    .where(_T.user == bindparam("of"))
    .values({name: bindparam("new_" + name) for name in _WRITTEN}),
    [*("new_" + name for name in _WRITTEN), "of"],
)
_BY_NAME = Prepared(
    select(_U.id).where(_U.account == bindparam("account"), _U.lookup_id == bindparam("lookup_id")),
    ["account", "lookup_id"],
)
_BY_ID = Prepared(
    select(_U.id).where(_U.account == bindparam("account"), _U.id == bindparam("id")), ["account", "id"]
)
_HELD = 5 + len(_PLAIN)


@dataclass(slots=True)
class Track:
    """A user's live state while a batch is taken in; `save` writes what became of it.

    `cell` and `vector` are of `last`, as `whereabouts` counts them.
    """

    seq: int
    id: str
    timezone: str | None
    device_name: str | None
    pending: int
    is_tracking: int
    tracking_at: Instant | None
    online_at: Instant | None
    heartbeat_at: Instant | None
    is_away: int
    battery: int | None
    battery_at: Instant | None
    location_status: str
    location_status_at: Instant | None
    device: str | None
    machine: str | None
    open_segment: str | None
    pace: str | None
    is_stopped: int | None
    last: Location | None
    frame: int = 0
    cell: int | None = None
    vector: tuple[float | None, float | None, float | None] = field(default=(None, None, None))


def locked(w: Write, account: int, id: str) -> Track | None:
    """A user's state, which nobody else changes before the commit; None for no user of this account."""
    rows = w.rows(_LOCKED, account, id)
    if not rows:
        return None
    row = rows[0]
    held: list[Any] = [*row[:_HELD], _location(row[_HELD:])]
    return Track(*held)


def _location(row: Any) -> Location | None:
    if row[0] is None:
        return None
    return Location._make((*row[:7], ACTIVITIES[row[7]], row[8], PROVIDERS[row[9]]))


def save(w: Write, tracks: Iterable[Track]) -> None:
    w.many(_SAVE, [_row(track) for track in tracks])


def _row(of: Track) -> tuple[Any, ...]:
    last = of.last
    known = (
        (*last[:7], ACTIVITIES.index(last.activity), last.confidence, PROVIDERS.index(last.provider))
        if last
        else (None,) * len(_LAST)
    )
    return (
        of.frame, of.is_tracking, of.tracking_at, of.online_at, of.heartbeat_at, of.is_away, of.battery,
        of.battery_at, of.location_status, of.location_status_at, of.device, of.machine, of.open_segment,
        of.pace, of.is_stopped, *known, of.cell, *of.vector, of.seq
    )  # fmt: skip


def named(r: Read, account: int, lookup_id: str) -> str | None:
    """The id of the user with this id of its owner's."""
    rows = r.rows(_BY_NAME, account, lookup_id)
    return rows[0][0] if rows else None


def identified(r: Read, account: int, id: str) -> str | None:
    """The id itself where it is a user's."""
    rows = r.rows(_BY_ID, account, id)
    return rows[0][0] if rows else None
