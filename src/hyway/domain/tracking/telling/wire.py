"""The parts that bodies on the wire are made of: times, points, locations, places, ways."""

import time
from typing import Any

from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.records import Location, Place, Spot
from hyway.kernel.clock import SECOND, Instant

Body = dict[str, Any]


def when(at: Instant) -> str:
    """UTC with six digits of a second; none of them when they are zero (`2017-07-03T01:34:03Z`)."""
    whole, rest = divmod(at, SECOND)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return f"{stamp}.{rest:06}Z" if rest else stamp + "Z"


def maybe(at: Instant | None) -> str | None:
    return None if at is None else when(at)


def point(spot: Spot | Location) -> Body:
    """GeoJSON: longitude first."""
    return {"type": "Point", "coordinates": [spot.lon, spot.lat]}


def location(fix: Location | None) -> Body:
    """All nine keys, or `{}`: the vendor's iOS client drops a location that lacks one."""
    if fix is None:
        return {}
    return {
        "geojson": point(fix),
        "accuracy": fix.accuracy or 0.0,
        "speed": fix.speed or 0.0,
        "bearing": fix.bearing or 0.0,
        "altitude": fix.altitude or 0.0,
        "activity": fix.activity,
        "activity_confidence": fix.confidence or 0,
        "provider": fix.provider,
        "recorded_at": when(fix.at),
    }


def place(kept: Place | None) -> Body | None:
    """A place's `location` is null while only its address is known."""
    if kept is None:
        return None
    return {
        "id": kept.id,
        "name": kept.name,
        "location": point(kept.spot) if kept.spot else None,
        "address": kept.address,
        "landmark": kept.landmark,
        "locality": kept.locality,
        "zip_code": kept.zip_code,
        "city": kept.city,
        "state": kept.state,
        "country": kept.country,
        "created_at": when(kept.created_at),
        "modified_at": when(kept.modified_at),
    }


def lines(path: str | None) -> Body:
    """The way as a plain polyline and with its times; null while there is none."""
    plain = polyline.without_times(path) if path else None
    return {"encoded_polyline": plain, "time_aware_polyline": path or None}
