"""The one event log under all APIs: append-only, every change with actor, subject and time."""

from collections.abc import Sequence

from hyway.domain.audit import store
from hyway.domain.audit.records import Event
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Fact, Read, Write


def record(w: Write, facts: Sequence[Fact]) -> None:
    """Writes what a verb announced, in the verb's own transaction: a hearer of the database."""
    store.add(w, facts, clock.now())


def recent(
    r: Read, by: Caller, *, before: int | None = None, action: str | None = None, most: int = 50
) -> list[Event]:
    """The caller's organization's newest events, before event number `before`, of actions that begin with `action`."""
    return store.recent(r, by.organization, before, action, most)


__all__ = ["Event", "recent", "record"]
