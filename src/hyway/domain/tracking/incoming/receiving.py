"""What devices send, as it is judged item by item before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from hyway.domain.identity import Caller
from hyway.domain.tracking.records import ACTIVITIES, PROVIDERS, Location
from hyway.kernel.clock import DAY, MINUTE, Instant

MOST_ITEMS = 1_000
"""Items in a batch."""
AHEAD = 10 * MINUTE
"""How far a device's clock may be before ours, once its own account of it was taken off."""
OLDEST: Instant = 7_305 * DAY
"""1990: before the first receivers that a person could carry."""
UNITS = 10_000_000
"""Of a degree, in which positions are compared and stored."""

_ACTIVITY: Final[dict[str, int]] = {name: number for number, name in enumerate(ACTIVITIES)}
_PROVIDER: Final[dict[str, int]] = {name: number for number, name in enumerate(PROVIDERS)}
_NO_PROVIDER = _PROVIDER["unknown"]
_FASTEST, _HIGHEST, _WORST = 100_000.0, 100_000_000.0, 100_000_000.0


class Reading(NamedTuple):
    """A position as it is stored: 1e-7 degrees, numbers for activity and provider. The first three are its key."""

    at: Instant
    lat: int
    lon: int
    accuracy: float | None
    speed: float | None
    bearing: float | None
    altitude: float | None
    activity: int
    confidence: int | None
    provider: int


class Report(NamedTuple):
    """What a device says beside where it is."""

    type: str
    at: Instant
    data: Mapping[str, Any]


class Item(NamedTuple):
    """An item of a batch, by its place in it: a position, a report, or both; `user` is the id as it was sent."""

    place: int
    user: str
    reading: Reading | None
    report: Report | None


class Refusal(NamedTuple):
    """Why the item at this place was not taken: in which field, in a sentence."""

    place: int
    field: str
    text: str


class Once(NamedTuple):
    """The name that a client gives a request so that it is answered once, and the digest of what it sent."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's items, those of them that could be read, and what its headers said.

    `skew` is how far the device's clock is behind ours, in microseconds. `plain` are positions alone: their sender
    has no word for the beginning of tracking. `only` is the user that all items must be of.
    """

    by: Caller
    received_at: Instant
    items: list[Item]
    refused: list[Refusal] = field(default_factory=list)
    device: str | None = None
    timezone: str | None = None
    battery: int | None = None
    skew: int = 0
    plain: bool = False
    only: str | None = None
    once: Once | None = None


Standing = Literal["taken", "missing", "secondary", "reused"]
"""Taken in; no such user; from another device than the one that is tracked; a name that another request has."""


@dataclass(slots=True)
class Verdict:
    """What became of a batch: how many items are new, how many were there before, which were refused and why."""

    accepted: int = 0
    duplicates: int = 0
    refused: list[Refusal] = field(default_factory=list)
    standing: Standing = "taken"


def reading(
    at: Instant,
    lat: float,
    lon: float,
    accuracy: float | None = None,
    speed: float | None = None,
    bearing: float | None = None,
    altitude: float | None = None,
    activity: str | None = None,
    confidence: float | None = None,
    provider: str | None = None,
) -> Reading | None:
    """The position as it is stored; None for no place on earth, NaN among them.

    What a device says of it that cannot be is taken as not said: iOS has -1 for a speed that it does not know.
    """
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        return None
    return Reading(
        at,
        round(lat * UNITS),
        round(lon * UNITS),
        accuracy if accuracy is not None and 0.0 <= accuracy <= _WORST else None,
        speed if speed is not None and 0.0 <= speed <= _FASTEST else None,
        bearing if bearing is not None and 0.0 <= bearing <= 360.0 else None,
        altitude if altitude is not None and -_HIGHEST <= altitude <= _HIGHEST else None,
        _ACTIVITY.get(activity, 0) if activity else 0,
        int(confidence) if confidence is not None and 0 <= confidence <= 100 else None,
        _PROVIDER.get(provider, _NO_PROVIDER) if provider else 0,
    )


def location(of: Reading) -> Location:
    """The position in degrees, exactly as it comes back from the table."""
    return Location(
        of.at, of.lat / UNITS, of.lon / UNITS, of.accuracy, of.speed, of.bearing, of.altitude,
        ACTIVITIES[of.activity], of.confidence, PROVIDERS[of.provider]
    )  # fmt: skip


def untimely(at: Instant, skew: int, now: Instant, oldest: Instant) -> str | None:
    """What is wrong with the time of an item, if anything."""
    if at + skew > now + AHEAD:
        return "Ensure this value is not more than 10 minutes in the future."
    if at < oldest:
        return "Ensure this value is not before the time that positions are kept for."
    return None


__all__ = [
    "AHEAD",
    "MOST_ITEMS",
    "OLDEST",
    "UNITS",
    "Batch",
    "Item",
    "Once",
    "Reading",
    "Refusal",
    "Report",
    "Standing",
    "Verdict",
    "location",
    "reading",
    "untimely",
]
