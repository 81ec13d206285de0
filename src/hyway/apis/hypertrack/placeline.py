"""/api/v1/users/<id>/placeline/ and mileage/, and what can be taken away as files."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Literal, TypedDict

from msgspec import Meta, Struct

from hyway.apis.hypertrack.fields import Day, Time
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.shapes import Body, DateTime, Id, Location, Place, User
from hyway.apis.hypertrack.style import ALL, READ, SECRET
from hyway.apis.kit.operations import Ask, Stream
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read

_Format = Annotated[
    Literal["gpx", "geojson", "csv"],
    Meta(
        description="GPX 1.1 with trips as tracks and stops as waypoints, GeoJSON, or the positions as CSV."
    ),
]

_FORMS = {"application/geo+json": {"type": "object"}, "text/csv": {"type": "string"}}


class DayQuery(Struct, kw_only=True):
    date: Annotated[Day, Meta(description="A date where the user is; today where none is named.")] | None = (
        None
    )


class MileageQuery(DayQuery, kw_only=True):
    min_recorded_at: Annotated[Time, Meta(description="From then on, in place of a date.")] | None = None
    max_recorded_at: Annotated[Time, Meta(description="Until then, in place of a date.")] | None = None


class ExportQuery(Struct, kw_only=True):
    format: _Format = "gpx"


class DayExportQuery(DayQuery, kw_only=True):
    format: _Format = "gpx"


class Segment(TypedDict, total=False):
    """A trip, a stop or a gap, whole. Metres and seconds; what lasts has no end."""

    id: str
    trip_id: Id
    user_id: Id
    type: Literal["trip", "stop", "location_void"]
    activity: str
    place: Place | None
    location: Location
    started_at: DateTime
    start_location: Location
    ended_at: DateTime | None
    end_location: Location
    distance: float
    duration: float
    step_count: int
    lookup_id: str | None
    encoded_polyline: str | None
    time_aware_polyline: str | None
    vehicle_type: str
    reason: Literal["disabled", "no_permission", "unknown"]
    created_at: DateTime
    modified_at: DateTime


class Moment(TypedDict):
    id: Id
    recorded_at: DateTime
    type: str
    user_id: Id
    position: dict[str, object] | None
    info: str


class Placeline(User):
    timeline_date: Annotated[str, Meta(extra_json_schema={"format": "date"})]
    segments: list[Segment]
    actions: list[Body]
    events: list[Moment]


class Share(TypedDict):
    activity: str
    distance: float
    duration: float


class Mileage(TypedDict):
    """Metres and seconds of trips; stops and gaps count nothing."""

    id: Id
    user_id: Id
    distance: float
    duration: float
    started_at: DateTime
    ended_at: DateTime
    activities: list[Share]


# What runs on a database thread.


def _placeline(r: Read, by: Caller, id: str, on: date | None) -> Body:
    shown = tracking.placeline.of_day(r, by, id, on)
    now, payloads = clock.now(), tracking.payloads
    return payloads.placeline(
        payloads.user(shown.user, shown.account, now, r.home),
        shown.day.date.isoformat(),
        [payloads.segment(each, now) for each in shown.segments],
        [payloads.action(each, shown.account, now, r.home) for each in shown.actions],
        shown.events,
    )


def _mileage(
    r: Read, by: Caller, id: str, on: date | None, start: Instant | None, end: Instant | None
) -> Body:
    if on is None and (start is not None or end is not None):
        found = tracking.placeline.mileage_between(r, by, id, start, end)
    else:
        found = tracking.placeline.mileage_of_day(r, by, id, on)
    way, user = found.way, found.user
    span = found.start, found.end
    return tracking.payloads.mileage(user.id, user.id, way.distance, way.duration, *span, way.activities)


@operation("GET", "/api/v1/users/{id}/placeline/", scope=ALL, query=DayQuery, gives=Placeline)
async def placeline(ask: Ask, query: DayQuery) -> Body:
    """Retrieve a user's day.

    The user, and what there was that day: trips, stops and gaps in order, the last one perhaps lasting, actions and
    events. The day is that of the place where the user's device was last; a trip over midnight is in both days, whole.
    """
    return await ask.db.read(_placeline, ask.by, ask.path["id"], query.date)


@operation("GET", "/api/v1/users/{id}/mileage/", scope=READ, query=MileageQuery, gives=Mileage)
async def mileage(ask: Ask, query: MileageQuery) -> Body:
    """Retrieve how far a user travelled.

    On a date, today by default, or between two instants: then trips count by the part of them that lies between.
    """
    span = query.min_recorded_at, query.max_recorded_at
    return await ask.db.read(_mileage, ask.by, ask.path["id"], query.date, *span)


@operation(
    "GET",
    "/api/v1/users/{id}/export/",
    scope=SECRET,
    query=DayExportQuery,
    gives=str,
    media_type="application/gpx+xml",
    forms=_FORMS,
)
async def export_day(ask: Ask, query: DayExportQuery) -> Stream:
    """Export a user's day.

    An addition of ours.
    """
    span = await ask.db.read(tracking.exports.of_day, ask.by, ask.path["id"], query.date)
    return await _export(ask, span, query.format)


@operation(
    "GET",
    "/api/v1/actions/{id}/export/",
    scope=SECRET,
    query=ExportQuery,
    gives=str,
    media_type="application/gpx+xml",
    forms=_FORMS,
)
async def export_action(ask: Ask, query: ExportQuery) -> Stream:
    """Export what was travelled for an action.

    From when it was given to its user until its end, or until now. An addition of ours.
    """
    span = await ask.db.read(tracking.exports.of_action, ask.by, ask.path["id"])
    return await _export(ask, span, query.format)


async def _export(ask: Ask, of: tracking.exports.Span, form: tracking.exports.Format) -> Stream:
    head, parts = await ask.db.read(tracking.exports.begin, of, form)
    disposition = f'attachment; filename="{of.name}.{form}"'.encode()
    media = tracking.exports.MEDIA[form].encode()
    return Stream(
        head.encode(), _pieces(ask, of, form, parts), media, ((b"content-disposition", disposition),)
    )


async def _pieces(
    ask: Ask, of: tracking.exports.Span, form: tracking.exports.Format, parts: list[tracking.exports.Part]
) -> AsyncIterator[bytes]:
    for at, part in enumerate(parts):
        left: tracking.exports.Part | None = part
        while left is not None:
            written, left = await ask.db.read(tracking.exports.piece, of, form, left, at == 0)
            if written:
                yield written.encode()
    yield tracking.exports.end(form).encode()


OPERATIONS = (placeline, mileage, export_day, export_action)
