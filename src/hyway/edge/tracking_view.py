"""What the public tracking page is told: records without any behaviour."""

from dataclasses import dataclass

from hyway.edge.maps import Tiles
from hyway.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Destination:
    """Where somebody is expected; `lat` and `lon` are None for an address without a position. `radius` in metres."""

    name: str
    address: str
    lat: float | None
    lon: float | None
    radius: float | None


@dataclass(frozen=True, slots=True)
class Fix:
    """A position: degrees, metres, metres a second, degrees from north."""

    lat: float
    lon: float
    recorded_at: Instant
    bearing: float | None = None
    speed: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Traveller:
    """Who is on the way: the first name and a picture, no more."""

    first_name: str
    photo_url: str | None
    vehicle_type: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What stays when all is over: the end, seconds and metres."""

    ended_at: Instant
    duration: float | None
    distance: float | None


@dataclass(frozen=True, slots=True)
class TrackView:
    """Everything that the page shows, and nothing else. Durations in seconds, distances in metres.

    `status` and `sub_status` are the API's words (`started`, `on_the_way`), the two `_text`s what its `display` says.
    `polyline` is the time-aware polyline of the route so far. `distance_unit` is `km` or `mi`.
    """

    short_code: str
    organization: str
    type: str
    status: str
    sub_status: str
    status_text: str
    sub_status_text: str
    destination: Destination | None
    user: Traveller | None
    location: Fix | None
    eta: Instant | None
    expected_at: Instant | None
    is_late: bool
    duration_remaining: float | None
    distance_remaining: float | None
    duration_elapsed: float | None
    distance_unit: str
    polyline: str
    ended: bool
    summary: Summary | None
    stream_url: str
    public_url: str
    tiles: Tiles | None = None
