"""What collabs do about facts of others: an address is known now, a delivery is done."""

from collections.abc import Callable, Sequence
from typing import Final

from hyway.domain import identity
from hyway.domain.creators.collabs import shipping, work
from hyway.kernel.db import Fact, Write


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """A hearer of the database: part of the transaction in which something happened."""
    for fact in facts:
        follow = _FOLLOWED.get(fact.action)
        if follow is not None:
            follow(w, fact)


def _addressed(w: Write, fact: Fact) -> None:
    work.addressed(w, fact.by, identity.person_of(fact.by))


def _brought(w: Write, fact: Fact) -> None:
    shipping.completed(w, fact.by, fact.data.get("ids", [fact.id]))


_FOLLOWED: Final[dict[str, Callable[[Write, Fact], None]]] = {
    "address.created": _addressed,
    "address.changed": _addressed,
    "tracking.action_completed": _brought,
    "tracking.actions_completed": _brought,
}
