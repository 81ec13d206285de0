"""Counting requests: those that come in while a count is on its way to the database go there together, in the next."""

import asyncio
from collections import Counter

from hyway.domain import billing
from hyway.domain.billing import Meter
from hyway.kernel import clock
from hyway.kernel.db import Database


class Tally:
    """A request that is answered has been counted: `count` returns once that is durable."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: Counter[tuple[int, Meter]] = Counter()
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    async def count(self, organization: int, meter: Meter) -> None:
        """One more of the meter."""
        self._waiting[organization, meter] += 1
        if self._next is None:
            self._next = asyncio.create_task(self._write(self._running))
        # Who goes away meanwhile does not take the others' counts along.
        await asyncio.shield(self._next)

    async def _write(self, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        counts, self._waiting = self._waiting, Counter()
        self._running, self._next = self._next, None
        today = billing.cycles.day(clock.now())
        rows = [(organization, meter, today, count) for (organization, meter), count in counts.items()]
        await self._db.write(billing.meters.add, rows)
