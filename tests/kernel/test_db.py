"""Transactions: all of it or none, told of in the same breath, on both engines."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from hyway.kernel.db import Conflict, Database, Read, Write
from hyway.kernel.sql import Prepared


def names(r: Read, jars) -> list[str]:
    return list(r.run(select(jars.c.name).order_by(jars.c.name)).scalars())


def fill(w: Write, jars, name: str, holds: int = 0) -> None:
    w.run(jars.insert(), {"name": name, "holds": holds})


class Spilled(Exception):
    pass


def spill(w: Write, jars, name: str) -> None:
    fill(w, jars, name)
    raise Spilled


def attempt(w: Write, what: Callable[[], object]) -> None:
    with w.attempt():
        what()


def test_a_verb_that_fails_leaves_nothing(db: Database, jars):
    settled = []

    def verb(w: Write) -> None:
        fill(w, jars, "a")
        w.announce(None, "jar.filled", "jar", "a")
        w.changed("jar", "a")
        w.after(lambda: settled.append("after"))
        raise Spilled

    db.hearers.append(lambda w, facts: settled.append("heard"))
    db.changes.hear("jar", lambda key: settled.append(key))
    with pytest.raises(Spilled):
        db.write_now(verb)
    assert db.read_now(names, jars) == []
    assert settled == []
    db.write_now(fill, jars, "a")
    assert db.read_now(names, jars) == ["a"]


def test_an_attempt_that_conflicts_leaves_the_transaction_usable(db: Database, jars):
    prepared = Prepared(
        jars.insert().values(name=bindparam("name"), holds=bindparam("holds")), ["name", "holds"]
    )

    def verb(w: Write) -> str:
        fill(w, jars, "a")
        with pytest.raises(Conflict):
            attempt(w, lambda: w.run(jars.insert(), [{"name": n, "holds": 0} for n in "ba"]))
        with pytest.raises(Conflict):
            attempt(w, lambda: w.many(prepared, [("c", 1), ("a", 2)]))
        with w.attempt():
            fill(w, jars, "d")
        return "done"

    assert db.write_now(verb) == "done"
    assert db.read_now(names, jars) == ["a", "d"]


def test_an_attempt_lets_other_failures_pass_but_undoes(db: Database, jars):
    def verb(w: Write) -> None:
        with pytest.raises(Spilled):
            attempt(w, lambda: spill(w, jars, "a"))
        fill(w, jars, "b")

    db.write_now(verb)
    assert db.read_now(names, jars) == ["b"]


def test_hearers_write_in_the_same_transaction(db: Database, jars):
    def hear(w: Write, facts) -> None:
        for fact in facts:
            fill(w, jars, f"heard {fact.action} {fact.id}")

    def verb(w: Write) -> None:
        fill(w, jars, "a")
        w.announce("me", "jar.filled", "jar", "a", {"holds": 0})

    db.hearers.append(hear)
    db.write_now(verb)
    assert db.read_now(names, jars) == ["a", "heard jar.filled a"]


def test_what_a_hearer_announces_is_heard_by_all_of_them_once(db: Database):
    log: list[str] = []

    def chain(w: Write, facts) -> None:
        for fact in facts:
            if fact.action == "jar.filled":
                w.announce("me", "jar.closed", "jar", fact.id)

    db.hearers += [lambda w, facts: log.extend(fact.action for fact in facts), chain]
    db.write_now(lambda w: w.announce("me", "jar.filled", "jar", "a"))
    assert log == ["jar.filled", "jar.closed"]


def test_a_hearer_that_fails_undoes_the_verb(db: Database, jars):
    def hear(w: Write, facts) -> None:
        raise Spilled

    def verb(w: Write) -> None:
        fill(w, jars, "a")
        w.announce("me", "jar.filled", "jar", "a")

    db.hearers.append(hear)
    with pytest.raises(Spilled):
        db.write_now(verb)
    assert db.read_now(names, jars) == []


def test_after_runs_once_the_commit_is_visible_to_others(db: Database, jars):
    seen: list[list[str]] = []

    def verb(w: Write) -> None:
        fill(w, jars, "a")
        w.after(lambda: seen.append(db.read_now(names, jars)))
        assert seen == []

    db.write_now(verb)
    assert seen == [["a"]]


def test_nothing_is_visible_before_the_commit(db: Database, jars):
    def verb(w: Write) -> list[str]:
        fill(w, jars, "a")
        return db.read_now(names, jars)

    assert db.write_now(verb) == []


def test_a_read_sees_one_moment(db: Database, jars):
    def verb(r: Read) -> tuple[list[str], list[str]]:
        before = names(r, jars)
        db.write_now(fill, jars, "late")
        return before, names(r, jars)

    db.write_now(fill, jars, "early")
    assert db.read_now(verb) == (["early"], ["early"])
    assert db.read_now(names, jars) == ["early", "late"]


def test_nothing_written_through_a_read_stays(db: Database, jars):
    with contextlib.suppress(SQLAlchemyError):  # PostgreSQL says no, SQLite forgets it
        db.read_now(fill, jars, "a")  # type: ignore[arg-type]
    assert db.read_now(names, jars) == []


def test_threads_that_write_at_once_lose_nothing(db: Database, jars):
    def pour(w: Write) -> None:
        w.run(update(jars).where(jars.c.name == "a").values(holds=jars.c.holds + 1))

    db.write_now(fill, jars, "a")
    threads = [threading.Thread(target=lambda: [db.write_now(pour) for _ in range(25)]) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert db.read_now(lambda r: r.run(select(jars.c.holds)).scalar_one()) == 150


async def test_many_verbs_on_the_event_loop(db: Database, jars):
    await asyncio.gather(*(db.write(fill, jars, f"{i:03}", holds=i) for i in range(60)))
    found = await asyncio.gather(*(db.read(names, jars) for _ in range(10)))
    assert all(each == [f"{i:03}" for i in range(60)] for each in found)


@pytest.mark.parametrize("prepared", [False, True])
def test_a_deadlock_is_tried_again(db: Database, jars, engine_name: str, prepared: bool):
    """Two verbs take the same two rows in opposite order; the one that the engine stops runs once more."""
    if engine_name == "sqlite":
        pytest.skip("SQLite has one writer at a time: no deadlock to meet")
    pour = update(jars).where(jars.c.name == bindparam("jar")).values(holds=jars.c.holds + 1)
    ready, runs = Prepared(pour, ["jar"]), []
    gate = threading.Barrier(2)

    def verb(w: Write, first: str, second: str) -> None:
        runs.append(first)
        for jar in (first, second):
            if prepared:
                w.many(ready, [(jar,)])
            else:
                w.run(pour, {"jar": jar})
            if len(runs) <= 2 and jar == first:
                gate.wait(10)

    for name in "ab":
        db.write_now(fill, jars, name)
    threads = [threading.Thread(target=db.write_now, args=(verb, *order)) for order in ("ab", "ba")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(runs) >= 3
    assert db.read_now(lambda r: list(r.run(select(jars.c.holds)).scalars())) == [2, 2]


def test_a_commit_that_fails_leaves_no_transaction_behind(db: Database, jars, engine_name: str):
    """A constraint that is looked at only at the commit stands for a full disk."""
    shelf = "CREATE TABLE shelf (jar TEXT REFERENCES jars (name) DEFERRABLE INITIALLY DEFERRED)"
    db.write_now(lambda w: w.run(text(shelf)))

    def verb(w: Write) -> None:
        fill(w, jars, "a")
        w.run(text("INSERT INTO shelf VALUES ('nowhere')"))

    for _ in range(30):  # more often than there are connections
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            db.write_now(verb)
    assert db.read_now(names, jars) == []
    db.write_now(fill, jars, "b")
    assert db.read_now(names, jars) == ["b"]


def test_a_prepared_statement_says_what_the_plain_one_says(db: Database, jars):
    add = Prepared(jars.insert().values(name=bindparam("name"), holds=bindparam("holds")), ["holds", "name"])
    dear = (
        select(func.upper(jars.c.name), jars.c.holds)
        .where(jars.c.holds >= bindparam("least"), jars.c.name != "no'one")
        .order_by(jars.c.name)
        .limit(bindparam("most"))
    )
    find = Prepared(dear, ["most", "least"])

    def verb(w: Write) -> None:
        w.many(add, [(i, f"jar'{i}") for i in range(5)])
        w.many(add, [])

    db.write_now(verb)
    found = db.read_now(lambda r: r.rows(find, 2, 2))
    assert [tuple(row) for row in found] == [("JAR'2", 2), ("JAR'3", 3)]
    plain = db.read_now(lambda r: r.run(dear, {"least": 2, "most": 2}).all())
    assert [tuple(row) for row in plain] == [tuple(row) for row in found]


def test_a_prepared_statement_is_compiled_once(db: Database, jars):
    find = Prepared(select(jars.c.name).where(jars.c.holds == bindparam("holds")), ["holds"])
    dialect = db.engine.dialect
    assert find.on(dialect) is find.on(dialect)


async def test_close_waits_for_verbs_at_work(database_url: str, db: Database, jars):
    other = Database(database_url, db.seal)

    def slow(w: Write) -> None:
        time.sleep(0.3)
        fill(w, jars, "slow")

    work = asyncio.ensure_future(other.write(slow))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(other.close)
    await work
    assert db.read_now(names, jars) == ["slow"]
