"""Operators that go through an array: the body sees one element and nothing else.

Each loop pays for all its rounds before the first, so that one too large costs nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from hyway.domain.toggles.logic.values import truthy
from hyway.domain.toggles.logic.work import Pass

Step = Callable[[Any, Pass], Any]


def mapped(source: Step, body: Step, cost: int) -> Step:
    """What the body answers for each element; nothing of what is no array."""

    def run_through(data: Any, run: Pass) -> list[Any]:
        return [body(element, run) for element in _elements(source(data, run), cost, run)]

    return run_through


def filtered(source: Step, body: Step, cost: int) -> Step:
    """The elements for which the body is true."""

    def run_through(data: Any, run: Pass) -> list[Any]:
        elements = _elements(source(data, run), cost, run)
        return [element for element in elements if truthy(body(element, run))]

    return run_through


def every(source: Step, body: Step, cost: int) -> Step:
    """Whether the body is true for each element, and there is one."""

    def run_through(data: Any, run: Pass) -> bool:
        elements = _elements(source(data, run), cost, run)
        return bool(elements) and all(truthy(body(element, run)) for element in elements)

    return run_through


def some(source: Step, body: Step, cost: int) -> Step:
    """Whether the body is true for an element."""

    def run_through(data: Any, run: Pass) -> bool:
        return any(truthy(body(element, run)) for element in _elements(source(data, run), cost, run))

    return run_through


def none(source: Step, body: Step, cost: int) -> Step:
    """Whether the body is true for no element."""
    one = some(source, body, cost)
    return lambda data, run: not one(data, run)


def reduced(source: Step, body: Step, start: Step, cost: int) -> Step:
    """What the body makes of each element as `current` and its last answer as `accumulator`, at first `start`."""

    def run_through(data: Any, run: Pass) -> Any:
        array, accumulator = source(data, run), start(data, run)
        for element in _elements(array, cost, run):
            accumulator = body({"current": element, "accumulator": accumulator}, run)
        return accumulator

    return run_through


def _elements(array: Any, cost: int, run: Pass) -> list[Any]:
    """The elements of an array, paid for; none of what is no array."""
    if type(array) is not list:
        return []
    run.spend(cost * len(array))
    return array


LOOPS: Final[Mapping[str, Callable[[Step, Step, int], Step]]] = {
    "map": mapped,
    "filter": filtered,
    "all": every,
    "some": some,
    "none": none,
}
