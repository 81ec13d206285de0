"""Lists that are turned page by page."""

from collections.abc import Callable
from typing import Any, TypeVar

from hyway.console.market.stay import Leaves, leaves
from hyway.console.visit import Visit

T = TypeVar("T")
PAGE = 25
"""Rows of a list."""


async def turned(
    visit: Visit, verb: Callable[..., tuple[list[T], int]], *about: Any, size: int = PAGE, **more: Any
) -> tuple[list[T], Leaves]:
    """The page of a list that is asked for, the last one where there are not so many."""
    leaf = visit.asked.whole("page", 1, 1_000_000, 1)
    rows, total = await visit.read(verb, *about, **more, offset=(leaf - 1) * size, limit=size)
    last = max(1, -(-total // size))
    if leaf > last:
        leaf = last
        rows, total = await visit.read(verb, *about, **more, offset=(leaf - 1) * size, limit=size)
    return rows, leaves(visit.request, leaf, total, size)
