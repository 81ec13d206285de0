"""What devices send, as typed values: a whole batch at once where it is well formed, else item by item.

An item that cannot be read is refused by its place; the others are taken.
"""

import json
import re
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from hyway.domain import tracking
from hyway.domain.tracking import Item, Reading, Refusal, Report

LARGEST = 4 * 1024 * 1024
"""Bytes of a body, packed or not: a thousand items with all that their devices say take a tenth."""
_MOST_DATA = 8_192
_NUL: Final = rb"\u0000"
"""As JSON writes it."""
_LONGEST_TYPE, _LONGEST_USER = 100, 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLACE = re.compile(r" - at `\$\.?(?P<place>.*?)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.+?)`")
_REQUIRED: Final = "This field is required."
_NO_POINT: Final = "Invalid GeoJSON Point: longitude from -180 to 180, then latitude from -90 to 90."
_NO_TIME: Final = (
    "Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)
T = TypeVar("T")


class TooLarge(Exception):
    """The body is larger than LARGEST, or would be once it is unpacked."""


class Unreadable(Exception):
    """The body is nothing that could be taken item by item; `said` is what the answer says of it."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said)
        self.said = said


class Point(Struct, gc=False):
    coordinates: tuple[float, ...]


class LocationIn(Struct, gc=False):
    geojson: Point
    recorded_at: datetime | None = None
    accuracy: float | None = None
    speed: float | None = None
    bearing: float | None = None
    altitude: float | None = None
    activity: str | None = None
    activity_confidence: float | None = None
    provider: str | None = None


class EventIn(Struct, gc=False):
    user_id: str
    type: str
    recorded_at: datetime
    location: LocationIn | None = None
    data: dict[str, Any] | None = None


class _Wrapped(Struct):
    locations: list[LocationIn]


class Read(NamedTuple):
    """What could be read of a batch, and what could not."""

    items: list[Item]
    refused: list[Refusal]


class Wrong(Exception):
    """An item's field, and what is wrong with it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


_events = msgspec.json.Decoder(list[EventIn]).decode
_locations = msgspec.json.Decoder(list[LocationIn]).decode
_wrapped = msgspec.json.Decoder(_Wrapped).decode
_data = msgspec.json.Encoder().encode


def unpacked(raw: bytes) -> bytes:
    """The body without its gzip, if it has one; TooLarge before more than LARGEST is unpacked, Unreadable."""
    if raw[:2] != b"\x1f\x8b":
        return raw
    done: list[bytes] = []
    room = LARGEST
    while raw:
        try:
            one = zlib.decompressobj(31)
            part = one.decompress(raw, room + 1)
        except zlib.error:
            raise Unreadable({"detail": "The body is not whole gzip."}) from None
        room -= len(part)
        if room < 0:
            raise TooLarge
        if not one.eof:
            raise Unreadable({"detail": "The body is not whole gzip."})
        done.append(part)
        raw = one.unused_data
    return b"".join(done)


def events(raw: bytes) -> Read:
    """The items of `sdk_events/bulk/`."""
    try:
        return _each(_counted(_events(raw)), _event)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return _each(_counted(_listed(_parsed(raw))), lambda at, one: _event(at, _typed(one, EventIn)))


def locations(raw: bytes, user: str) -> Read:
    """The items of `users/<id>/locations/`: a list, `{"locations": [...]}`, or GeoJSON."""
    try:
        found = _locations(raw) if raw.lstrip()[:1] == b"[" else _wrapped(raw).locations
        return _each(_counted(found), lambda at, one: _located(at, one, user))
    except (msgspec.DecodeError, RecursionError, ValueError):
        items = _counted(_listed(_inside(_parsed(raw))))
        return _each(items, lambda at, one: _located(at, _typed(_flat(one), LocationIn), user))


def _counted(items: list[T]) -> list[T]:
    most = tracking.receiving.MOST_ITEMS
    if len(items) > most:
        raise Unreadable({"non_field_errors": [f"Ensure this field has no more than {most} elements."]})
    return items


def _each(items: Sequence[T], read: Callable[[int, T], Item]) -> Read:
    done: list[Item] = []
    refused: list[Refusal] = []
    for at, one in enumerate(items):
        try:
            done.append(read(at, one))
        except Wrong as wrong:
            refused.append(Refusal(at, wrong.field, wrong.text))
    return Read(done, refused)


def _event(at: int, one: EventIn) -> Item:
    if len(one.user_id) > _LONGEST_USER or not one.user_id.isprintable():
        raise Wrong("user_id", "Not a valid user id.")
    when, type = instant(one.recorded_at), one.type
    found = reading(one.location, when) if one.location is not None else None
    if type == "location.changed":
        if found is None:
            raise Wrong("location", _REQUIRED)
        return Item(at, one.user_id, found, None)
    if not 0 < len(type) <= _LONGEST_TYPE or not (type.isascii() and type.isprintable()):
        raise Wrong("type", f"Not a type of at most {_LONGEST_TYPE} characters.")
    return Item(at, one.user_id, found, Report(type, when, _sound(one.data)))


def _sound(data: dict[str, Any] | None) -> dict[str, Any]:
    if not data:
        return {}
    try:
        written = _data(data)
    except (ValueError, TypeError, RecursionError):
        raise Wrong("data", "Not a valid JSON object.") from None
    if len(written) > _MOST_DATA:
        raise Wrong("data", f"Ensure this field has no more than {_MOST_DATA} characters.")
    if _NUL in written:  # PostgreSQL stores none, and some of this becomes ids
        raise Wrong("data", "Null characters are not allowed.")
    return data


def _located(at: int, one: LocationIn, user: str) -> Item:
    if one.recorded_at is None:
        raise Wrong("recorded_at", _REQUIRED)
    return Item(at, user, reading(one, 0), None)


def reading(of: LocationIn, at: int) -> Reading:
    """A location as it is stored; `at` where it has no time of its own. Wrong for no place on earth."""
    place = of.geojson.coordinates
    if len(place) >= 2:
        found = tracking.receiving.reading(
            instant(of.recorded_at) if of.recorded_at is not None else at,
            place[1],
            place[0],
            of.accuracy,
            of.speed,
            of.bearing,
            of.altitude,
            of.activity,
            of.activity_confidence,
            of.provider,
        )
        if found is not None:
            return found
    raise Wrong("location", _NO_POINT)


def instant(at: datetime) -> int:
    """Microseconds since 1970; a time without a zone is UTC."""
    return (at - _EPOCH if at.tzinfo is not None else at.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


def _parsed(raw: bytes) -> Any:
    """Any JSON, and the NaN that some programs take for it: an item with one is refused by itself."""
    try:
        return json.loads(raw)
    except RecursionError:
        raise Unreadable({"detail": "JSON parse error - nested too deeply"}) from None
    except ValueError as error:
        said = str(error) if isinstance(error, json.JSONDecodeError) else "the body is no text"
        raise Unreadable({"detail": f"JSON parse error - {said}"}) from None


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        said = f'Expected a list of items but got type "{type(value).__name__}".'
        raise Unreadable({"non_field_errors": [said]})
    return value


def _inside(value: Any) -> Any:
    """The list in whatever it came in; one location alone is a list of one."""
    if not isinstance(value, dict):
        return value
    if "locations" in value:
        return value["locations"]
    if value.get("type") == "FeatureCollection":
        return value.get("features")
    return [value] if "geojson" in value or value.get("type") == "Feature" else value


def _flat(one: Any) -> Any:
    """A GeoJSON Feature as a location: its point, and what its properties say."""
    if not isinstance(one, dict) or one.get("type") != "Feature":
        return one
    said = one.get("properties")
    flat = dict(said) if isinstance(said, dict) else {}
    for name in ("timestamp", "time"):
        flat.setdefault("recorded_at", flat.get(name))
        if flat["recorded_at"] is None:
            del flat["recorded_at"]
    return {**flat, "geojson": one.get("geometry")}


def _typed(one: Any, type: type[T]) -> T:
    """The item with all that the vendor's clients get away with: numbers in texts, GeoJSON in a text."""
    if not isinstance(one, dict):
        raise Wrong("non_field_errors", f"Invalid data. Expected a dictionary, but got {_kind(one)}.")
    where = one.get("location")
    if isinstance(where, dict) and "location" in getattr(type, "__struct_fields__", ()):
        one = {**one, "location": _mended(where)}
    try:
        return msgspec.convert(_mended(one), type, strict=False)
    except msgspec.ValidationError as error:
        raise _wrong(str(error)) from None
    except (ValueError, OverflowError, RecursionError):
        raise Wrong("non_field_errors", "Invalid data.") from None


def _kind(value: Any) -> str:
    return type(value).__name__


def _mended(one: dict[str, Any]) -> dict[str, Any]:
    mended = dict(one)
    if isinstance(mended.get("geojson"), str):
        try:
            mended["geojson"] = json.loads(mended["geojson"])
        except (ValueError, RecursionError):
            raise Wrong("location", _NO_POINT) from None
    at = mended.get("recorded_at")
    if isinstance(at, str):
        mended["recorded_at"] = moment(at)
    return mended


def moment(text: str) -> datetime:
    """Any ISO 8601 time; Wrong for anything else."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise Wrong("recorded_at", _NO_TIME) from None


def _wrong(said: str) -> Wrong:
    """What msgspec says, in the words of the API's framework."""
    found = _PLACE.search(said)
    place = found["place"] if found else ""
    missing = _MISSING.match(said)
    name = (f"{place}." if place else "") + missing[1] if missing else place
    if "geojson" in name or "coordinates" in name:
        return Wrong("location", _REQUIRED if missing and name.endswith("geojson") else _NO_POINT)
    name = name.partition(".")[0].partition("[")[0] or "non_field_errors"
    if missing:
        return Wrong(name, _REQUIRED)
    if "datetime" in said or name == "recorded_at":
        return Wrong("recorded_at", _NO_TIME)
    for kind, text in (
        ("`float", "A valid number is required."),
        ("`str", "Not a valid string."),
        ("`object", "Expected a dictionary of items."),
    ):
        if f"Expected {kind}" in said:
            return Wrong(name, text)
    return Wrong(name, "Not a valid value.")
