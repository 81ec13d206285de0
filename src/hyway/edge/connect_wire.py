"""What other vendors' apps send, as positions: OwnTracks' JSON, OsmAnd's form, the JSON of Traccar's app.

OwnTracks and OsmAnd are spoken as the OwnTracks booklet and Traccar's page on the OsmAnd protocol describe them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from hyway.domain import tracking
from hyway.domain.tracking import Reading
from hyway.edge import ingest_wire as wire
from hyway.kernel import clock
from hyway.kernel.clock import SECOND, Instant

_KMH, _KNOT = 1 / 3.6, 1852 / 3600  # metres a second
_SECONDS_END = 1 << 31  # Traccar takes larger numbers for milliseconds
_ACTIVITIES: Final = {
    "still": "stationary",
    "walking": "walking",
    "on_foot": "walking",
    "running": "running",
    "on_bicycle": "cycling",
    "in_vehicle": "automotive",
}


class Said(NamedTuple):
    """One message: the names that its sender may go by, where it was, percent of its battery."""

    names: list[str]
    reading: Reading | None
    battery: int | None


class _OwnTracks(Struct, rename={"type": "_type"}):
    type: str
    lat: float | None = None
    lon: float | None = None
    tst: float | None = None
    acc: float | None = None
    alt: float | None = None
    vel: float | None = None
    cog: float | None = None
    batt: float | None = None
    tid: str | None = None
    topic: str | None = None


class _Coords(Struct):
    latitude: float
    longitude: float
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None


class _Battery(Struct):
    level: float | None = None


class _Activity(Struct):
    type: str | None = None


class _Located(Struct):
    timestamp: str | float
    coords: _Coords
    battery: _Battery | None = None
    activity: _Activity | None = None


class _Traccar(Struct):
    device_id: str | int
    location: _Located


_owntracks = msgspec.json.Decoder(_OwnTracks, strict=False).decode
_traccar = msgspec.json.Decoder(_Traccar, strict=False).decode


def owntracks(raw: bytes) -> Said | None:
    """A `location` or a `transition`, which both tell where the phone is; None for whatever tells nothing of it."""
    try:
        said = _owntracks(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise wire.Unreadable({"detail": f"JSON parse error - {error}"}) from None
    if said.type not in ("location", "transition") or said.lat is None or said.lon is None:
        return None
    parts = (said.topic or "").split("/")
    names = [parts[1] if len(parts) > 1 else None, parts[2] if len(parts) > 2 else None, said.tid, said.topic]
    speed = said.vel * _KMH if said.vel is not None else None
    place = tracking.receiving.reading(
        _instant(said.tst), said.lat, said.lon, said.acc, speed, said.cog, said.alt, provider="fused"
    )
    return Said([each for each in names if each], _on_earth(place), _percent(said.batt))


def osmand(fields: Mapping[str, str]) -> Said:
    """The parameters of the form; the speed is in knots, a time is seconds, milliseconds or text."""
    name = fields.get("id") or fields.get("deviceid")
    if not name:
        raise wire.Unreadable({"id": ["This field is required."]})
    lat, lon = fields.get("lat"), fields.get("lon")
    if fields.get("location"):
        lat, _, lon = fields["location"].partition(",")
    battery = _percent(_number("batt", fields.get("batt")))
    if not lat or not lon:
        return Said([name], None, battery)
    speed = _number("speed", fields.get("speed"))
    place = tracking.receiving.reading(
        _time(fields.get("timestamp")),
        _number("lat", lat) or 0.0,
        _number("lon", lon) or 0.0,
        _number("accuracy", fields.get("accuracy")),
        speed * _KNOT if speed is not None else None,
        _number("bearing", fields.get("bearing") or fields.get("heading")),
        _number("altitude", fields.get("altitude")),
    )
    return Said([name], _on_earth(place), battery)


def traccar(raw: bytes) -> Said:
    """The JSON of Traccar's app since its version 9: metres a second, a battery's level from 0 to 1."""
    try:
        said = _traccar(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise wire.Unreadable({"detail": f"JSON parse error - {error}"}) from None
    where, at = said.location, said.location.timestamp
    here = where.coords
    activity = _ACTIVITIES.get(where.activity.type or "") if where.activity else None
    place = tracking.receiving.reading(
        _time(at) if isinstance(at, str) else _time(str(int(at))),
        here.latitude,
        here.longitude,
        here.accuracy,
        here.speed,
        here.heading,
        here.altitude,
        activity,
    )
    level = where.battery.level if where.battery else None
    return Said([str(said.device_id)], _on_earth(place), _percent(level * 100 if level is not None else None))


def _on_earth(place: Reading | None) -> Reading:
    if place is None:
        text = "Latitude is from -90 to 90, longitude from -180 to 180."
        raise wire.Unreadable({"location": [text]})
    return place


def _percent(level: float | None) -> int | None:
    return round(level) if level is not None and 0 <= level <= 100 else None


def _number(name: str, text: str | None) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise wire.Unreadable({name: ["A valid number is required."]}) from None


def _instant(seconds: float | None) -> Instant:
    """Seconds since 1970 as an instant; now where there is none."""
    if seconds is None:
        return clock.now()
    return round(seconds * SECOND) if abs(seconds) < 1e12 else -1


def _time(text: str | None) -> Instant:
    if not text:
        return clock.now()
    if text.isascii() and text.isdigit() and len(text) <= 16:
        number = int(text)
        return number * SECOND if number < _SECONDS_END else number * 1_000
    try:
        return wire.instant(datetime.fromisoformat(text) if "T" in text else _utc(text))
    except (ValueError, OverflowError):
        raise wire.Unreadable({"timestamp": ["Not a time."]}) from None


def _utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


__all__ = ["Said", "osmand", "owntracks", "traccar"]
