"""What breaks each single constraint of a shape, by one, and what just keeps it: worked out from the shape alone."""

import types
import typing
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from hyway.apis.hyphen.fields import Words

BIGGEST = 2**63 - 1
NO_NUL = 'must match pattern "^[^\\u0000]*$"'
LISTED = "must be equal to one of the allowed values"
ONE_OF = "must match exactly one schema in oneOf"
FITTING = {"^#[0-9a-fA-F]{6}$": "#aabbcc", "^[A-Za-z0-9_-]+$": "x"}
MISFITS = {
    "^#[0-9a-fA-F]{6}$": ("#aabbc", "#aabbccd", "#aabbcg", "aabbcc", "", "red"),
    "^[A-Za-z0-9_-]+$": ("a b", "a.b", "\u00e9", "a/b"),
}
EMAILS = ("nobody", "a@b", "@example.com", "a b@example.com", "a@exa mple.com", "x" * 65 + "@example.com")
TIMES = ("yesterday", "2026-02-30T00:00:00Z", "2026-01-01T24:00:01Z", "2026-13-01T00:00:00Z", "")


class Case(NamedTuple):
    """A value for a place, and what is told of it: nothing where it just fits."""

    value: Any
    told: str


class Kind(NamedTuple):
    """What a field is without its wrappings."""

    of: Any
    metas: tuple[Meta, ...]
    is_nullable: bool

    def bound(self, name: str) -> Any:
        return next((found for meta in self.metas if (found := getattr(meta, name)) is not None), None)

    @property
    def format(self) -> str:
        """Of a text that is more than a text."""
        said = [each.extra_json_schema for each in self.metas if each.extra_json_schema]
        return next((str(each["format"]) for each in said if "format" in each), "")


def kind(of: Any) -> Kind:
    if get_origin(of) is Annotated:
        inner, *metas = get_args(of)
        found = kind(inner)
        return Kind(found.of, (*found.metas, *metas), found.is_nullable)
    if get_origin(of) in (typing.Union, types.UnionType):
        parts = [each for each in get_args(of) if each not in (types.NoneType, msgspec.UnsetType)]
        is_nullable = types.NoneType in get_args(of)
        if len(parts) > 1:
            return Kind(typing.Union, (), is_nullable)
        found = kind(parts[0])
        return Kind(found.of, found.metas, is_nullable or found.is_nullable)
    return Kind(of, (), False)


def is_shape(of: Any) -> bool:
    return isinstance(of, type) and issubclass(of, Struct)


def is_words(of: Kind) -> bool:
    return any(meta in get_args(Words)[1:] for meta in of.metas)


def sample(of: Any, longest: bool = False) -> Any:
    """A value that fits, as short as it can be, or as long."""
    found = kind(of)
    if get_origin(found.of) is Literal:
        return get_args(found.of)[0]
    if isinstance(found.of, type) and issubclass(found.of, Struct):
        return {
            each.encode_name: sample(each.type) for each in msgspec.structs.fields(found.of) if each.required
        }
    if get_origin(found.of) is list:
        many = found.bound("max_length" if longest else "min_length") or 0
        return [sample(get_args(found.of)[0])] * many
    if found.format:
        return {"email": "guest@example.com", "date-time": "2026-01-01T00:00:00Z"}[found.format]
    if found.of is str:
        fits = FITTING.get(found.bound("pattern"), "x")
        return fits * ((found.bound("max_length") if longest else None) or 1) if len(fits) == 1 else fits
    if found.of is typing.Union:
        return sample(next(each for each in get_args(of) if get_origin(kind(each).of) is list))
    plain: dict[Any, Any] = {int: found.bound("ge") or 0, bool: True, Any: []}
    return plain.get(found.of, {"id": "x"})


def wrong(of: Any, place: str, of_text: bool = False) -> Iterator[Case]:
    """Each value that breaks one constraint of the field by as little as can be."""
    found = kind(of)
    if found.of is Any:
        return
    if not found.is_nullable and not of_text:
        yield Case(None, f"{place} {_of_another_kind(found)}")
    if found.of is typing.Union or _is_one_of(found):
        yield from _each((7, [], {}), f"{place} {ONE_OF}")
    elif get_origin(found.of) is Literal:
        strange: tuple[Any, ...] = () if of_text else (7, [], {})
        yield from _each(("nonsense", get_args(found.of)[0] + " ", *strange), f"{place} {LISTED}")
    elif is_words(found):
        yield Case(",".join(map(str, range(1001))), f"{place} must NOT have more than 1000 items")
        yield Case("a\0", f"{place} {NO_NUL}")
    else:
        yield from (Case(value, f"{place} {told}") for value, told in _plain(found, of_text))
        yield from _inner(found, place)


def _each(values: Iterable[Any], told: str) -> Iterator[Case]:
    """Values that are all told the same."""
    for value in values:
        yield Case(value, told)


def _is_one_of(of: Kind) -> bool:
    return "oneOf" in (of.bound("extra_json_schema") or {})


def _of_another_kind(of: Kind) -> str:
    if of.of is typing.Union or _is_one_of(of):
        return ONE_OF
    if get_origin(of.of) is Literal:
        return LISTED
    if of.format == "date-time":
        return 'must match format "date-time"'
    named = {str: "string", int: "integer", bool: "boolean", float: "number"}.get(of.of)
    return f"must be {named or ('array' if get_origin(of.of) is list else 'object')}"


def _plain(of: Kind, of_text: bool) -> Iterator[Case]:
    strange = _of_another_kind(of)
    if of.of is int:
        yield from _each(("x", "1.5", "1e3") if of_text else ("1", 1.5, True, [], {}), strange)
        yield Case(BIGGEST + 1, f"must be <= {BIGGEST}")
        yield from _sides(of)
    elif of.of is bool:
        yield from _each(("yes", "2") if of_text else ("true", 1, []), strange)
    elif of.of is str:
        yield from _each(() if of_text else (7, True, [], {}), strange)
        yield from _texts(of, of_text)
    else:
        is_list = get_origin(of.of) is list
        yield from _each((7, "x", {} if is_list else []), strange)
        yield from _lengths(of, "items") if is_list else ()


def _sides(of: Kind) -> Iterator[Case]:
    least, most = of.bound("ge"), of.bound("le")
    if least is not None:
        yield Case(least - 1, f"must be >= {least}")
    if most is not None:
        yield Case(most + 1, f"must be <= {most}")


def _texts(of: Kind, of_text: bool) -> Iterator[Case]:
    if of.format:
        strange = EMAILS if of.format == "email" else TIMES
        # What is left empty in a query was not said.
        yield from _each(
            (each for each in strange if each or not of_text), f'must match format "{of.format}"'
        )
        return
    yield Case("a\0", NO_NUL)
    yield from _lengths(of, "characters")
    pattern = of.bound("pattern")
    yield from _each(MISFITS[pattern] if pattern else (), f'must match pattern "{pattern}"')


def _lengths(of: Kind, what: str) -> Iterator[Case]:
    unit: Any = [sample(get_args(of.of)[0])] if what == "items" else "x"
    least, most = of.bound("min_length"), of.bound("max_length")
    if least:
        yield Case(unit * (least - 1), f"must NOT have fewer than {least} {what}")
    if most is not None:
        yield Case(unit * (most + 1), f"must NOT have more than {most} {what}")


def _inner(of: Kind, place: str) -> Iterator[Case]:
    """What is wrong within a list or an object, in a value that fits but for that."""
    if get_origin(of.of) is list:
        for each in wrong(get_args(of.of)[0], f"{place}/0"):
            yield Case([each.value], each.told)
    elif isinstance(of.of, type) and issubclass(of.of, Struct):
        yield from within(of.of, place)


def within(shape: type[Struct], place: str, of_text: bool = False) -> Iterator[Case]:
    """Objects in which one field is wrong, or absent though it is required."""
    whole = sample(shape)
    for each in msgspec.structs.fields(shape):
        name = each.encode_name
        if each.required:
            rest = {key: value for key, value in whole.items() if key != name}
            yield Case(rest, f"{place} must have required property '{name}'")
        for case in wrong(each.type, f"{place}/{name}", of_text):
            yield Case({**whole, name: case.value}, case.told)


def cases(takes: Any, place: str, of_text: bool = False) -> Iterator[Case]:
    """Everything that is wrong with a body or a query in one way."""
    if is_shape(takes):
        yield from within(takes, place, of_text)
        if not of_text:
            yield from _each(([], "x", 7, True), f"{place} must be object")


def fitting(shape: type[Struct], of_text: bool = False) -> Iterator[dict[str, Any]]:
    """Objects in which one field is at one of its bounds."""
    whole = sample(shape)
    for each in msgspec.structs.fields(shape):
        for value in _at_bounds(kind(each.type), each.type):
            if value is True and of_text:
                yield from ({**whole, each.encode_name: said} for said in ("true", "false", "1", "0"))
            elif value is not None or not of_text:
                yield {**whole, each.encode_name: value}


def _at_bounds(of: Kind, plain: Any) -> Iterator[Any]:
    if of.is_nullable:
        yield None
    if get_origin(of.of) is Literal:
        yield from get_args(of.of)
    elif is_words(of):
        yield ",".join(map(str, range(1000)))
    elif of.of is int:
        yield from (each for each in (of.bound("ge"), of.bound("le") or BIGGEST) if each is not None)
    elif of.format == "email":
        yield "x" * 64 + "@example.com"
    elif of.of is not typing.Union and of.of is not Any:
        yield sample(plain)
        yield sample(plain, longest=True)
