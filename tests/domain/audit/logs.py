"""Facts for the event log, made at once and without the verbs that would announce them."""

from collections.abc import Iterable, Sequence
from typing import Any

from hyway.domain import audit
from hyway.domain.audit import Event, Wanted
from hyway.domain.identity import Caller
from hyway.kernel.db import Database, Fact, Ref, Write


def fact(by: Caller, action: str, subject: str, id: str, /, *refs: Ref, **data: Any) -> Fact:
    return Fact(by, action, subject, id, data, refs)


def tell(w: Write, facts: Sequence[Fact]) -> None:
    """The facts as a verb announces them."""
    for each in facts:
        w.announce(*each)


def ids(events: Iterable[Event]) -> list[str]:
    return [audit.wire_id(each) for each in events]


def walk(db: Database, by: Caller, size: int = 100, **wanted: Any) -> list[list[Event]]:
    """Every page of a search, from the newest on."""
    pages, cursor = [], None
    while True:
        found = db.read_now(audit.search, by, size=size, cursor=cursor, **wanted)
        pages.append(found.events)
        cursor = found.next
        if cursor is None:
            return pages


def every(db: Database, by: Caller, size: int = 100, **wanted: Any) -> list[Event]:
    return [event for page in walk(db, by, size, **wanted) for event in page]


def naively(
    events: Iterable[Event],
    types: Sequence[str] = (),
    references: Sequence[Wanted] = (),
    operation: str = "AND",
    start: int | None = None,
    end: int | None = None,
) -> list[Event]:
    """What a search must find among the events, by looking at each of them."""
    return [each for each in events if _is_wanted(each, types, references, operation, start, end)]


def _is_wanted(
    event: Event,
    types: Sequence[str],
    references: Sequence[Wanted],
    operation: str,
    start: int | None,
    end: int | None,
) -> bool:
    told = audit.type_of(event.action)
    met = [any(_names(each.id, each.kind, wanted) for each in event.references) for wanted in references]
    return (
        (not types or told in types or told.split(".")[0] in types)
        and (not met or (all(met) if operation == "AND" else any(met)))
        and (start is None or event.at >= start)
        and (end is None or event.at < end)
    )


def _names(id: str, kind: str, wanted: Wanted) -> bool:
    return id == wanted.id and (not wanted.kind or kind.lower() == wanted.kind.lower())
