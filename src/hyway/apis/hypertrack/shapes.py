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


class NearUser(User):
    distance: Annotated[float, Meta(description="Metres.")]


class Geofence(TypedDict):
    """`shape` is null for the circle of `radius` around the place, and the other way round."""

    id: Id
    user_id: Id | None
    group_id: Id | None
    name: str
    type: Literal["location", "time", "place"]
    place: Place | None
    shape: dict[str, Any] | None
    radius: float | None
    min_duration: int | None
    max_duration: int | None
    expire_at: DateTime
    metadata: dict[str, Any]
    created_at: DateTime
    modified_at: DateTime


class Flag(TypedDict):
    type: str


class ActionDisplay(TypedDict):
    """What a client shows as it is; the last three are there while the action is pending."""

    status: str
    status_text: str
    sub_status: str
    sub_status_text: str
    sub_status_duration: int | None
    duration_remaining: int | None
    duration_elapsed: int | None
    distance_remaining: float | None
    distance_unit: Literal["km", "mi"]
    show_summary: bool
    is_late: bool
    ended_at: DateTime | None
    battery: NotRequired[int]
    has_new_sdk: NotRequired[bool]
    speed: NotRequired[float]


class Action(TypedDict):
    """`distance` in metres and `duration` in seconds are so far, or in all; the polylines are of the way since it was
    assigned."""

    id: Id
    user: User | None
    user_id: Id | None
    type: str
    lookup_id: str | None
    unique_id: str | None
    collection_id: str | None
    expected_place: Place | None
    started_place: Place | None
    completed_place: Place | None
    scheduled_at: DateTime | None
    expected_at: DateTime | None
    assigned_at: DateTime | None
    started_at: DateTime | None
    completed_at: DateTime | None
    canceled_at: DateTime | None
    suspended_at: DateTime | None
    ended_at: DateTime | None
    status: Literal["created", "assigned", "started", "completed", "canceled", "suspended"]
    sub_status: str
    initial_eta: DateTime | None
    eta: DateTime | None
    distance: float | None
    duration: float | None
    tracking_url: str
    short_code: str
    encoded_polyline: str | None
    time_aware_polyline: str | None
    display: ActionDisplay
    event_flags: list[Flag]
    vehicle_type: str
    metadata: dict[str, Any]
    created_at: DateTime
    modified_at: DateTime


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
