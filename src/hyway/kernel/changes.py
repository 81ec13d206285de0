"""Word of a commit to whoever remembers something: here at once, to other processes within a moment.

Every commit that changes what a lane remembers leaves rows in `changes`, in the same transaction. A process drops
what it remembers at its own commits directly; other processes' rows it finds by their number: on SQLite by looking
(one indexed read, only when the file's data version moved), on PostgreSQL when NOTIFY says so.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Engine, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from hyway.kernel import clock
from hyway.kernel.sql import METADATA, At, Key, Seq

CHANGES = Table(
    "changes",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("topic", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("at", At, nullable=False),
    sqlite_autoincrement=True,
)

_KEPT = 10 * clock.MINUTE
_MANY = 200
Hearer = Callable[[str], None]
log = logging.getLogger(__name__)

_LAST = select(func.coalesce(func.max(CHANGES.c.seq), 0))


class Changes:
    """Who wants to hear of which topic, and how far this process has heard."""

    def __init__(self, engine: Engine, every: float = 0.02) -> None:
        self._engine = engine
        self._every = every
        self._hearers: dict[str, list[Hearer]] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._heard: set[int] = set()

    def hear(self, topic: str, hearer: Hearer) -> None:
        """`hearer(key)` is called after each commit that changed `key` of the topic, `*` for all of it."""
        self._hearers.setdefault(topic, []).append(hearer)

    def write(self, connection: Connection, keys: set[tuple[str, str]]) -> None:
        """Leaves word in the transaction; many keys of a topic become one `*`."""
        if not keys:
            return
        if len(keys) > _MANY:
            keys = {(topic, "*") for topic, _ in keys}
        at = clock.now()
        rows = [{"topic": topic, "key": key, "at": at} for topic, key in sorted(keys)]
        connection.execute(CHANGES.insert(), rows)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("NOTIFY hyway")

    def here(self, keys: Iterable[tuple[str, str]]) -> None:
        for topic, key in keys:
            for hearer in self._hearers.get(topic, ()):
                hearer(key)

    def start(self) -> None:
        """Listens to other processes from now on."""
        with self._engine.connect() as connection:
            seen = connection.execute(_LAST).scalar_one()
        self._thread = threading.Thread(target=self._follow, args=(seen,), name="hyway-changes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(5)

    def _follow(self, seen: int) -> None:
        listen = self._listen if self._engine.dialect.name == "postgresql" else self._look
        while not self._stop.is_set():
            try:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    listen(connection, seen)
            except (SQLAlchemyError, psycopg.Error, sqlite3.Error):
                log.warning(
                    "lost the connection that hears of changes; forgetting everything and trying again"
                )
                self.here([(topic, "*") for topic in self._hearers])
                self._stop.wait(1)

    def _look(self, connection: Connection, seen: int) -> None:
        raw: Any = connection.connection.driver_connection
        version = -1
        while not self._stop.wait(self._every):
            found = raw.execute("PRAGMA data_version").fetchone()[0]
            if found != version:
                version = found
                seen = self._catch_up(connection, seen)

    def _listen(self, connection: Connection, seen: int) -> None:
        raw: Any = connection.connection.driver_connection
        connection.exec_driver_sql("LISTEN hyway")
        # Whatever happened before the first notice, and while nobody listened.
        self.here([(topic, "*") for topic in self._hearers])
        seen = self._catch_up(connection, seen)
        while not self._stop.is_set():
            # All of them first: the connection is locked while its notices are read.
            if list(raw.notifies(timeout=0.5, stop_after=1)):
                seen = self._catch_up(connection, seen)

    def _catch_up(self, connection: Connection, seen: int) -> int:
        # A PostgreSQL row may commit after one with a higher number: look a little behind, at what is not heard yet.
        behind = 0 if connection.dialect.name == "sqlite" else 500
        since = CHANGES.select().where(CHANGES.c.seq > seen - behind).order_by(CHANGES.c.seq)
        rows = connection.execute(since).all()
        self.here((row.topic, row.key) for row in rows if row.seq not in self._heard)
        self._heard = {row.seq for row in rows}
        newest: int = max([seen, *(row.seq for row in rows)])
        return newest


def forget_old(connection: Connection) -> None:
    """Word that everybody has heard by now."""
    connection.execute(CHANGES.delete().where(CHANGES.c.at < clock.now() - _KEPT))
