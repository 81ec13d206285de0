"""The background work killed with SIGKILL at every step of closing a cycle: it goes on, nothing twice, nothing lost."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hyway.domain import billing, identity, notices
from hyway.domain.billing import Account, Invoice, accounts, invoices, paying, promos, subscriptions
from hyway.domain.billing.store import promos as promo_store
from hyway.domain.identity import Caller
from hyway.kernel import clock, outbox
from hyway.kernel.clock import DAY
from hyway.kernel.db import Database, Read, Write
from tests.domain.billing.shop import Shop
from tests.make.people import somebody
from tests.make.running import environment

ROOT = Path(__file__).parents[3]
MOST = 400


class Crew:
    """Processes that close cycles."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def work(self, last: int = 0) -> bool:
        """Whether it was killed, at the step numbered `last` (`-last` of its questions); an error in it is one here."""
        to, out = self._process.stdin, self._process.stdout
        assert to is not None
        assert out is not None
        to.write(f"{clock.now()} {last}\n")
        to.flush()
        code = out.readline().strip()
        assert code in ("0", "-9"), f"the process ended with {code!r}"
        return code == "-9"


@contextlib.contextmanager
def crew(url: str, *stripe: str) -> Iterator[Crew]:
    words = [sys.executable, "-m", "tests.domain.billing.closing_process", url, *stripe]
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield Crew(process)
    finally:
        process.kill()
        process.wait(10)


class Accounts:
    """Another one each time, on a plan, with usage beyond what is included and a code that lasts for one cycle."""

    def __init__(self, db: Database, ann: Caller) -> None:
        self.db, self.ann, self.made = db, ann, 0
        db.write_now(_code)

    def another(self) -> Account:
        self.made += 1
        return self.db.write_now(self._another, f"Acme {self.made}")

    def _another(self, w: Write, name: str) -> Account:
        inside = identity.command_line(identity.organizations.establish(w, self.ann, {"name": name}))
        accounts.hear(w, w.facts)
        account = accounts.of(w, inside.organization)
        subscriptions.put(w, inside, account, "pro")
        promos.enter(w, account, ["ONCE"])
        today = billing.cycles.day(clock.now())
        billing.meters.add(w, [(inside.organization, "toggle.evaluations", today, 1_700_000)])
        return account


def _code(w: Write) -> None:
    promos.create(w, "ONCE", points=1_000, cycles=1)


def found(r: Read, account: Account) -> tuple[list[Invoice], list[int], int, int]:
    """Its invoices, how often its codes were used, which cycle is next, and how many letters its owner has of it."""
    used = [each for _, each in promo_store.of_each(r, [account.seq])[account.seq]]
    letters = [each for each in notices.letters(r, None, 1_000) if f"{account.name} " in each.text]
    return invoices.page(r, account)[0], used, subscriptions.of(r, account).cycle, len(letters)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_every_step(db: Database, database_url: str, later: Callable[[int], None]) -> None:
    """From the look at what is due to the errand's end."""
    db.hearers.append(notices.hear)
    all_ = Accounts(db, somebody(db, "Ann"))
    with crew(database_url) as working:
        steps, was_killed = 0, True
        while was_killed:
            account = all_.another()
            later(32 * DAY)
            steps += 1
            assert steps < MOST
            was_killed = working.work(steps)
            between, *_ = db.read_now(found, account)
            assert len(between) <= 1
            assert working.work() is False
            (made,), used, cycle, letters = db.read_now(found, account)
            assert (made.status, made.number[-5:], used, cycle, letters) == ("Open", "-0001", [1], 2, 1), (
                steps
            )
            assert made.total == made.subtotal - made.discount > 0
            assert made.lines == db.read_now(invoices.recomputed, made).lines
            db.write_now(invoices.void, all_.ann, made.id)
            later(-32 * DAY)  # the next one begins where this one did, whose second month is never over
        assert steps > 20, "there was nothing to kill"
        assert db.read_now(outbox.waiting) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_while_somebody_is_told_that_it_is_overdue(
    db: Database, database_url: str, later: Callable[[int], None]
) -> None:
    db.hearers.append(notices.hear)
    all_ = Accounts(db, somebody(db, "Ann"))
    with crew(database_url) as working:
        steps, was_killed = 0, True
        while was_killed:
            account = all_.another()
            later(32 * DAY)
            working.work()
            later(15 * DAY)
            steps += 1
            assert steps < MOST
            was_killed = working.work(steps)
            assert working.work() is False
            (made,), _, _, letters = db.read_now(found, account)
            status = db.read_now(subscriptions.of, account).status
            assert (made.status, status, letters) == ("Open", "PastDue", 2), steps
            db.write_now(invoices.void, all_.ann, made.id)
            later(-47 * DAY)
        assert steps > 10, "there was nothing to kill"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_every_question_to_stripe(shop: Shop, database_url: str) -> None:
    """Before it is asked, and when it has done it and nobody has heard: one invoice there, of the same sum."""
    db = shop.db
    db.hearers.append(notices.hear)
    all_ = Accounts(db, shop.books.ann)
    with crew(database_url, shop.local.address) as working:
        steps, was_killed = 0, True
        while was_killed:
            account = all_.another()
            paying.add(db, shop.desk, all_.ann, account.id, shop.local.token())
            shop.work()
            shop.books.forward(32 * DAY)
            steps += 1
            assert steps < MOST
            was_killed = working.work(-steps)
            assert working.work() is False
            (made,), used, cycle, letters = db.read_now(found, account)
            assert (made.number[-5:], used, cycle, letters) == ("-0001", [1], 2, 1), steps
            there = shop.there(made)
            assert (there["id"], there["total"], there["number"]) == (
                made.provider_id,
                made.total,
                made.number,
            )
            shop.books.forward(-32 * DAY)
        assert steps > 6, "nothing was asked"
