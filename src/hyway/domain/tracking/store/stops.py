"""Statements on the places of stops."""

from math import cos, radians

from sqlalchemy import bindparam

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.records import Place, Spot
from hyway.domain.tracking.store.places import SHOWN, as_place
from hyway.domain.tracking.store.tables import PLACES
from hyway.kernel.db import Read
from hyway.kernel.sql import Prepared

WIDEST = 1_000.0
"""Metres: a place with a larger radius is found no farther off than this."""

_P = PLACES.c
_METRES = 111_000.0  # of a degree of latitude, at least 110.5 km
_NEAR = Prepared(
    SHOWN.add_columns(_P.is_listed).where(
        _P.account == bindparam("account"),
        _P.lat.between(bindparam("south"), bindparam("north")),
        _P.lon.between(bindparam("west"), bindparam("east")),
    ),
    ["account", "south", "north", "west", "east"],
)
_BY_SEQ = Prepared(
    SHOWN.where(_P.account == bindparam("account"), _P.seq == bindparam("seq")), ["account", "seq"]
)


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
            *known, is_listed = row
            place = as_place(known)
            away = metres(*spot, *place.spot) if place.spot else WIDEST
            if away <= place.radius:
                found.append((-is_listed, away, place.seq, place))
    return min(found)[-1] if found else None


def _spans(west: float, east: float) -> list[tuple[float, float]]:
    """Of longitudes, in two where they lie across the antimeridian."""
    if west < -180:
        return [(west + 360, 180.0), (-180.0, east)]
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)]
    return [(west, east)]
