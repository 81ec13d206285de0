"""One user's day: what they did from midnight to midnight where they are, beside its map."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get

from hyway.console import tracked
from hyway.console.tracked import PATH
from hyway.console.visit import Here, Page, Visit
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Segment
from hyway.kernel import clock
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing

_HERE = PATH + "/users/{user:uuid}"
_WORDS = {"trip": "Trip", "stop": "Stop", "location_void": "No positions"}
_MOVES = {"walking": "Walk", "running": "Run", "cycling": "Ride", "automotive": "Drive"}
_WHY = {"disabled": "location was switched off", "no_permission": "location was not permitted"}
_LATELY = 10 * clock.MINUTE
"""How long after its last position a trip is taken to last still."""
_WIDTH = 1000.0
"""Units of the picture of a day, from midnight to midnight."""


@dataclass(frozen=True)
class Part:
    """A segment as the page shows it: `left` and `width` are its place in the picture of the day."""

    segment: Segment
    title: str
    where: str
    began: str
    ended: str
    distance: float
    seconds: float
    left: float
    width: float


@dataclass(frozen=True)
class Shown:
    """A day with its sums; `moving` and `standing` in seconds, those of the day alone."""

    line: tracking.placeline.Placeline
    parts: list[Part]
    distance: float
    moving: float
    standing: float
    stops: int
    activities: dict[str, tuple[float, float]]
    body: dict[str, Any]
    group: str


def _date(visit: Visit) -> date | None:
    text = visit.asked.text("date")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Missing("there is no such day") from None


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["user"])


def _day(r: Read, by: Caller, id: str, on: date | None) -> Shown:
    line = tracking.placeline.of_day(r, by, id, on)
    way = tracking.placeline.mileage_of_day(r, by, id, line.day.date).way
    now = clock.now()
    parts = [_part(each, line.day.start, line.day.end, now, _zone(line)) for each in line.segments]
    inside = [(each, _overlap(each.segment, line.day.start, line.day.end, now)) for each in parts]
    standing = sum(seconds for each, seconds in inside if each.segment.kind == "stop")
    stops = sum(1 for each in parts if each.segment.kind == "stop")
    body = tracked.bodies(r, by, [line.user])[0]
    group = tracking.groups.find(r, by, line.user.group_id).name if line.user.group_id else ""
    return Shown(line, parts, way.distance, way.duration, standing, stops, dict(way.activities), body, group)


def _zone(line: tracking.placeline.Placeline) -> str:
    return str(tracking.placeline.zone_of(line.account, line.user))


def _until(of: Segment, now: Instant) -> Instant:
    """When it ended; who stands is taken to stand there still."""
    if of.ended_at is not None:
        return of.ended_at
    return of.began_at + round(of.duration * SECOND) if of.kind == "trip" else max(now, of.began_at)


def _overlap(of: Segment, start: Instant, end: Instant, now: Instant) -> float:
    return max(0, min(_until(of, now), end) - max(of.began_at, start)) / SECOND


def _part(of: Segment, start: Instant, end: Instant, now: Instant, zone: str) -> Part:
    until, length = _until(of, now), max(1, end - start)
    left = _WIDTH * max(0, of.began_at - start) / length
    right = _WIDTH * min(length, max(0, until - start)) / length
    ended = of.ended_at
    if ended is None and until < now - _LATELY:
        ended = until  # nothing came since: nobody knows how it went on
    title = _MOVES.get(of.activity, "Trip") if of.kind == "trip" else _WORDS[of.kind]
    return Part(
        of,
        title,
        _where(of),
        _hour(of.began_at, start, end, zone),
        _hour(ended, start, end, zone) if ended is not None else "now",
        of.distance,
        max(0, until - of.began_at) / SECOND,
        round(left, 1),
        round(max(1.5, right - left), 1),
    )


def _hour(at: Instant, start: Instant, end: Instant, zone: str) -> str:
    """The time of day; with its date where that is another one."""
    local = clock.moment(at).astimezone(ZoneInfo(zone))
    return f"{local:%H:%M}" if start <= at <= end else f"{local.day} {local:%b %H:%M}"


def _where(of: Segment) -> str:
    if of.kind == "location_void":
        return _WHY.get(of.reason or "", "")
    if of.kind == "trip":
        return ""
    place = of.place
    known = (place.name or place.address or place.city) if place else ""
    if known:
        return known
    spot = of.spot or of.began
    return f"{spot.lat:.5f}, {spot.lon:.5f}"


def _drawn(shown: Shown) -> dict[str, Any]:
    """The day as the map's script draws it; what a trip has outside of the day is drawn too."""
    parts = []
    for part in shown.parts:
        of = part.segment
        spot = of.spot or of.began
        drawn: dict[str, Any] = {"id": of.id, "kind": of.kind, "label": f"{part.title} {part.began}"}
        if of.kind == "trip":
            drawn["path"] = of.path
        elif of.kind == "stop":
            drawn["at"] = [spot.lat, spot.lon]
        elif of.ended is not None:
            drawn["gap"] = [[of.began.lat, of.began.lon], [of.ended.lat, of.ended.lon]]
        parts.append(drawn)
    return {"parts": parts, "user": shown.body, "is_today": _is_today(shown)}


def _is_today(shown: Shown) -> bool:
    return bool(shown.line.day.start <= clock.now() < shown.line.day.end)


def _last_day(shown: Shown) -> date | None:
    """The day of the last position, where the user is."""
    last = shown.line.user.live.last
    return clock.moment(last.at).astimezone(ZoneInfo(_zone(shown.line))).date() if last else None


@get(_HERE)
async def show(visit: Here) -> Page:
    shown = await visit.read(_day, _id(visit), _date(visit))
    day = shown.line.day
    today = _is_today(shown)
    return tracked.room(
        visit,
        "tracking_day.html",
        shown=shown,
        user=shown.line.user,
        account=shown.line.account,
        body=shown.body,
        day=day.date,
        day_zone=_zone(shown.line),
        last_day=_last_day(shown),
        before=day.date - timedelta(days=1),
        after=None if today else day.date + timedelta(days=1),
        is_today=today,
        moves=_MOVES,
        data=_drawn(shown),
        stream=f"{PATH}/stream?user={shown.line.user.id}" if today else "",
        formats={"gpx": "GPX", "geojson": "GeoJSON", "csv": "CSV"},
    )


def _file(r: Read, by: Caller, id: str, on: date | None, form: tracking.exports.Format) -> tuple[str, str]:
    span = tracking.exports.of_day(r, by, id, on)
    return span.name, "".join(tracking.exports.text(r, span, form))


@get(_HERE + "/export")
async def export(visit: Here) -> Response[bytes]:
    """The day as a file to keep."""
    form = next((each for each in tracking.exports.FORMATS if each == visit.asked.text("format")), None)
    if form is None:
        raise Missing("there is no such format")
    name, text = await visit.read(_file, _id(visit), _date(visit), form)
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"'}
    return Response(text.encode(), media_type=tracking.exports.MEDIA[form], headers=headers)


ROUTES = [show, export]
