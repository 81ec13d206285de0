"""Shapes of answers, for the documentation: what is sent is made by `tracking.payloads`."""

from typing import Annotated, Any, TypedDict

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


Body = dict[str, Any]
