"""What was answered and what was told, kept in memory: each second the meters are written, who saw what more seldom."""

import asyncio
import contextlib
import itertools
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from hyway.domain import billing, toggles
from hyway.kernel import clock
from hyway.kernel.db import Database

EVERY: Final = 1.0
"""Seconds."""
SEEN_EVERY: Final = 5
"""Of those seconds: who sees what is told by the hour, is not paid for, and takes hundreds of rows to write."""
HELD: Final = 25_000
"""Decisions that wait to be added up: a millisecond's work."""
Decision = toggles.deciding.Decision
Meter = Literal["toggle.evaluations", "toggle.telemetry"]
log = logging.getLogger(__name__)


class Counts:
    """Counts on the event loop. A process that is killed loses what was not written yet.

    A request pays for a number that goes up and a reference that is kept; all else is done for many at once.
    """

    def __init__(self, db: Database, every: float = EVERY) -> None:
        self._db = db
        self._every = every
        self._tally = toggles.counting.Tally()
        self._given: list[Sequence[Decision]] = []
        self._held = 0
        self._decided: Counter[Decision] = Counter()
        # Plain: a Counter's numbers take three times as long to go up.
        self._asked: dict[int, int] = {}
        self._told: dict[int, int] = {}
        self._unwritten: Counter[tuple[int, Meter, int]] = Counter()
        self._stopping = asyncio.Event()
        self._flushing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._flushing = asyncio.create_task(self._flush_often())

    async def stop(self) -> None:
        """Returns when everything is counted."""
        self._stopping.set()  # no task is cancelled: what is being written is written, and must not be counted twice
        if self._flushing is not None:
            await self._flushing
        await self.flush()

    def answered(self, organization: int, decisions: Sequence[Decision]) -> None:
        """One request was given these answers."""
        self._asked[organization] = self._asked.get(organization, 0) + 1
        self._given.append(decisions)
        self._held += len(decisions)
        if self._held >= HELD:
            self._add_up()

    def told(self, organization: int) -> None:
        """One program told of what it had shown, whatever it was."""
        self._told[organization] = self._told.get(organization, 0) + 1

    def shown(self, project: int, key: str, value: Any, reason: str) -> None:
        """It was a value of this toggle, which there is."""
        self._tally.told(project, key, value, reason, clock.now())

    async def flush(self, *, seen: bool = True) -> None:
        """Writes what there is, or the meters alone; what cannot be written now is written next time."""
        now = clock.now()
        self._meter(now)
        counts, metered = self._seen(now) if seen else {}, self._unwritten
        self._unwritten = Counter()
        if not counts and not metered:
            return
        rows = [(*key, count) for key, count in metered.items()]
        try:
            await self._db.write(toggles.counting.add, counts, rows)
        except Exception:
            self._tally.back(counts)
            self._unwritten.update(metered)
            raise

    def _seen(self, now: clock.Instant) -> dict[toggles.Sight, int]:
        self._add_up()
        decided, self._decided = self._decided, Counter()
        for decision, count in decided.items():
            self._tally.decided(decision, count, now)
        return self._tally.take()

    def _meter(self, now: clock.Instant) -> None:
        """What came since the last time is of this day, however late it is written."""
        day = billing.cycles.day(now)
        for organization, count in self._asked.items():
            self._unwritten[organization, "toggle.evaluations", day] += count
        for organization, count in self._told.items():
            self._unwritten[organization, "toggle.telemetry", day] += count
        self._asked.clear()
        self._told.clear()

    def _add_up(self) -> None:
        given, self._given, self._held = self._given, [], 0
        self._decided.update(_summed(given))

    async def _flush_often(self) -> None:
        for turn in itertools.count(1):
            if self._stopping.is_set():
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)
            try:
                await self.flush(seen=turn % SEEN_EVERY == 0)
            except Exception:
                log.exception("evaluations of toggles were not counted; they will be, seconds later")


def _summed(given: Sequence[Sequence[Decision]]) -> Mapping[Decision, int]:
    """How often each was given. Many people see the same of all toggles: theirs are added at once."""
    tried = given[: 1 + len(given) // 4]
    if 4 * len(set(map(tuple, tried))) > 3 * len(tried):  # here they do not
        return Counter(itertools.chain.from_iterable(given))
    sums: dict[Decision, int] = {}
    for alike, times in Counter(map(tuple, given)).items():
        for each in alike:
            sums[each] = sums.get(each, 0) + times
    return sums
