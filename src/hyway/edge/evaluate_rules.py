"""Compiled toggles, remembered by project until word comes that they changed."""

import asyncio
import itertools
from typing import Final, NamedTuple

import msgspec

from hyway.domain import toggles
from hyway.edge.evaluate_away import Away
from hyway.kernel.db import Database, Read

_SIZE: Final = 1_000
LARGEST: Final = 128_000_000
"""Bytes, by an estimate, of all that is remembered: projects may have ten toggles or ten thousand."""
_PIECE, _LETTER = 1_000, 10
"""Bytes around each answer, and of each letter of a rule that is said in full, about."""
Projects = tuple[int, ...]
"""Of which projects, by `seq`: one, or several in the order in which their toggles count."""
_encode = msgspec.json.Encoder().encode


class Entry:
    """Toggles ready to be asked: `pieces` are all their answers on the wire."""

    __slots__ = ("compiled", "pieces", "size")

    def __init__(self, compiled: toggles.deciding.Compiled) -> None:
        self.compiled = compiled
        self.pieces = [piece(each) for each in compiled.outcomes]
        # What an answer holds is there thrice: as it was read, as the decision's value, on the wire.
        self.size = 3 * sum(map(len, self.pieces)) + _PIECE * len(self.pieces) + _LETTER * compiled.letters


def piece(decision: toggles.deciding.Decision) -> bytes:
    """`"key":{…}` of an answer."""
    key = _encode(decision.key)
    told = {
        "key": decision.key,
        "type": decision.type,
        "value": decision.value,
        "reason": decision.reason,
    }
    return key + b":" + _encode(told)


class _Load(NamedTuple):
    turn: tuple[int, ...]
    task: "asyncio.Task[Entry]"


class Rules:
    """Entries by their projects. A load that a change overtakes is used once and not remembered.

    All is kept after word of a change, too: while the database is away it is answered with. Who misses while a load is
    under way waits for that one, unless something changed since it began. Words of change come on other threads.
    """

    def __init__(self, db: Database, away: Away | None = None) -> None:
        self._db = db
        self._away = away or Away()
        self._entries: dict[Projects, Entry] = {}
        self._kept: dict[Projects, Entry] = {}
        self._loads: dict[Projects, _Load] = {}
        # No number comes twice: threads that tell of changes at once must not make one look like none.
        self._numbers = itertools.count(1)
        self._turns: dict[int, int] = {}
        self._all = 0
        self.known = self._entries.get
        db.changes.hear(toggles.TOPIC, self.forget)

    def forget(self, project: str) -> None:
        """Called at every commit that changes the project's toggles (`*`: anybody's), in whichever process."""
        if project == "*":
            self._all = next(self._numbers)
            self._entries.clear()
            return
        seq = int(project)
        self._turns[seq] = next(self._numbers)
        self._entries.pop((seq,), None)
        for projects in [each for each in list(self._entries) if len(each) > 1 and seq in each]:
            self._entries.pop(projects, None)

    async def load(self, projects: Projects) -> Entry:
        """From the database, remembered unless something changed meanwhile; as last known while it is away."""
        kept = self._kept.get(projects)
        if kept is not None and self._away.is_fresh():
            return kept
        turn = self._turn(projects)
        load = self._loads.get(projects)
        if load is None or load.turn != turn:
            load = self._loads[projects] = _Load(turn, asyncio.create_task(self._read(projects, turn)))
        try:
            return await asyncio.shield(load.task)
        except Exception as error:
            if kept is None or not self._away.failed(error):
                raise
            return kept

    async def _read(self, projects: Projects, turn: tuple[int, ...]) -> Entry:
        try:
            entry = await self._db.read(_compiled, projects)
            self._away.answered()
            if self._turn(projects) == turn:
                self._remember(projects, entry)
                if self._turn(projects) != turn:  # this one came in between
                    self._entries.pop(projects, None)
            return entry
        finally:
            load = self._loads.get(projects)
            if load is not None and load.turn == turn:
                del self._loads[projects]

    def _turn(self, projects: Projects) -> tuple[int, ...]:
        return (self._all, *(self._turns.get(each, 0) for each in projects))

    def _remember(self, projects: Projects, entry: Entry) -> None:
        """The oldest go for it, a tenth more than must: one that is larger than all may be stays alone."""
        self._kept.pop(projects, None)
        held = list(self._kept.items())
        size = sum(each.size for _, each in held)
        if len(held) >= _SIZE or size + entry.size > LARGEST:
            for at, (key, each) in enumerate(held):
                if len(held) - at <= 0.9 * _SIZE and size + entry.size <= 0.9 * LARGEST:
                    break
                self._entries.pop(key, None)
                self._kept.pop(key, None)
                size -= each.size
        self._entries[projects] = self._kept[projects] = entry


def _compiled(r: Read, projects: Projects) -> Entry:
    found = [toggles.ruleset(r, each) for each in projects]
    return Entry(toggles.deciding.Compiled(*(each for each in found if each is not None)))
