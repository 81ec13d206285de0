"""/api/v1/geofences/: what is told when somebody comes, stays or goes."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypertrack.fields import Json, Ref, Time, Uuid, Words, given
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import LONGEST, ListQuery, PageOut, answer
from hyway.apis.hypertrack.places import PlaceIn
from hyway.apis.hypertrack.shapes import Body, Geofence
from hyway.apis.hypertrack.style import READ, SECRET
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import tracking


class GeofencesQuery(ListQuery, kw_only=True):
    id: Annotated[Words, Meta(description="Ids, separated by commas.")] | None = None
    name: Annotated[str, Meta(max_length=LONGEST, description="A part of the name.")] | None = None
    type: Annotated[Words, Meta(description="Types, separated by commas.")] | None = None
    user_id: Ref | None = None
    group_id: Ref | None = None
    place_id: Ref | None = None
    min_created_at: Time | None = None
    max_created_at: Time | None = None
    min_expire_at: Annotated[Time, Meta(description="In force at least until then.")] | None = None
    max_expire_at: Time | None = None


class GeofenceIn(Struct, kw_only=True):
    """For a user, for a group and those under it, or without either for everybody.

    The vendor's fields are `user_id`, `type`, `place`, `min_duration`, `max_duration` and `expire_at`; the others are
    this server's own. It lies within `radius` around `place` or the place of `place_id`, or where `shape` says.
    """

    user_id: Uuid | UnsetType | None = UNSET
    group_id: Uuid | UnsetType | None = UNSET
    type: (
        Annotated[
            Literal["location", "time", "place"],
            Meta(
                description="`time` tells of the time spent inside alone; the others tell of arriving, too."
            ),
        ]
        | UnsetType
    ) = UNSET
    place: PlaceIn | UnsetType | None = UNSET
    place_id: Uuid | UnsetType | None = UNSET
    shape: (
        Annotated[Json, Meta(description="A GeoJSON Polygon or MultiPolygon that does not cross itself.")]
        | UnsetType
        | None
    ) = UNSET
    radius: Annotated[float, Meta(description="Metres; the place's own if not said.")] | UnsetType | None = (
        UNSET
    )
    min_duration: (
        Annotated[int, Meta(description="Seconds inside, after which it triggers.")] | UnsetType | None
    ) = UNSET
    max_duration: (
        Annotated[int, Meta(description="Seconds inside, after which it triggers too.")] | UnsetType | None
    ) = UNSET
    expire_at: Annotated[Time, Meta(description="A month from now if not said.")] | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    metadata: Json | UnsetType | None = UNSET


def _fields(sent: GeofenceIn) -> dict[str, Any]:
    fields = given(sent)
    if isinstance(fields.get("place"), PlaceIn):
        fields["place"] = given(fields["place"])
    return fields


@operation("GET", "/api/v1/geofences/", scope=READ, query=GeofencesQuery, gives=PageOut[Geofence])
async def page(ask: Ask, query: GeofencesQuery) -> PageOut[Body]:
    """List geofences.

    One that has expired is listed for a month more.
    """
    return await answer(ask, query, tracking.fences.page, tracking.payloads.fence)


@operation("POST", "/api/v1/geofences/", scope=SECRET, takes=GeofenceIn, gives=Geofence, status=201)
async def create(ask: Ask, sent: GeofenceIn) -> Body:
    """Create a geofence.

    Its events are `geofence.entered`, `geofence.exited` and `geofence.triggered`: on arriving, or once somebody has
    stayed as long as it asks. `data` has the user as `object`, the `geofence`, and the `reason` of a trigger:
    `entered`, `min_duration` or `max_duration`. Noise at the border is told apart from coming and going.
    """
    return tracking.payloads.fence(await ask.db.write(tracking.fences.create, ask.by, _fields(sent)))


@operation("GET", "/api/v1/geofences/{id}/", scope=READ, gives=Geofence)
async def find(ask: Ask) -> Body:
    """Retrieve a geofence."""
    return tracking.payloads.fence(await ask.db.read(tracking.fences.find, ask.by, ask.path["id"]))


@operation("PATCH", "/api/v1/geofences/{id}/", scope=SECRET, takes=GeofenceIn, gives=Geofence)
async def change(ask: Ask, sent: GeofenceIn) -> Body:
    """Change a geofence.

    What is sent changes. One that moves, or comes to be for others, begins anew with nobody inside.
    """
    return await _changed(ask, sent)


@operation("PUT", "/api/v1/geofences/{id}/", scope=SECRET, takes=GeofenceIn, gives=Geofence)
async def replace(ask: Ask, sent: GeofenceIn) -> Body:
    """Change a geofence, as PATCH does: no single field of one is required."""
    return await _changed(ask, sent)


async def _changed(ask: Ask, sent: GeofenceIn) -> Body:
    fields = _fields(sent)
    return tracking.payloads.fence(await ask.db.write(tracking.fences.change, ask.by, ask.path["id"], fields))


@operation("DELETE", "/api/v1/geofences/{id}/", scope=SECRET, gives=None, status=204)
async def drop(ask: Ask) -> Reply:
    """Delete a geofence.

    Nothing is told of who is inside.
    """
    await ask.db.write(tracking.fences.remove, ask.by, ask.path["id"])
    return Reply(b"", 204)


OPERATIONS = (page, create, find, change, replace, drop)
