"""The worker: errands run once, whatever dies between; one process leads; idle it costs next to nothing."""

import logging
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hyway import worker
from hyway.domain import audit, identity, notices, webhooks
from hyway.kernel import changes, clock, jobs, outbox
from hyway.kernel.db import Database
from hyway.kernel.jobs import Means, Schedule
from hyway.kernel.outbox import Errand
from hyway.kernel.seal import Seal
from hyway.settings import Settings
from tests.make.receiver import Receiver, receiving

TOPIC = "tests.errand"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings.read({"HYWAY_DATABASE_URL": database_url, "HYWAY_PRIVATE_WEBHOOKS": "1"}, data=tmp_path)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    made = Database(settings.database_url, Seal(b"k" * 32))
    made.hearers += [audit.record, webhooks.hear, notices.hear]
    yield made
    made.close()


@pytest.fixture
def start(db: Database, settings: Settings) -> Iterator[Callable[[], worker.Worker]]:
    """Starts a worker that leads; whatever was started is stopped."""
    started: list[worker.Worker] = []

    def start() -> worker.Worker:
        started.append(worker.start(db, settings))
        assert started[-1].leads(20)
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Errand]:
    """Errands of TOPIC end up here."""
    seen: list[Errand] = []
    monkeypatch.setitem(jobs.JOBS, TOPIC, lambda means, errand: seen.append(errand))
    return seen


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def leave(db: Database, **payload: object) -> None:
    db.write_now(outbox.later, TOPIC, 1, payload)


def test_an_errand_runs_at_once_and_leaves_the_outbox(db, start, done: list[Errand]):
    start()
    time.sleep(0.2)
    began = time.monotonic()
    leave(db, a=1, b=["x", None])
    until(lambda: done)
    assert time.monotonic() - began < 0.8, "woken, not found by the next look"
    assert (done[0].topic, done[0].organization, done[0].payload) == (TOPIC, 1, {"a": 1, "b": ["x", None]})
    until(lambda: db.read_now(outbox.waiting) == [])
    assert len(done) == 1


def test_what_waited_for_a_worker_runs_in_full(db, start, done: list[Errand]):
    for n in range(100):
        leave(db, n=n)
    start()
    until(lambda: len(done) == 100, 30)
    assert sorted(each.payload["n"] for each in done) == list(range(100))
    until(lambda: db.read_now(outbox.waiting) == [])


def test_a_crash_before_the_row_is_removed_runs_it_once(
    db, start, done: list[Errand], monkeypatch: pytest.MonkeyPatch
):
    """Handed to the engine, and then the process died before the outbox heard of it."""
    first = start()
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "taken", lambda w, seqs: None)
        leave(db, n=1)
        until(lambda: done)
        first.stop()
    assert len(db.read_now(outbox.waiting)) == 1
    start()
    until(lambda: db.read_now(outbox.waiting) == [])
    time.sleep(0.3)
    assert len(done) == 1


def test_a_failing_errand_is_tried_again(db, start, monkeypatch: pytest.MonkeyPatch):
    tried = []

    def fail_once(means: Means, errand: Errand) -> None:
        tried.append(errand.id)
        if len(tried) == 1:
            raise OSError("not now")

    monkeypatch.setitem(jobs.JOBS, TOPIC, fail_once)
    start()
    leave(db)
    until(lambda: len(tried) == 2)
    assert tried[0] == tried[1]


def test_a_killed_process_loses_no_errand(db: Database, settings: Settings, start, done: list[Errand]):
    """The process is killed while the errand runs; the next one to lead runs it again."""
    program = textwrap.dedent(
        """
        import os, sys, time
        from pathlib import Path
        from hyway import worker
        from hyway.kernel import jobs
        from hyway.kernel.db import Database
        from hyway.kernel.seal import Seal
        from hyway.settings import Settings

        settings = Settings.read({"HYWAY_DATABASE_URL": sys.argv[1]}, data=Path(sys.argv[2]))
        def die(means, errand):
            os._exit(9)
        jobs.JOBS["tests.errand"] = die
        worker.start(Database(settings.database_url, Seal(b"k" * 32)), settings)
        time.sleep(60)
        """
    )
    leave(db, n=1)
    command = [sys.executable, "-c", program, settings.database_url, str(settings.data)]
    assert subprocess.run(command, timeout=60).returncode == 9
    start()
    until(lambda: done, 15)
    until(lambda: db.read_now(outbox.waiting) == [])
    time.sleep(0.3)
    assert [each.payload for each in done] == [{"n": 1}]


def test_one_leads_and_another_takes_over(
    db, settings: Settings, start, done: list[Errand], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "_STAND_BY", 0.1)
    beats: list[float] = []
    chore = Schedule("tests.beat", 0.1, lambda means: beats.append(time.monotonic()))
    monkeypatch.setattr(worker, "SCHEDULES", [chore])
    first = start()
    second = worker.start(db, settings)
    try:
        assert not second.leads(1.0)
        assert len(beats) < 30, "a second worker does no chores"
        first.stop()
        assert second.leads(10)
        leave(db)
        until(lambda: done)
    finally:
        second.stop()


def test_a_chore_never_runs_twice_at_once_and_survives_failing(start, monkeypatch: pytest.MonkeyPatch):
    inside, most, runs = 0, 0, 0
    lock = threading.Lock()

    def chore(means: Means) -> None:
        nonlocal inside, most, runs
        with lock:
            inside, runs = inside + 1, runs + 1
            most = max(most, inside)
        time.sleep(0.15)
        with lock:
            inside -= 1
        raise ValueError("broken")

    monkeypatch.setattr(worker, "LOOKS", 0.02)
    monkeypatch.setattr(worker, "SCHEDULES", [Schedule("tests.slow", 0.01, chore)])
    start()
    until(lambda: runs >= 3)
    assert most == 1


def test_old_word_of_changes_is_forgotten(db, start):
    def rows() -> int:
        with db.engine.connect() as connection:
            return connection.execute(changes.CHANGES.select()).fetchall().__len__()

    db.write_now(lambda w: w.changed("x", "y"))
    with db.engine.begin() as connection:
        connection.execute(changes.CHANGES.update().values(at=clock.now() - clock.DAY))
    assert rows() == 1
    start()
    until(lambda: rows() == 0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_a_webhook_from_the_event_to_its_receiver(
    db, start, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    from hyway.domain.webhooks import rules

    monkeypatch.setattr(rules, "BACKOFF", (clock.SECOND // 10,))
    by = identity.command_line(db.write_now(identity.found_organization, "Ours"))
    db.write_now(webhooks.add, by, receiver.url, ["sale.created"])
    receiver.answers = [(500, {}, b"")]
    start()
    db.write_now(webhooks.queue, by.organization, "sale.created", [{"id": "s1"}])
    until(lambda: db.read_now(webhooks.deliveries, by, state="delivered"), 15)
    assert len(receiver.received) == 2


def test_private_addresses_are_refused_unless_allowed(db, settings: Settings, receiver: Receiver):
    by = identity.command_line(db.write_now(identity.found_organization, "Ours"))
    db.write_now(webhooks.add, by, receiver.url, ["sale.created"])
    strict = Settings.read({"HYWAY_DATABASE_URL": settings.database_url}, data=settings.data)
    made = worker.start(db, strict)
    try:
        db.write_now(webhooks.queue, by.organization, "sale.created", [{"id": "s1"}])
        (sent,) = db.read_now(webhooks.deliveries, by)
        until(lambda: db.read_now(webhooks.delivery, by, sent.id).attempts, 20)
    finally:
        made.stop()
    assert "not public" in (db.read_now(webhooks.delivery, by, sent.id).attempts[0].error or "")
    assert receiver.received == []


def test_it_is_quiet_starts_soon_and_stops_cleanly(
    db, start, done: list[Errand], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.INFO)
    for _ in range(2):
        began = time.monotonic()
        made = start()
        assert time.monotonic() - began < 3
        leave(db)
        until(lambda: db.read_now(outbox.waiting) == [])
        began = time.monotonic()
        made.stop()
        assert time.monotonic() - began < 4
    until(lambda: len(done) == 2)
    assert [
        record.getMessage() for record in caplog.records if record.name.startswith(("dbos", "hyway"))
    ] == []
    assert capfd.readouterr() == ("", "")
    assert [
        each.name for each in threading.enumerate() if "dbos" in each.name or "queue-worker" in each.name
    ] == []
