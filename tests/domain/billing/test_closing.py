"""Cycles that end: invoiced once, with what was used in them, whatever is interrupted."""

import threading
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain.billing import Invoice, closing, invoices, jobs, promos, showing, subscriptions
from hyway.domain.billing.payments import Issued
from hyway.domain.billing.records import InvoiceStatus
from hyway.domain.billing.store import invoices as store
from hyway.kernel import clock, outbox
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.db import Write
from hyway.kernel.faults import Missing, Taken
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.domain.billing.conftest import Books


def means(books: Books) -> Means:
    return Means(books.db, Outgoing(lambda _: False))


def every(books: Books) -> list[Invoice]:
    return books.db.read_now(invoices.every)


def test_a_plan_that_costs_nothing_has_no_invoices(books: Books) -> None:
    books.count("link.created", 10_000)
    number = books.subscription.cycle
    books.to_the_end()
    assert books.close() is None
    assert books.subscription.cycle == number + 1
    assert every(books) == []


def test_a_whole_cycle_of_a_plan(books: Books) -> None:
    books.to_the_end()
    books.close()
    books.forward(2 * DAY)
    books.choose("business")  # two days and three hours late
    books.to_the_end()
    partly = books.close()
    assert partly is not None
    assert 18_000 < partly.total < 19_000
    books.to_the_end()
    whole = books.close()
    assert whole is not None
    assert (whole.subtotal, whole.discount, whole.tax, whole.total) == (19_900, 0, 0, 19_900)
    assert (whole.status, whole.number, whole.due_at) == ("Draft", "", None)
    assert whole.period_start == partly.period_end
    assert [(each.kind, each.name, each.amount) for each in whole.lines] == [("plan", "business", 19_900)]


def test_usage_beyond_what_is_included(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    books.close()
    books.count("toggle.evaluations", 1_000_000)
    books.forward(DAY)
    books.count("toggle.evaluations", 250_000)
    books.count("env.push", 5)
    books.to_the_end()
    made = books.close()
    assert made is not None
    # A quarter of a million at 10 millionths of a dollar.
    assert [(each.name, each.quantity, each.amount) for each in made.lines] == [
        ("pro", made.lines[0].quantity, 2_900),
        ("toggle.evaluations", 250_000, 250),
    ]
    assert made.total == 3_150


def test_no_midnight_makes_usage_cheaper(books: Books) -> None:
    """On the free plan when each day begins, and at work on the other one."""
    books.choose("pro")
    books.to_the_end()
    books.close()
    for _ in range(10):
        books.forward(DAY - clock.now() % DAY - HOUR)
        books.choose("free")
        books.forward(2 * HOUR)
        books.choose("pro")
        books.count("toggle.evaluations", 1_000_000)
    books.forward(HOUR)
    books.db.write_now(subscriptions.move, books.ann, books.id, "Paused")
    books.count("toggle.evaluations", 1_000_000)  # this one is nobody's
    books.to_the_end()
    made = books.close()
    assert made is not None
    (usage,) = [each for each in made.lines if each.kind == "usage"]
    assert 9_000_000 < usage.quantity < 10_000_000
    assert usage.plan == "pro"


def test_what_was_counted_while_it_was_paused_costs_nothing(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    books.close()
    books.db.write_now(subscriptions.move, books.ann, books.id, "Paused")
    books.forward(2 * DAY)
    books.count("toggle.evaluations", 50_000_000)
    books.to_the_end()
    made = books.close()
    assert made is None or [each.kind for each in made.lines] == ["plan"]


def test_a_cycle_is_closed_once_however_many_try(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    made: list[Invoice | None] = []
    threads = [threading.Thread(target=lambda: made.append(books.close())) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len([each for each in made if each is not None]) == 1
    assert len(every(books)) == 1


def test_none_before_its_end_has_settled(books: Books) -> None:
    books.choose("pro")
    books.forward(books.subscription.closes_at + HOUR - clock.now() - DAY // 24 // 60)
    assert books.close() is None
    assert books.db.read_now(closing.due, clock.now()) == []
    books.forward(2 * HOUR)
    assert books.db.read_now(closing.due, clock.now()) == [books.account.seq]
    assert books.close() is not None


def test_months_that_nobody_was_there_are_closed_one_by_one(books: Books) -> None:
    books.choose("pro")
    books.forward(100 * DAY)
    jobs.close_cycles(means(books))
    found = every(books)[::-1]
    assert [each.cycle for each in found] == list(range(1, len(found) + 1))
    assert len(found) == 3
    assert all(a.period_end == b.period_start for a, b in pairwise(found))
    assert books.subscription.closes_at > clock.now() - HOUR


def test_the_errand_opens_it_with_a_number_and_a_due_date(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    jobs.close_cycles(means(books))
    (errand,) = [each for each in books.db.read_now(outbox.waiting) if each.topic == invoices.ISSUE]
    for _ in range(2):  # twice is once
        jobs.issue(means(books), errand)
    (made,) = every(books)
    assert (made.status, made.number) == ("Open", f"{books.id[5:13].upper()}-0001")
    assert made.due_at is not None
    assert 14 * DAY <= made.due_at - clock.now() <= 15 * DAY
    assert books.invoiced().number.endswith("-0002")


def test_a_draft_whose_errand_was_lost_is_issued_later(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    jobs.close_cycles(means(books))
    jobs.issue_again(means(books))
    assert every(books)[0].status == "Draft"
    books.forward(HOUR)
    jobs.issue_again(means(books))
    assert every(books)[0].status == "Open"


def test_overdue_and_paid(books: Books) -> None:
    books.choose("pro")
    made = books.invoiced()
    books.forward(14 * DAY)
    jobs.chase(means(books))
    assert books.status == "Active"
    books.forward(DAY)
    jobs.chase(means(books))
    assert books.status == "PastDue"
    paid = books.db.write_now(invoices.paid, books.inside, made.number)
    assert (paid.status, books.status) == ("Paid", "Active")
    assert paid.paid_at is not None
    assert books.db.write_now(invoices.paid, books.inside, made.id) == paid
    with pytest.raises(Taken):
        books.db.write_now(invoices.void, books.inside, made.id)
    with pytest.raises(Missing):
        books.db.write_now(invoices.paid, books.inside, "none")


def test_codes_take_something_off_as_many_cycles_as_they_last(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    books.close()
    books.db.write_now(promos.create, "half", points=5_000, cycles=1)
    books.db.write_now(promos.create, "TEN", amount=1_000)
    books.db.write_now(promos.enter, books.account, ["HALF", "ten"])
    totals = []
    for _ in range(2):
        books.to_the_end()
        made = books.close()
        assert made is not None
        totals.append((made.discount, made.total))
    assert totals == [(2_450, 450), (1_000, 1_900)]
    books.db.write_now(promos.enter, books.account, [])
    books.db.write_now(promos.enter, books.account, ["HALF"])  # leaving it does not make it new
    books.to_the_end()
    last = books.close()
    assert last is not None
    assert last.discount == 0


def test_what_is_all_taken_off_is_paid(books: Books) -> None:
    books.choose("pro")
    books.db.write_now(promos.create, "FREE", points=10_000)
    books.db.write_now(promos.enter, books.account, ["FREE"])
    books.to_the_end()
    made = books.close()
    assert made is not None
    assert (made.total, made.status, made.number[-5:]) == (0, "Paid", "-0001")
    assert [each.topic for each in books.db.read_now(outbox.waiting)] == []


def test_an_invoice_stays_what_it_was(books: Books) -> None:
    books.choose("pro")
    books.forward(DAY)
    books.count("net_info.requests", 500_000)
    made = books.invoiced()
    assert [each.kind for each in made.lines] == ["plan", "plan", "usage"]
    bill = books.db.read_now(invoices.recomputed, made)
    assert (bill.lines, bill.subtotal, bill.tax, bill.total) == (
        made.lines,
        made.subtotal,
        made.tax,
        made.total,
    )
    books.count("net_info.requests", 500_000)
    books.choose("business")
    assert books.db.read_now(invoices.recomputed, made) == bill


def test_the_preview_is_what_the_invoice_will_be(books: Books) -> None:
    books.choose("pro")
    books.forward(DAY)
    books.count("net_info.requests", 500_000)
    books.forward(5 * DAY)
    seen = books.db.read_now(closing.preview, books.account)
    assert seen.forecast.total > seen.bill.total
    shown = books.db.read_now(showing.whole, books.ann, books.id)
    assert shown.cycles[0].due == seen.bill.total
    made = books.invoiced()
    assert made.total == seen.bill.total
    after = books.db.read_now(showing.whole, books.ann, books.id)
    assert [each.due for each in after.cycles] == [2_900, made.total]
    assert [each.id for each in after.invoices] == [made.id]


STATUSES: list[InvoiceStatus] = ["Open", "Uncollectible", "Paid"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.permutations([*STATUSES, *STATUSES]), late=st.integers(0, 5))
def test_word_of_it_in_any_order_leads_to_the_same(
    books: Books, told: list[InvoiceStatus], late: int
) -> None:
    """Also where word comes before the answer to the request that made it."""
    books.choose("pro")
    books.to_the_end()
    draft = books.close()
    assert draft is not None
    books.db.write_now(_of_stripe, draft.seq)
    books.db.write_now(invoices.draft, draft.seq, clock.now())
    ref = f"in_{draft.seq}"
    for at, status in enumerate(told):
        if at == late:
            books.db.write_now(invoices.issued, draft.seq, Issued(ref, http="https://pay.example/first"))
        page = f"https://pay.example/{status}"
        stamp = 1 + STATUSES.index(status)
        books.db.write_now(invoices.told, "Stripe", ref, status, stamp, ours=draft.id, http=page)
    made = books.db.read_now(invoices.named, draft.id)
    assert (made.status, made.provider_id, made.told_at) == ("Paid", ref, 3)
    assert made.http == "https://pay.example/Paid"
    assert not books.db.write_now(invoices.told, "Stripe", "in_other", "Void", 9, ours=draft.id)
    assert not books.db.write_now(invoices.told, "Stripe", "in_none", "Void", 9)
    assert books.db.read_now(invoices.named, draft.id) == made


def test_a_draft_is_not_paid_and_one_that_was_voided_is_not_issued(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    draft = books.close()
    assert draft is not None
    with pytest.raises(Taken):
        books.db.write_now(invoices.paid, books.inside, draft.id)
    books.db.write_now(_of_stripe, draft.seq)
    found = books.db.write_now(invoices.draft, draft.seq, clock.now())
    books.db.write_now(invoices.void, books.inside, draft.id)  # while its provider is asked
    books.db.write_now(invoices.issued, draft.seq, Issued("in_1"))
    assert found is not None
    made = books.db.read_now(invoices.named, draft.id)
    assert (made.status, made.provider_id) == ("Void", "in_1")
    (errand,) = [each for each in books.db.read_now(outbox.waiting) if each.topic == invoices.SETTLE]
    assert errand.payload == {"invoice": draft.seq}
    assert books.db.write_now(invoices.draft, draft.seq, clock.now()) is None


def _of_stripe(w: Write, seq: int) -> None:
    store.change(w, seq, provider="Stripe")


def test_a_month_has_the_same_price_however_it_is_cut(books: Books) -> None:
    books.to_the_end()
    books.close()
    books.choose("pro")
    books.to_the_end()
    books.close()
    for _ in range(4):
        books.forward(5 * DAY)
        books.db.write_now(subscriptions.put, books.inside, books.account, "business")
        books.db.write_now(subscriptions.put, books.inside, books.account, "pro")
    books.to_the_end()
    made = books.close()
    assert made is not None
    assert made.total == pytest.approx(2_900, abs=1)
