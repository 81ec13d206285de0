"""A user's day or an action's way as a file: GPX, GeoJSON or CSV, written piece by piece."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args
from xml.sax.saxutils import escape

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.days import mileage, placeline
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Account, Location, Segment, User
from hyway.domain.tracking.store import positions_read as positions
from hyway.domain.tracking.store.positions_read import Place as Mark
from hyway.domain.tracking.telling import payloads, wire
from hyway.domain.tracking.work import actions
from hyway.kernel import clock
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing

Format = Literal["gpx", "geojson", "csv"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MEDIA: Final[dict[Format, str]] = {
    "gpx": "application/gpx+xml",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
}
PIECE: Final = 2_000
"""Positions that are read and written at a time."""
COLUMNS: Final = (
    "recorded_at", "latitude", "longitude", "accuracy", "speed", "bearing", "altitude", "activity",
    "activity_confidence", "provider",
)  # fmt: skip
_PLAIN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no room for."""
_GPX: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Hyway"'
    ' xmlns="http://www.topografix.com/GPX/1/1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd">\n'
)


@dataclass(frozen=True, slots=True)
class Span:
    """What a file is of: a user's time from `start` up to `end`; `name` is the file's, without its ending."""

    account: Account
    user: User
    name: str
    start: Instant
    end: Instant


Part = Segment | Mark
"""What a piece of a file is made of: a segment, or the positions after a mark."""


def of_day(r: Read, by: Caller, id: str, on: date | None = None) -> Span:
    """The user's day; today where no date is named."""
    account = accounts.of(r, by)
    user = users.of_account(r, by, account, id)
    day = placeline.day_of(account, user, on)
    return Span(account, user, f"user-{user.id}-{day.date}", day.start, day.end)


def of_action(r: Read, by: Caller, id: str) -> Span:
    """From when the action was given to its user until its end, or until now; Missing while nobody has it."""
    action = actions.find(r, by, id)
    if action.user is None or action.assigned_at is None:
        raise Missing("nobody has done anything of this action")
    end = action.ended_at or clock.now()
    return Span(accounts.of(r, by), action.user, f"action-{action.id}", action.assigned_at, end + 1)


def begin(r: Read, of: Span, form: Format) -> tuple[str, list[Part]]:
    """The beginning of the file, and what the pieces after it are made of."""
    if form == "csv":
        return ",".join(COLUMNS) + "\r\n", [Mark(of.start - 1, 1 << 30, 1 << 30)]
    found = placeline.segments_in(r, of.account, of.user, of.start, of.end)
    if form == "geojson":
        return '{"type":"FeatureCollection","features":[', [
            each for each in found if each.kind != "location_void"
        ]
    about = f"<metadata><name>{of.name}</name><time>{wire.when(clock.now())}</time></metadata>\n"
    stops = "".join(_waypoint(each) for each in found if each.kind == "stop")
    return _GPX + about + stops, [each for each in found if each.kind == "trip"]


def piece(r: Read, of: Span, form: Format, part: Part, is_first: bool) -> tuple[str, Part | None]:
    """One piece of the file, and what has to follow it at once, if anything."""
    if isinstance(part, Mark):
        found, after = positions.page(r, of.user.seq, part, of.end, PIECE)
        return "".join(map(_line, found)), after if len(found) == PIECE else None
    if form == "gpx":
        return _track(r, of, part), None
    return ("" if is_first else ",") + json.dumps(_feature(of, part), separators=(",", ":")), None


def end(form: Format) -> str:
    return {"csv": "", "geojson": "]}\n", "gpx": "</gpx>\n"}[form]


def text(r: Read, of: Span, form: Format) -> Iterator[str]:
    """The whole file in one reading."""
    head, parts = begin(r, of, form)
    yield head
    for at, part in enumerate(parts):
        left: Part | None = part
        while left is not None:
            written, left = piece(r, of, form, left, at == 0)
            yield written
    yield end(form)


def _line(fix: Location) -> str:
    known = (fix.accuracy, fix.speed, fix.bearing, fix.altitude)
    numbers = ",".join("" if each is None else repr(each) for each in known)
    sure = "" if fix.confidence is None else fix.confidence
    return (
        f"{wire.when(fix.at)},{fix.lat:.7f},{fix.lon:.7f},{numbers},{fix.activity},{sure},{fix.provider}\r\n"
    )


def _waypoint(stop: Segment) -> str:
    lat, lon = stop.spot or (stop.began.lat, stop.began.lon)
    named = stop.place.name or stop.place.address if stop.place else ""
    name = escape(_PLAIN.sub("", named)) or "Stop"
    until = wire.maybe(stop.ended_at) or ""
    return (
        f'<wpt lat="{lat:.7f}" lon="{lon:.7f}"><time>{wire.when(stop.began_at)}</time><name>{name}</name>'
        f"<desc>{wire.when(stop.began_at)} - {until}</desc><type>stop</type></wpt>\n"
    )


def _track(r: Read, of: Span, trip: Segment) -> str:
    """Every position of the trip in the span, as it was received."""
    last = trip.ended.at if trip.ended else trip.began_at + round(trip.duration * SECOND)
    start, until = max(of.start, trip.began_at), min(of.end - 1, last)
    points, after = [], Mark(start - 1, 1 << 30, 1 << 30)
    found = [trip.began]
    while found:
        found, after = positions.page(r, of.user.seq, after, until + 1, PIECE)
        points += [_point(fix) for fix in found]
    name = f"{payloads.activity_name(trip)} {wire.when(trip.began_at)}"
    return f"<trk><name>{name}</name><type>{trip.activity}</type><trkseg>\n{''.join(points)}</trkseg></trk>\n"


def _point(fix: Location) -> str:
    height = "" if fix.altitude is None else f"<ele>{fix.altitude!r}</ele>"
    return (
        f'<trkpt lat="{fix.lat:.7f}" lon="{fix.lon:.7f}">{height}<time>{wire.when(fix.at)}</time></trkpt>\n'
    )


def _feature(of: Span, part: Segment) -> dict[str, Any]:
    """A stop as a point, a trip as the line that its distance was counted on; of both what lies in the span."""
    about: dict[str, Any] = {
        "id": part.id,
        "type": part.kind,
        "activity": payloads.activity_name(part),
        "started_at": wire.when(max(part.began_at, of.start)),
        "ended_at": None if part.ended_at is None else wire.when(min(part.ended_at, of.end)),
    }
    if part.kind == "stop":
        lat, lon = part.spot or (part.began.lat, part.began.lon)
        place = part.place
        about |= {"name": place.name if place else "", "address": place.address if place else ""}
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": about,
        }
    line = polyline.decode_timed(part.path)
    inside = mileage.cut(line, of.start, of.end)
    until = part.began_at + round(part.duration * SECOND)
    of_way, of_time = mileage.shares(line, part.began_at, until, of.start, of.end)
    about |= {
        "distance": round(part.distance * of_way, 2),
        "duration": round(part.duration * of_time, 6),
        "times": [wire.when(at) for _, _, at in inside],
    }
    points = [[lon, lat] for lat, lon, _ in inside]
    if len(points) == 1:  # a line has two ends
        points *= 2
    geometry = {"type": "LineString", "coordinates": points} if points else None
    return {"type": "Feature", "geometry": geometry, "properties": about}
