"""/api/v1/actions/: what is to be done, where, by when and by whom."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypertrack.fields import Fix, Flag, Json, Point, Ref, Time, Uuid, Words, given
from hyway.apis.hypertrack.inputs import identified, operation
from hyway.apis.hypertrack.lists import ListQuery, PageOut, answer
from hyway.apis.hypertrack.places import PlaceIn
from hyway.apis.hypertrack.shapes import Action, Body
from hyway.apis.hypertrack.style import ALL, APP, READ, SECRET
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import ActionWish, Location, Page, Spot, Wanted
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_encode = msgspec.json.Encoder().encode
_Words = Annotated[Words, Meta(description="One or more, separated by commas.")]


class ActionsQuery(ListQuery, kw_only=True):
    """Filters are joined with AND."""

    id: _Words | None = None
    user_id: _Words | None = None
    group_id: Ref | None = None
    lookup_id: Ref | None = None
    collection_id: Ref | None = None
    unique_id: Ref | None = None
    short_code: _Words | None = None
    type: _Words | None = None
    status: _Words | None = None
    event_flags: _Words | None = None
    min_created_at: Time | None = None
    max_created_at: Time | None = None
    min_modified_at: Time | None = None
    max_modified_at: Time | None = None
    min_scheduled_at: Time | None = None
    max_scheduled_at: Time | None = None
    min_expected_at: Time | None = None
    max_expected_at: Time | None = None
    min_assigned_at: Time | None = None
    max_assigned_at: Time | None = None
    min_started_at: Time | None = None
    max_started_at: Time | None = None
    min_completed_at: Time | None = None
    max_completed_at: Time | None = None
    min_ended_at: Time | None = None
    max_ended_at: Time | None = None


class TrackQuery(Struct, kw_only=True):
    """One of them at least."""

    id: _Words | None = None
    short_code: _Words | None = None
    lookup_id: Ref | None = None
    collection_id: Ref | None = None


class ActionIn(Struct, kw_only=True):
    """Nothing is required. `scheduled_at` and `expected_at` are two names of one time."""

    user_id: Annotated[Uuid, Meta(description="Assigns it to the user.")] | UnsetType | None = UNSET
    type: (
        Annotated[
            str,
            Meta(
                description="`pickup`, `delivery`, `dropoff`, `visit`, `stopover`, `task`, `trip`, `meetup` or `sos`; "
                "any other where the account has types of its own."
            ),
        ]
        | UnsetType
        | None
    ) = UNSET
    expected_place: PlaceIn | UnsetType | None = UNSET
    expected_place_id: Uuid | UnsetType | None = UNSET
    scheduled_at: Time | UnsetType | None = UNSET
    expected_at: Time | UnsetType | None = UNSET
    lookup_id: (
        Annotated[str, Meta(description="An id of yours, of one or more actions.")] | UnsetType | None
    ) = UNSET
    collection_id: Annotated[str, Meta(description="Of actions that belong together.")] | UnsetType | None = (
        UNSET
    )
    unique_id: Annotated[str, Meta(description="An id of yours, of one action.")] | UnsetType | None = UNSET
    set_lookup_id_as_short_code: Flag | UnsetType | None = UNSET
    current_location: Annotated[Fix, Meta(description="Where the user is.")] | UnsetType | None = UNSET
    metadata: Json | UnsetType | None = UNSET
    vehicle_type: str | UnsetType | None = UNSET


class CompleteIn(Struct, kw_only=True):
    """When and where it was done: now, and where the user is, unless it is said."""

    completion_time: Time | UnsetType | None = UNSET
    completed_at: Annotated[Time, Meta(description="The same.")] | UnsetType | None = UNSET
    completion_location: Annotated[Fix, Meta(description="A point, or a location.")] | UnsetType | None = (
        UNSET
    )


class CancelIn(Struct, kw_only=True):
    cancelation_time: Time | UnsetType | None = UNSET


class DestinationIn(Struct, kw_only=True):
    location: Point


class CollectionQuery(Struct, kw_only=True):
    action_collection_id: Ref


class PlaceChangeIn(Struct, kw_only=True):
    expected_place: PlaceIn


class Results(Struct):
    results: list[Action]


class Tracked(Struct):
    results: list[Body]


def wish_of(sent: ActionIn) -> ActionWish:
    """What was said, in the domain's words."""
    said: dict[str, Any] = given(sent)
    expected_at = said.pop("expected_at", UNSET)
    if expected_at is not UNSET and said.get("scheduled_at") is None:
        said["scheduled_at"] = expected_at
    as_code = said.pop("set_lookup_id_as_short_code", None)
    place = said.get("expected_place")
    if place is not None:
        said["expected_place"] = given(place)
    return ActionWish(**said, lookup_id_as_short_code=bool(as_code))


# What runs on a database thread.


def body(r: Read, by: Caller, action: tracking.Action) -> Body:
    """The action as the wire shows it."""
    return tracking.payloads.action(action, tracking.accounts.of(r, by), clock.now(), r.home)


def bodies(r: Read, by: Caller, found: list[tracking.Action]) -> list[Body]:
    account, now = tracking.accounts.of(r, by), clock.now()
    return [tracking.payloads.action(action, account, now, r.home) for action in found]


def _page(r: Read, by: Caller, wanted: Wanted) -> Page[Body]:
    found = tracking.actions.page(r, by, wanted)
    return Page(bodies(r, by, found.rows), found.total)


def _routes(r: Read, by: Caller, wanted: Wanted) -> Page[Body]:
    found = tracking.actions.routes(r, by, wanted)
    return Page(bodies(r, by, found.rows), found.total)


def _find(r: Read, by: Caller, id: str) -> Body:
    return body(r, by, tracking.actions.find(r, by, id))


def _track(r: Read, by: Caller, wanted: Wanted) -> list[Body]:
    account, now = tracking.accounts.of(r, by), clock.now()
    rows = tracking.actions.track(r, by, wanted)
    return [tracking.payloads.track_row(row.user, row.actions, account, now, r.home) for row in rows]


def _meter(r: Read, by: Caller, id: str) -> Body:
    found = tracking.actions.meter(r, by, id)
    user, way = found.action.user, found.way
    measured = (way.distance, way.duration) if way else (0.0, 0.0)
    of = found.action.id, user.id if user else None
    return tracking.payloads.mileage(
        *of, *measured, found.began_at, found.ended_at, way.activities if way else {}
    )


def _create(w: Write, by: Caller, wish: ActionWish) -> tuple[Body, bool]:
    made = tracking.actions.create(w, by, wish)
    return body(w, by, made.action), made.is_new


def _change(w: Write, by: Caller, id: str, wish: ActionWish) -> Body:
    return body(w, by, tracking.actions.change(w, by, id, wish))


def _complete(w: Write, by: Caller, id: str, at: Instant | None, where: Spot | None, field: str) -> Body:
    return body(w, by, tracking.actions.complete(w, by, id, at, where, field))


def _cancel(w: Write, by: Caller, id: str, at: Instant | None) -> Body:
    return body(w, by, tracking.actions.cancel(w, by, id, at))


def _redirect(w: Write, by: Caller, id: str, to: Spot) -> Body:
    return body(w, by, tracking.actions.redirect(w, by, id, to))


def _redirect_all(w: Write, by: Caller, collection_id: str, wish: ActionWish) -> list[Body]:
    return bodies(w, by, tracking.actions.redirect_collection(w, by, collection_id, wish))


# The operations.


@operation("GET", "/api/v1/actions/", scope=ALL, query=ActionsQuery, gives=PageOut[Action])
async def page(ask: Ask, query: ActionsQuery) -> PageOut[Body]:
    """List actions.

    The newest first, without their ways; `actions/placeline/` has these. An app's key lists by `short_code`,
    `lookup_id` or `collection_id` alone.
    """
    identified(ask, query.lookup_id, query.collection_id, query.short_code)
    return await answer(ask, query, _page, lambda action: action)


@operation(
    "POST",
    "/api/v1/actions/",
    scope=APP,
    takes=ActionIn,
    gives=Action,
    status=201,
    also={200: "The action that has the unique_id already, as it is"},
)
async def create(ask: Ask, sent: ActionIn) -> Reply:
    """Create an action.

    With `user_id` it is assigned at once. With the `unique_id` of an action that is there already, the answer is that
    action as it is, with status 200.
    """
    made, is_new = await ask.db.write(_create, ask.by, wish_of(sent))
    return Reply(_encode(made), 201 if is_new else 200)


@operation("GET", "/api/v1/actions/placeline/", scope=READ, query=ActionsQuery, gives=PageOut[Action])
async def placeline(ask: Ask, query: ActionsQuery) -> PageOut[Body]:
    """List actions with their ways.

    As the list of actions, with the polylines of each.
    """
    return await answer(ask, query, _routes, lambda action: action)


@operation("GET", "/api/v1/actions/track/", scope=ALL, query=TrackQuery, gives=Tracked)
async def track(ask: Ask, query: TrackQuery) -> Tracked:
    """Follow actions.

    The users who have them, each with those of theirs that are asked for. Where a user is who has done all of them is
    not told any more.
    """
    asked = {name: value for name in query.__struct_fields__ if (value := getattr(query, name))}
    return Tracked(await ask.db.read(_track, ask.by, Wanted(asked)))


@operation(
    "POST",
    "/api/v1/actions/edit_destination/",
    scope=APP,
    query=CollectionQuery,
    takes=PlaceChangeIn,
    gives=Results,
)
async def edit_destination(ask: Ask, query: CollectionQuery, sent: PlaceChangeIn) -> dict[str, list[Body]]:
    """Move the destination of a collection.

    All actions of the collection that have not ended are expected at the place.
    """
    wish = ActionWish(expected_place=given(sent.expected_place))
    return {"results": await ask.db.write(_redirect_all, ask.by, query.action_collection_id, wish)}


@operation("GET", "/api/v1/actions/{id}/", scope=ALL, gives=Action)
async def find(ask: Ask) -> Body:
    """Retrieve an action."""
    return await ask.db.read(_find, ask.by, ask.path["id"])


@operation("GET", "/api/v1/actions/{id}/detailed/", scope=ALL, gives=Action)
async def detailed(ask: Ask) -> Body:
    """Retrieve an action with its way."""
    return await ask.db.read(_find, ask.by, ask.path["id"])


@operation("PATCH", "/api/v1/actions/{id}/", scope=APP, takes=ActionIn, gives=Action)
async def change(ask: Ask, sent: ActionIn) -> Body:
    """Change an action.

    What is sent changes; null clears, and a null `user_id` takes it away from its user. What has ended keeps all but
    its ids and its metadata.
    """
    return await ask.db.write(_change, ask.by, ask.path["id"], wish_of(sent))


@operation("PUT", "/api/v1/actions/{id}/", scope=APP, takes=ActionIn, gives=Action)
async def replace(ask: Ask, sent: ActionIn) -> Body:
    """Change an action, as PATCH does: nothing of an action is required."""
    return await ask.db.write(_change, ask.by, ask.path["id"], wish_of(sent))


@operation("DELETE", "/api/v1/actions/{id}/", scope=SECRET, gives=None, status=204)
async def drop(ask: Ask) -> Reply:
    """Delete an action.

    It is out of its user's queue, too. The events that told of it stay.
    """
    await ask.db.write(tracking.actions.drop, ask.by, ask.path["id"])
    return Reply(b"", 204)


@operation("POST", "/api/v1/actions/{id}/complete/", scope=APP, takes=CompleteIn, gives=Action)
async def complete(ask: Ask, sent: CompleteIn) -> Body:
    """Complete an action.

    At that place, else where its user was then, else where it was expected. Completing it again changes nothing; one
    that was canceled or suspended is refused.
    """
    said = given(sent)
    at, field = said.get("completion_time"), "completion_time"
    if at is None and said.get("completed_at") is not None:
        at, field = said["completed_at"], "completed_at"
    where: Location | None = said.get("completion_location")
    spot = Spot(where.lat, where.lon) if where else None
    return await ask.db.write(_complete, ask.by, ask.path["id"], at, spot, field)


@operation("POST", "/api/v1/actions/{id}/cancel/", scope=APP, takes=CancelIn, gives=Action)
async def cancel(ask: Ask, sent: CancelIn) -> Body:
    """Cancel an action.

    Canceling it again changes nothing; one that was completed is refused.
    """
    at = given(sent).get("cancelation_time")
    return await ask.db.write(_cancel, ask.by, ask.path["id"], at)


@operation("GET", "/api/v1/actions/{id}/meter/", scope=READ, gives=Body)
async def meter(ask: Ask) -> Body:
    """Retrieve distance and duration.

    Metres and seconds since it was assigned, in all and by activity.
    """
    return await ask.db.read(_meter, ask.by, ask.path["id"])


@operation("GET", "/api/v1/actions/{id}/mileage/", scope=READ, gives=Body)
async def mileage(ask: Ask) -> Body:
    """Retrieve distance and duration, under its later name."""
    return await ask.db.read(_meter, ask.by, ask.path["id"])


@operation("POST", "/api/v1/actions/{id}/update_destination/", scope=APP, takes=DestinationIn, gives=Action)
async def update_destination(ask: Ask, sent: DestinationIn) -> Body:
    """Move the destination of an action.

    It is expected at that point from now on.
    """
    return await ask.db.write(_redirect, ask.by, ask.path["id"], sent.location)


OPERATIONS = (
    page, create, placeline, track, edit_destination, find, detailed, change, replace, drop, complete, cancel, meter,
    mileage, update_destination,
)  # fmt: skip
