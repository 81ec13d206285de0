"""SQLite's log is folded into the file beside the writers, not by them.

Left to itself SQLite folds the log inside some unlucky commit, which then takes 30 ms and more. A passive checkpoint
passes writers by, but while they write the log is never begun anew; so once it is long, one short checkpoint is taken
in the writers' turn, when only the last few frames are left.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

_EVERY = 1.0
_LONG = 12_000  # pages of 4 KiB
_PATIENCE = 5  # milliseconds: a reader who takes longer makes the log wait, not the writers


class Checkpoints:
    """A thread of its own that keeps the log short."""

    def __init__(self, engine: Engine, turn: Callable[[], AbstractContextManager[None]]) -> None:
        self._engine = engine
        self._turn = turn
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hyway-checkpoints", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        with self._engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute(f"PRAGMA busy_timeout={_PATIENCE}")
            while not self._stop.wait(_EVERY):
                try:
                    self._fold(raw)
                except (DBAPIError, raw.OperationalError) as error:
                    # Another process may hold the file for a moment; the next round tries again.
                    log.debug("the log was not folded: %s", error)

    def _fold(self, raw: Any) -> None:
        _, length, _ = raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if length > _LONG:
            with self._turn():
                raw.execute("PRAGMA wal_checkpoint(RESTART)")
