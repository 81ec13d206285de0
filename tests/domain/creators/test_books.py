"""The doctor reads the books: what somebody changed behind their back is seen."""

from typing import Any

import pytest
from sqlalchemy import text

from hyway.commands.doctor import _books
from hyway.kernel.db import Conflict, Read, Write
from tests.make.money import Till, till_at
from tests.make.world import World


@pytest.fixture
def till(world: World) -> Till:
    made = till_at(world.db, world.by)
    made.fund(10_000)
    made.payable(made.work(1), 700)
    return made


def told(till: Till) -> tuple[str, str]:
    def ask(sql: str) -> list[Any]:
        def run(r: Read) -> list[Any]:
            return list(r.run(text(sql)).all())

        return till.db.read_now(run)

    found = _books(ask)
    return found.mark, found.words


def tamper(till: Till, sql: str) -> None:
    def run(w: Write) -> None:
        with w.attempt():
            w.run(text(sql))

    till.db.write_now(run)


def test_books_that_agree(till: Till):
    assert told(till)[0] == "ok"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE ledger_lines SET amount = amount + 1 WHERE amount > 0", ("entries", "accounts")),
        ("UPDATE ledger_accounts SET balance = balance + 1 WHERE kind = 'cash'", ("1 accounts",)),
        ("UPDATE campaigns SET unused_amount = unused_amount + 1", ("1 budgets",)),
    ],
)
def test_books_that_were_changed(till: Till, sql: str, words: tuple[str, ...]):
    tamper(till, sql)
    state, said = told(till)
    assert state == "fail"
    assert all(word in said for word in words)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_accounts SET balance = 1 WHERE kind = 'budget'",
        "UPDATE ledger_accounts SET balance = 1 WHERE kind = 'owed'",
        "UPDATE ledger_accounts SET balance = -1 WHERE kind = 'cash'",
    ],
)
def test_no_account_is_overdrawn_whatever_the_program_does(till: Till, sql: str):
    with pytest.raises(Conflict):
        tamper(till, sql)
