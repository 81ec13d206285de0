"""Kinds of fields, and how each is read from JSON or from a query string, refused in the words of Ajv.

The vendor's server validates with Fastify and Ajv, and its clients look for what those say. A shape is a msgspec
Struct; `reader` reads it, telling of the first field that is wrong (`body/targets/0/logic must be string`) and passing
over what it does not know.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, UnsetType

from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Fault, Invalid

Read = Callable[[Any, str], Any]
"""The value of what was sent at a place (`body/name`); Invalid for that place."""

MOST_WORDS = 1_000
LONGEST = 10_000
"""Characters of a text whose field names no other bound."""
_BIGGEST = 2**63 - 1
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?")
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z0-9-]{2,63}")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_NO_NUL = 'must match pattern "^[^\\u0000]*$"'


def given(sent: Struct) -> dict[str, Any]:
    """The fields that were sent, null included, by their inner names."""
    return {
        name: value for name in sent.__struct_fields__ if (value := getattr(sent, name)) is not msgspec.UNSET
    }


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise Invalid(place, "must be string")
    if "\0" in value:
        raise Invalid(place, _NO_NUL)
    return value


def _whole(value: Any, place: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(place, "must be integer")
    if abs(value) > _BIGGEST:  # no database keeps it
        raise Invalid(place, "must be {side} {most}", side="<=" if value > 0 else ">=", most=_BIGGEST)
    return value


def _number(value: Any, place: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Invalid(place, "must be number")
    return value


def _flag(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(place, "must be boolean")
    return value


def _anything(value: Any, place: str) -> Any:
    """JSON of any shape, without the one character that no database keeps."""
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, list):
        return [_anything(each, f"{place}/{at}") for at, each in enumerate(value)]
    if isinstance(value, dict):
        return {_text(name, place): _anything(each, f"{place}/{name}") for name, each in value.items()}
    return value


def _mapping(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(place, "must be object")
    found: dict[str, Any] = _anything(value, place)
    return found


def _time(value: Any, place: str) -> Instant:
    try:
        return clock.parse(place, _text(value, place))
    except Invalid:
        raise Invalid(place, 'must match format "date-time"') from None


def _email(value: Any, place: str) -> str:
    if not _EMAIL.fullmatch(_text(value, place).strip()):
        raise Invalid(place, 'must match format "email"')
    return str(value).strip()


def _words(value: Any, place: str) -> tuple[str, ...]:
    """Several values: a parameter given more than once, or with commas, or both; or a list of texts."""
    said: Sequence[Any] = value if isinstance(value, list) else [value]
    words = [word.strip() for each in said for word in _text(each, place).split(",")]
    found = tuple(dict.fromkeys(word for word in words if word))
    if len(found) > MOST_WORDS:
        raise Invalid(place, "must NOT have more than {most} items", most=MOST_WORDS)
    return found


# Types of fields: what a type checker sees is what a handler gets.
if TYPE_CHECKING:
    Time = Instant
    Words = tuple[str, ...]
    Email = str
else:
    Time = Annotated[str, Meta(extra={"read": _time}, extra_json_schema={"format": "date-time"})]
    Words = Annotated[list[str], Meta(extra={"read": _words})]
    Email = Annotated[str, Meta(extra={"read": _email}, extra_json_schema={"format": "email"})]

_PLAIN: dict[Any, Read] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _flag,
    Any: _anything,
    object: _anything,
}


def _whole_text(value: Any, place: str) -> int:
    if not isinstance(value, str) or not _WHOLE.fullmatch(value):
        raise Invalid(place, "must be integer")
    return _whole(int(value), place)


def _number_text(value: Any, place: str) -> float:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Invalid(place, "must be number")
    return int(value) if _WHOLE.fullmatch(value) else float(value)


def _flag_text(value: Any, place: str) -> bool:
    if not isinstance(value, str) or value not in _FLAGS:
        raise Invalid(place, "must be boolean")
    return _FLAGS[value]


_OF_TEXT: dict[Any, Read] = {**_PLAIN, int: _whole_text, float: _number_text, bool: _flag_text}


@cache
def reader(kind: Any, of_text: bool = False) -> Read:
    """How a value of this type is read; `of_text`: from a query string, where everything is text."""
    if get_origin(kind) is Annotated:
        inner, *metas = get_args(kind)
        own = next((meta.extra["read"] for meta in metas if meta.extra and "read" in meta.extra), None)
        return _bounded(own or reader(inner, of_text), metas, of_list=get_origin(inner) is list)
    if get_origin(kind) in (Union, UnionType):
        return _union(get_args(kind), of_text)
    if get_origin(kind) is Literal:
        return _choice(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _struct(kind, of_text)
    if get_origin(kind) is list:
        return _list_of(reader(get_args(kind)[0]))
    if get_origin(kind) is dict:
        return _mapping
    return (_OF_TEXT if of_text else _PLAIN)[kind]


def _union(kinds: tuple[Any, ...], of_text: bool) -> Read:
    readers = [reader(each, of_text) for each in kinds if each not in (NoneType, UnsetType)]
    takes_null = NoneType in kinds

    def read(value: Any, place: str) -> Any:
        if value is None and takes_null:
            return None
        if len(readers) == 1:
            return readers[0](value, place)
        for each in readers:
            try:
                return each(value, place)
            except Fault:
                continue
        raise Invalid(place, "must match exactly one schema in oneOf")

    return read


def _choice(choices: tuple[Any, ...]) -> Read:
    def read(value: Any, place: str) -> Any:
        if not isinstance(value, str | int) or value not in choices:
            raise Invalid(place, "must be equal to one of the allowed values")
        return value

    return read


def _bounded(read: Read, metas: list[Meta], *, of_list: bool) -> Read:
    pattern = next((meta.pattern for meta in metas if meta.pattern), None)
    # As in JavaScript, where the end is the end: Python's lets a line break follow.
    fits = re.compile(re.sub(r"\$$", r"\\Z", pattern)).search if pattern else None

    def bounded(value: Any, place: str) -> Any:
        if of_list and isinstance(value, list):  # before each of far too many is read
            for meta in metas:
                _check_length(value, place, meta)
        found = read(value, place)
        for meta in metas:
            _check_length(found, place, meta)
            if meta.ge is not None and found < meta.ge:
                raise Invalid(place, "must be >= {least}", least=meta.ge)
            if meta.le is not None and found > meta.le:
                raise Invalid(place, "must be <= {most}", most=meta.le)
        if fits is not None and not fits(found):
            raise Invalid(place, 'must match pattern "{pattern}"', pattern=pattern)
        return found

    return bounded


def _check_length(found: Any, place: str, meta: Meta) -> None:
    if meta.min_length is None and meta.max_length is None:
        return
    of = "characters" if isinstance(found, str) else "items"
    if meta.min_length is not None and len(found) < meta.min_length:
        raise Invalid(place, f"must NOT have fewer than {{n}} {of}", n=meta.min_length)
    if meta.max_length is not None and len(found) > meta.max_length:
        raise Invalid(place, f"must NOT have more than {{n}} {of}", n=meta.max_length)


def one_of(*kinds: type[Struct]) -> Any:
    """A field read as the first of these that it fits: for objects that nothing but their fields tells apart."""
    _, schemas = msgspec.json.schema_components(kinds)
    read = _union(kinds, of_text=False)
    return Annotated[
        dict[str, Any], Meta(extra={"read": read}, extra_json_schema={"oneOf": [*schemas.values()]})
    ]


def _list_of(read: Read) -> Read:
    def items(value: Any, place: str) -> list[Any]:
        if not isinstance(value, list):
            raise Invalid(place, "must be array")
        return [read(each, f"{place}/{at}") for at, each in enumerate(value)]

    return items


def _struct(kind: type[Struct], of_text: bool) -> Read:
    fields = [
        (each.name, each.encode_name, reader(each.type, of_text), each.required)
        for each in msgspec.structs.fields(kind)
    ]

    def read(value: Any, place: str) -> Struct:
        if not isinstance(value, dict):
            raise Invalid(place, "must be object")
        for _, key, _, required in fields:
            if required and key not in value:
                raise Invalid(place, "must have required property '{key}'", key=key)
        return kind(
            **{name: one(value[key], f"{place}/{key}") for name, key, one, _ in fields if key in value}
        )

    return read


__all__ = ["LONGEST", "Email", "Time", "Words", "given", "one_of", "reader"]
