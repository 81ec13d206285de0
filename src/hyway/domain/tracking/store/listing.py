"""Pages of rows: each list says what it may be filtered, ordered and searched by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_

from hyway.domain.tracking.listing import Wanted
from hyway.kernel.db import Read

Column = ColumnElement[Any]
Filter = Callable[[Any], ColumnElement[bool]]
"""The condition of a filter's value; every value becomes a bound parameter."""


@dataclass(frozen=True)
class Shelf:
    """A list: its SELECT, the account's column, the number that settles ties, and what it can be asked by."""

    rows: Select[Any]
    account: Column
    seq: Column
    filters: Mapping[str, Filter]
    orders: Mapping[str, Column]
    search: tuple[Column, ...] = ()
    first: tuple[str, ...] = ("-created_at",)
    """The order where none is asked for."""


def same(column: Column) -> Filter:
    return lambda value: column == value


def any_of(column: Column) -> Filter:
    """One of a list of values."""
    return lambda values: column.in_(list(values))


def holds(column: Column) -> Filter:
    """A part of the text, without regard to case."""
    return partial(_holds, column)


def least(column: Column) -> Filter:
    return lambda value: column >= value


def most(column: Column) -> Filter:
    return lambda value: column <= value


def there(column: Column) -> Filter:
    """Whether there is a value."""
    return lambda value: column.is_not(None) if value else column.is_(None)


def between(**columns: Column) -> dict[str, Filter]:
    """`min_NAME` and `max_NAME` of each column."""
    made: dict[str, Filter] = {}
    for name, column in columns.items():
        made[f"min_{name}"], made[f"max_{name}"] = least(column), most(column)
    return made


def page(
    r: Read, shelf: Shelf, account: int, wanted: Wanted, *also: ColumnElement[bool]
) -> tuple[Sequence[Any], int]:
    """The rows of the page, and how many there are on all; `also` are further conditions."""
    picked = chosen(shelf, account, wanted, *also)
    total = r.run(picked.with_only_columns(func.count(), maintain_column_froms=True)).scalar_one()
    skip = (wanted.page - 1) * wanted.size
    if skip >= total:
        return [], total
    return r.run(_ordered(picked, shelf, wanted).limit(wanted.size).offset(skip)).all(), total


def chosen(shelf: Shelf, account: int, wanted: Wanted, *also: ColumnElement[bool]) -> Select[Any]:
    """All rows that are asked for, in no order."""
    asked = [shelf.filters[name](value) for name, value in wanted.filters.items() if name in shelf.filters]
    if wanted.search:
        asked += [or_(*(_holds(c, word) for c in shelf.search)) for word in _words(shelf, wanted.search)]
    return shelf.rows.where(shelf.account == account, *asked, *also)


def _words(shelf: Shelf, search: str) -> list[str]:
    return search.split()[:10] if shelf.search else []


def _holds(column: Column, value: str) -> ColumnElement[bool]:
    return func.lower(column).contains(value.lower(), autoescape=True)


def _ordered(picked: Select[Any], shelf: Shelf, wanted: Wanted) -> Select[Any]:
    known = [name for name in wanted.order if name.removeprefix("-") in shelf.orders] or list(shelf.first)
    by: list[ColumnElement[Any]] = []
    for name in known:
        column = shelf.orders[name.removeprefix("-")]
        way = column.desc() if name.startswith("-") else column.asc()
        # The engines put null at opposite ends; a column without it keeps its index.
        by.append(way.nulls_last() if getattr(column, "nullable", True) else way)
    return picked.order_by(*by, shelf.seq.desc() if known[0].startswith("-") else shelf.seq.asc())
