"""A rule as it is written: read out of JSON, checked, and the segments it names."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from hyway.domain.toggles.logic.operations import ANY, FIXED
from hyway.domain.toggles.logic.ours import COMPARISONS, OURS, instant, version
from hyway.kernel.faults import Invalid

LONGEST = 65_536
"""Bytes of a rule's JSON text, in UTF-8."""
DEEPEST = 50
"""How deep rules, arrays and objects may stand in one another; an operator's list of arguments is no level."""
MOST = 10_000
"""Values in one rule."""
LOOPS: Final = frozenset(("map", "filter", "reduce", "all", "some", "none"))
"""Operators whose second argument is asked of each element of the first, which is all it sees."""
SPECIAL: Final = frozenset(("if", "?:", "and", "or", "var", "missing", "missing_some", "segment")) | LOOPS
KNOWN: Final = SPECIAL | FIXED.keys() | ANY.keys() | OURS.keys()
ALIAS: Final = "segments."


@dataclass(frozen=True, slots=True)
class Value:
    """Data as they stand: a text, number, boolean, null, or an object of any number of keys but one."""

    value: Any


@dataclass(frozen=True, slots=True)
class Array:
    """An array, each of whose elements may be a rule."""

    items: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator and its arguments."""

    name: str
    arguments: tuple["Tree", ...]


Tree = Value | Array | Call


def read(text: str, field: str = "logic") -> Tree:
    """The rule in a JSON text; Invalid, about `field`, where it is none.

    An object of one key is an operator with its arguments, and the operator must be known; an object of several keys,
    or of none, is data, as in the reference implementation. What could only ever fail is refused too.
    """
    if len(text) > LONGEST or len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise Invalid(field, "must NOT have more than {limit} bytes", limit=LONGEST)
    try:
        given = json.loads(text, parse_int=_whole, parse_constant=_refuse_constant)
    except RecursionError:
        raise _too_deep(field) from None
    except ValueError as problem:
        raise Invalid(field, "must be JsonLogic in JSON: {problem}", problem=str(problem)) from None
    return _Reader(field).tree(given, 0)


def _whole(digits: str) -> int | float:
    """A whole number; a double where JavaScript would print an exponent, or for -0."""
    return float(digits) if len(digits) > 21 or digits == "-0" else int(digits)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _too_deep(field: str) -> Invalid:
    return Invalid(field, "must NOT be nested more than {limit} levels deep", limit=DEEPEST)


class _Reader:
    """Turns JSON values into a tree and counts them on the way."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.count = 0

    def tree(self, given: Any, depth: int) -> Tree:
        """The tree of one JSON value that stands `depth` levels deep."""
        self.counted(depth)
        if isinstance(given, list):
            return Array(tuple(self.tree(item, depth + 1) for item in given))
        if not isinstance(given, dict):
            return Value(given)
        if len(given) != 1:
            self.measure(given, depth)
            return Value(given)
        ((name, arguments),) = given.items()
        if name not in KNOWN:
            raise Invalid(self.field, "must use known operators, not {name}", name=json.dumps(name[:50]))
        listed = arguments if isinstance(arguments, list) else [arguments]
        call = Call(name, tuple(self.tree(argument, depth + 1) for argument in listed))
        if problem := _problem(call):
            raise Invalid(self.field, "must make sense: {problem}", problem=problem)
        return call

    def counted(self, depth: int) -> None:
        """Count one value; Invalid for one too many, or one too deep."""
        self.count += 1
        if self.count > MOST:
            raise Invalid(self.field, "must NOT have more than {limit} values", limit=MOST)
        if depth > DEEPEST:
            raise _too_deep(self.field)

    def measure(self, given: Any, depth: int) -> None:
        """Count the values in an object that is data."""
        inner = given.values() if isinstance(given, dict) else given if isinstance(given, list) else ()
        for item in inner:
            self.counted(depth + 1)
            self.measure(item, depth + 1)


def _problem(call: Call) -> str | None:
    """What is wrong with an operator's arguments, as far as they stand in the rule itself."""
    check = _CHECKS.get(call.name)
    return check(call.arguments) if check else None


_Arguments = tuple[Tree, ...]


def _literal(tree: Tree) -> Any:
    """The value that stands in the rule, None where it is null or has to be worked out."""
    return tree.value if isinstance(tree, Value) else None


def _times(given: _Arguments) -> str | None:
    return None if given else "* needs at least one argument"


def _missing_some(given: _Arguments) -> str | None:
    if len(given) < 2 or given[1] == Value(None):
        return "missing_some needs a number and an array of names"
    return None


def _segment(given: _Arguments) -> str | None:
    name = _literal(given[0]) if len(given) == 1 else None
    return None if isinstance(name, str) and name else "segment needs the id of one segment"


def _rollout(given: _Arguments) -> str | None:
    if len(given) not in (1, 2):
        return "rollout takes a percentage and, at will, a seed"
    if not isinstance(given[0], Value):
        return "rollout needs one percentage" if isinstance(given[0], Array) else None
    share = given[0].value
    if type(share) not in (int, float) or not 0 <= share <= 100 or round(share, 2) != share:
        return "rollout needs a percentage from 0 to 100 with at most two decimals"
    return None


def _semver(given: _Arguments) -> str | None:
    if len(given) != 3:
        return "semver takes a version, a comparison and a version"
    comparison = _literal(given[1])
    if not isinstance(comparison, str) or comparison not in COMPARISONS:
        return "semver compares by one of < <= = != >= > ^ ~"
    return _wrong_text((given[0], given[2]), version, "semver needs versions such as 1.2.3")


def _dates(given: _Arguments) -> str | None:
    if len(given) != 2:
        return "before and after take two dates"
    return _wrong_text(
        given, instant, "before and after need dates such as 2026-01-31 or 2026-01-31T12:00:00Z"
    )


def _wrong_text(given: _Arguments, reads: Callable[[Any], object | None], problem: str) -> str | None:
    """The problem if a value that stands in the rule cannot be read; what has to be worked out may come right."""
    wrong = any(not isinstance(tree, Call) and reads(_literal(tree)) is None for tree in given)
    return problem if wrong else None


def _now(given: _Arguments) -> str | None:
    return "now takes no arguments" if given else None


_CHECKS: Final[dict[str, Callable[[_Arguments], str | None]]] = {
    "*": _times,
    "missing_some": _missing_some,
    "segment": _segment,
    "rollout": _rollout,
    "semver": _semver,
    "before": _dates,
    "after": _dates,
    "now": _now,
}


def segments(tree: Tree) -> frozenset[str]:
    """The ids and alternate ids of segments a rule refers to, by {"segment": id} or {"var": "segments.id"}."""
    return frozenset(_named(tree, inside=False))


def _named(tree: Tree, inside: bool) -> Iterator[str]:
    """Names of segments; inside a loop's body a path leads into the element, so only the operator names one there."""
    if isinstance(tree, Array):
        for item in tree.items:
            yield from _named(item, inside)
    elif isinstance(tree, Call):
        if tree.name == "segment":
            yield _literal(tree.arguments[0])
        elif (name := alias(tree)) and not inside:
            yield name
        for place, argument in enumerate(tree.arguments):
            yield from _named(argument, inside or (place == 1 and tree.name in LOOPS))


def alias(call: Call) -> str | None:
    """The segment that {"var": "segments.id"} stands for, None for any other call."""
    path = _literal(call.arguments[0]) if call.name == "var" and call.arguments else None
    return path.removeprefix(ALIAS) or None if isinstance(path, str) and path.startswith(ALIAS) else None
