"""What is counted of each organization, in the transaction of what is counted."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hyway.domain import identity
from hyway.domain.billing import cycles
from hyway.domain.billing.records import Count, Meter
from hyway.domain.billing.store import meters as store
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock
from hyway.kernel.db import Fact, Write

_TOLD: dict[str, Meter] = {
    "link.created": "link.created",
    "dotenv.pushed": "env.push",
    "dotenv.pulled": "env.pull",
}
_OF_MEMBERS = ("member.", "organization.")


def add(w: Write, counts: Iterable[Count]) -> None:
    """Adds to the meters: organization, meter, day (`cycles.day(at)`) and how many."""
    sums: Counter[tuple[int, str, int]] = Counter()
    for organization, meter, day, count in counts:
        sums[organization, meter, day] += count
    if more := {key: count for key, count in sums.items() if count > 0}:
        store.add(w, more)


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Counts what verbs announce, and the members who did it: a hearer of the database."""
    today = cycles.day(clock.now())
    told = [each for each in facts if each.by.organization != NOBODYS]
    add(w, [(each.by.organization, _TOLD[each.action], today, 1) for each in told if each.action in _TOLD])
    people = {(by.organization, by.person): by for each in told if _is_person(by := each.by)}
    members = {(by.organization, today, _member(w, by)) for by in people.values()}
    if seen := {each for each in members if each[2]}:
        store.see(w, seen)
    changed = {each.by.organization for each in told if each.action.startswith(_OF_MEMBERS)}
    for organization, taken in identity.how_many(w, changed).items():
        store.take_seats(w, organization, today, taken)


def _is_person(by: Caller) -> bool:
    return by.actor_kind == "person" and by.person is not None


def _member(w: Write, by: Caller) -> str:
    """The membership of a person, which not every way in has looked up; none of who is no member."""
    if by.member or by.person is None:
        return by.member
    return identity.member_id(w, by.organization, by.person) or ""
