"""The operators that take their arguments worked out: comparisons, arithmetic, texts, arrays.

Each takes its arguments and the pass. Arguments that a rule leaves out are UNDEFINED, as in JavaScript. Source of every
rule: the reference implementation of jsonlogic.com.
"""

from collections.abc import Callable, Mapping
from math import copysign, fmod, inf, isinf, nan
from typing import Any

from hyway.domain.toggles.logic.values import (
    UNDEFINED,
    at_most,
    below,
    equal,
    joined,
    leading_number,
    number,
    same,
    text,
    truthy,
    units,
)
from hyway.domain.toggles.logic.work import Failure, Pass


def is_less(a: Any, b: Any, c: Any, run: Pass) -> bool:
    """a < b, or with a third a < b < c."""
    return below(a, b, run) and (c is UNDEFINED or below(b, c, run))


def is_at_most(a: Any, b: Any, c: Any, run: Pass) -> bool:
    """a <= b, or with a third a <= b <= c."""
    return at_most(a, b, run) and (c is UNDEFINED or at_most(b, c, run))


def plus(values: list[Any], run: Pass) -> float:
    """The sum of the numbers the arguments begin with; NaN where one begins with none."""
    total = 0.0
    for value in values:  # not sum(): it evens out rounding errors, which JavaScript keeps
        total += leading_number(value, run)
    return total


def times(values: list[Any], run: Pass) -> Any:
    """The product; a single argument comes back as it is, and none at all is refused when the rule is read.

    A product of -0 counts as 0 in what follows, since parseFloat reads it from its text.
    """
    if len(values) == 1:
        return values[0]
    product = leading_number(values[0], run)
    for place, value in enumerate(values[1:]):
        product = (product + 0.0 if place else product) * leading_number(value, run)
    return product


def minus(a: Any, b: Any, run: Pass) -> float:
    """a - b, or -a where there is no b."""
    return -number(a, run) if b is UNDEFINED else number(a, run) - number(b, run)


def over(a: Any, b: Any, run: Pass) -> float:
    """a / b: by zero it is an infinity, or NaN for 0 / 0."""
    top, bottom = number(a, run), number(b, run)
    if bottom != 0:
        return top / bottom
    if top == 0 or top != top:
        return nan
    return copysign(inf, top) * copysign(1.0, bottom)


def remainder(a: Any, b: Any, run: Pass) -> float:
    """a % b with the sign of a."""
    top, bottom = number(a, run), number(b, run)
    return nan if isinf(top) or bottom == 0 else fmod(top, bottom)


def least(values: list[Any], run: Pass) -> float:
    """The smallest as a number, NaN if one is none, Infinity of nothing."""
    numbers = [number(value, run) for value in values]
    if any(value != value for value in numbers):
        return nan
    return min(numbers, key=lambda value: (value, copysign(1.0, value)), default=inf)


def greatest(values: list[Any], run: Pass) -> float:
    """The largest as a number, NaN if one is none, -Infinity of nothing."""
    numbers = [number(value, run) for value in values]
    if any(value != value for value in numbers):
        return nan
    return max(numbers, key=lambda value: (value, copysign(1.0, value)), default=-inf)


def cat(values: list[Any], run: Pass) -> str:
    """The arguments as one text; null is empty, also within an array, whose parts stand with commas."""
    return joined(values, "", run)


def substr(source: Any, start: Any, size: Any, run: Pass) -> str:
    """Part of a text by UTF-16 units: a negative start counts from the end, a negative size leaves out the end."""
    whole = text(source, run)
    run.spend(len(whole) >> 6)
    if below(size, 0, run):
        rest = _cut(whole, _whole(start, run), inf)
        numeric = type(size) is int or type(size) is float
        return _cut(rest, 0.0, _whole(units(rest) + size, run) if numeric else 0.0)
    return _cut(whole, _whole(start, run), inf if size is UNDEFINED else _whole(size, run))


def _whole(value: Any, run: Pass) -> float:
    """A number without its fraction; 0 for NaN."""
    given = number(value, run)
    if given != given:
        return 0.0
    return given if isinf(given) else float(int(given))


def _cut(source: str, start: float, size: float) -> str:
    """JavaScript's source.substr(start, size)."""
    coded = b"" if source.isascii() else source.encode("utf-16-be", "surrogatepass")
    length = len(coded) // 2 or len(source)
    begin = max(length + start, 0) if start < 0 else min(start, length)
    end = min(begin + size, length)
    if begin >= end:
        return ""
    if not coded:
        return source[int(begin) : int(end)]
    return coded[2 * int(begin) : 2 * int(end)].decode("utf-16-be", "surrogatepass")


def is_in(item: Any, among: Any, run: Pass) -> bool:
    """Whether a text holds the text of `item`, or an array `item` itself, by strict equality."""
    if type(among) is str:
        run.spend(len(among) >> 6)
        return among != "" and text(item, run) in among
    if type(among) is not list:
        return False
    run.spend(len(among) >> 3)
    if type(item) is str:
        return item in among
    return any(same(item, other) for other in among)


def merge(values: list[Any], run: Pass) -> list[Any]:
    """The arguments in one array, arrays among them opened once."""
    whole: list[Any] = []
    for value in values:
        if type(value) is list:
            run.spend(len(value))
            whole.extend(value)
        else:
            whole.append(value)
    return whole


def look(data: Any, path: Any, default: Any, run: Pass) -> Any:
    """The value at a dotted path; all of `data` for an empty path, `default` (or null) where nothing is."""
    if path is None or path is UNDEFINED or path == "":
        return data
    steps = text(path, run)
    run.spend(len(steps) // 64 * 64)
    return find(data, steps.split("."), None if default is UNDEFINED else default)


def find(data: Any, steps: list[str], default: Any) -> Any:
    """The value at the end of `steps`, `default` where nothing is."""
    for step in steps:
        data = data.get(step, UNDEFINED) if type(data) is dict else _part(data, step)
        if data is UNDEFINED:
            return default
    return data


def _part(data: Any, name: str) -> Any:
    """An element of an array, a letter of a text, or the length of either."""
    if type(data) is not list and type(data) is not str:
        return UNDEFINED
    length = units(data) if type(data) is str else len(data)
    if name == "length":
        return length
    if not (name.isascii() and name.isdigit()) or len(name) > 10 or (name[0] == "0" and name != "0"):
        return UNDEFINED
    index = int(name)
    if index >= length:
        return UNDEFINED
    return _cut(data, float(index), 1.0) if type(data) is str else data[index]


def missing(data: Any, values: list[Any], run: Pass) -> list[Any]:
    """Which of the names (the arguments, or the array that is the first) lead to null, an empty text or nothing."""
    names = values[0] if values and type(values[0]) is list else values
    run.spend(len(names))
    return [name for name in names if _is_empty(_named(data, name, run))]


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _named(data: Any, name: Any, run: Pass) -> Any:
    """What a name leads to; an array is a name and its default, an object of one key would be a rule: Failure."""
    given = name if type(name) is list else [name]
    if any(type(part) is dict and len(part) == 1 for part in given):
        raise Failure("data are no rules")
    path, default = (*given, UNDEFINED, UNDEFINED)[:2]
    return look(data, path, default, run)


def missing_some(data: Any, need: Any, options: Any, run: Pass) -> list[Any]:
    """Nothing if at least `need` of the options are there, else those that are missing."""
    if options is None or options is UNDEFINED:
        raise Failure("missing_some takes an array of names")
    absent = missing(data, options if type(options) is list else [options], run)
    there = find(options, ["length"], None)
    if type(there) is not int:
        return absent
    return [] if at_most(need, there - len(absent), run) else absent


def log(value: Any, run: Pass) -> Any:
    """The value as it is: a rule sees people's data, which do not belong into a log."""
    return value


Plain = Callable[..., Any]
FIXED: Mapping[str, tuple[int, Plain]] = {
    "==": (2, equal),
    "===": (2, lambda a, b, run: same(a, b)),
    "!=": (2, lambda a, b, run: not equal(a, b, run)),
    "!==": (2, lambda a, b, run: not same(a, b)),
    "<": (3, is_less),
    "<=": (3, is_at_most),
    ">": (2, lambda a, b, run: below(b, a, run)),
    ">=": (2, lambda a, b, run: at_most(b, a, run)),
    "!": (1, lambda a, run: not truthy(a)),
    "!!": (1, lambda a, run: truthy(a)),
    "-": (2, minus),
    "/": (2, over),
    "%": (2, remainder),
    "in": (2, is_in),
    "substr": (3, substr),
    "log": (1, log),
}
"""Operators of a fixed number of arguments, which the function takes one by one, and the pass last."""
ANY: Mapping[str, Plain] = {"+": plus, "*": times, "min": least, "max": greatest, "cat": cat, "merge": merge}
"""Operators of any number of arguments, which the function takes as a list, and the pass."""
