"""Payouts, by hand: made, paid, failed, canceled, tried again; never twice."""

import csv
import dataclasses
import io

import pytest

from hyway.domain.creators import money
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.faults import Invalid, Missing, Refused, Several
from tests.make.money import Till, till_at
from tests.make.world import World

BANK = {"account_holder": "Ana Lee", "iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"}


@pytest.fixture
def till(world: World) -> Till:
    made = till_at(world.db, world.by)
    made.fund(100_000)
    return made


def creator(till: Till, person: int = 0) -> Caller:
    who = till.people[person]
    return dataclasses.replace(till.by, organization=0, role=None, actor_kind="person", person=who.seq)


def pay_out(till: Till) -> list[money.Payout]:
    return till.db.write_now(money.pay_out, till.by)


def test_one_payout_for_each_person(till: Till):
    till.payable(till.work(1, 0), 1_000)
    till.payable(till.work(2, 0), 500)
    till.payable(till.work(3, 1), 70)
    first, second = pay_out(till)
    assert [(p.person, p.amount, p.status) for p in (first, second)] == [
        (till.people[0].seq, 1_500, "pending"),
        (till.people[1].seq, 70, "pending"),
    ]
    assert pay_out(till) == [], "what is being paid is not payable"
    till.payable(till.work(4, 1), 30)
    (third,) = till.db.write_now(money.pay_out, till.by, till.people[1].seq)
    assert third.amount == 30
    assert till.wrong() == []


def test_paid_once(till: Till):
    till.payable(till.work(1), 1_000)
    (made,) = pay_out(till)
    done = till.db.write_now(money.mark_paid, till.by, made.seq, "by bank transfer")
    assert (done.status, done.note) == ("completed", "by bank transfer")
    for verb in (money.mark_paid, money.mark_failed, money.cancel, money.retry):
        with pytest.raises(Invalid, match="Payout cannot be") as no:
            till.db.write_now(verb, till.by, made.seq)
        assert no.value.message.endswith("because it is completed.")
    (balance,) = till.db.read_now(money.balances, till.by)
    assert (balance.cash, balance.owed) == (99_000, 0)
    (sums,) = till.db.read_now(money.of_person, creator(till))
    assert sums == money.Sums("usd", paid=1_000)
    assert till.wrong() == []


def test_what_a_canceled_payout_held_is_payable_again(till: Till):
    till.payable(till.work(1), 1_000)
    (made,) = pay_out(till)
    assert till.db.write_now(money.cancel, till.by, made.seq).status == "canceled"
    (again,) = pay_out(till)
    assert (again.seq != made.seq, again.amount) == (True, 1_000)
    assert till.wrong() == []


def test_a_failed_payout_is_tried_again(till: Till):
    till.payable(till.work(1), 1_000)
    (made,) = pay_out(till)
    assert till.db.write_now(money.mark_failed, till.by, made.seq, "wrong IBAN").failure == "wrong IBAN"
    assert pay_out(till) == []
    assert till.db.write_now(money.retry, till.by, made.seq).status == "pending"
    assert till.db.write_now(money.mark_paid, till.by, made.seq).status == "completed"
    assert till.wrong() == []


def test_who_may_pay(till: Till, world: World):
    till.payable(till.work(1), 1_000)
    member, stranger = dataclasses.replace(till.by, role="member"), world.stranger().by
    with pytest.raises(Refused):
        till.db.write_now(money.pay_out, member)
    with pytest.raises(Refused):
        till.db.read_now(money.export, member)
    (made,) = pay_out(till)
    for verb in (money.mark_paid, money.mark_failed, money.cancel, money.retry):
        with pytest.raises(Refused):
            till.db.write_now(verb, member, made.seq)
        with pytest.raises(Missing):
            till.db.write_now(verb, stranger, made.seq)
    assert till.db.write_now(money.pay_out, stranger) == []


def test_what_is_owed(till: Till):
    till.payable(till.work(1, 0), 1_000)
    till.earn(till.work(2, 0), 300)
    till.payable(till.work(3, 1), 70)
    pay_out(till)
    rows = till.db.read_now(money.owed, till.by)
    assert {row.email: row.sums for row in rows} == {
        till.people[0].email: money.Sums("usd", accrued=300, paying=1_000),
        till.people[1].email: money.Sums("usd", paying=70),
    }


def test_the_file_to_pay_from(till: Till):
    till.db.write_now(money.put_bank, creator(till, 0), BANK)
    till.payable(till.work(1, 0), 123_45)
    till.payable(till.work(2, 1), 5)
    first, second = pay_out(till)
    rows = list(csv.reader(io.StringIO(till.db.read_now(money.export, till.by))))
    assert rows[1:] == [
        [
            sqid.text(first.seq), "A Creator", till.people[0].email, "USD", "123.45",
            "account holder: Ana Lee; iban: DE89370400440532013000; bic: COBADEFFXXX",
            f"payout {sqid.text(first.seq)}",
        ],
        [
            sqid.text(second.seq), "A Creator", till.people[1].email, "USD", "0.05", "",
            f"payout {sqid.text(second.seq)}",
        ],
    ]  # fmt: skip
    till.db.write_now(money.mark_paid, till.by, first.seq)
    assert len(till.db.read_now(money.export, till.by).splitlines()) == 2


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(1234, "usd", "12.34"), (5, "eur", "0.05"), (500, "jpy", "500"), (1, "kwd", "0.001")],
)
def test_main_units(amount: int, currency: str, text: str):
    assert money.main_units(amount, currency) == text


def test_a_cell_is_no_formula(till: Till):
    from hyway.domain.creators.money.owing import _inert

    assert [_inert(cell) for cell in ("=1+1", "+49", "-2", "@x", "Ana")] == [
        "'=1+1",
        "'+49",
        "'-2",
        "'@x",
        "Ana",
    ]


def test_bank_details_are_under_seal(till: Till):
    by = creator(till)
    made = till.db.write_now(money.put_bank, by, BANK)
    assert (made.provider, made.hint, made.ready) == ("manual", "3000", True)
    assert "DE89" not in made.reference
    again = till.db.write_now(
        money.put_bank, by, {"account_holder": "Ana Lee", "account_number": "12 34 5678"}
    )
    assert again.hint == "5678"
    assert len(till.db.read_now(money.methods, by)) == 1
    till.db.write_now(money.drop_method, by, "manual")
    with pytest.raises(Missing):
        till.db.write_now(money.drop_method, by, "manual")


@pytest.mark.parametrize(
    ("details", "fields"),
    [
        ({}, ["account_holder", "iban"]),
        ({**BANK, "iban": "DE88370400440532013000"}, ["iban"]),
        ({**BANK, "iban": "nonsense"}, ["iban"]),
        ({**BANK, "note": "x" * 201}, ["note"]),
    ],
)
def test_bank_details_are_looked_at(till: Till, details: dict[str, str], fields: list[str]):
    with pytest.raises(Several) as no:
        till.db.write_now(money.put_bank, creator(till), details)
    assert [fault.field for fault in no.value.faults] == fields
