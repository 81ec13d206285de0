"""How single values are read from JSON, a form or a query; Invalid, without a field, tells what is wrong."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec

from hyway.domain.tracking import Location, Spot
from hyway.kernel import clock, ids
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Invalid, Several

Read = Callable[[Any], Any]
"""Makes the value of what was sent; Invalid, without a field, if it cannot."""

_DATETIME = (
    "Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)
_DATE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
_POINT = "Invalid GeoJSON Point."
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,12}))?([Zz]|[+\- ]\d\d(?::?\d\d)?)?", re.ASCII
)
_TRUE = frozenset({"true", "t", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "f", "0", "no", "n", "off"})
SHOWN = 200
_MOST_WORDS = 2_000
"""Of a list; several such lists still make a statement that both engines take."""


class Upload(NamedTuple):
    """A file of a form."""

    name: str
    type: str
    data: bytes


def text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid("", "Not a valid string.")
    said = str(value).strip()
    if "\0" in said:
        raise Invalid("", "Null characters are not allowed.")
    return said.encode(errors="replace").decode()


def whole(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,18}\s*", value, re.ASCII):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise Invalid("", "A valid integer is required.")
    return value


def number(value: Any) -> float:
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise Invalid("", "A valid number is required.")
    return found


def boolean(value: Any) -> bool:
    said = str(value).strip().lower() if isinstance(value, bool | int | str) else ""
    if said not in _TRUE | _FALSE:
        raise Invalid("", "Must be a valid boolean.")
    return said in _TRUE


def uuid(value: Any) -> str:
    said = value.strip() if isinstance(value, str) else value
    try:
        return ids.uuid("", said)
    except (Invalid, TypeError):
        raise Invalid("", '"{value}" is not a valid UUID.', value=str(said)[:SHOWN]) from None


def uuids(value: Any) -> tuple[str, ...]:
    return tuple(uuid(each) for each in listed(value))


def listed(value: Any) -> list[Any]:
    """A list; a form's text may hold one as JSON, or parted by commas."""
    if isinstance(value, str):
        found = loaded(value)
        value = found if isinstance(found, list) else words(value)
    if not isinstance(value, list | tuple):
        raise Invalid("", 'Expected a list of items but got type "{type}".', type=type(value).__name__)
    return list(value)


def words(value: Any) -> tuple[str, ...]:
    """A comma list of a filter."""
    parts = value if isinstance(value, list) else text(value).split(",")
    found = tuple(dict.fromkeys(clean for each in parts if (clean := reference(each))))
    if len(found) > _MOST_WORDS:
        raise Invalid("", "Ensure this field has no more than {n} elements.", n=_MOST_WORDS)
    return found


def reference(value: Any) -> str:
    """An id to find something by; the vendor's Android client puts a slash after it."""
    return text(value).removesuffix("/")


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object, or the text of one."""
    found = loaded(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise Invalid("", 'Expected a dictionary of items but got type "{type}".', type=type(value).__name__)
    return found


def loaded(value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def instant(value: Any) -> Instant:
    """ISO 8601; without a zone it is UTC, and digits beyond the microsecond are cut off."""
    found = _ISO.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Invalid("", _DATETIME)
    day, time, fraction, zone = found.groups()
    seconds = time if time.count(":") == 2 else f"{time}:00"
    # In a query an unescaped plus arrives as a space.
    offset = "+00:00" if zone in (None, "Z", "z") else zone.replace(" ", "+")
    try:
        at = clock.instant(datetime.fromisoformat(f"{day}T{seconds}{offset}"))
    except (ValueError, OverflowError):
        raise Invalid("", _DATETIME) from None
    if not 0 <= at < _END:
        raise Invalid("", _DATETIME)
    return at + int((fraction or "0").ljust(6, "0")[:6])


_END = clock.instant(datetime(9999, 1, 1, tzinfo=UTC))


def day(value: Any) -> date:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", reference(value), re.ASCII):
            return date.fromisoformat(reference(value))
    except ValueError:
        pass  # there is no such day
    raise Invalid("", _DATE)


# Places on earth.


def spot(lat: Any, lon: Any) -> Spot | None:
    """A point on earth of two numbers, None if there is none."""
    try:
        if isinstance(lat, bool) or isinstance(lon, bool):
            return None
        found = Spot(float(lat), float(lon))
    except (TypeError, ValueError, OverflowError):
        return None
    return found if -90 <= found.lat <= 90 and -180 <= found.lon <= 180 else None


def point(value: Any) -> Spot:
    """A GeoJSON Point, or the text of one; its type may be written in lower case."""
    found = loaded(value) if isinstance(value, str) else value
    if isinstance(found, dict) and str(found.get("type", "")).lower() == "point":
        at = found.get("coordinates")
        if isinstance(at, list) and len(at) in (2, 3) and not any(isinstance(each, str) for each in at):
            made = spot(at[1], at[0])
            if made is not None:
                return made
    raise Invalid("", _POINT)


def location(value: Any) -> Location:
    """A Location object, or a bare point; where it says no time, it is of now."""
    sent = mapping(value)
    if "geojson" not in sent:
        lat, lon = point(sent)
        return Location(clock.now(), lat, lon, provider="unknown")
    (lat, lon), wrong = _part(sent, "geojson", point, Spot(0, 0)), []
    for name in ("accuracy", "speed", "bearing", "altitude"):
        try:
            _part(sent, name, number, None)
        except Invalid as fault:
            wrong.append(fault)
    if wrong:
        raise Several(wrong)
    accuracy, speed, bearing, altitude = (
        _part(sent, name, number, None) for name in ("accuracy", "speed", "bearing", "altitude")
    )
    return Location(
        _part(sent, "recorded_at", instant, None) or clock.now(),
        lat, lon, accuracy, speed, bearing, altitude,
        _part(sent, "activity", text, "") or "unknown",
        _part(sent, "activity_confidence", whole, None),
        _part(sent, "provider", text, "") or "unknown",
    )  # fmt: skip


def _part(sent: Mapping[str, Any], name: str, read: Read, default: Any) -> Any:
    value = sent.get(name)
    if value is None:
        return default
    try:
        return read(value)
    except Invalid as fault:
        raise inside(name, fault) from None


def lat_lon(value: Any) -> Spot:
    """`LAT,LON`, as the vendor's clients write it in most queries."""
    parts = text(value).removesuffix("/").split(",")
    found = spot(*parts) if len(parts) == 2 else None
    if found is None:
        raise Invalid("", "Must be a latitude and a longitude, separated by a comma.")
    return found


def lon_lat(value: Any) -> Spot:
    """`LON,LAT`, as `users/nearby/` has it."""
    parts = text(value).removesuffix("/").split(",")
    found = spot(parts[1], parts[0]) if len(parts) == 2 else None
    if found is None:
        raise Invalid("", "Must be a longitude and a latitude, separated by a comma.")
    return found


def upload(value: Any) -> "str | Upload":
    return value if isinstance(value, Upload) else text(value)


def inside(name: str, fault: Invalid) -> Invalid:
    """The same refusal, told of a field inside `name`."""
    if isinstance(fault, Several):
        return Several([inside(name, each) for each in fault.faults])
    field = f"{name}.{fault.field}" if fault.field else name
    return Invalid(field, fault.text, at=fault.at, **fault.facts)
