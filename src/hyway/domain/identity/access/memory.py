"""What callers are in organizations, remembered until word comes that something about it changed."""

import threading

from hyway.domain.identity.access.entering import Place, place
from hyway.domain.identity.records import Caller
from hyway.kernel.db import Database

_SIZE = 20_000
_Visit = tuple[str, str, str]
"""Of which kind, who, where: not by what it was shown, for who comes back with another credential is the same."""


class Entered:
    """The latest `size` places, each found once. Words of change come on other threads.

    Who does not belong is not remembered: there is no end of them.
    """

    def __init__(self, db: Database, size: int = _SIZE) -> None:
        self._db = db
        self._size = size
        self._known: dict[_Visit, Place] = {}
        self._of: dict[str, set[_Visit]] = {}
        self._turn = 0
        self._lock = threading.Lock()
        db.changes.hear("access", self.forget)

    async def enter(self, by: Caller, organization: str) -> Caller:
        """As `access.enter`."""
        if by.actor_kind == "system":  # it comes by no door, and its id says nothing of its organization
            return (await self._db.read(place, by, organization)).at(by)
        visit = (by.actor_kind, by.actor_id, organization)
        known = self._known.get(visit)
        if known is None:
            turn = self._turn
            known = await self._db.read(place, by, organization)
            self._remember(visit, known, turn)
        return known.at(by)

    def _remember(self, visit: _Visit, found: Place, turn: int) -> None:
        with self._lock:
            if turn != self._turn:  # something changed while we read: what we read may be older than it
                return
            while len(self._known) >= self._size:
                self._drop(next(iter(self._known)))
            self._known[visit] = found
            self._of.setdefault(str(found.organization), set()).add(visit)

    def _drop(self, visit: _Visit) -> None:
        gone = str(self._known.pop(visit).organization)
        self._of[gone].discard(visit)
        if not self._of[gone]:
            del self._of[gone]

    def forget(self, organization_seq: str) -> None:
        """Drops everybody in one organization, `*` for all."""
        with self._lock:
            self._turn += 1
            if organization_seq == "*":
                self._known.clear()
                self._of.clear()
                return
            for visit in self._of.pop(organization_seq, ()):
                self._known.pop(visit, None)
