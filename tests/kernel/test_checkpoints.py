"""SQLite's log stays short while writers write."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, column, insert, select, table, text

from hyway.kernel import checkpoints
from hyway.kernel.db import Database, Read, Write

PAGE = 4096 + 24


@pytest.fixture(autouse=True)
def only_sqlite(engine_name: str) -> None:
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL looks after its own log")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, database_url: str, db: Database):
    """Folds twenty times a second, and finds a log long at 1.2 MB."""
    monkeypatch.setattr(checkpoints, "_EVERY", 0.05)
    monkeypatch.setattr(checkpoints, "_LONG", 300)
    made = Database(database_url, db.seal)
    made.write_now(lambda w: w.run(text("CREATE TABLE blobs (data BLOB)")))
    yield made
    made.close()


def stuff(w: Write) -> None:
    w.run(insert(table("blobs", column("data", LargeBinary))), {"data": b"x" * 200_000})


def write_for(db: Database, seconds: float) -> int:
    """Bytes that went through the log, about."""
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until or done < 150:
        db.write_now(stuff)
        done += 1
        time.sleep(0.002)
    return done * 200_000


def test_the_log_is_folded_beside_the_writers(hurried: Database, database_url: str):
    log = Path(database_url.removeprefix("sqlite:///") + "-wal")
    hurried.start()
    written = write_for(hurried, 1.5)
    assert written >= 30_000_000
    assert log.stat().st_size < written / 2
    count = select(text("count(*)")).select_from(text("blobs"))
    assert hurried.read_now(lambda r: r.run(count).scalar_one()) * 200_000 == written


def test_a_long_reader_does_not_hold_the_writers_up(hurried: Database):
    read, done = threading.Event(), threading.Event()

    def verb(r: Read) -> None:
        r.run(text("SELECT count(*) FROM blobs")).scalar_one()
        read.set()
        done.wait(60)

    reader = threading.Thread(target=hurried.read_now, args=(verb,))
    reader.start()
    read.wait(10)
    hurried.start()
    began = time.monotonic()
    write_for(hurried, 0.0)
    took = time.monotonic() - began
    done.set()
    reader.join()
    assert took < 10


def test_without_it_the_log_grows(hurried: Database, database_url: str):
    """What the test above relies on."""
    log = Path(database_url.removeprefix("sqlite:///") + "-wal")
    written = write_for(hurried, 0.0)
    assert log.stat().st_size > written * 0.9
