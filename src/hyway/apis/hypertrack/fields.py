"""Kinds of fields, and how each is read from JSON, a form or a query: leniently, as the vendor's server did.

A request's shape is a msgspec Struct whose fields have these types. `reader` reads it: it tells of every field that
is wrong at once, in the words of the Django REST framework, and passes over what it does not know.
"""

from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, UnsetType

from hyway.apis.hypertrack import values
from hyway.apis.hypertrack.values import Read, Upload
from hyway.domain.tracking import Location, Spot
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Invalid, Several


def given(sent: Struct) -> dict[str, Any]:
    """The fields that were sent, null included, by their inner names."""
    return {
        name: value for name in sent.__struct_fields__ if (value := getattr(sent, name)) is not msgspec.UNSET
    }


def _meta(read: Read, **schema: Any) -> Meta:
    return Meta(extra={"read": read}, extra_json_schema=schema)


# Types of fields: what a type checker sees is what a handler gets.
Ref = Annotated[str, _meta(values.reference)]
Uuid = Annotated[str, _meta(values.uuid, format="uuid")]
Flag = Annotated[bool, _meta(values.boolean)]
if TYPE_CHECKING:
    Time = Instant
    Uuids = tuple[str, ...]
    Words = tuple[str, ...]
    Day = date
    Point = Spot
    Fix = Location
    LatLon = Spot
    LonLat = Spot
    Json = dict[str, Any]
    File = str | Upload
else:
    Time = Annotated[str, _meta(values.instant, format="date-time")]
    _POINT_SCHEMA = {
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3},
        },
    }
    Uuids = Annotated[list[Annotated[str, Meta(extra_json_schema={"format": "uuid"})]], _meta(values.uuids)]
    Words = Annotated[str, _meta(values.words)]
    Day = Annotated[str, _meta(values.day, format="date")]
    Point = Annotated[dict[str, Any], _meta(values.point, **_POINT_SCHEMA)]
    Fix = Annotated[
        dict[str, Any], _meta(values.location, properties={"geojson": {"type": "object", **_POINT_SCHEMA}})
    ]
    LatLon = Annotated[str, _meta(values.lat_lon, examples=["37.77493,-122.41942"])]
    LonLat = Annotated[str, _meta(values.lon_lat, examples=["-122.41942,37.77493"])]
    Json = Annotated[dict[str, Any], _meta(values.mapping)]
    File = Annotated[str, _meta(values.upload)]


# Shapes.

_PLAIN: dict[Any, Read] = {
    str: values.text,
    int: values.whole,
    float: values.number,
    bool: values.boolean,
    Any: lambda value: value,
}


@cache
def reader(kind: Any) -> Read:
    """How a value of this type is read."""
    if get_origin(kind) is Annotated:
        inner, *metas = get_args(kind)
        own = next((meta.extra["read"] for meta in metas if meta.extra and "read" in meta.extra), None)
        return _bounded(own or reader(inner), metas)
    if get_origin(kind) in (Union, UnionType):
        return _nullable(kind)
    if get_origin(kind) is Literal:
        return _choice(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _struct(kind)
    if get_origin(kind) is list:
        return _list_of(reader(get_args(kind)[0]))
    if get_origin(kind) is dict:
        return values.mapping
    return _PLAIN[kind]


def _nullable(kind: Any) -> Read:
    kinds = [each for each in get_args(kind) if each not in (NoneType, UnsetType)]
    if len(kinds) != 1:
        raise TypeError(f"a field cannot be {kind}")
    read = reader(kinds[0])
    if NoneType not in get_args(kind):
        return read
    return lambda value: None if value is None else read(value)


def _choice(choices: tuple[Any, ...]) -> Read:
    def read(value: Any) -> Any:
        if value not in choices:
            raise Invalid("", '"{value}" is not a valid choice.', value=str(value)[: values.SHOWN])
        return value

    return read


def _bounded(read: Read, metas: list[Meta]) -> Read:
    def bounded(value: Any) -> Any:
        found = read(value)
        for meta in metas:
            if meta.min_length == 1 and not found:
                raise Invalid("", "This field may not be blank.")
            if meta.max_length is not None and len(found) > meta.max_length:
                raise Invalid("", "Ensure this field has no more than {n} characters.", n=meta.max_length)
            if meta.ge is not None and found < meta.ge:
                raise Invalid("", "Ensure this value is greater than or equal to {n}.", n=meta.ge)
            if meta.le is not None and found > meta.le:
                raise Invalid("", "Ensure this value is less than or equal to {n}.", n=meta.le)
        return found

    return bounded


def _list_of(read: Read) -> Read:
    def items(value: Any) -> list[Any]:
        return [read(each) for each in values.listed(value)]

    return items


def _struct(kind: type[Struct]) -> Read:
    fields = [
        (each.name, each.encode_name, reader(each.type), each.required, _takes_null(each.type))
        for each in msgspec.structs.fields(kind)
    ]

    def read(value: Any) -> Struct:
        sent = values.loaded(value) if isinstance(value, str) else value
        if not isinstance(sent, dict):
            name = type(value).__name__
            raise Invalid("", "Invalid data. Expected a dictionary, but got {type}.", type=name)
        found: dict[str, Any] = {}
        wrong: list[Invalid] = []
        for name, key, read_one, required, takes_null in fields:
            if key not in sent:
                if required:
                    wrong.append(Invalid(key, "This field is required."))
                continue
            if sent[key] is None and not takes_null:
                wrong.append(Invalid(key, "This field may not be null."))
                continue
            try:
                found[name] = read_one(sent[key])
            except Invalid as fault:
                wrong.append(values.inside(key, fault))
        if wrong:
            raise wrong[0] if len(wrong) == 1 else Several(wrong)
        return kind(**found)

    return read


def _takes_null(kind: Any) -> bool:
    return kind is Any or (get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind))


__all__ = [
    "Day", "File", "Fix", "Flag", "Json", "LatLon", "LonLat", "Point", "Ref", "Time", "Upload", "Uuid", "Uuids",
    "Words", "given", "reader",
]  # fmt: skip
