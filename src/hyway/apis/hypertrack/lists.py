"""Lists as the Django REST framework pages them: count, next, previous, results."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from msgspec import Meta, Struct

from hyway.apis.kit.operations import Ask
from hyway.domain.identity import Caller
from hyway.domain.tracking import Page, Wanted
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing

T = TypeVar("T")
B = TypeVar("B")
SIZE, MOST = 50, 500
LONGEST = 1_000
"""Characters of a text that is searched for: no name or address is longer."""
_FARTHEST = 10**12


class ListQuery(Struct, kw_only=True):
    """What every list takes; a list's own query adds its filters, which are None where nothing was asked."""

    page: Annotated[str, Meta(description="The number of the page, from 1.")] = "1"
    page_size: Annotated[str, Meta(description="Results on a page, 50 by default and 500 at most.")] = ""
    ordering: Annotated[
        str, Meta(description="Fields to order by, separated by commas; `-` before one turns it round.")
    ] = ""
    search: Annotated[str, Meta(max_length=LONGEST, description="Words that must be there.")] = ""


_OWN = frozenset(ListQuery.__struct_fields__)


class PageOut(Struct, Generic[T]):
    """A page of a list; `next` and `previous` are where to go on, null at the ends."""

    count: int
    next: str | None
    previous: str | None
    results: list[T]


def wanted(query: ListQuery) -> Wanted:
    """The domain's question of a list's query; Missing for a page that there cannot be."""
    filters = {
        name: value
        for name in query.__struct_fields__
        if name not in _OWN and (value := getattr(query, name)) not in (None, "", ())
    }
    order = tuple(word for each in query.ordering.split(",") if (word := each.strip()))
    return Wanted(filters, order[:10], query.search, _page(query.page), _size(query.page_size))


def _page(said: str) -> int:
    if not (said.isascii() and said.isdigit() and 0 < int(said[:20]) < _FARTHEST):
        raise Missing("Invalid page.")
    return int(said)


def _size(said: str) -> int:
    """What is no size is not said."""
    if not (said.isascii() and said.isdigit() and int(said[:20])):
        return SIZE
    return min(int(said[:20]), MOST)


def shown(ask: Ask, of: Wanted, total: int, results: Sequence[B]) -> PageOut[B]:
    """The envelope around a page's results; Missing beyond the end."""
    if of.page > 1 and (of.page - 1) * of.size >= total:
        raise Missing("Invalid page.")
    following = of.page + 1 if of.page * of.size < total else None
    return PageOut(total, _at(ask, following), _at(ask, of.page - 1 or None), list(results))


def _at(ask: Ask, page: int | None) -> str | None:
    """The same question for another page, under the address that the caller used."""
    if page is None:
        return None
    asked = parse_qsl(ask.query.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name != "page"]
    said = urlencode([*kept, ("page", page)] if page > 1 else kept)
    return f"{ask.address}?{said}" if said else ask.address


async def answer(
    ask: Ask, query: ListQuery, verb: Callable[[Read, Caller, Wanted], Page[T]], out: Callable[[T], B]
) -> PageOut[B]:
    """A whole list operation: `verb` finds the page, `out` shows each of its rows."""
    asked = wanted(query)
    found = await ask.db.read(verb, ask.by, asked)
    return shown(ask, asked, found.total, [out(each) for each in found.rows])
