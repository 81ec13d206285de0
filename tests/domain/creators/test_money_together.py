"""Two workers at once, as two processes would be: each with a database of its own, on the same data."""

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hyway.domain.creators import money
from hyway.domain.creators.money import paying
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault
from tests.make.money import Till, till_at
from tests.make.money_play import Happening, Play, some
from tests.make.world import World, open_database

ROUNDS = 12
STEPS = 12


@pytest.fixture
def till(world: World) -> Till:
    return till_at(world.db, world.by)


@pytest.fixture
def workers(database_url: str) -> Iterator[tuple[Database, Database]]:
    pair = open_database(database_url), open_database(database_url)
    yield pair
    for each in pair:
        each.close()


def together(*doing: Callable[[], Any]) -> list[Any]:
    """What came of each, all begun at the same moment; refusals are answers, any other failure is raised."""
    start, came = threading.Barrier(len(doing)), [None] * len(doing)

    def do(at: int, what: Callable[[], Any]) -> None:
        start.wait()
        try:
            came[at] = what()
        except Exception as error:
            came[at] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=do, args=each) for each in enumerate(doing)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for each in came:
        if isinstance(each, Exception) and not isinstance(each, Fault):
            raise each
    return came


@pytest.mark.parametrize("seed", range(2))
def test_random_things_at_once(till: Till, workers: tuple[Database, Database], seed: int):
    chance, play = random.Random(seed), Play(till)
    till.fund(50_000)

    def worker(db: Database, steps: list[Happening]) -> Callable[[], None]:
        def work() -> None:
            for what in steps:
                play.happen(db.write_now, what)

        return work

    for _ in range(ROUNDS):
        plans = [[some(chance) for _ in range(STEPS)] for _ in workers]
        together(*(worker(db, plan) for db, plan in zip(workers, plans, strict=True)))
        assert till.wrong() == [], plans
    assert sum(play.done.values()) > ROUNDS


@pytest.mark.parametrize("trial", range(3))
def test_the_last_of_a_budget_is_spent_once(till: Till, workers: tuple[Database, Database], trial: int):
    till.fund(1_000)
    first, second = together(
        *(
            lambda db=db, n=n: db.write_now(money.earn, till.by, till.work(n, n - 1), "work", 700)
            for n, db in enumerate(workers, 1)
        )
    )
    assert sorted((first, second)) == [300, 700]
    assert till.budget() == (1_000, 0)
    assert till.wrong() == []


@pytest.mark.parametrize("trial", range(3))
def test_the_same_earning_grows_once(till: Till, workers: tuple[Database, Database], trial: int):
    till.fund(1_000)
    came = together(
        *(lambda db=db: db.write_now(money.earn, till.by, till.work(1), "work", 400) for db in workers)
    )
    assert came == [400, 400]
    assert till.budget() == (1_000, 600)
    assert till.wrong() == []


@pytest.mark.parametrize("trial", range(3))
def test_two_who_pay_out_at_once_pay_once(till: Till, workers: tuple[Database, Database], trial: int):
    till.fund(10_000)
    for n in range(6):
        till.payable(till.work(n + 1, n % 2), 100 + n)
    came = together(*(lambda db=db: db.write_now(money.pay_out, till.by) for db in workers))
    made = [payout for each in came for payout in each]
    assert sum(payout.amount for payout in made) == sum(100 + n for n in range(6))
    assert len({payout.person for payout in made}) == len(made)
    assert till.wrong() == []


@pytest.mark.parametrize("trial", range(3))
def test_paid_and_canceled_at_once_is_one_of_them(till: Till, workers: tuple[Database, Database], trial: int):
    till.fund(10_000)
    till.payable(till.work(1), 1_000)
    (made,) = till.db.write_now(money.pay_out, till.by)
    one, other = workers
    came = together(
        lambda: one.write_now(money.mark_paid, till.by, made.seq),
        lambda: other.write_now(money.cancel, till.by, made.seq),
    )
    assert sum(isinstance(each, Fault) for each in came) == 1
    assert till.wrong() == []


@pytest.mark.parametrize("trial", range(3))
def test_a_close_and_an_earning_share_the_budget(till: Till, workers: tuple[Database, Database], trial: int):
    till.fund(1_000)
    one, other = workers
    back, earned = together(
        lambda: one.write_now(money.close, till.by, "campaign", till.campaign),
        lambda: other.write_now(money.earn, till.by, till.work(1), "work", 400),
    )
    assert (back, earned) in ((1_000, 0), (600, 400))
    assert till.wrong() == []


@pytest.mark.parametrize("trial", range(3))
def test_two_refunds_give_back_once(till: Till, workers: tuple[Database, Database], trial: int):
    funded = till.fund(1_000)
    came = together(*(lambda db=db: db.write_now(money.refund, till.by, funded.seq, 600) for db in workers))
    assert sum(isinstance(each, Fault) for each in came) == 1
    assert till.budget() == (400, 400)
    assert till.wrong() == []


@pytest.mark.parametrize("trial", range(3))
def test_two_chores_mature_each_earning_once(till: Till, workers: tuple[Database, Database], trial: int):
    till.fund(10_000)
    for n in range(8):
        till.earn(till.work(n + 1, n % 2), 100)
        till.db.write_now(money.hold, till.by, till.work(n + 1, n % 2), 0)
    came = together(*(lambda db=db: db.write_now(money.mature, clock.now()) for db in workers))
    assert sum(came) == 8
    assert till.wrong() == []


@pytest.mark.parametrize("trial", range(3))
def test_word_of_a_funding_that_comes_twice_counts_once(
    till: Till, workers: tuple[Database, Database], trial: int
):
    till.db.house = till.db.house._replace(services=frozenset({"stripe"}))
    asked = till.db.write_now(money.fund, till.by, "campaign", till.campaign, "usd", 1_000, "stripe")
    assert till.budget() == (0, 0)
    together(*(lambda db=db: db.write_now(money.succeeded, till.by, asked) for db in workers))
    assert till.budget() == (1_000, 1_000)
    assert till.wrong() == []


def test_a_payout_in_hand_is_tried_under_one_key(till: Till, workers: tuple[Database, Database]):
    from hyway.domain.creators.store import money_payouts

    till.db.house = till.db.house._replace(services=frozenset({"stripe"}))
    account = {"reference": "acct_1", "hint": "ct_1", "ready": 1}
    till.db.write_now(money_payouts.put_method, till.people[0].seq, "stripe", account)
    till.fund(10_000)
    till.payable(till.work(1), 1_000)
    (made,) = till.db.write_now(money.pay_out, till.by)
    one, other = together(*(lambda db=db: db.write_now(paying.begin, made.seq) for db in workers))
    assert one.key == other.key
    assert (one.payout.attempt, one.payout.status) == (1, "processing")
    for verb in (money.cancel, money.mark_paid, money.mark_failed):
        with pytest.raises(Fault):
            till.db.write_now(verb, till.by, made.seq)
    assert till.wrong() == []
