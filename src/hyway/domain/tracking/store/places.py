"""Statements on places."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Place, Spot
from hyway.domain.tracking.store import listing
from hyway.domain.tracking.store.tables import ACTIONS, FENCES, PLACES, SEGMENTS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_P, _A = PLACES.c, ACTIONS.c
SHOWN = select(
    _P.seq, _P.id, _P.name, _P.lat, _P.lon, _P.address, _P.landmark, _P.locality, _P.zip_code, _P.city, _P.state,
    _P.country, _P.lookup_id, _P.radius, _P.created_at, _P.modified_at,
)  # fmt: skip
"""A place in the columns that `as_place` reads."""
WIDTH = len(SHOWN.selected_columns)
_COLUMNS = [c.name for c in SHOWN.selected_columns]

_BY_ID = Prepared(
    SHOWN.where(_P.account == bindparam("account"), _P.id == bindparam("id")), ["account", "id"]
)
_NAMES = [c.name for c in _P if c.name != "seq"]
_ADD = Prepared(PLACES.insert().values({name: bindparam(name) for name in _NAMES}).returning(_P.seq), _NAMES)
_SHELF = listing.Shelf(
    rows=SHOWN.where(_P.is_listed == 1),
    account=_P.account,
    seq=_P.seq,
    filters={
        "id": listing.any_of(_P.id),
        "name": listing.holds(_P.name),
        "city": listing.holds(_P.city),
        "lookup_id": listing.same(_P.lookup_id),
        **listing.between(created_at=_P.created_at, modified_at=_P.modified_at),
    },
    orders={
        "name": _P.name,
        "city": _P.city,
        "lookup_id": _P.lookup_id,
        "created_at": _P.created_at,
        "modified_at": _P.modified_at,
    },
    search=(_P.name, _P.address, _P.city, _P.lookup_id),
)


def as_place(row: Sequence[Any]) -> Place:
    """The record of a row of SHOWN."""
    seq, id, name, lat, lon, *texts = row
    return Place(seq, id, name, None if lat is None else Spot(lat, lon), *texts)


def find(r: Read, account: int, id: str) -> Place | None:
    rows = r.rows(_BY_ID, account, id)
    return as_place(rows[0]) if rows else None


def by_seqs(r: Read, account: int, seqs: Iterable[int]) -> dict[int, Place]:
    rows = r.run(SHOWN.where(_P.account == account, _P.seq.in_(sorted(set(seqs)))))
    return {row[0]: as_place(row) for row in rows}


def add(w: Write, row: dict[str, Any]) -> Place:
    """`row` has every column."""
    seq = w.rows(_ADD, *(row[name] for name in _NAMES))[0][0]
    return as_place([seq if name == "seq" else row[name] for name in _COLUMNS])


def change(w: Write, account: int, seq: int, at: Instant, values: dict[str, Any]) -> None:
    w.run(update(PLACES).where(_P.account == account, _P.seq == seq).values(**values, modified_at=at))


def page(r: Read, account: int, wanted: Wanted) -> tuple[list[Place], int]:
    """Those that were created as places, not those that came with an action."""
    rows, total = listing.page(r, _SHELF, account, wanted)
    return [as_place(row) for row in rows], total


def like(r: Read, account: int, parts: Sequence[str], near: Spot | None, limit: int) -> list[Place]:
    """Listed places that have any of the parts in a text, the nearest of them, else the latest."""
    found = SHOWN.where(_P.account == account, _P.is_listed == 1)
    if parts:
        texts = func.lower(_P.name + " " + _P.address + " " + _P.city)
        found = found.where(or_(*(texts.contains(part, autoescape=True) for part in parts)))
    if near is None:
        found = found.order_by(_P.modified_at.desc())
    else:
        aside = func.abs(_P.lon - near.lon)
        # Not a distance, but in its order near enough to choose whom to measure; over the antimeridian too.
        away = func.abs(_P.lat - near.lat) + func.abs(180 - func.abs(180 - aside))
        found = found.order_by(away.asc().nulls_last())
    return [as_place(row) for row in r.run(found.order_by(_P.seq.desc()).limit(limit))]


def is_used(r: Read, seq: int) -> bool:
    """Whether an action, a stop or a geofence is at the place."""
    used = or_(
        exists().where(_works_at(seq)),
        exists().where(SEGMENTS.c.place == seq),
        exists().where(FENCES.c.place == seq),
    )
    return bool(r.run(select(used)).scalar())


def _works_at(seq: int) -> Any:
    return or_(_A.expected_place == seq, _A.started_place == seq, _A.completed_place == seq)


def actions_at(r: Read, account: int, seq: int) -> list[int]:
    return list(r.run(select(_A.seq).where(_A.account == account, _works_at(seq))).scalars())


def set_frames(w: Write, account: int, actions: Sequence[int], frame: int) -> None:
    mine = (_A.account == account) & _A.seq.in_(actions)
    w.run(update(ACTIONS).where(mine).values(frame=frame))


def drop(w: Write, account: int, seq: int) -> None:
    w.run(delete(PLACES).where(_P.account == account, _P.seq == seq))
