"""Writing the log down, and reading the end of it."""

from collections.abc import Sequence

from hyway.domain import identity
from hyway.domain.audit import rules
from hyway.domain.audit.records import Event, Reference
from hyway.domain.audit.store import adding, reading
from hyway.domain.audit.store.adding import Line
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock
from hyway.kernel.db import Fact, Read, Write


def record(w: Write, facts: Sequence[Fact]) -> None:
    """Writes what a verb announced, in the verb's own transaction: a hearer of the database."""
    members: dict[tuple[int, int], str] = {}
    adding.add(w, [_line(w, fact, members) for fact in facts], clock.now())


def _line(w: Write, fact: Fact, members: dict[tuple[int, int], str]) -> Line:
    member = _member(w, fact.by, members)
    return Line(fact, member, _searched(w, fact, member))


def _member(w: Write, by: Caller, known: dict[tuple[int, int], str]) -> str:
    """The membership of who did it, which not every way in has looked up."""
    if by.member or by.person is None or by.organization == NOBODYS:
        return by.member
    key = (by.organization, by.person)
    if key not in known:
        known[key] = identity.member_id(w, by.organization, by.person) or ""
    return known[key]


def _searched(w: Write, fact: Fact, member: str) -> Sequence[Reference]:
    """What the event is found by: its subject, who did it, and the first of what else it speaks of."""
    by = fact.by
    about_us = fact.subject == "organization" and by.organization != NOBODYS
    ours = identity.organization(w, by).wire_id if about_us else ""
    named = [Reference(*each) for each in fact.refs]
    doer = rules.doer(by.actor_kind, by.actor_id, by.actor_name, member)
    about = rules.subject(fact.subject, fact.id, fact.data, ours)
    return rules.each_once([about, *doer, *named])[: rules.MOST_REFERENCES]


def recent(
    r: Read, by: Caller, *, before: int | None = None, action: str | None = None, most: int = 50
) -> list[Event]:
    """The caller's organization's newest events, before event number `before`, of actions that begin with `action`."""
    return reading.recent(r, by.organization, before, action, most)
