"""Word of a commit: at once in this process, soon in every other one."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from statistics import quantiles

import pytest
from sqlalchemy import select, text

from hyway.kernel import changes, clock
from hyway.kernel.db import Database, Write


@pytest.fixture
def other(database_url: str, db: Database) -> Iterator[Database]:
    """What another process would open; it listens."""
    made = Database(database_url, db.seal)
    made.start()
    yield made
    made.close()


class Heard:
    """What a process hears of a topic, and when."""

    def __init__(self, db: Database, topic: str) -> None:
        self.keys: list[str] = []
        self.when: dict[str, float] = {}
        self._more = threading.Condition()
        db.changes.hear(topic, self._hear)

    def _hear(self, key: str) -> None:
        with self._more:
            self.keys.append(key)
            self.when.setdefault(key, time.monotonic())
            self._more.notify_all()

    def wait_for(self, key: str, seconds: float = 10.0) -> bool:
        with self._more:
            return self._more.wait_for(lambda: key in self.keys, seconds)


def change(*keys: str, topic: str = "jar") -> Callable[[Write], None]:
    def verb(w: Write) -> None:
        for key in keys:
            w.changed(topic, key)

    return verb


def test_here_it_is_heard_before_write_returns(db: Database):
    heard, deaf = Heard(db, "jar"), Heard(db, "lid")
    db.write_now(change("a"))
    assert heard.keys == ["a"]
    assert deaf.keys == []


def test_another_process_hears_within_a_tenth_of_a_second(db: Database, other: Database):
    heard = Heard(other, "jar")
    db.write_now(change("warm"))
    assert heard.wait_for("warm")
    delays = []
    for i in range(40):
        db.write_now(change(str(i)))
        done = time.monotonic()
        assert heard.wait_for(str(i))
        delays.append(heard.when[str(i)] - done)
        time.sleep(0.005)
    assert quantiles(delays, n=20)[-1] < 0.1


def test_many_keys_become_one_star(db: Database, other: Database):
    heard, lids = Heard(other, "jar"), Heard(other, "lid")
    db.write_now(change(*(str(i) for i in range(1_000))))
    assert heard.wait_for("*")
    assert "7" not in heard.keys
    assert "7" not in lids.keys
    rows = db.read_now(lambda r: r.run(select(changes.CHANGES)).all())
    assert [(row.topic, row.key) for row in rows] == [("jar", "*")]


def test_a_change_right_after_the_start_is_heard(database_url: str, db: Database):
    for trial in range(4):
        other = Database(database_url, db.seal)
        heard = Heard(other, "jar")
        other.start()
        db.write_now(change(f"t{trial}"))
        found = heard.wait_for(f"t{trial}", 5) or heard.wait_for("*", 0)
        other.close()
        assert found


def test_what_was_undone_is_not_told(db: Database, other: Database):
    heard = Heard(other, "jar")

    def verb(w: Write) -> None:
        w.changed("jar", "undone")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        db.write_now(verb)
    db.write_now(change("done"))
    assert heard.wait_for("done")
    assert "undone" not in heard.keys


def test_a_lost_connection_is_found_again(
    db: Database, other: Database, engine_name: str, caplog, monkeypatch
):
    """And everything is forgotten meanwhile: whatever happened in between was not heard."""
    heard = Heard(other, "jar")
    db.write_now(change("before"))
    assert heard.wait_for("before")
    heard.keys.clear()
    with caplog.at_level(logging.CRITICAL, "hyway.kernel.changes"):
        if engine_name == "postgresql":
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
            db.write_now(lambda w: w.run(text(kill)))
        else:
            with monkeypatch.context() as patched:
                patched.setattr(other.changes, "_catch_up", _broken)
                db.write_now(change("broken"))
                assert heard.wait_for("*")
        assert heard.wait_for("*")
        deadline = time.monotonic() + 10
        while "after" not in heard.keys and time.monotonic() < deadline:
            db.write_now(change("after"))
            time.sleep(0.1)
    assert "after" in heard.keys


def _broken(*_: object) -> int:
    raise sqlite3.OperationalError("disk I/O error")


def test_old_word_is_forgotten(db: Database, monkeypatch: pytest.MonkeyPatch):
    db.write_now(change("old"))
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + clock.HOUR)
    db.write_now(change("new"))
    db.write_now(lambda w: changes.forget_old(w._connection))
    rows = db.read_now(lambda r: r.run(select(changes.CHANGES)).all())
    assert [row.key for row in rows] == ["new"]
