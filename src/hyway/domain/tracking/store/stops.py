"""Statements on the places of stops."""

from collections.abc import Sequence
from math import cos, radians
from typing import Any

from sqlalchemy import bindparam, select

from hyway.domain.tracking.geodesy import metres
from hyway.domain.tracking.records import Place, Spot
from hyway.domain.tracking.store.tables import PLACES
from hyway.kernel import clock, ids
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

WIDEST = 1_000.0
"""Metres: a place with a larger radius is found no farther off than this."""
RADIUS = 100.0
"""Metres: of a place that a stop made."""

_P = PLACES.c
_NAMES = [c.name for c in _P]
_METRES = 111_000.0  # of a degree of latitude, at least 110.5 km
_NEAR = Prepared(
    select(PLACES).where(
        _P.account == bindparam("account"),
        _P.lat.between(bindparam("south"), bindparam("north")),
        _P.lon.between(bindparam("west"), bindparam("east")),
    ),
    ["account", "south", "north", "west", "east"],
)
_ADD = PLACES.insert().returning(_P.seq)
_BY_SEQ = Prepared(
    select(PLACES).where(_P.account == bindparam("account"), _P.seq == bindparam("seq")), ["account", "seq"]
)


def as_place(row: Sequence[Any]) -> Place:
    """The record of a row in the order of the table."""
    named = dict(zip(_NAMES, row, strict=True))
    lat, lon = named.pop("lat"), named.pop("lon")
    del named["account"], named["is_listed"]
    return Place(**named, spot=None if lat is None or lon is None else Spot(lat, lon))


def by_seq(r: Read, account: int, seq: int) -> Place | None:
    rows = r.rows(_BY_SEQ, account, seq)
    return as_place(rows[0]) if rows else None


def nearest(r: Read, account: int, spot: Spot) -> Place | None:
    """The place around this spot: a listed one before others, then the nearest."""
    high = WIDEST / (_METRES * 0.99)
    wide = min(180.0, high / max(0.001, cos(radians(min(89.9, abs(spot.lat) + high)))))
    found: list[tuple[int, float, int, Place]] = []
    for west, east in _spans(spot.lon - wide, spot.lon + wide):
        for row in r.rows(_NEAR, account, spot.lat - high, spot.lat + high, west, east):
            place = as_place(row)
            away = metres(*spot, *place.spot) if place.spot else WIDEST
            if away <= place.radius:
                found.append((-row[_NAMES.index("is_listed")], away, place.seq, place))
    return min(found)[-1] if found else None


def _spans(west: float, east: float) -> list[tuple[float, float]]:
    """Of longitudes, in two where they lie across the antimeridian."""
    if west < -180:
        return [(west + 360, 180.0), (-180.0, east)]
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)]
    return [(west, east)]


def add(w: Write, account: int, spot: Spot) -> int:
    """A place that nobody named, in no list; its number."""
    now = clock.now()
    texts = dict.fromkeys(
        ("name", "address", "landmark", "locality", "zip_code", "city", "state", "country"), ""
    )
    row = {
        "id": ids.uuid4(),
        "account": account,
        "lat": spot.lat,
        "lon": spot.lon,
        "radius": RADIUS,
        "is_listed": 0,
    }
    seq: int = w.run(_ADD, {**texts, **row, "created_at": now, "modified_at": now}).scalar_one()
    return seq
