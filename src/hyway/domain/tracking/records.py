"""Nouns of tracking. Degrees are WGS84, distances metres, durations seconds, speeds metres a second."""

from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from hyway.kernel.clock import Instant
from hyway.kernel.patch import UNSET, Unset

T = TypeVar("T")

Environment = Literal["live", "test"]
Vehicle = Literal["unknown", "walking", "bicycle", "motorcycle", "car", "3-wheeler", "van"]
ActivityName = Literal["unknown", "stationary", "walking", "running", "cycling", "automotive"]
LocationStatus = Literal[
    "location_available", "location_disabled", "location_permission_disabled", "location_low_accuracy"
]
Status = Literal["created", "assigned", "started", "completed", "canceled", "suspended"]
SegmentKind = Literal["trip", "stop", "location_void"]

VEHICLES: tuple[Vehicle, ...] = ("unknown", "walking", "bicycle", "motorcycle", "car", "3-wheeler", "van")
ACTIVITIES: tuple[ActivityName, ...] = (
    "unknown",
    "stationary",
    "walking",
    "running",
    "cycling",
    "automotive",
)
"""Stored by their place in this list: new ones go to its end."""
PROVIDERS = ("gps", "network", "fused", "passive", "manual", "unknown")
"""Likewise."""
FINAL: frozenset[Status] = frozenset({"completed", "canceled", "suspended"})


class Spot(NamedTuple):
    """A point on earth."""

    lat: float
    lon: float


class Location(NamedTuple):
    """One position as a device reports it; None is what it did not say."""

    at: Instant
    lat: float
    lon: float
    accuracy: float | None = None
    speed: float | None = None
    bearing: float | None = None
    altitude: float | None = None
    activity: str = "unknown"
    confidence: int | None = None
    provider: str = "gps"


@dataclass(frozen=True, slots=True)
class Account:
    """An organization's live data, or its test data, with what its owner has chosen.

    `timezone` (IANA) bounds a user's day when the device told no zone of its own; `retention_days` None keeps
    positions for ever. `fences` counts the changes of its geofences: 0 while there never was one.
    """

    seq: int
    id: str
    organization: int
    environment: Environment
    timezone: str
    distance_unit: Literal["km", "mi"]
    retention_days: int | None
    custom_types: bool
    created_at: Instant
    fences: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """`token` reads this group and those below it, and nothing else."""

    seq: int
    id: str
    lookup_id: str | None
    name: str
    parent_id: str | None
    token: str = field(repr=False)
    created_at: Instant
    modified_at: Instant


@dataclass(frozen=True, slots=True)
class Live:
    """What is known of a user now: from what was received, and when.

    `frame` is the account's count of changes at the last one. `pending` are the ids of actions in queue order.
    `is_away` is set once the user's silence has been told as an event. `tracking_at` is when tracking last began or
    ended, `assigned_at` when an action was last given; `is_stopped` says whether the newest segment is a stop, None
    where there is none.
    """

    frame: int = 0
    is_tracking: bool = False
    tracking_at: Instant | None = None
    online_at: Instant | None = None
    heartbeat_at: Instant | None = None
    is_away: bool = False
    battery: int | None = None
    location_status: LocationStatus = "location_available"
    device: str | None = None
    last: Location | None = None
    pending: tuple[str, ...] = ()
    assigned_at: Instant | None = None
    is_stopped: bool | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody, or something, that is tracked. `photo` is an address, or the id of a stored picture."""

    seq: int
    id: str
    account: int
    name: str
    phone: str | None
    photo: str | None
    lookup_id: str | None
    group_id: str | None
    vehicle_type: Vehicle
    device_name: str | None
    metadata: dict[str, Any]
    timezone: str | None
    created_at: Instant
    modified_at: Instant
    live: Live


@dataclass(frozen=True, slots=True)
class Place:
    """`spot` is None where only an address is known. `radius` is how near counts as there."""

    seq: int
    id: str
    name: str
    spot: Spot | None
    address: str
    landmark: str
    locality: str
    zip_code: str
    city: str
    state: str
    country: str
    lookup_id: str | None
    radius: float
    created_at: Instant
    modified_at: Instant


@dataclass(frozen=True, slots=True)
class Action:
    """Work to be done at a place by a user. `distance`, `duration` and `path` are so far, or at the end, in all.

    `path` is the time-aware polyline since it was assigned; `flags` are the types of what went wrong.
    """

    seq: int
    id: str
    account: int
    frame: int
    user: User | None
    rank: int
    type: str
    lookup_id: str | None
    unique_id: str | None
    collection_id: str | None
    short_code: str
    expected_place: Place | None
    started_place: Place | None
    completed_place: Place | None
    scheduled_at: Instant | None
    assigned_at: Instant | None
    started_at: Instant | None
    completed_at: Instant | None
    canceled_at: Instant | None
    suspended_at: Instant | None
    ended_at: Instant | None
    status: Status
    sub_status: str
    progress: dict[str, Any]
    eta: Instant | None
    initial_eta: Instant | None
    flags: tuple[str, ...]
    distance: float | None
    duration: float | None
    path: str | None
    vehicle_type: str | None
    metadata: dict[str, Any]
    created_at: Instant
    modified_at: Instant


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a user's day. `ended_at` is None while it lasts; `path` is a time-aware polyline, of trips."""

    id: str
    user_id: str
    kind: SegmentKind
    activity: str
    began_at: Instant
    ended_at: Instant | None
    began: Location
    ended: Location | None
    spot: Spot | None
    place: Place | None
    distance: float
    duration: float
    fixes: int
    activities: dict[str, tuple[float, float]]
    path: str
    reason: str | None
    lookup_id: str | None
    vehicle_type: str
    created_at: Instant
    modified_at: Instant


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `data` is JSON-shaped, as it was told at the time."""

    seq: int
    id: str
    frame: int
    user_id: str
    action_id: str | None
    type: str
    recorded_at: Instant
    location: Location | None
    data: dict[str, Any]
    delivered_at: Instant | None
    created_at: Instant
    modified_at: Instant


@dataclass(frozen=True, slots=True)
class Fence:
    """Of one user, of a group and those below it, or of everybody. `shape` is GeoJSON; None is a circle."""

    seq: int
    id: str
    user_id: str | None
    group_id: str | None
    name: str
    type: Literal["location", "time", "place"]
    place: Place | None
    shape: dict[str, Any] | None
    radius: float | None
    min_duration: int | None
    max_duration: int | None
    expire_at: Instant
    metadata: dict[str, Any]
    created_at: Instant
    modified_at: Instant


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that is about to be written.

    `dedupe` tells two of the same type at the same instant apart; `object` is the resource that it is about, as
    the wire shows it.
    """

    type: str
    user_seq: int
    user_id: str
    recorded_at: Instant
    dedupe: str = ""
    action_seq: int | None = None
    action_id: str | None = None
    location: Location | None = None
    object: dict[str, Any] | None = None
    info: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class UserChange:
    """What may be said of a user, new or old. `photo` is an address, a picture in base64, or a picture's bytes.

    A group is named by its id or by its `lookup_id`; the id wins.
    """

    name: str | Unset = UNSET
    phone: str | Unset | None = UNSET
    photo: str | bytes | Unset | None = UNSET
    lookup_id: str | Unset | None = UNSET
    group_id: str | Unset | None = UNSET
    group_lookup_id: str | Unset | None = UNSET
    vehicle_type: str | Unset | None = UNSET
    device_name: str | Unset | None = UNSET
    metadata: dict[str, Any] | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class UserQuery:
    """Filters are joined with AND. `name` and `search` find parts of words; `ordering` is DRF's (`-created_at`).

    `group_id` is the group that a user belongs to, `within` one that may also be above that.
    `between` has the earliest and the latest instant of times, by the time's name.
    """

    ids: tuple[str, ...] | None = None
    name: str | None = None
    search: str | None = None
    group_id: str | None = None
    within: str | None = None
    lookup_id: str | None = None
    status: tuple[str, ...] = ()
    availability: tuple[str, ...] = ()
    vehicle_type: tuple[str, ...] = ()
    between: tuple[tuple[str, Instant | None, Instant | None], ...] = ()
    ordering: tuple[str, ...] = ()
    skip: int = 0
    take: int = 50


class Picture(NamedTuple):
    """A stored picture and its media type."""

    type: str
    bytes: bytes


class Page(NamedTuple, Generic[T]):
    """A page of a list and how many there are in all."""

    rows: list[T]
    total: int
