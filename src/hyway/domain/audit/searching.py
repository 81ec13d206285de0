"""Finding events again: newest first, by type, by what they speak of, and by when."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import Literal

from hyway.domain import identity
from hyway.domain.audit import kinds, rules
from hyway.domain.audit.records import Event, Found, Wanted
from hyway.domain.audit.store import reading
from hyway.domain.audit.store.reading import Spot, Window
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

Operation = Literal["AND", "OR"]
LONGEST_PAGE = 200
_MOST_TYPES, _MOST_REFERENCES = 100, 20
_EVER: Spot = (2**63 - 1, 2**63 - 1)
_AT_ONCE, _LOOKED_AT = 500, 2_000
"""Whether an event speaks of a third thing has to be looked at: of so many at once, and for one page."""

Range = Callable[[Window], list[Spot]]
"""The newest in a window, of a part of the log that an index keeps in order."""
Named = tuple[str, str]
"""Kind and id of something that there is in the log."""


def search(
    r: Read,
    by: Caller,
    types: Sequence[str] = (),
    references: Sequence[Wanted] = (),
    operation: Operation = "AND",
    start: Instant | None = None,
    end: Instant | None = None,
    size: int = 100,
    cursor: str | None = None,
) -> Found:
    """The caller's organization's events of any of the types, about all (AND) or any (OR) of the references.

    No types are all types, no references all things. Newest first, from `start` on and before `end`, `size` at most;
    `cursor` is the id of an event, and the page begins after it. Whoever goes from page to page meets every event
    that was stored when the first page was read, once, whoever writes meanwhile: events are ordered by their instant
    and then by number, both fixed when they are written, and a page begins below the last one. What is stored later
    stands above the first page, with one exception that a database with several writers makes: a transaction that
    began earlier and ended later may put its events among those already passed. Such an event is then seen by who
    begins anew, never twice, and never instead of another.

    A page may be shorter than `size` though more follow, where three references or more must all be met: `next`
    alone says whether there are more.
    """
    _check(types, references, operation, size)
    before = _EVER if end is None else (end, 0)
    if cursor is not None:
        before = min(before, _place(r, by, cursor))
    window = Window(max(start or 0, 0), before, size + 1)
    things = [_known(r, by, each) for each in dict.fromkeys(references)]
    if operation == "AND" and len(things) > 2:
        return _all_of_many(r, by, types, things, window)
    spots = _newest(_ranges(r, by, types, things, operation), window)
    return _page(_events(r, by, spots[:size]), len(spots) > size)


def done_there(r: Read, by: Caller) -> list[str]:
    """Every action that was ever done in the caller's organization."""
    return reading.actions(r, by.organization)


def _check(types: Sequence[str], references: Sequence[Wanted], operation: str, size: int) -> None:
    if len(types) > _MOST_TYPES:
        raise Invalid("types", "must NOT have more than {most} items", most=_MOST_TYPES)
    if len(references) > _MOST_REFERENCES:
        raise Invalid("references", "must NOT have more than {most} items", most=_MOST_REFERENCES)
    if any("\0" in each.id + each.kind for each in references):
        raise Invalid("references", "must NOT have NUL characters")
    if operation not in ("AND", "OR"):
        raise Invalid("referenceOperation", "must be equal to one of the allowed values")
    if not 1 <= size <= LONGEST_PAGE:
        raise Invalid("pageSize", "must be >= 1" if size < 1 else "must be <= {most}", most=LONGEST_PAGE)


def _place(r: Read, by: Caller, cursor: str) -> Spot:
    """Where a page begins; Invalid for what is no event of the organization."""
    seq = rules.number(cursor)
    found = None if seq is None else reading.spot(r, by.organization, seq)
    if found is None or rules.event_id(found[1], found[0][1]) != cursor:
        raise Invalid("pageCursor", "must be the id of an event of the organization")
    return found[0]


def _known(r: Read, by: Caller, wanted: Wanted) -> list[Named]:
    """What of this id, and kind where one is given, the log speaks of."""
    kind = rules.kind(wanted.kind).casefold()
    there = reading.kinds(r, by.organization, wanted.id)
    return [(each, wanted.id) for each in there if not kind or each.casefold() == kind]


def _ranges(
    r: Read, by: Caller, types: Sequence[str], things: Sequence[list[Named]], operation: str
) -> Iterator[Range]:
    """The parts of the log that together are what is asked for."""
    us = by.organization
    if things and (operation == "OR" or len(things) == 1):
        for named in dict.fromkeys(each for thing in things for each in thing):
            yield from _about(r, us, types, named)
    elif things:
        for one, other in {tuple(sorted(both)) for both in product(*things)}:
            yield from _about(r, us, types, one) if one == other else _about_both(r, us, types, one, other)
    elif types:
        for action in kinds.actions_in(types, reading.actions(r, us)):
            yield partial(reading.of_action, r, us, action)
    else:
        yield partial(reading.newest, r, us)


def _about(r: Read, us: int, types: Sequence[str], named: Named) -> Iterator[Range]:
    for action in _those(types, reading.actions_of_reference(r, us, *named)):
        yield partial(reading.of_reference, r, us, *named, action)


def _about_both(r: Read, us: int, types: Sequence[str], one: Named, other: Named) -> Iterator[Range]:
    pair = rules.pair(one, other)
    for action in _those(types, reading.actions_of_pair(r, us, pair)):
        yield partial(reading.of_pair, r, us, pair, action)


def _those(types: Sequence[str], actions: list[str]) -> list[str]:
    return kinds.actions_in(types, actions) if types else actions


def _newest(ranges: Iterable[Range], window: Window) -> list[Spot]:
    """The newest of all ranges: each is asked only for what is not older than the last of those found already."""
    best: list[Spot] = []
    for newest in ranges:
        best = sorted({*best, *newest(window)}, reverse=True)[: window.most]
        if len(best) == window.most:
            window = window._replace(since=best[-1][0])
    return best


def _all_of_many(
    r: Read, by: Caller, types: Sequence[str], things: Sequence[list[Named]], window: Window
) -> Found:
    """Those about the first two are found at once; which of them are about the others, too, is looked at."""
    size, kept, looked = window.most - 1, list[Event](), 0
    ranges = list(_ranges(r, by, types, things[:2], "AND"))
    others = [frozenset(each) for each in things[2:]]
    while True:
        spots = _newest(ranges, window._replace(most=_AT_ONCE))
        seen = _events(r, by, spots)
        kept += [event for event in seen if _is_about(event, others)]
        looked += len(spots)
        if len(kept) > size or len(spots) < _AT_ONCE:
            return _page(kept[:size], len(kept) > size)
        if looked >= _LOOKED_AT:
            return Found(kept, rules.wire_id(seen[-1]))
        window = window._replace(before=spots[-1])


def _is_about(event: Event, others: Iterable[frozenset[Named]]) -> bool:
    named = {(each.kind, each.id) for each in event.references[: rules.MOST_REFERENCES]}
    return all(wanted & named for wanted in others)


def _events(r: Read, by: Caller, spots: Sequence[Spot]) -> list[Event]:
    ours = "" if by.organization == NOBODYS else identity.organization(r, by).wire_id
    return reading.these(r, by.organization, [seq for _, seq in spots], ours)


def _page(events: list[Event], more: bool) -> Found:
    return Found(events, rules.wire_id(events[-1]) if more else None)
