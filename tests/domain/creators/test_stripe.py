"""Money through Stripe, against a server that speaks its wire: nothing is sent twice, whatever goes wrong."""

import dataclasses
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hyway.domain.creators import money
from hyway.domain.creators.jobs import money as jobs
from hyway.domain.creators.money import budgeting, destinations, paying
from hyway.domain.creators.money.stripe import flat, units
from hyway.domain.identity import Caller
from hyway.kernel import clock, outbox
from hyway.kernel.faults import Fault, Invalid
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.make import stripe
from tests.make.money import Till, till_at
from tests.make.stripe import SECRET, Stripe, event, signature
from tests.make.world import World

JOBS = {
    paying.SEND: jobs.send_payout,
    budgeting.CHECKOUT: jobs.ask_for_money,
    budgeting.GIVE_BACK: jobs.give_back,
    destinations.INTRODUCE: jobs.introduce,
}


@pytest.fixture
def there() -> Iterator[Stripe]:
    with stripe.serving() as made:
        yield made


@pytest.fixture
def till(world: World) -> Till:
    world.db.house = world.db.house._replace(services=frozenset({"stripe"}))
    return till_at(world.db, world.by)


@pytest.fixture
def means(till: Till, there: Stripe) -> Means:
    return Means(till.db, Outgoing(lambda _: True), {"stripe": there.address})


def creator(till: Till, person: int = 0) -> Caller:
    who = till.people[person]
    return dataclasses.replace(till.by, organization=0, role=None, actor_kind="person", person=who.seq)


def run_errands(means: Means) -> None:
    """What the worker does; one that fails is repeated later."""
    for errand in means.db.read_now(outbox.waiting):
        if errand.topic in JOBS:
            JOBS[errand.topic](means, errand)
        means.db.write_now(outbox.taken, [errand.seq])


def hear(till: Till, id: str, kind: str, about: dict[str, Any]) -> bool:
    return till.db.write_now(money.hear_stripe, json.loads(event(id, kind, about)))


def introduced(till: Till, means: Means, there: Stripe, person: int = 0) -> None:
    """A creator who has an account that can be paid."""
    till.db.write_now(money.put_stripe, creator(till, person))
    run_errands(means)
    account = there.accounts[-1]
    account["capabilities"]["transfers"] = "active"
    hear(till, f"evt_account_{person}", "account.updated", account)


def paid_out(till: Till, means: Means, there: Stripe, amount: int = 1_000) -> money.Payout:
    introduced(till, means, there)
    till.fund(50_000)
    till.payable(till.work(1), amount)
    (made,) = till.db.write_now(money.pay_out, till.by)
    assert made.provider == "stripe"
    return made


def now_of(till: Till, made: money.Payout) -> money.Payout:
    return till.db.read_now(money.payout, till.by, made.seq)


def test_a_creator_introduces_themselves(till: Till, means: Means, there: Stripe):
    by = creator(till)
    made = till.db.write_now(money.put_stripe, by)
    assert (made.ready, till.db.read_now(money.method_link, made)) == (False, None)
    run_errands(means)
    (known,) = till.db.read_now(money.methods, by)
    link = till.db.read_now(money.method_link, known)
    assert link == there.links[0]["url"]
    assert "connect.stripe.com" not in (known.link or "")
    assert there.asked[0][3] == {
        "type": "express",
        "capabilities[transfers][requested]": "true",
        "metadata[person]": str(by.person),
    }
    assert there.asked[1][3] == {
        "account": known.reference,
        "type": "account_onboarding",
        "return_url": "http://localhost:8000/me/earnings",
        "refresh_url": "http://localhost:8000/me/earnings",
    }
    till.db.write_now(money.put_stripe, by)
    run_errands(means)
    assert (len(there.accounts), len(there.links)) == (1, 2), "another link, the same account"
    there.accounts[0]["capabilities"]["transfers"] = "active"
    jobs.reconcile(means)
    assert till.db.read_now(money.methods, by)[0].ready, "it is asked about, if no word comes"


def test_a_payout_is_sent_and_arrives(till: Till, means: Means, there: Stripe):
    made = paid_out(till, means, there)
    run_errands(means)
    assert (now_of(till, made).status, now_of(till, made).provider_ref) == ("sent", "tr_1")
    method, path, headers, form = there.asked[-1]
    assert (method, path) == ("POST", "/v1/transfers")
    assert form == {
        "amount": "1000",
        "currency": "usd",
        "destination": there.accounts[0]["id"],
        "transfer_group": f"hyway-payout-{till.by.organization}-{made.seq}",
        "metadata[payout]": str(made.seq),
        "metadata[organization]": str(till.by.organization),
    }
    assert headers["idempotency-key"] == f"hyway-payout-{till.by.organization}-{made.seq}-1"
    assert headers["stripe-version"]
    assert hear(till, "evt_1", "transfer.created", there.transfers[0])
    assert now_of(till, made).status == "completed"
    assert not hear(till, "evt_1", "transfer.created", there.transfers[0]), "each event once"
    assert till.wrong() == []


def test_without_word_it_is_asked_about(
    till: Till, means: Means, there: Stripe, later: Callable[[int], None]
):
    made = paid_out(till, means, there)
    run_errands(means)
    jobs.reconcile(means)
    assert now_of(till, made).status == "sent", "it is left alone for a while"
    later(3 * clock.MINUTE)
    jobs.reconcile(means)
    assert now_of(till, made).status == "completed"
    assert len(there.transfers) == 1


def test_word_may_come_before_the_answer(till: Till, means: Means, there: Stripe):
    made = paid_out(till, means, there)
    there.trouble = ["lost"]
    run_errands(means)
    assert now_of(till, made).status == "processing"
    hear(till, "evt_1", "transfer.created", there.transfers[0])
    assert now_of(till, made).status == "completed"
    assert till.wrong() == []


@pytest.mark.parametrize(
    "trouble", [["lost"], ["busy"], ["limited"], ["lost", "lost"], ["busy", "lost", "busy"]]
)
def test_an_unclear_outcome_is_never_paid_twice(
    till: Till, means: Means, there: Stripe, later: Callable[[int], None], trouble: list[str]
):
    made = paid_out(till, means, there)
    there.trouble = list(trouble)
    run_errands(means)
    for _ in range(4):
        for verb in (money.cancel, money.mark_paid, money.mark_failed, money.retry):
            if now_of(till, made).status == "processing":
                with pytest.raises(Invalid):
                    till.db.write_now(verb, till.by, made.seq)
        later(3 * clock.MINUTE)
        jobs.reconcile(means)
    assert now_of(till, made).status == "completed"
    assert len(there.transfers) == 1
    assert till.wrong() == []


@pytest.mark.parametrize("was_carried_out", [True, False])
def test_after_a_day_without_an_answer(
    till: Till, means: Means, there: Stripe, later: Callable[[int], None], was_carried_out: bool
):
    made = paid_out(till, means, there)
    there.trouble = ["lost" if was_carried_out else "busy"]
    run_errands(means)
    later(25 * clock.HOUR)
    there._done.clear()  # Stripe has forgotten the keys
    jobs.reconcile(means)
    assert now_of(till, made).status == ("sent" if was_carried_out else "failed")
    assert len(there.transfers) == int(was_carried_out)


def test_a_refused_payout_fails_and_is_tried_again(till: Till, means: Means, there: Stripe):
    made = paid_out(till, means, there)
    there.balance = 10
    run_errands(means)
    failed = now_of(till, made)
    assert (failed.status, failed.failure) == (
        "failed", "Stripe: You have insufficient funds in your Stripe account.",
    )  # fmt: skip
    there.balance = 10_000
    till.db.write_now(money.retry, till.by, made.seq)
    run_errands(means)
    assert now_of(till, made).status == "sent"
    assert there.asked[-1][2]["idempotency-key"].endswith("-2"), "another try has another key"
    assert len(there.transfers) == 1
    assert till.wrong() == []


@pytest.mark.parametrize("was_completed", [True, False])
def test_a_reversed_transfer_can_be_sent_anew(till: Till, means: Means, there: Stripe, was_completed: bool):
    made = paid_out(till, means, there)
    run_errands(means)
    if was_completed:
        hear(till, "evt_1", "transfer.created", there.transfers[0])
    there.transfers[0] |= {"reversed": True, "amount_reversed": 1_000}
    hear(till, "evt_2", "transfer.reversed", there.transfers[0])
    assert now_of(till, made).status == "failed"
    assert till.wrong() == []
    till.db.write_now(money.retry, till.by, made.seq)
    run_errands(means)
    hear(till, "evt_3", "transfer.created", there.transfers[1])
    assert now_of(till, made).status == "completed"
    assert till.wrong() == []


def test_a_person_whose_account_is_not_ready_is_paid_by_hand(till: Till, means: Means, there: Stripe):
    till.db.write_now(money.put_stripe, creator(till))
    run_errands(means)
    till.fund(10_000)
    till.payable(till.work(1), 1_000)
    (made,) = till.db.write_now(money.pay_out, till.by)
    assert made.provider == "manual"


def test_an_account_that_went_away(till: Till, means: Means, there: Stripe):
    made = paid_out(till, means, there)
    till.db.write_now(money.drop_method, creator(till), "stripe")
    run_errands(means)
    assert now_of(till, made).failure == "the person has no account to be paid on"
    assert there.transfers == []
    assert till.db.write_now(money.mark_paid, till.by, made.seq).status == "completed"
    assert till.wrong() == []


def asked_for(till: Till, means: Means, amount: int = 5_000) -> money.Funding:
    made = till.db.write_now(
        money.fund, till.by, "campaign", till.campaign, till.currency, amount, "stripe", "Summer"
    )
    assert made.status == "pending"
    run_errands(means)
    return till.db.read_now(money.funding, till.by, made.seq)


def test_a_funding_is_paid_on_stripes_page(till: Till, means: Means, there: Stripe):
    asked = asked_for(till, means)
    assert asked.checkout_url == there.sessions[0]["url"]
    assert there.asked[-1][3]["line_items[0][price_data][unit_amount]"] == "5000"
    assert there.asked[-1][3]["success_url"].startswith("http://localhost:8000/organizations/")
    assert till.budget() == (0, 0)
    session = there.sessions[0]
    hear(till, "evt_0", "checkout.session.completed", session)
    assert till.budget() == (0, 0), "completed, but its payment is under way"
    hear(till, "evt_1", "checkout.session.async_payment_succeeded", there.pay(session))
    hear(till, "evt_2", "checkout.session.completed", session)
    assert till.budget() == (5_000, 5_000)
    done = till.db.read_now(money.funding, till.by, asked.seq)
    assert (done.status, done.payment_ref, done.checkout_url) == ("succeeded", "pi_cs_test_1", None)
    till.earn(till.work(1), 2_000)
    assert till.db.write_now(money.close, till.by, "campaign", till.campaign) == 3_000
    run_errands(means)
    assert [(each["amount"], each["payment_intent"]) for each in there.refunds] == [(3_000, "pi_cs_test_1")]
    assert till.wrong() == []


@pytest.mark.parametrize("kind", ["checkout.session.expired", "checkout.session.async_payment_failed"])
def test_a_funding_that_is_not_paid_fails(till: Till, means: Means, there: Stripe, kind: str):
    asked = asked_for(till, means)
    hear(till, "evt_1", kind, there.sessions[0])
    assert till.db.read_now(money.funding, till.by, asked.seq).status == "failed"
    assert not till.db.read_now(money.any_fundings, "campaign", till.campaign)
    hear(till, "evt_2", "checkout.session.completed", there.pay(there.sessions[0]))
    assert till.budget() == (0, 0)
    assert till.wrong() == []


def test_a_funding_is_asked_about(till: Till, means: Means, there: Stripe, later: Callable[[int], None]):
    there.trouble = ["lost"]
    asked = asked_for(till, means)
    assert asked.provider_ref is None
    later(3 * clock.MINUTE)
    jobs.reconcile(means)
    assert len(there.sessions) == 1, "asked for under the same key"
    there.pay(there.sessions[0])
    later(3 * clock.MINUTE)
    jobs.reconcile(means)
    assert till.budget() == (5_000, 5_000)
    assert till.wrong() == []


@pytest.mark.parametrize("wrong", [{"amount_total": 1}, {"currency": "eur"}])
def test_another_sum_than_asked_for_counts_for_nothing(
    till: Till, means: Means, there: Stripe, wrong: dict[str, Any]
):
    asked_for(till, means)
    hear(till, "evt_1", "checkout.session.completed", there.pay(there.sessions[0]) | wrong)
    assert till.budget() == (0, 0)


def test_a_refusal_to_say_what_was_sent_decides_nothing(
    till: Till, means: Means, there: Stripe, later: Callable[[int], None]
):
    made = paid_out(till, means, there)
    there.trouble = ["lost", "refuses"]
    run_errands(means)
    later(3 * clock.MINUTE)
    jobs.reconcile(means)
    assert now_of(till, made).status == "processing"
    with pytest.raises(Invalid):
        till.db.write_now(money.mark_paid, till.by, made.seq)
    later(3 * clock.MINUTE)
    jobs.reconcile(means)
    assert now_of(till, made).provider_ref == "tr_1"
    assert len(there.transfers) == 1


@pytest.mark.parametrize("seed", range(4))
def test_random_troubles_never_pay_twice(
    till: Till, means: Means, there: Stripe, later: Callable[[int], None], seed: int
):
    chance = random.Random(seed)
    introduced(till, means, there)
    till.fund(50_000)
    seen = 0
    for n in range(12):
        till.payable(till.work(n + 1), 100 + n)
        made = till.db.write_now(money.pay_out, till.by)
        there.trouble = [chance.choice(["", "lost", "busy", "limited", "refuses"]) for _ in range(6)]
        run_errands(means)
        for each in made:
            verb = chance.choice([money.retry, money.cancel, money.mark_failed, money.mark_paid])
            _try(till, verb, each.seq)
        run_errands(means)
        later(3 * clock.MINUTE)
        jobs.reconcile(means)
        if there.transfers[seen:]:
            hear(till, f"evt_{n}", "transfer.created", there.transfers[-1])
        seen = len(there.transfers)
        assert till.wrong() == []
    there.trouble = []
    for _ in range(3):
        later(3 * clock.MINUTE)
        jobs.reconcile(means)
    groups = [each["transfer_group"] for each in there.transfers]
    assert len(groups) == len(set(groups)) > 0
    rows, _ = till.db.read_now(money.payouts, till.by, 0, 100)
    sent = {row.provider_ref for row in rows if row.provider_ref}
    assert sent == {each["id"] for each in there.transfers}
    assert {row.status for row in rows} <= {"completed", "failed", "canceled"}


def _try(till: Till, verb: Callable[..., Any], seq: int) -> None:
    try:
        till.db.write_now(verb, till.by, seq)
    except Fault:
        return


def test_a_form_of_nested_fields():
    fields = {"a": 1, "b": {"c": "x y", "d": [{"e": 2}, {"e": 3}]}, "n": None}
    assert list(flat(fields)) == [("a", "1"), ("b[c]", "x y"), ("b[d][0][e]", "2"), ("b[d][1][e]", "3")]


@pytest.mark.parametrize(("currency", "sent"), [("usd", 5), ("jpy", 5), ("isk", 500), ("ugx", 500)])
def test_stripe_counts_some_currencies_in_parts_they_do_not_have(currency: str, sent: int):
    assert units(5, currency) == sent


NOW = 1_700_000_000
BODY = event("evt_1", "transfer.created", {"id": "tr_1"})


@pytest.mark.parametrize(
    ("body", "header", "is_heard"),
    [
        (BODY, signature(BODY, NOW), True),
        (BODY, signature(BODY, NOW - 299), True),
        (BODY, signature(BODY, NOW - 301), False),
        (BODY, signature(BODY, NOW + 301), False),
        (BODY + b" ", signature(BODY, NOW), False),
        (BODY, signature(BODY, NOW, "whsec_other"), False),
        (BODY, signature(BODY, NOW).replace("v1=", "v1=00,v1="), True),
        (BODY, signature(BODY, NOW).replace("v1=", "v0="), False),
        (BODY, signature(BODY, NOW).replace("t=", "t=1,t="), False),
        (BODY, "", False),
        (BODY, "t=x,v1=é", False),
        (b"[1]", signature(b"[1]", NOW), False),
        (b"no json", signature(b"no json", NOW), False),
    ],
)
def test_only_what_is_signed_and_fresh_is_heard(body: bytes, header: str, is_heard: bool):
    assert (money.stripe_event(body, header, SECRET, NOW * clock.SECOND) is not None) is is_heard
    several = f"whsec_accounts, {SECRET}"
    assert (money.stripe_event(body, header, several, NOW * clock.SECOND) is not None) is is_heard


@pytest.mark.parametrize("secret", ["", ",", " , "])
def test_without_a_secret_nothing_is_heard(secret: str):
    assert money.stripe_event(BODY, signature(BODY, NOW, ""), secret, NOW * clock.SECOND) is None
