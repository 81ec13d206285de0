"""Group commit: all that came in during the last commit goes into the next one.

Each waiter is released when what it put in is durable, never before. One thread writes; while it waits for the disk
the event loop goes on collecting.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from time import sleep
from typing import Any, Generic, TypeVar

from hyway.kernel.db import Database, Write, may_pass

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Record = Callable[[Write, Sequence[T]], Sequence[R] | None]
"""Writes items in one transaction; what each of them is told, in their order, None when there is nothing to tell."""
_AT_ONCE = 2_000
_WAITING = 20_000
_TRIES = 4


class Overrun(Exception):
    """More wait for the disk than the server is willing to hold."""


class Unstored(Exception):
    """It could not be made durable; nobody is answered as if it were."""


class Writer(Generic[T, R]):
    """Collects items on the event loop, writes them on its own thread, at most `at_once` in a transaction.

    With `apart`, items of a batch that cannot be stored are tried one by one before they are given up.
    """

    def __init__(
        self, db: Database, record: Record[T, R], what: str, *, at_once: int = _AT_ONCE, apart: bool = False
    ) -> None:
        self._db = db
        self._record = record
        self._what = what
        self._at_once = at_once
        self._apart = apart
        self._pending: list[tuple[T, asyncio.Future[R]]] = []
        self._work = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.batches = 0
        self.written = 0

    def start(self) -> None:
        """Must be called on the event loop that will wait."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name=f"hyway-{self._what}", daemon=True)
        self._thread.start()

    def put(self, item: T) -> "asyncio.Future[R]":
        """A future that is done when the item is durable (Unstored when it cannot be).

        Overrun when too many wait already, and from `stop` on.
        """
        if self._stopping or len(self._pending) >= _WAITING:
            raise Overrun
        future: asyncio.Future[R] = self._loop.create_future()
        self._pending.append((item, future))
        if len(self._pending) == 1:
            self._work.set()
        return future

    async def stop(self) -> None:
        """Returns when everything put so far is durable."""
        self._stopping = True
        self._work.set()
        if self._thread:
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while True:
            self._work.wait()
            self._work.clear()
            while self._pending:
                batch, self._pending = self._pending, []
                for i in range(0, len(batch), self._at_once):
                    self._write(batch[i : i + self._at_once])
            if self._stopping and not self._pending:
                return

    def _write(self, batch: Sequence[tuple[T, "asyncio.Future[R]"]]) -> None:
        failure: Exception | None = None
        for trial in range(_TRIES):
            failure = self._try(batch)
            if failure is None:
                return
            if self._apart and not may_pass(failure):
                break  # waiting would not help it, and keeps everybody else waiting, too
            log.error(
                "a batch of %d %s was not stored (try %d of %d)",
                len(batch),
                self._what,
                trial + 1,
                _TRIES,
                exc_info=failure,
            )
            sleep(0.05 * 4**trial)
        if self._apart and len(batch) > 1:
            # One of them may be what fails: the others should not suffer for it.
            for each in batch:
                if failed := self._try([each]):
                    self._release([each], (), failed)
            return
        self._release(batch, (), failure)

    def _try(self, batch: Sequence[tuple[T, "asyncio.Future[R]"]]) -> Exception | None:
        """Writes and releases, or tells what went wrong: whoever waits must get an answer, whatever that was.

        What is written carries its own identity, so trying again is safe.
        """
        items = [item for item, _ in batch]
        try:
            done: Sequence[R] | None = self._db.write_now(self._record, items)
        except Exception as error:
            return error
        self.batches += 1
        self.written += len(batch)
        self._release(batch, done or [None] * len(items), None)
        return None

    def _release(
        self,
        batch: Sequence[tuple[T, "asyncio.Future[R]"]],
        told: Sequence[Any],
        failure: Exception | None,
    ) -> None:
        self._loop.call_soon_threadsafe(_settle, batch, told, failure)


def _settle(
    batch: Sequence[tuple[T, "asyncio.Future[R]"]], told: Sequence[R], failure: Exception | None
) -> None:
    for at, (_, future) in enumerate(batch):
        if not future.done():
            if failure is None:
                future.set_result(told[at])
            else:
                future.set_exception(Unstored(str(failure)))
