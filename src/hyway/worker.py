"""Background work: errands of the outbox, and chores by the clock.

Every server process has a worker; of all that share a database one leads and the others stand by, ready to
take over. The leader hands each errand to DBOS under the errand's own id, then removes it from the outbox:
an errand handed over twice runs once, one that a crash interrupted runs again at the next start. Chores are
repeated anyway, so they need no durable engine, only that one process alone does them.
"""

import contextlib
import fcntl
import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg

import hyway.domain.attribution.jobs  # registers its jobs
import hyway.domain.billing.jobs  # registers its jobs
import hyway.domain.connections.jobs  # registers its jobs
import hyway.domain.creators.jobs.campaigns  # registers its jobs
import hyway.domain.creators.jobs.collabs  # registers its jobs
import hyway.domain.creators.jobs.money  # registers its jobs
import hyway.domain.creators.jobs.social  # registers its jobs
import hyway.domain.files.jobs  # registers its jobs
import hyway.domain.links.jobs  # registers its jobs
import hyway.domain.notices.jobs  # registers its jobs
import hyway.domain.oidc.jobs  # registers its jobs
import hyway.domain.packages.jobs  # registers its jobs
import hyway.domain.toggles.jobs  # registers its jobs
import hyway.domain.tracking.jobs.actions  # registers its jobs
import hyway.domain.tracking.jobs.days  # registers its jobs
import hyway.domain.tracking.jobs.devices  # registers its jobs
import hyway.domain.tracking.jobs.fences  # registers its jobs
import hyway.domain.tracking.jobs.places  # registers its jobs
import hyway.domain.webhooks.jobs  # noqa: F401  # registers its jobs
from hyway.domain import connections
from hyway.domain.netinfo import is_public
from hyway.kernel import changes, outbox
from hyway.kernel.blobs import Blobs, Bucket
from hyway.kernel.db import Database
from hyway.kernel.jobs import JOBS, SCHEDULES, Means, Schedule, every
from hyway.kernel.outbox import Errand
from hyway.kernel.outgoing import Outgoing
from hyway.settings import Settings

LOOKS = 1.0
"""Seconds between two looks at the outbox; errands of this process are seen at once."""
_ERRANDS = 32
_THREADS = 16
_STAND_BY = 2.0
_LEAD_CHECK = 5.0
_GRACE = 15.0
_LOCK = 0x6879776179  # "hyway" in ASCII, as PostgreSQL's number of an advisory lock
_KEPT = timedelta(days=1)
log = logging.getLogger(__name__)


def way_out(settings: Settings) -> Outgoing:
    """The way to addresses that somebody else chose, private ones only where the operator lets them."""
    everywhere: Callable[[str], bool] = lambda _: True  # noqa: E731
    return Outgoing(everywhere if settings.private_webhooks else is_public)


def open_blobs(settings: Settings) -> Blobs:
    """Where files are kept: the operator's bucket, or a folder beside the database."""
    return Blobs(_bucket(settings) if settings.files else settings.data / "files")


def open_packages(settings: Settings) -> Blobs:
    """Where packages are kept: below the files in the bucket, or in a folder of their own."""
    return Blobs(_bucket(settings, "packages") if settings.files else settings.data / "packages")


def _bucket(settings: Settings, below: str = "") -> Bucket:
    parts = urlsplit(settings.files)
    told = dict(parse_qsl(parts.query))
    region, prefix = told.get("region", "us-east-1"), f"{parts.path.strip('/')}/{below}".strip("/")
    return Bucket(parts.netloc, told["endpoint"], region, prefix, settings.s3_key, settings.s3_secret)


class Worker:
    """One process's share in the background work; made by `start`."""

    def __init__(self, db: Database, settings: Settings) -> None:
        kept = open_blobs(settings), open_packages(settings)
        vendors = connections.registry.load(settings.vendors, anywhere=settings.private_webhooks)
        parts = {connections.registry.PART: vendors}
        self._means = Means(db, way_out(settings), settings.services, *kept, parts)
        self._settings = settings
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._leads = threading.Event()
        self._chores: dict[str, Future[None]] = {}
        self._thread = threading.Thread(target=self._run, name="hyway-worker", daemon=True)
        outbox.on_new(self._wake.set)

    def begin(self) -> None:
        self._thread.start()

    def leads(self, seconds: float = 0.0) -> bool:
        """Whether this process does the work, after waiting up to so many seconds for it."""
        return self._leads.wait(seconds)

    def is_alive(self) -> bool:
        """Whether this process takes part, leading or standing by."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Lets what runs end within 15 seconds; what does not is run again at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_GRACE + 10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with _leadership(self._settings) as holds:
                    if holds is not None:
                        self._lead(holds)
            except Exception:
                # Whatever broke (a lost database, most likely), the work must go on when it is mended.
                log.exception("background work was interrupted and begins anew")
            self._stopping.wait(_STAND_BY)

    def _lead(self, holds: Callable[[], bool]) -> None:
        engine = _Engine(self._settings.jobs_url, self._means, self._wake.set)
        crew = ThreadPoolExecutor(2, "hyway-chore")
        due = {each.name: 0.0 for each in SCHEDULES}
        checked = time.monotonic()
        self._leads.set()
        try:
            while not self._stopping.is_set():
                self._start_chores(crew, due)
                if not self._hand_over(engine):
                    self._wake.wait(LOOKS)
                self._wake.clear()
                if time.monotonic() - checked > _LEAD_CHECK:
                    checked = time.monotonic()
                    if not holds():
                        log.warning("another process may lead the background work now; standing by")
                        return
        finally:
            self._leads.clear()
            crew.shutdown(cancel_futures=True)
            engine.close(_GRACE)

    def _start_chores(self, crew: ThreadPoolExecutor, due: dict[str, float]) -> None:
        now = time.monotonic()
        for each in SCHEDULES:
            running = self._chores.get(each.name)
            if now >= due[each.name] and (running is None or running.done()):
                due[each.name] = now + each.seconds
                self._chores[each.name] = crew.submit(self._chore, each)

    def _chore(self, of: Schedule) -> None:
        try:
            of.chore(self._means)
        except Exception:
            # A chore that fails must not end the others; it comes again by the clock.
            log.exception("the chore %s failed", of.name)

    def _hand_over(self, engine: "_Engine") -> bool:
        """Whether there may be more at once."""
        room = _ERRANDS - engine.running()
        errands = self._means.db.read_now(outbox.waiting, room) if room > 0 else []
        for errand in errands:
            engine.start(errand)
        if errands:
            self._means.db.write_now(outbox.taken, [errand.seq for errand in errands])
        return len(errands) == room > 0


class _Engine:
    """DBOS, which remembers what was started until it has ended. One of a process at a time."""

    def __init__(self, url: str, means: Means, ended: Callable[[], None]) -> None:
        from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID  # takes a second: only for who leads

        # With a handler of ours DBOS adds none of its own, and its warnings reach the server's log.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        if url.startswith("sqlite:///"):
            _prepare_file(url.removeprefix("sqlite:///"))
        self._dbos = DBOS
        self._named = SetWorkflowID
        self._means = means
        self._ended = ended
        self._running: set[str] = set()
        DBOS(
            config={
                "name": "hyway",
                "system_database_url": url,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
                # Fixed names: the next process to lead finishes what this one leaves, whatever its version.
                "application_version": "1",
                "executor_id": "leader",
                "max_executor_threads": _THREADS,
                "sys_db_pool_size": 5,
                "enable_otlp": False,
            }
        )
        self._errand = DBOS.workflow(name="errand")(self._workflow())
        DBOS.launch()

    def _workflow(self) -> Callable[[str, str, int, dict[str, Any]], None]:
        def errand(id: str, topic: str, organization: int, payload: dict[str, Any]) -> None:
            retries: Any = {"name": topic, "retries_allowed": True, "max_attempts": 4}
            try:
                given = Errand(0, id, topic, organization, payload)
                self._dbos.run_step(retries, JOBS[topic], self._means, given)
            except Exception:
                log.exception("an errand of %s failed for good", topic)
                raise
            finally:
                self._running.discard(id)
                self._ended()

        return errand

    def start(self, errand: Errand) -> None:
        """Durably; one that was started before is not started again."""
        if self._dbos.get_workflow_status(errand.id) is not None:
            return
        self._running.add(errand.id)
        with self._named(errand.id):
            self._dbos.start_workflow(
                self._errand, errand.id, errand.topic, errand.organization, errand.payload
            )

    def running(self) -> int:
        return len(self._running)

    def close(self, seconds: float) -> None:
        """Waits so long for what runs."""
        deadline = time.monotonic() + seconds
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        self._dbos.destroy(destroy_registry=True)


def _prepare_file(path: str) -> None:
    """WAL stays with the file: DBOS's own commits become several times cheaper."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


@contextlib.contextmanager
def _leadership(settings: Settings) -> Iterator[Callable[[], bool] | None]:
    """A question whether this process leads still; None when another does."""
    file, url = settings.data / "worker.lock", settings.database_url
    with _by_file(file) if settings.is_sqlite else _by_session(url) as holds:
        yield holds


@contextlib.contextmanager
def _by_file(path: Path) -> Iterator[Callable[[], bool] | None]:
    """The system lets go of the lock when the process ends, however it ends."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield lambda: True


@contextlib.contextmanager
def _by_session(url: str) -> Iterator[Callable[[], bool] | None]:
    """PostgreSQL lets go of the lock when the session ends: it must be a real session, not a pooler's."""
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as session:
        row = session.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()

        def holds() -> bool:
            try:
                session.execute("SELECT 1")
            except psycopg.Error:
                return False
            return True

        yield holds if row and row[0] else None


@every(600)
def forget_changes(means: Means) -> None:
    """Word of changes that every process has heard."""
    with means.db.engine.begin() as connection:
        changes.forget_old(connection)


@every(3600)
def forget_finished(_: Means) -> None:
    """What DBOS keeps of errands that ended a day ago."""
    from dbos import DBOS

    before = (datetime.now(UTC) - _KEPT).isoformat()
    while True:
        old = DBOS.list_workflows(completed_before=before, limit=500, load_input=False, load_output=False)
        if not old:
            return
        DBOS.delete_workflows([each.workflow_id for each in old])


def start(db: Database, settings: Settings) -> Worker:
    """Begins at once, in threads; returns before it leads."""
    made = Worker(db, settings)
    made.begin()
    return made


def run_forever(db: Database, settings: Settings) -> None:
    """The worker as a process of its own, until SIGTERM or SIGINT."""
    made = start(db, settings)
    ask = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ask.set())
    ask.wait()
    made.stop()
