"""Shapes of answers, for the documentation: what is sent is made by `tracking.payloads`."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

DateTime = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Id = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]


class Point(TypedDict):
    """GeoJSON: longitude first."""

    type: str
    coordinates: list[float]


class Location(TypedDict, total=False):
    """A position; all keys, or none of them where no position is known."""

    geojson: Point
    accuracy: float
    speed: float
    bearing: float
    altitude: float
    activity: str
    activity_confidence: int
    provider: str
    recorded_at: DateTime


class Group(TypedDict):
    id: Id
    lookup_id: str | None
    unique_id: str | None
    name: str
    parent_group_id: Id | None
    token: Annotated[str, Meta(description="Reads this group and those under it.")]
    created_at: DateTime
    modified_at: DateTime


class Place(TypedDict):
    """`location` is null while only the address is known."""

    id: Id
    name: str
    location: Point | None
    address: str
    landmark: str
    locality: str
    zip_code: str
    city: str
    state: str
    country: str
    created_at: DateTime
    modified_at: DateTime


class UserDisplay(TypedDict):
    """What a client shows as it is; the last three are there once the user was heard of."""

    activity_text: str
    status_text: str
    sub_status_text: str
    has_new_sdk: bool
    is_warning: bool
    battery: NotRequired[int]
    seconds_elapsed_since_last_heartbeat: NotRequired[int]
    speed: NotRequired[float]


class User(TypedDict):
    """`last_location` is `{}` where no position is known; `pending_actions` are in queue order."""

    id: Id
    group_id: Id | None
    lookup_id: str | None
    unique_id: str | None
    name: str
    phone: str | None
    photo: str
    availability_status: Literal["online", "offline", "active"]
    vehicle_type: str
    pending_actions: list[Id]
    last_location: Location
    last_online_at: DateTime | None
    last_heartbeat_at: DateTime | None
    last_battery: int | None
    location_status: str
    display: UserDisplay
    metadata: dict[str, Any]
    is_tracking: bool
    created_at: DateTime
    modified_at: DateTime
    is_connected: bool


class Controls(TypedDict):
    """What a device is to do; seconds and metres."""

    user_id: Id
    run_command: Literal["GO_ACTIVE", "GO_ONLINE", "GO_OFFLINE", "FLUSH"]
    batch_duration: int
    ttl: int | None
    minimum_duration: int
    minimum_displacement: int


class Event(TypedDict):
    """`data.object` is the user, action or segment as it was then. `event_type` is the older name of `type`."""

    id: Id
    user_id: Id
    action_id: Id | None
    type: str
    event_type: str
    recorded_at: DateTime
    location: Location
    data: dict[str, Any]
    has_been_delivered: Annotated[bool, Meta(description="Whether a webhook's receiver has acknowledged it.")]
    delivered_at: DateTime | None
    created_at: DateTime
    modified_at: DateTime


Body = dict[str, Any]
