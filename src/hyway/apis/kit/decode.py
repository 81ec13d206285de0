"""What was sent, as typed values or as a refusal that names the place.

Bodies are decoded strictly (no text for numbers, no 1.0 for 1). Query strings are text, so numbers and
booleans are read from it, strictly too. A place in a list is counted from 0, as the sender's own program
counts it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import inspect

from hyway.kernel import ids
from hyway.kernel.faults import Fault, Invalid

T = TypeVar("T")
U = TypeVar("U")

_PLACE = re.compile(r" - at `(?:key in `)?\$(?:\[(\d+)\])?\.?(.*?)`?$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.+?)`")
_KIND = re.compile(r"Expected `(\w+)")
_BOUND = re.compile(r"Expected `\w+(?: \| null)?` (of length )?(>=|<=) (-?\d+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def body(decoder: msgspec.json.Decoder[T], raw: bytes) -> T:
    """The decoded body; Invalid says what is wrong with it and where."""
    if not raw:
        raise Invalid("", "the request body is empty")
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise refusal(str(error)) from None
    except RecursionError:
        raise Invalid("", "the request body is nested too deeply") from None
    except (msgspec.DecodeError, ValueError):  # ValueError: bytes that are not UTF-8, numbers without end
        raise Invalid("", "the request body is not valid JSON") from None


def refusal(message: str) -> Invalid:
    """What msgspec says of a wrong type or bound, as a Fault."""
    placed = _PLACE.search(message)
    at = int(placed[1]) if placed and placed[1] else None
    field = placed[2].replace("[...]", "") if placed else ""
    if missing := _MISSING.match(message):
        return Invalid(f"{field}.{missing[1]}" if field else missing[1], "is required", at=at)
    if not field and at is None:
        field = "body"
    if bound := _BOUND.match(message):
        return _out_of_bounds(field, at, bool(bound[1]), bound[2] == ">=", int(bound[3]))
    kind = _KIND.match(message)
    return _wrong_kind(field, at, kind[1] if kind else "")


def _out_of_bounds(field: str, at: int | None, is_length: bool, is_least: bool, bound: int) -> Invalid:
    if is_length and is_least:
        if bound == 1:
            return Invalid(field, "must not be empty", at=at)
        return Invalid(field, "must be at least {least} characters", at=at, least=bound)
    if is_length:
        return Invalid(field, "must be at most {most} characters", at=at, most=bound)
    if is_least:
        return Invalid(field, "must be at least {least}", at=at, least=bound)
    return Invalid(field, "must be at most {most}", at=at, most=bound)


def _wrong_kind(field: str, at: int | None, kind: str) -> Invalid:
    match kind:
        case "str":
            return Invalid(field, "must be text", at=at)
        case "int":
            return Invalid(field, "must be a whole number", at=at)
        case "float":
            return Invalid(field, "must be a number", at=at)
        case "bool":
            return Invalid(field, "must be true or false", at=at)
        case "array":
            return Invalid(field, "must be a list", at=at)
        case "object":
            return Invalid(field, "must be an object", at=at)
    return Invalid(field, "is out of range", at=at)


class _Field(NamedTuple):
    attribute: str
    read: Callable[[str, str], Any]


class QueryDecoder:
    """Reads a query string into a msgspec Struct whose fields are str, int, bool or a Literal of words.

    A parameter that the Struct does not know is ignored; one given twice, left empty or of a wrong form is
    Invalid.
    """

    def __init__(self, type: type[msgspec.Struct]) -> None:
        self.type = type
        self._fields = {
            field.encode_name: _Field(field.name, _reader(inspect.type_info(field.type)))
            for field in msgspec.structs.fields(type)
        }

    def decode(self, raw: bytes) -> Any:
        values: dict[str, Any] = {}
        for part in raw.split(b"&") if raw else ():
            key, _, text = part.partition(b"=")
            name = unquote_to_bytes(key).decode("utf-8", "replace")
            field = self._fields.get(name)
            if field is None:
                continue
            if field.attribute in values:
                raise Invalid(name, "must be given only once")
            values[field.attribute] = field.read(name, _text(name, text))
        return self.type(**values)


def _text(name: str, raw: bytes) -> str:
    try:
        value = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise Invalid(name, "must be UTF-8 text") from None
    if not value:
        raise Invalid(name, "must not be empty")
    return plain(name, value)


def _reader(type: inspect.Type) -> Callable[[str, str], Any]:
    """How text becomes a value of the type."""
    if isinstance(type, inspect.Metadata):
        return _reader(type.type)
    if isinstance(type, inspect.UnionType):
        return _reader(next(each for each in type.types if not isinstance(each, inspect.NoneType)))
    if isinstance(type, inspect.IntType):
        return lambda name, text: _whole(name, text, type.ge, type.le)
    if isinstance(type, inspect.BoolType):
        return _boolean
    if isinstance(type, inspect.LiteralType):
        return lambda name, text: _one_of(name, text, type.values)
    if isinstance(type, inspect.StrType):
        return lambda name, text: _bounded(name, text, type.max_length)
    raise TypeError(f"a query parameter cannot be {type}")


def _whole(name: str, text: str, least: int | None, most: int | None) -> int:
    if not _WHOLE.fullmatch(text):
        raise Invalid(name, "must be a whole number")
    value = int(text)
    if least is not None and value < least:
        raise Invalid(name, "must be at least {least}", least=least)
    if most is not None and value > most:
        raise Invalid(name, "must be at most {most}", most=most)
    return value


def _boolean(name: str, text: str) -> bool:
    if text not in _BOOLEANS:
        raise Invalid(name, "must be true or false")
    return _BOOLEANS[text]


def _one_of(name: str, text: str, choices: Iterable[Any]) -> str:
    if text not in choices:
        raise Invalid(name, "must be one of {choices}", choices=", ".join(choices))
    return text


def _bounded(name: str, text: str, most: int | None) -> str:
    if most is not None and len(text) > most:
        raise Invalid(name, "must be at most {most} characters", most=most)
    return text


def uuid(field: str, value: str) -> str:
    """A UUID in canonical form; Invalid for anything else."""
    return value if _UUID.fullmatch(value) else ids.uuid(field, value)


def plain(field: str, value: str) -> str:
    """Text of one line: no control characters, which no page can show and PostgreSQL refuses."""
    if _CONTROL.search(value):
        raise Invalid(field, "must not contain control characters")
    return value


def each(items: Iterable[T], convert: Callable[[T], U]) -> list[U]:
    """Every item converted; a Fault is told of the item it is about."""
    done: list[U] = []
    try:
        for item in items:
            done.append(convert(item))
    except Fault as fault:
        raise fault.of(len(done)) from None
    return done
