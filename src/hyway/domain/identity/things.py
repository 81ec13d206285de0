"""What roles can be given on and what can be a favorite, as the contexts tell that have such things.

Identity knows no projects: whoever makes, renames or removes one says so here, in the same transaction.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple

from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import members
from hyway.domain.identity.store import things as store
from hyway.kernel.db import Read, Write

Kind = Literal["Project", "App", "Team"]


class Thing(NamedTuple):
    """`part_of` is the id of what it belongs to: roles there count here."""

    id: str
    kind: str
    name: str
    part_of: str | None

    @property
    def within(self) -> tuple[str, ...]:
        """The ids on which roles count for it: none for the organization, on which they count for everything."""
        if self.kind == "Organization":
            return ()
        return (self.id, self.part_of) if self.part_of else (self.id,)


def put(w: Write, by: Caller, id: str, kind: Kind, name: str, part_of: str | None = None) -> None:
    """There is this thing in the caller's organization, by this name from now on."""
    store.put(w, by.organization, id, kind, name, part_of)


def drop(w: Write, by: Caller, id: str) -> None:
    """There is it no more, nor what is part of it: the access to them goes, and the favorites that they were.

    Waits for whoever gives access to it this moment.
    """
    members.lock(w, by.organization)
    store.drop(w, by.organization, id)


def found(r: Read, by: Caller, ids: Collection[str]) -> dict[str, Thing]:
    """Those among the ids that are the caller's organization's, in one statement."""
    return {row[0]: Thing(*row) for row in store.among(r, by.organization, ids)}


def find(r: Read, by: Caller, id: str) -> Thing | None:
    """None for what is not the caller's organization's."""
    found = store.find(r, by.organization, id)
    return Thing(*found) if found else None
