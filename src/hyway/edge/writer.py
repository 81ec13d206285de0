"""Group commit: all captures that came in during the last commit go into the next one.

Each waiter is released when its click is durable, never before. One thread writes; while it waits for the disk the
event loop goes on collecting.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from time import sleep

from hyway.domain.attribution import Capture
from hyway.kernel.db import Database, Write

log = logging.getLogger(__name__)

Record = Callable[[Write, Sequence[Capture]], None]
_AT_ONCE = 2_000
_WAITING = 20_000
_TRIES = 4


class Overrun(Exception):
    """More clicks wait for the disk than the server is willing to hold."""


class Unstored(Exception):
    """The click could not be made durable; nobody is sent on without that."""


class Writer:
    """Collects captures on the event loop, writes them on its own thread."""

    def __init__(self, db: Database, record: Record) -> None:
        self._db = db
        self._record = record
        self._pending: list[tuple[Capture, asyncio.Future[None]]] = []
        self._work = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.batches = 0
        self.written = 0

    def start(self) -> None:
        """Must be called on the event loop that will wait."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="hyway-clicks", daemon=True)
        self._thread.start()

    def put(self, capture: Capture) -> asyncio.Future[None]:
        """A future that is done when the capture is durable (Unstored when it cannot be).

        Overrun when too many wait already, and from `stop` on.
        """
        if self._stopping or len(self._pending) >= _WAITING:
            raise Overrun
        future = self._loop.create_future()
        self._pending.append((capture, future))
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
                for i in range(0, len(batch), _AT_ONCE):
                    self._write(batch[i : i + _AT_ONCE])
            if self._stopping and not self._pending:
                return

    def _write(self, batch: Sequence[tuple[Capture, asyncio.Future[None]]]) -> None:
        failure: Exception | None = None
        captures = [capture for capture, _ in batch]
        for trial in range(_TRIES):
            try:
                self._db.write_now(self._record, captures)
                self.batches += 1
                self.written += len(batch)
                failure = None
                break
            except Exception as error:
                # Whoever waits must get an answer whatever went wrong; clicks carry their ids, so trying again is safe.
                failure = error
                log.exception(
                    "a batch of %d clicks was not stored (try %d of %d)", len(batch), trial + 1, _TRIES
                )
                sleep(0.05 * 4**trial)
        self._loop.call_soon_threadsafe(_release, batch, failure)


def _release(batch: Sequence[tuple[Capture, asyncio.Future[None]]], failure: Exception | None) -> None:
    for _, future in batch:
        if not future.done():
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(Unstored(str(failure)))
