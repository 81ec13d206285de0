"""What was answered and what was told, kept in memory for a second and then counted in one transaction."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, Literal

from hyway.domain import billing, toggles
from hyway.edge.evaluate_rules import Entry
from hyway.kernel import clock
from hyway.kernel.db import Database

EVERY: Final = 1.0
"""Seconds."""
Meter = Literal["toggle.evaluations", "toggle.telemetry"]
log = logging.getLogger(__name__)


class Counts:
    """Counts on the event loop. A process that is killed loses the last second of them."""

    def __init__(self, db: Database, every: float = EVERY) -> None:
        self._db = db
        self._every = every
        self._tally = toggles.counting.Tally()
        self._asked: set[Entry] = set()
        self._metered: Counter[tuple[int, Meter]] = Counter()
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

    def answered(
        self, organization: int, entry: Entry, decisions: Iterable[toggles.deciding.Decision]
    ) -> None:
        """One request was given these answers."""
        counts = entry.counts
        for each in decisions:
            counts[each.number] += 1
        self._asked.add(entry)
        self._metered[organization, "toggle.evaluations"] += 1

    def told(self, organization: int) -> None:
        """One program told of what it had shown, whatever it was."""
        self._metered[organization, "toggle.telemetry"] += 1

    def shown(self, project: int, key: str, value: Any, reason: str) -> None:
        """It was a value of this toggle, which there is."""
        self._tally.told(project, key, value, reason, clock.now())

    async def flush(self) -> None:
        """Writes what there is; what cannot be written now is written next time."""
        now = clock.now()
        self._collect(now)
        counts, metered = self._tally.take(), self._metered
        self._metered = Counter()
        if not counts and not metered:
            return
        day = billing.cycles.day(now)
        rows = [(organization, meter, day, count) for (organization, meter), count in metered.items()]
        try:
            await self._db.write(toggles.counting.add, counts, rows)
        except Exception:
            self._tally.back(counts)
            self._metered.update(metered)
            raise

    def _collect(self, now: clock.Instant) -> None:
        asked, self._asked = self._asked, set()
        for entry in asked:
            given, entry.counts = entry.counts, [0] * len(entry.counts)
            for decision, count in zip(entry.compiled.outcomes, given, strict=True):
                if count:
                    self._tally.decided(decision, count, now)

    async def _flush_often(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)
            try:
                await self.flush()
            except Exception:
                log.exception("evaluations of toggles were not counted; they will be, a second later")
