"""/api/v1/users/<id>/locations/ and what else devices send: listed here, taken in by a lane of its own."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from hyway.apis.hypertrack.fields import Fix, Json, Time
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import ListQuery, PageOut, shown, wanted
from hyway.apis.hypertrack.shapes import Body, Location
from hyway.apis.hypertrack.style import APP, SECRET
from hyway.apis.kit.operations import Ask
from hyway.domain import tracking
from hyway.kernel.faults import Missing

_HEADERS = {
    "Device-Time": "The device's clock when it sends, from which it is judged how wrong the clock is.",
    "Battery": "Percent.",
    "Timezone": "IANA name of the zone that the device is in.",
}
_TOO_LARGE = "The body is larger than 4 MiB, packed or not."
_BUSY = "More is coming in than can be stored: the same again in a moment."


class LocationsQuery(ListQuery, kw_only=True):
    min_recorded_at: Annotated[Time, Meta(description="Then or later.")] | None = None
    max_recorded_at: Annotated[Time, Meta(description="Then or before.")] | None = None


class DeviceEvent(Struct, kw_only=True):
    """A position where the type is `location.changed`; whatever else it is becomes an event."""

    user_id: str
    type: str
    recorded_at: Time
    location: Fix | None = None
    data: Json | None = None


class RejectedItem(Struct):
    """Which item was not taken, counted from 0, and why, by field."""

    index: int
    errors: dict[str, list[str]]


class TakenIn(Struct):
    """How many items are new, how many were there before, and which were not taken."""

    accepted: int
    duplicates: int
    rejected: list[RejectedItem]


@operation(
    "GET", "/api/v1/users/{id}/locations/", scope=SECRET, query=LocationsQuery, gives=PageOut[Location]
)
async def page(ask: Ask, query: LocationsQuery) -> PageOut[Body]:
    """List a user's positions.

    Newest first, unless they are ordered by `recorded_at`.
    """
    asked = wanted(query)
    found = await ask.db.read(tracking.positions.page, ask.by, ask.path["id"], asked)
    return shown(ask, asked, found.total, [tracking.payloads.location(each) for each in found.rows])


@operation(
    "POST",
    "/api/v1/users/{id}/locations/",
    scope=APP,
    takes=list[Fix],
    gives=TakenIn,
    headers={**_HEADERS, "Idempotency-Key": "The same key and body within a day get the same answer."},
    also={413: _TOO_LARGE, 503: _BUSY},
)
async def send(ask: Ask, _sent: Any) -> TakenIn:
    """Send positions.

    Up to 1,000 of one user, in any order, gzip or not: a list, `{"locations": [...]}`, or GeoJSON. Each is judged by
    itself; what was sent before is counted and not stored again. The answer comes when they are stored.
    """
    return _elsewhere()


@operation(
    "POST",
    "/api/v1/sdk_events/bulk/",
    scope=APP,
    takes=list[DeviceEvent],
    gives=TakenIn,
    headers={
        **_HEADERS,
        "Device-ID": "Names the device: a second one of a user is told 409 and not taken in.",
    },
    also={409: "Another device sends for the user.", 413: _TOO_LARGE, 503: _BUSY},
)
async def bulk(ask: Ask, _sent: Any) -> TakenIn:
    """Send what a device has collected.

    Up to 1,000 positions and reports, of any users, in any order, gzip or not. Each is judged by itself; what was
    sent before is counted and not stored again. The answer comes when they are stored.
    """
    return _elsewhere()


@operation(
    "POST",
    "/api/v1/users/{id}/gpx/",
    scope=APP,
    gives=TakenIn,
    also={413: _TOO_LARGE, 503: _BUSY},
)
async def gpx(ask: Ask) -> TakenIn:
    """Send a GPX file.

    Its points become positions of the user. With `?as=route` nothing is stored: the line comes back encoded, also
    of a file whose times cannot be believed.
    """
    return _elsewhere()


def _elsewhere() -> TakenIn:
    """The ingest lane answers these before they come here; who has no lane has no such path."""
    raise Missing("Not found")


OPERATIONS = (page, send, bulk, gpx)
