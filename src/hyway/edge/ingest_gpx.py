"""GPX files: as the positions of a user where their times can be believed, else as a route without times."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import gpxpy
from gpxpy.gpx import GPX, GPXException, GPXTrackPoint

from hyway.domain import tracking
from hyway.domain.tracking import Item
from hyway.edge import ingest_wire as wire
from hyway.edge.ingest_request import Headers
from hyway.kernel import clock
from hyway.kernel.clock import Instant

MOST_POINTS = 50_000
_BOUNDARY = re.compile(rb'boundary="?([^";,\s]{1,200})"?', re.IGNORECASE)
# Neither a document type nor an entity stands in any GPX; both are how an XML file grows without bounds.
_DECLARES = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_ROUTE: Final = "Send it with ?as=route to have the line without its times."


class Spot(NamedTuple):
    """A point of the file, as the file has it."""

    lat: float
    lon: float
    altitude: float | None
    speed: float | None
    at: Instant | None


class Track(NamedTuple):
    name: str
    spots: list[Spot]


def read(headers: Headers, raw: bytes) -> Track:
    """The points of all tracks in their order, those of the routes where there is no track; Unreadable."""
    text = _text(_part(headers, raw))
    if _DECLARES.search(text):
        raise _refused("An XML file with a document type or entities is not read.")
    try:
        found = gpxpy.parse(text)
    except (GPXException, ValueError, RecursionError, LookupError):
        raise _refused("This is not a GPX file.") from None
    spots = [_spot(point) for point in _points(found)]
    if not spots:
        raise _refused("There are no points in this GPX file.")
    if len(spots) > MOST_POINTS:
        raise _refused(f"Ensure this file has no more than {MOST_POINTS} points.")
    return Track(next((each.name for each in found.tracks if each.name), found.name or ""), spots)


def _points(found: GPX) -> list[Any]:
    tracked = [point for track in found.tracks for segment in track.segments for point in segment.points]
    return tracked or [point for route in found.routes for point in route.points]


def _spot(point: GPXTrackPoint) -> Spot:
    at = wire.instant(point.time) if point.time is not None else None
    return Spot(point.latitude, point.longitude, point.elevation, getattr(point, "speed", None), at)


def _part(headers: Headers, raw: bytes) -> bytes:
    """The body itself, or the file in a form."""
    kind = headers.get(b"content-type", b"")
    boundary = _BOUNDARY.search(kind) if kind.lower().startswith(b"multipart/") else None
    if boundary is None:
        return raw
    for part in raw.split(b"--" + boundary[1]):
        _, blank, content = part.partition(b"\r\n\r\n")
        if blank and b"<gpx" in content[:4_096]:
            return content.removesuffix(b"\r\n")
    raise _refused("There is no GPX file in this form.")


def _text(raw: bytes) -> str:
    """The file as text, so that what is looked for in it is what the parser sees."""
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise _refused("The file is not UTF-8.") from None
    # What the file says of its encoding is of its bytes.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)


def items(track: Track, user: str) -> Iterator[list[Item]]:
    """The positions in batches; Unreadable where the times cannot be those of the points."""
    _believe(track.spots)
    batch: list[Item] = []
    for place, spot in enumerate(track.spots):
        reading = tracking.receiving.reading(
            spot.at or 0, spot.lat, spot.lon, speed=spot.speed, altitude=spot.altitude, provider="gps"
        )
        if reading is None:
            raise _refused(f"Point {place} is no place on earth.")
        batch.append(Item(place, user, reading, None))
        if len(batch) == tracking.receiving.MOST_ITEMS:
            yield batch
            batch = []
    if batch:
        yield batch


def _believe(spots: list[Spot]) -> None:
    times = [spot.at for spot in spots if spot.at is not None]
    if len(times) < len(spots):
        without = len(spots) - len(times)
        raise _refused(
            f"{without} of {len(spots)} points have no time, so they cannot be positions. {_ROUTE}"
        )
    first, last = min(times), max(times)
    if last - first < clock.SECOND and len(spots) > 1:
        said = clock.text(first)
        raise _refused(f"All points have the same time ({said}), so they cannot be positions. {_ROUTE}")
    if first < tracking.receiving.OLDEST:
        raise _refused(f"The track begins at {clock.text(first)}, before there was GPS. {_ROUTE}")
    if last > clock.now() + tracking.receiving.AHEAD:
        raise _refused(f"The track ends at {clock.text(last)}, in the future. {_ROUTE}")
    back = sum(after < before for before, after in pairwise(times))
    if back * 10 > len(times):
        raise _refused(f"The times of the points go back and forth ({back} times). {_ROUTE}")


def route(track: Track) -> dict[str, Any]:
    """The line of the track alone."""
    for place, spot in enumerate(track.spots):
        if tracking.receiving.reading(0, spot.lat, spot.lon) is None:
            raise _refused(f"Point {place} is no place on earth.")
    line = [(spot.lat, spot.lon) for spot in track.spots]
    return {"name": track.name, "points": len(line), "encoded_polyline": tracking.polyline.encode(line)}


def _refused(said: str) -> wire.Unreadable:
    return wire.Unreadable({"file": [said]})
