"""Read and Write, and the Database that runs verbs with them on its own threads.

A verb is a plain function whose first argument is a `Read` or a `Write`; it runs in one transaction on a database
thread: `await db.write(links.create, by, new)`. Nothing is visible before the verb returns; nothing is lost after.
"""

import asyncio
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import psycopg
from sqlalchemy import Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from hyway.kernel.changes import Changes
from hyway.kernel.checkpoints import Checkpoints
from hyway.kernel.seal import Seal
from hyway.kernel.sql import Executable, Prepared

P = ParamSpec("P")
T = TypeVar("T")
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]

_RETRY = {"40001", "40P01"}  # serialization failure, deadlock: PostgreSQL asks us to try again
_TRIES = 5


class Conflict(Exception):
    """A constraint of the database refused a statement."""


class Ref(NamedTuple):
    """Something that a fact speaks of besides its subject: `view` is what it looked like then, JSON-shaped."""

    kind: str
    id: str
    view: Mapping[str, Any] = MappingProxyType({})


class Fact(NamedTuple):
    """Something that a verb did: `action` is `noun.verb_in_past`, `data` is JSON-shaped and holds no secret."""

    by: Any
    action: str
    subject: str
    id: str
    data: Mapping[str, Any]
    refs: Sequence[Ref] = ()


class House(NamedTuple):
    """What every verb may know of the server: what seals its secrets, where it answers, what it can ask of others, and
    the numbers that its operator has set."""

    seal: Seal
    hosts: frozenset[str] = frozenset()
    home: str = "http://localhost:8000"
    services: frozenset[str] = frozenset()
    terms: Mapping[str, int] = MappingProxyType({})


class Read:
    """A snapshot of the database; nothing written through it stays."""

    def __init__(self, connection: Connection, house: House) -> None:
        self._connection = connection
        self.seal = house.seal
        self.hosts = house.hosts
        """The `host[:port]` names under which this server answers."""
        self.home = house.home
        """Where people reach this server, without a slash at the end: addresses that it gives away begin so."""
        self.services = house.services
        """The kinds of outside services that the operator named: without one, no errand need be left for it."""
        self.terms = house.terms
        """Numbers that the operator has set, by the names that contexts give them."""

    @property
    def engine(self) -> str:
        """`sqlite` or `postgresql`: only `store` and `views` may look."""
        return self._connection.dialect.name

    def run(self, statement: Executable, values: Values | None = None) -> CursorResult[Any]:
        return self._connection.execute(statement, values)

    def rows(self, prepared: Prepared, *values: Any) -> list[Any]:
        """The rows of a prepared query; none of a statement that gives none."""
        sql, order = prepared.on(self._connection.dialect)
        cursor = self._connection.connection.cursor()
        try:
            cursor.execute(sql, order(values))
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()


class Write(Read):
    """One transaction: all of it or none."""

    def __init__(self, connection: Connection, house: House) -> None:
        super().__init__(connection, house)
        self._after: list[Callable[[], None]] = []
        self.changed_keys: set[tuple[str, str]] = set()
        self.facts: list[Fact] = []

    def announce(
        self,
        by: Any,
        action: str,
        subject: str,
        id: str,
        data: Mapping[str, Any] | None = None,
        refs: Sequence[Ref] = (),
    ) -> None:
        """Tells the database's hearers, inside this transaction, what `by` did to which subject, and with what."""
        self.facts.append(Fact(by, action, subject, id, data or {}, refs))

    def many(self, prepared: Prepared, rows: Sequence[Sequence[Any]]) -> None:
        """One prepared statement for each row, by the driver's fastest way."""
        sql, order = prepared.on(self._connection.dialect)
        cursor = self._connection.connection.cursor()
        try:
            cursor.executemany(sql, rows if order is tuple else [order(row) for row in rows])
        finally:
            cursor.close()

    def after(self, then: Callable[[], None]) -> None:
        """Runs `then` once the commit is durable; never when it is not. It must not fail."""
        self._after.append(then)

    def changed(self, topic: str, key: str = "*") -> None:
        """Tells every process, after the commit, to forget what it remembers of `key` (`*`: of the whole topic)."""
        self.changed_keys.add((topic, key))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A savepoint: what fails inside leaves the transaction usable; a constraint's no becomes Conflict."""
        try:
            with self._connection.begin_nested():
                yield
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error
        except (sqlite3.IntegrityError, psycopg.IntegrityError) as error:
            raise Conflict(str(error)) from error

    def settle(self) -> None:
        for then in self._after:
            then()


Hearer = Callable[[Write, Sequence[Fact]], None]
"""Is told, inside the transaction, what a verb announced; what it raises undoes the verb."""


class Database:
    """One SQLite file or one PostgreSQL database, and the threads that talk to it."""

    def __init__(
        self,
        url: str,
        seal: Seal,
        *,
        hosts: frozenset[str] = frozenset(),
        home: str = "http://localhost:8000",
        services: frozenset[str] = frozenset(),
        terms: Mapping[str, int] | None = None,
        threads: int = 4,
    ) -> None:
        self.url = url
        self.seal = seal
        self.house = House(seal, hosts, home, services, terms or {})
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _engine(url, threads)
        self.changes = Changes(self.engine)
        self.hearers: list[Hearer] = []
        self._lock = threading.Lock() if self.is_sqlite else None
        self._checkpoints = Checkpoints(self.engine, self._turn) if self.is_sqlite else None
        self._readers = ThreadPoolExecutor(threads, "hyway-read")
        # SQLite has one writer: a second thread would only wait for the lock.
        self._writers = ThreadPoolExecutor(1 if self.is_sqlite else threads, "hyway-write")

    def start(self) -> None:
        """For a process that stays: hears of other processes' changes, and keeps SQLite's log short."""
        self.changes.start()
        if self._checkpoints:
            self._checkpoints.start()

    async def read(self, verb: Callable[Concatenate[Read, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Runs `verb` on a snapshot, off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self.read_now(verb, *args, **more))

    async def write(self, verb: Callable[Concatenate[Write, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Runs `verb` in one transaction, off the event loop; durable when this returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writers, lambda: self.write_now(verb, *args, **more))

    def read_now(self, verb: Callable[Concatenate[Read, P], T], *args: P.args, **more: P.kwargs) -> T:
        """The same, on the calling thread."""
        with self.engine.connect() as connection, _snapshot(connection, self.is_sqlite):
            return verb(Read(connection, self.house), *args, **more)

    def write_now(self, verb: Callable[Concatenate[Write, P], T], *args: P.args, **more: P.kwargs) -> T:
        """The same, on the calling thread. A conflict that the engine asks to repeat is repeated."""
        for trial in range(_TRIES):
            try:
                return self._write_once(verb, *args, **more)
            except (OperationalError, psycopg.OperationalError) as error:
                # Prepared statements go to the driver itself, whose errors come unwrapped.
                said = error.orig if isinstance(error, OperationalError) else error
                if trial == _TRIES - 1 or getattr(said, "sqlstate", None) not in _RETRY:
                    raise
            # Those who stood in each other's way would meet again.
            time.sleep(random.random() * 0.05 * 2**trial)  # noqa: S311
        raise AssertionError("unreachable")

    def _write_once(self, verb: Callable[Concatenate[Write, P], T], *args: P.args, **more: P.kwargs) -> T:
        with self._turn(), self.engine.connect() as connection:
            with _transaction(connection, self.is_sqlite):
                w = Write(connection, self.house)
                answer = verb(w, *args, **more)
                self._tell(w)
                self.changes.write(connection, w.changed_keys)
            self.changes.here(w.changed_keys)
        w.settle()
        return answer

    def _tell(self, w: Write) -> None:
        """Lets everybody hear everything once: what a hearer announces, too."""
        told = 0
        while fresh := w.facts[told:]:
            told += len(fresh)
            for hear in self.hearers:
                hear(w, fresh)

    @contextmanager
    def desk(self) -> Iterator["Desk"]:
        """One connection for chores of several steps, where one step's temporary tables serve the next."""
        with self.engine.connect() as connection:
            yield Desk(self, connection, self._turn)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite's own waiting is a sleep; threads of one process queue here instead."""
        if self._lock is None:
            yield
            return
        with self._lock:
            yield

    def close(self) -> None:
        """Waits for running verbs, then lets go of every connection."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.changes.close()
        if self._checkpoints:
            self._checkpoints.stop()
        self.engine.dispose()


class Desk:
    """A connection on which a chore prepares its work beside the writers, and then writes it; it announces nothing."""

    def __init__(
        self, db: Database, connection: Connection, turn: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._db, self._connection, self._turn = db, connection, turn

    def stage(self, verb: Callable[Concatenate[Read, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Runs `verb`, which changes temporary tables alone."""
        work = Read(self._connection, self._db.house)
        if self._db.is_sqlite:
            return verb(work, *args, **more)
        with self._connection.begin():
            return verb(work, *args, **more)

    def write(self, verb: Callable[Concatenate[Write, P], T], *args: P.args, **more: P.kwargs) -> T:
        """Runs `verb` in one transaction; durable when this returns."""
        with self._turn(), _transaction(self._connection, self._db.is_sqlite):
            return verb(Write(self._connection, self._db.house), *args, **more)


def may_pass(error: BaseException) -> bool:
    """Whether what failed may go well a moment later: the database was away, busy or full, or somebody was quicker."""
    if isinstance(error, DataError | psycopg.DataError):
        return False
    return isinstance(error, SQLAlchemyError | sqlite3.Error | psycopg.Error | OSError)


def _engine(url: str, threads: int) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=threads + 6,
            max_overflow=20,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": 15},
        )
        event.listen(engine, "connect", _tune)
        return engine
    return create_engine(
        url, paramstyle="format", hide_parameters=True, pool_size=threads * 2 + 4, pool_pre_ping=False
    )


def _tune(connection: Any, _record: Any) -> None:
    """WAL lets readers and the writer pass each other; FULL makes every commit survive a power cut."""
    for line in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        # For each connection: a mapped file would count once more with every one of them.
        "cache_size=-8000",
        "temp_store=MEMORY",
        "wal_autocheckpoint=25000",
    ):
        connection.execute(f"PRAGMA {line}")


@contextmanager
def _snapshot(connection: Connection, is_sqlite: bool) -> Iterator[None]:
    if not is_sqlite:
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("BEGIN")
    try:
        yield
    finally:
        raw.execute("ROLLBACK")


@contextmanager
def _transaction(connection: Connection, is_sqlite: bool) -> Iterator[None]:
    if not is_sqlite:
        with connection.begin():
            yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
        raw.execute("COMMIT")
    except BaseException:
        # A commit that fails (a full disk) leaves the transaction open, too.
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
