"""Fundings, earnings, holds and refunds, step by step."""

from typing import Any

import pytest

from hyway.domain.creators import money
from hyway.kernel import clock
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.make.money import Till, till_at
from tests.make.world import World


@pytest.fixture
def till(world: World) -> Till:
    return till_at(world.db, world.by)


def stage(till: Till, work: money.Work) -> dict[str, int]:
    found = till.db.read_now(money.stages, [work])
    sums = found.get((work.submission_kind, work.submission))
    return {
        name: n for name in ("accrued", "held", "payable", "paying", "paid") if (n := getattr(sums, name, 0))
    }


def test_money_goes_through_its_stages(till: Till):
    till.fund(10_000)
    work = till.work(1)
    assert till.earn(work, 3_000) == 3_000
    assert till.budget() == (10_000, 7_000)
    assert till.earn(work, 4_500) == 4_500
    assert till.earn(work, 1_000) == 4_500, "it never falls"
    assert stage(till, work) == {"accrued": 4_500}
    now = clock.now()
    assert till.db.write_now(money.hold, till.by, work, now + money.HOLD) == 4_500
    assert till.earn(work, 9_000) == 4_500, "what is held grows no more"
    assert till.db.write_now(money.mature, now) == 0
    assert till.db.write_now(money.mature, now + money.HOLD) == 1
    assert stage(till, work) == {"payable": 4_500}
    assert till.db.write_now(money.release, till.by, work) == 0, "what is owed stays owed"
    assert till.budget() == (10_000, 5_500)
    assert till.wrong() == []


def test_the_budget_caps_what_is_earned(till: Till):
    till.fund(1_000)
    assert till.earn(till.work(1), 700) == 700
    assert till.earn(till.work(2), 700) == 300
    assert till.earn(till.work(3), 700) == 0
    assert stage(till, till.work(3)) == {}
    till.fund(500)
    assert till.earn(till.work(2), 700) == 700
    assert till.budget() == (1_500, 100)
    assert till.wrong() == []


@pytest.mark.parametrize("held", [False, True])
def test_what_is_released_goes_back_to_the_budget_for_good(till: Till, held: bool):
    till.fund(1_000)
    work = till.work(1)
    till.earn(work, 400)
    till.earn(work, 50, "sale:1")
    if held:
        till.db.write_now(money.hold, till.by, work, clock.now())
    assert till.db.write_now(money.release, till.by, work) == 450
    assert till.budget() == (1_000, 1_000)
    assert till.earn(work, 500) == 0
    assert till.db.write_now(money.mature, clock.now()) == 0
    assert till.wrong() == []


def test_a_close_gives_back_what_is_unused_newest_first(till: Till):
    first, second = till.fund(1_000), till.fund(500)
    till.earn(till.work(1), 300)
    assert till.db.write_now(money.close, till.by, "campaign", till.campaign) == 1_200
    assert till.budget() == (300, 0)
    rows, _ = till.db.read_now(money.fundings, till.by, "campaign", till.campaign)
    assert [(f.seq, f.status, f.refunded_amount) for f in rows] == [
        (first.seq, "partially_refunded", 700),
        (second.seq, "refunded", 500),
    ]
    assert till.db.write_now(money.close, till.by, "campaign", till.campaign) == 0
    till.db.write_now(money.release, till.by, till.work(1))
    assert till.db.write_now(money.close, till.by, "campaign", till.campaign) == 300
    assert till.budget() == (0, 0)
    assert till.wrong() == []


def test_a_refund_takes_only_what_is_unused(till: Till):
    funded = till.fund(1_000)
    till.earn(till.work(1), 800)
    with pytest.raises(Invalid) as no:
        till.db.write_now(money.refund, till.by, funded.seq, 201)
    assert no.value.message == "must be less than or equal to 200"
    assert till.db.write_now(money.refund, till.by, funded.seq, 50).status == "partially_refunded"
    assert till.db.write_now(money.refund, till.by, funded.seq).refunded_amount == 200
    assert till.budget() == (800, 0)
    assert till.wrong() == []


def test_the_fee_is_a_line_of_its_own(till: Till):
    till.db.house = till.db.house._replace(terms={"platform_fee": 290})
    funded = till.fund(1_001)
    assert (funded.fee_amount, funded.net_amount) == (29, 972)
    (balance,) = till.db.read_now(money.balances, till.by)
    assert (balance.cash, balance.fees, balance.budget) == (1_001, 29, 972)
    (entry,), total = till.db.read_now(money.ledger, till.by)
    assert total == 1
    assert [(line.account, line.amount) for line in entry.lines] == [
        ("cash", 1_001),
        ("fees", -29),
        ("budget", -972),
    ]
    assert till.wrong() == []


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 10**12 + 1}, "amount"),
        ({"currency": "eur"}, "currency"),
        ({"provider": "stripe"}, "provider"),
        ({"provider": "cash"}, "provider"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_what_a_funding_must_be(till: Till, wish: dict[str, Any], field: str):
    asked = {"currency": "usd", "amount": 100, **wish}
    with pytest.raises(Invalid) as no:
        till.db.write_now(money.fund, till.by, "campaign", till.campaign, **asked)
    assert no.value.field == field
    assert not till.db.read_now(money.any_fundings, "campaign", till.campaign)


def test_members_and_strangers_move_no_money(till: Till, world: World):
    import dataclasses

    member = dataclasses.replace(till.by, role="member")
    with pytest.raises(Refused):
        till.db.write_now(money.fund, member, "campaign", till.campaign, "usd", 100)
    stranger = world.stranger().by
    with pytest.raises(Missing):
        till.db.write_now(money.fund, stranger, "campaign", till.campaign, "usd", 100)
    funded = till.fund(100)
    for by, fault in ((member, Refused), (stranger, Missing)):
        with pytest.raises(fault):
            till.db.write_now(money.refund, by, funded.seq)
    assert till.budget() == (100, 100)
