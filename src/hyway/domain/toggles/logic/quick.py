"""Shorter ways for what most rules do: a path that stands in the rule, compared with a value that stands in it.

Each answers as the operators in operations.py do; it only asks first whether the value is of the expected type.
"""

import operator
from collections.abc import Callable
from typing import Any, Final

from hyway.domain.toggles.logic.operations import FIXED, find, is_in
from hyway.domain.toggles.logic.tree import Array, Call, Tree, Value, alias
from hyway.domain.toggles.logic.values import NUMBERS, UNDEFINED, equal, same
from hyway.domain.toggles.logic.work import Pass

Step = Callable[[Any, Pass], Any]
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def path(dotted: str, inside: bool) -> Step:
    """var with a path of the rule's and no default; `inside` a loop's body it leads into the element.

    Outside of one it leads into the context, and is walked once for all the rules that go it.
    """
    names = dotted.split(".")
    if inside:
        return lambda data, run: find(data, names, None)

    def known(data: Any, run: Pass) -> Any:
        try:
            return run.values[dotted]
        except KeyError:
            value = run.values[dotted] = find(data, names, None)
            return value

    return known


def comparison(call: Call, steps: list[Step], inside: bool) -> Step | None:
    """The short way of a comparison, None where there is none."""
    if len(call.arguments) != 2:
        return None
    (left, right), (first, second) = call.arguments, steps
    if call.name == "in":
        if isinstance(right, Array):
            return _among(first, right)
        return _within(left.value, second) if isinstance(left, Value) and type(left.value) is str else None
    if not isinstance(right, Value):
        return None
    if call.name in _ORDERS:
        return _ordered(call.name, first, right.value) if type(right.value) in NUMBERS else None
    if call.name in ("==", "===", "!=", "!==") and type(right.value) is str:
        like = _like(first, right.value, call.name in ("==", "!="), call.name in ("==", "==="))
        dotted = None if inside else _path(left)
        return _named(dotted, right.value, call.name in ("==", "==="), like) if dotted else like
    return None


def _path(tree: Tree) -> str | None:
    """The path that a var of no default goes; None for all else, and for what stands for a segment."""
    if not isinstance(tree, Call) or tree.name != "var" or len(tree.arguments) != 1 or alias(tree):
        return None
    (dotted,) = tree.arguments
    return dotted.value or None if isinstance(dotted, Value) and type(dotted.value) is str else None


def _named(dotted: str, wanted: str, affirmed: bool, like: Step) -> Step:
    """Whether a path leads, or does not lead, to a text: the commonest rule of all."""

    def named(data: Any, run: Pass) -> Any:
        value = run.values.get(dotted)
        if type(value) is str:
            return (value == wanted) is affirmed
        return like(data, run)

    return named


def _like(first: Step, wanted: str, loose: bool, affirmed: bool) -> Step:
    """Whether something is, or is not, a text."""

    def like(data: Any, run: Pass) -> bool:
        value = first(data, run)
        if type(value) is str:
            return (value == wanted) is affirmed
        return (equal(value, wanted, run) if loose else same(value, wanted)) is affirmed

    return like


def _ordered(name: str, first: Step, limit: float) -> Step:
    """How something stands to a number."""
    order, (size, work) = _ORDERS[name], FIXED[name]
    rest = (limit, UNDEFINED)[: size - 1]

    def ordered(data: Any, run: Pass) -> bool:
        value = first(data, run)
        if type(value) in NUMBERS:
            return order(value, limit)
        if value is None:
            return order(0, limit)
        return bool(work(value, *rest, run))

    return ordered


def _within(part: str, second: Step) -> Step:
    """Whether something holds a text."""

    def within(data: Any, run: Pass) -> bool:
        value = second(data, run)
        if type(value) is str:
            return value != "" and part in value
        return value is not None and is_in(part, value, run)

    return within


def _among(first: Step, array: Array) -> Step | None:
    """Whether something is in a list that stands in the rule and holds nothing but texts and numbers."""
    given = [item.value for item in array.items if isinstance(item, Value)]
    if len(given) < len(array.items) or any(type(value) not in (str, int, float) for value in given):
        return None
    listed = frozenset(value for value in given if value == value)  # NaN is in no list

    def among(data: Any, run: Pass) -> bool:
        value = first(data, run)
        return (type(value) is str or type(value) in NUMBERS) and value in listed

    return among
