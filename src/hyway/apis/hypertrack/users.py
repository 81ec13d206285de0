"""/api/v1/users/: who is tracked."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypertrack.fields import File, Json, Ref, Time, Words, given
from hyway.apis.hypertrack.inputs import identified, operation
from hyway.apis.hypertrack.lists import LONGEST, ListQuery, PageOut, answer
from hyway.apis.hypertrack.shapes import Body, Controls, User
from hyway.apis.hypertrack.style import ALL, APP, SECRET
from hyway.apis.hypertrack.values import Upload
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Page, UserChange, UserQuery, Wanted
from hyway.kernel import clock
from hyway.kernel.db import Read, Write

_encode = msgspec.json.Encoder().encode
_Short = Annotated[str, Meta(extra_json_schema={"maxLength": 255})]


class UsersQuery(ListQuery, kw_only=True):
    """Filters are joined with AND."""

    id: Annotated[Words, Meta(description="Ids, separated by commas.")] | None = None
    name: Annotated[str, Meta(max_length=LONGEST, description="A part of the name.")] | None = None
    group_id: Ref | None = None
    lookup_id: Ref | None = None
    unique_id: Ref | None = None
    vehicle_type: Words | None = None
    status: (
        Annotated[
            Words,
            Meta(
                description="`stopped`, `on_trip`, `logged_off`, `location_disabled`, `network_offline`, "
                "`never_tracked`; several are separated by commas."
            ),
        ]
        | None
    ) = None
    availability_status: (
        Annotated[Words, Meta(description="`online`, `offline`, `active`; several are separated by commas.")]
        | None
    ) = None
    min_created_at: Time | None = None
    max_created_at: Time | None = None
    min_modified_at: Time | None = None
    max_modified_at: Time | None = None
    min_recorded_at: Annotated[Time, Meta(description="Last seen then or later.")] | None = None
    max_recorded_at: Annotated[Time, Meta(description="Last seen then or before.")] | None = None
    min_last_heartbeat_at: Time | None = None
    max_last_heartbeat_at: Time | None = None


class UserIn(Struct, kw_only=True):
    """Nothing is required. `unique_id` is another name of `lookup_id`."""

    name: _Short | UnsetType | None = UNSET
    phone: Annotated[str, Meta(description="E.164, such as +16502469293.")] | UnsetType | None = UNSET
    photo: (
        Annotated[
            File,
            Meta(
                description="An address, a picture in base64, or a file of a form: PNG, JPEG, GIF or WebP up to 5 MB."
            ),
        ]
        | UnsetType
        | None
    ) = UNSET
    lookup_id: Annotated[str, Meta(description="An id of yours.")] | UnsetType | None = UNSET
    unique_id: Annotated[str, Meta(description="The same.")] | UnsetType | None = UNSET
    group_id: str | UnsetType | None = UNSET
    group_lookup_id: str | UnsetType | None = UNSET
    vehicle_type: (
        Annotated[
            str,
            Meta(
                extra_json_schema={
                    "enum": [
                        "unknown",
                        "walking",
                        "bicycle",
                        "motorcycle",
                        "car",
                        "3-wheeler",
                        "three-wheeler",
                        "van",
                    ]
                }
            ),
        ]
        | UnsetType
        | None
    ) = UNSET
    device_name: _Short | UnsetType | None = UNSET
    metadata: Json | UnsetType | None = UNSET


def change_of(sent: UserIn) -> UserChange:
    """What was said, in the domain's words; a null name is an empty one."""
    said: dict[str, Any] = given(sent)
    unique_id = said.pop("unique_id", None)
    if unique_id is not None and said.get("lookup_id") is None:
        said["lookup_id"] = unique_id
    if "name" in said:
        said["name"] = said["name"] or ""
    if isinstance(said.get("photo"), Upload):
        said["photo"] = said["photo"].data
    return UserChange(**said)


def query_of(wanted: Wanted, *, limited: bool = True) -> UserQuery:
    """A list's question in the domain's words; `limited` by times too."""
    asked = dict(wanted.filters)
    named = asked.get("lookup_id") or asked.get("unique_id")
    times = tuple(
        (name, asked.get(f"min_{name}"), asked.get(f"max_{name}")) for name in sorted(tracking.users.TIMES)
    )
    return UserQuery(
        ids=tuple(id.lower() for id in asked["id"]) if "id" in asked else None,
        name=asked.get("name"),
        search=wanted.search or None,
        group_id=asked["group_id"].lower() if "group_id" in asked else None,
        lookup_id=named,
        status=asked.get("status", ()),
        availability=asked.get("availability_status", ()),
        vehicle_type=asked.get("vehicle_type", ()),
        between=times if limited else (),
        ordering=wanted.order,
        skip=(wanted.page - 1) * wanted.size,
        take=wanted.size,
    )


# What runs on a database thread.


def body(r: Read, by: Caller, user: tracking.User) -> Body:
    """The user as the wire shows him."""
    return tracking.payloads.user(user, tracking.accounts.of(r, by), clock.now(), r.home)


def _page(r: Read, by: Caller, wanted: Wanted) -> Page[Body]:
    found = tracking.users.page(r, by, query_of(wanted))
    account, now = tracking.accounts.of(r, by), clock.now()
    return Page([tracking.payloads.user(user, account, now, r.home) for user in found.rows], found.total)


def _find(r: Read, by: Caller, id: str) -> Body:
    return body(r, by, tracking.users.find(r, by, id))


def _create(w: Write, by: Caller, wish: UserChange) -> tuple[Body, bool]:
    user, is_new = tracking.users.create(w, by, wish)
    return body(w, by, user), is_new


def _change(w: Write, by: Caller, id: str, wish: UserChange) -> Body:
    return body(w, by, tracking.users.change(w, by, id, wish))


def _stop(w: Write, by: Caller, id: str) -> Body:
    return body(w, by, tracking.users.stop_tracking(w, by, id))


def _controls(r: Read, by: Caller, id: str) -> Body:
    return tracking.payloads.controls(tracking.users.find(r, by, id))


@operation("GET", "/api/v1/users/", scope=ALL, query=UsersQuery, gives=PageOut[User])
async def page(ask: Ask, query: UsersQuery) -> PageOut[Body]:
    """List users.

    The newest first. Filters are joined with AND. An app's key lists by `lookup_id` alone.
    """
    identified(ask, query.lookup_id, query.unique_id)
    return await answer(ask, query, _page, lambda user: user)


@operation(
    "POST",
    "/api/v1/users/",
    scope=APP,
    takes=UserIn,
    gives=User,
    status=201,
    also={200: "The user who has the lookup_id already, as he is"},
)
async def create(ask: Ask, sent: UserIn) -> Reply:
    """Create a user.

    With the `lookup_id` of a user who is there already, the answer is that user as he is, with status 200.
    """
    made, is_new = await ask.db.write(_create, ask.by, change_of(sent))
    return Reply(_encode(made), 201 if is_new else 200)


@operation("GET", "/api/v1/users/{id}/", scope=ALL, gives=User)
async def find(ask: Ask) -> Body:
    """Retrieve a user."""
    return await ask.db.read(_find, ask.by, ask.path["id"])


@operation("PATCH", "/api/v1/users/{id}/", scope=APP, takes=UserIn, gives=User)
async def change(ask: Ask, sent: UserIn) -> Body:
    """Change a user.

    What is sent changes; null clears.
    """
    return await ask.db.write(_change, ask.by, ask.path["id"], change_of(sent))


@operation("PUT", "/api/v1/users/{id}/", scope=APP, takes=UserIn, gives=User)
async def replace(ask: Ask, sent: UserIn) -> Body:
    """Change a user, as PATCH does: nothing of a user is required."""
    return await ask.db.write(_change, ask.by, ask.path["id"], change_of(sent))


@operation("POST", "/api/v1/users/{id}/stop_tracking/", scope=SECRET, gives=User)
async def stop_tracking(ask: Ask) -> Body:
    """End the tracking session.

    The user's device is told so when it next asks for its controls. Nothing happens where there is no session.
    """
    return await ask.db.write(_stop, ask.by, ask.path["id"])


@operation("GET", "/api/v1/users/{id}/controls/", scope=APP, gives=Controls)
async def controls(ask: Ask) -> Body:
    """What the user's device is to do.

    `GO_ACTIVE` with something to do, else `GO_ONLINE` while tracking is on, else `GO_OFFLINE`.
    """
    return await ask.db.read(_controls, ask.by, ask.path["id"])


OPERATIONS = (page, create, find, change, replace, stop_tracking, controls)
