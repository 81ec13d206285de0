"""Verbs of the three shelves: collections, tags, partners. Bulk, all or nothing, answers in the order given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hyway.domain.billing import plan
from hyway.domain.identity import Caller
from hyway.domain.links import rules
from hyway.domain.links.records import Collection, Partner, ShelfQuery, Tag
from hyway.domain.links.store import shelves as store
from hyway.kernel import clock, ids
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Fault, Invalid

T = TypeVar("T", Collection, Tag, Partner)
Item = Mapping[str, Any]
"""A wish: `id` (None for a new one) and the columns that are mentioned."""


@dataclass(frozen=True)
class Shelf(Generic[T]):
    """What makes one shelf differ from the next."""

    noun: str
    table: Any
    record: Callable[[Any], T]
    checks: Mapping[str, Callable[[str], str]]
    defaults: Mapping[str, Any]
    never_null: frozenset[str]


COLLECTIONS = Shelf(
    "collection",
    store.COLLECTIONS,
    store.collection,
    {"name": rules.label, "description": rules.description},
    {"description": None},
    frozenset({"name"}),
)
TAGS = Shelf(
    "tag",
    store.TAGS,
    store.tag,
    {"name": rules.label, "color": rules.color},
    {"color": "slate"},
    frozenset({"name", "color"}),
)
PARTNERS = Shelf(
    "partner",
    store.PARTNERS,
    store.partner,
    {"name": rules.label, "email": rules.address, "phone": rules.phone},
    {"email": None, "phone": None},
    frozenset({"name"}),
)


def page(r: Read, by: Caller, shelf: Shelf[T], query: ShelfQuery) -> list[T]:
    """One page of a shelf of the caller's organization."""
    return [shelf.record(row) for row in store.page(r, shelf.table, by.organization, query)]


def count(r: Read, by: Caller, shelf: Shelf[T], query: ShelfQuery) -> int:
    return store.count(r, shelf.table, by.organization, query)


def put(w: Write, by: Caller, shelf: Shelf[T], items: Sequence[Item]) -> list[T]:
    """Makes what has no id and changes what has one; an unknown id fails the whole call."""
    bounds(by, len(items))
    wanted = [item["id"] for item in items if item.get("id")]
    there = store.by_ids(w, shelf.table, by.organization, wanted, lock=True)
    rows: dict[str, dict[str, Any]] = {}
    made: list[dict[str, Any]] = []
    order: list[str] = []
    now = clock.now()
    for at, item in enumerate(items):
        try:
            row = _row(by, shelf, item, there, rows, now)
        except Fault as fault:
            raise fault.of(at) from None
        order.append(row["id"])
        if row["id"] not in rows and row["id"] not in there:
            made.append(row)
        rows[row["id"]] = row
    _write(w, by, shelf, rows, made)
    stored = store.by_ids(w, shelf.table, by.organization, order)
    return [shelf.record(stored[id]) for id in order]


def _row(
    by: Caller, shelf: Shelf[Any], item: Item, there: Mapping[str, Any], rows: Item, now: int
) -> dict[str, Any]:
    """The whole row that an item leads to; `rows` are those that earlier items of the call led to."""
    checked = {name: _checked(shelf, name, value) for name, value in item.items() if name != "id"}
    if not item.get("id"):
        if "name" not in checked:
            raise Invalid("name", "is required")
        fresh = {"id": ids.uuid7(), "organization": by.organization, "created_at": now, "updated_at": now}
        return {**fresh, **shelf.defaults, **checked}
    old = rows.get(item["id"]) or (dict(there[item["id"]]._mapping) if item["id"] in there else None)
    if old is None:
        raise Invalid("id", "names no {noun} of your workspace", noun=shelf.noun)
    return {**old, **checked, "updated_at": now}


def _checked(shelf: Shelf[Any], name: str, value: Any) -> Any:
    if value is None:
        if name in shelf.never_null:
            raise Invalid(name, "must not be null")
        return None
    return shelf.checks[name](value)


def _write(w: Write, by: Caller, shelf: Shelf[Any], rows: Mapping[str, Item], made: Sequence[Item]) -> None:
    new = {row["id"] for row in made}
    if made:
        store.add(w, shelf.table, made)
    if changed := [{**row, "key": id} for id, row in rows.items() if id not in new]:
        store.change(w, shelf.table, changed)
    for id, row in rows.items():
        verb = "created" if id in new else "updated"
        w.announce(by, f"{shelf.noun}.{verb}", shelf.noun, id, {"name": row["name"]})


def drop(w: Write, by: Caller, shelf: Shelf[T], wanted: Sequence[str]) -> list[str]:
    """The ids deleted, in the order given; one that is not there fails the whole call."""
    bounds(by, len(wanted))
    once = list(dict.fromkeys(wanted))
    gone = set(store.drop(w, shelf.table, by.organization, once, clock.now()))
    for at, id in enumerate(wanted):
        if id not in gone:
            raise Invalid("", "names no {noun} of your workspace", noun=shelf.noun, at=at)
    for id in once:
        w.announce(by, f"{shelf.noun}.deleted", shelf.noun, id)
    return once


def bounds(by: Caller, size: int) -> None:
    """A bulk call carries at least one object, at most what the plan allows."""
    most = plan(by.plan).bulk
    if size == 0:
        raise Invalid("", "the list must not be empty")
    if size > most:
        raise Invalid("", "at most {most} objects may be sent in one request", most=most)
