"""Lists as Pagy pages them: twenty to a page, told in headers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from msgspec import Meta, Struct

from hyway.apis.kit.operations import Ask
from hyway.apis.kit.style import Header
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

T = TypeVar("T")
B = TypeVar("B")
SIZE = 20
_FARTHEST = 10**12
_NUMBER = re.compile(r"\s*\+?(\d{1,12})", re.ASCII)


class PageQuery(Struct, kw_only=True):
    """What every list takes; a list's own query adds its filters as `str | None = None`."""

    page: Annotated[
        str | None, Meta(description="The number of the page, from 1; the last one for any number beyond it.")
    ] = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of page `number` of a list that has `total`."""

    rows: Sequence[T]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many there are: an empty list has one."""
        return max(1, -(-self.total // SIZE))

    def each(self, out: Callable[[T], B]) -> "Page[B]":
        return Page([out(row) for row in self.rows], self.number, self.total)


def turned(
    r: Read, by: Caller, query: PageQuery, verb: Callable[..., tuple[list[T], int]], *args: Any, **more: Any
) -> Page[T]:
    """The page that is asked for, or the last one where there are fewer."""
    number = _number(query.page)
    rows, total = verb(r, by, *args, **more, offset=(number - 1) * SIZE, limit=SIZE)
    last = max(1, -(-total // SIZE))
    if number > last:
        rows, total = verb(r, by, *args, **more, offset=(last - 1) * SIZE, limit=SIZE)
        number = last
    return Page(rows, number, total)


def _number(said: str | None) -> int:
    """The number that the text begins with; 1 for none, and for what is below."""
    found = _NUMBER.match(said or "")
    return min(max(1, int(found[1])), _FARTHEST) if found else 1


def headers(ask: Ask, page: Page[Any]) -> tuple[Header, ...]:
    """Where the page stands, and how to get to others."""
    return (
        (b"current-page", b"%d" % page.number),
        (b"page-items", b"%d" % SIZE),
        (b"total-count", b"%d" % page.total),
        (b"total-pages", b"%d" % page.pages),
        (b"link", _links(ask, page)),
    )


def _links(ask: Ask, page: Page[Any]) -> bytes:
    """RFC 8288: `prev` and `next` only where there are such pages."""
    asked = parse_qsl(ask.query.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name != "page"]
    ends = {"first": 1, "prev": page.number - 1, "next": page.number + 1, "last": page.pages}
    return ", ".join(
        f'<{ask.address}?{urlencode([*kept, ("page", number)])}>; rel="{name}"'
        for name, number in ends.items()
        if 1 <= number <= page.pages
    ).encode("latin-1")
