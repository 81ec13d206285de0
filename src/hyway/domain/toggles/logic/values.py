"""JavaScript's values as JsonLogic sees them: truth, texts, numbers, equality and order.

JSON values are Python's own; a value that is not there at all is UNDEFINED. A whole number stays exact where it is
only compared or printed, and becomes a double where it is reckoned with. Sources: ECMA-262, sections 7.1 and 7.2
(conversions and comparisons), 6.1.6.1.20 (numbers as texts), and jsonlogic.com/truthy.
"""

import re
from math import inf, nan
from typing import Any, Final

from hyway.domain.toggles.logic.work import LONGEST_TEXT, Failure, Pass


class _Undefined:
    """The type of UNDEFINED."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = _Undefined()
PRIMITIVES: Final = frozenset((int, float, bool, str))
NUMBERS: Final = frozenset((int, float))
SPACE: Final = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" + (
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INFINITY: Final = re.compile(r"([+-]?)Infinity")
_BASED: Final = re.compile(r"0(?:[xX]([0-9a-fA-F]+)|[oO]([0-7]+)|[bB]([01]+))")
_BASES: Final = (16, 8, 2)
_LONGEST_NUMBER: Final = 1_000
"""Letters of a text that may spell a number. JavaScript knows no limit, but reads each text anew for every rule."""


def truthy(value: Any) -> bool:
    """Whether a value counts as true; unlike in JavaScript an empty array does not."""
    kind = type(value)
    if kind is float:
        return bool(value == value and value != 0)
    return True if kind is dict else bool(value)


def text(value: Any, run: Pass) -> str:
    """JavaScript's String(value); Failure for a list whose text is too long."""
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is float:
        return number_text(value)
    if kind is list:
        return joined(value, ",", run)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    return str(value) if kind is int or value is UNDEFINED else "[object Object]"


def joined(items: list[Any], comma: str, run: Pass) -> str:
    """JavaScript's items.join(comma): null and what is undefined are empty."""
    run.spend(len(items))
    parts = ["" if item is None or item is UNDEFINED else text(item, run) for item in items]
    size = sum(map(len, parts)) + len(comma) * len(parts)
    if size > LONGEST_TEXT:
        raise Failure("the rule makes too long a text")
    run.spend(size >> 4)
    return comma.join(parts)


def number_text(value: float) -> str:
    """A number as JavaScript prints it: 1 for 1.0, 1e+21, NaN."""
    if value != value:
        return "NaN"
    if value in (inf, -inf):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 2**53:
        return str(int(value))
    sign, bare = ("-", -value) if value < 0 else ("", value)
    mantissa, _, exponent = repr(bare).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = whole + ("" if fraction == "0" else fraction)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return sign + _placed(stripped.rstrip("0"), point)


def _placed(digits: str, point: int) -> str:
    """Digits with the point after the first `point` of them, or an exponent where JavaScript prefers one."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{point - 1:+d}"


def number(value: Any, run: Pass) -> float:
    """JavaScript's Number(value), as a double."""
    kind = type(value)
    if kind is float:
        return float(value)
    if kind is int:
        return _double(value)
    if kind is str:
        return text_number(value)
    if kind is bool:
        return 1.0 if value else 0.0
    if value is None:
        return 0.0
    return text_number(joined(value, ",", run)) if kind is list else nan


def _double(whole: int) -> float:
    try:
        return float(whole)
    except OverflowError:
        return inf if whole > 0 else -inf


def text_number(source: str) -> float:
    """The number a whole text spells, NaN if it spells none; an empty text is 0."""
    if len(source) > _LONGEST_NUMBER:
        return nan
    source = source.strip(SPACE)
    if not source:
        return 0.0
    if _DECIMAL.fullmatch(source):
        return float(source)
    if sign := _INFINITY.fullmatch(source):
        return -inf if sign[1] == "-" else inf
    if based := _BASED.fullmatch(source):
        index = based.lastindex or 1
        return _double(int(based[index], _BASES[index - 1]))
    return nan


def leading_number(value: Any, run: Pass) -> float:
    """JavaScript's parseFloat(value): the number a text begins with, so null and true are NaN."""
    kind = type(value)
    if kind is int:
        return _double(value)
    if kind is float:
        return value + 0.0 if value == value else nan
    source = text(value, run)[:_LONGEST_NUMBER].lstrip(SPACE)
    if found := _DECIMAL.match(source):
        return float(found[0])
    if sign := _INFINITY.match(source):
        return -inf if sign[1] == "-" else inf
    return nan


def same(a: Any, b: Any) -> bool:
    """JavaScript's a === b; two arrays or objects are the same only if they are one."""
    kind, other = type(a), type(b)
    if kind is other:
        return bool(a == b) if kind in PRIMITIVES else a is b
    return bool(kind in NUMBERS and other in NUMBERS and a == b)


def equal(a: Any, b: Any, run: Pass) -> bool:
    """JavaScript's a == b: null equals what is undefined, else both become numbers, arrays becoming texts first."""
    kind, other = type(a), type(b)
    if kind is other or (kind in NUMBERS and other in NUMBERS):
        return same(a, b)
    if a is None or a is UNDEFINED:
        return b is None or b is UNDEFINED
    if b is None or b is UNDEFINED:
        return False
    plain = kind in PRIMITIVES
    if other not in PRIMITIVES:
        return equal(a, text(b, run), run) if plain else False
    return number(a, run) == number(b, run) if plain else equal(text(a, run), b, run)


def below(a: Any, b: Any, run: Pass) -> bool:
    """JavaScript's a < b: two texts by their letters, all else as numbers; nothing is below NaN."""
    left, right = _comparable(a, b, run)
    return bool(left < right)


def at_most(a: Any, b: Any, run: Pass) -> bool:
    """JavaScript's a <= b, by the rules of `below`."""
    left, right = _comparable(a, b, run)
    return bool(left <= right)


def _comparable(a: Any, b: Any, run: Pass) -> tuple[Any, Any]:
    """Both sides as two numbers, two texts, or two texts' UTF-16 units where those order otherwise."""
    kind, other = type(a), type(b)
    if kind in NUMBERS and other in NUMBERS:
        return a, b
    if kind is list or kind is dict:
        a = text(a, run)
    if other is list or other is dict:
        b = text(b, run)
    if type(a) is not str or type(b) is not str:
        return _ordinal(a, run), _ordinal(b, run)
    if a.isascii() or b.isascii():
        return a, b
    return a.encode("utf-16-be", "surrogatepass"), b.encode("utf-16-be", "surrogatepass")


def _ordinal(value: Any, run: Pass) -> float:
    return value if type(value) is int else number(value, run)


def units(source: str) -> int:
    """JavaScript's length of a text, in UTF-16 units."""
    return len(source) if source.isascii() else len(source.encode("utf-16-be", "surrogatepass")) // 2
