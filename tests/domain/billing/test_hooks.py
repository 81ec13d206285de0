"""What Stripe tells: replayed, reordered, late, of somebody else, and nonsense. The end is the same, each once."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain.billing import hooks, invoices, paying
from hyway.domain.billing.records import Invoice
from hyway.kernel import clock, outbox
from hyway.kernel.clock import DAY, SECOND
from tests.domain.billing.shop import Shop
from tests.make.localstripe import VISA

LIVES = {
    "paid at once": ["draft", "open", "paid"],
    "paid after a refusal": ["draft", "open", "open", "paid"],
    "given up": ["draft", "open", "open", "uncollectible"],
    "given up, then paid": ["draft", "open", "uncollectible", "paid"],
    "given up, then void": ["draft", "open", "uncollectible", "void"],
    "void": ["draft", "open", "void"],
}
ENDS = {"paid": "Paid", "uncollectible": "Uncollectible", "void": "Void"}
_KINDS = {
    "draft": "invoice.created",
    "open": "invoice.finalized",
    "paid": "invoice.paid",
    "uncollectible": "invoice.marked_uncollectible",
    "void": "invoice.voided",
}
_runs = itertools.count()


def about(shop: Shop, of: Invoice, status: str, ref: str) -> dict[str, Any]:
    return {
        "id": ref,
        "object": "invoice",
        "status": status,
        "customer": shop.account.provider_id,
        "total": 0 if status == "draft" else of.total,
        "currency": of.currency.lower(),
        "metadata": {"invoice": of.id, "account": shop.account.id},
        "hosted_invoice_url": None if status == "draft" else f"https://invoice.stripe.com/i/{ref}",
        "invoice_pdf": None if status == "draft" else f"https://pay.stripe.com/invoice/{ref}/pdf",
    }


def life(shop: Shop, of: Invoice, name: str, ref: str) -> list[dict[str, Any]]:
    """The events of an invoice, in the order in which they happened, two in each second."""
    start, run = clock.now() // SECOND, next(_runs)
    return [
        shop.event(_KINDS[status], about(shop, of, status, ref), start + at // 2, f"evt_{run}_{at}")
        for at, status in enumerate(LIVES[name])
    ]


@pytest.fixture
def overdue(shop: Shop) -> Callable[[], Invoice]:
    """A new draft each time, of an account that is past due."""
    shop.add()
    shop.books.choose("pro")
    shop.work()
    return shop.closed


@pytest.mark.parametrize("name", LIVES)
def test_any_order_any_number_of_times(shop: Shop, overdue: Callable[[], Invoice], name: str) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def play(data: st.DataObject) -> None:
        draft = overdue()
        events = life(shop, draft, name, f"in_{draft.seq}")
        again = data.draw(st.lists(st.sampled_from(events), max_size=4))
        for each in data.draw(st.permutations([*events, *again])):
            shop.db.write_now(hooks.hear, each)
        ended = shop.now(draft)
        assert ended.status == ENDS[LIVES[name][-1]]
        assert (ended.provider_id, ended.told_at) == (f"in_{draft.seq}", events[-1]["created"] * SECOND)
        assert ended.http == f"https://invoice.stripe.com/i/in_{draft.seq}"
        assert (ended.paid_at is None, ended.voided_at is None) == (
            ended.status != "Paid",
            ended.status != "Void",
        )
        changes = told_of(shop, draft)
        assert len(changes) == len(set(changes)), "no status is announced twice"
        assert changes[-1] == ended.status

    play()


def told_of(shop: Shop, of: Invoice) -> list[str]:
    """The statuses that were announced of it."""
    said = [each.data for each in shop.facts if each.action == "invoice.changed"]
    return [each["status"] for each in said if each["invoice"] == of.id]


def test_two_invoices_of_a_past_due_account(shop: Shop, overdue: Callable[[], Invoice]) -> None:
    """Whichever way their events mix, the account is active once both are paid, and not before."""
    first, second = overdue(), overdue()
    shop.work()
    shop.books.forward(40 * DAY)
    shop.db.write_now(invoices.chase, clock.now())
    assert shop.books.status == "PastDue"
    for each, status in ((second, "PastDue"), (first, "Active")):
        ref = shop.now(each).provider_id
        shop.hear("invoice.paid", about(shop, each, "paid", ref))
        shop.hear("invoice.payment_failed", about(shop, each, "open", ref))
        assert shop.books.status == status


def test_an_event_counts_once(shop: Shop, overdue: Callable[[], Invoice]) -> None:
    draft = overdue()
    told = shop.event("invoice.paid", about(shop, draft, "paid", "in_1"))
    assert shop.db.write_now(hooks.hear, told) is True
    assert [shop.db.write_now(hooks.hear, told) for _ in range(3)] == [False] * 3
    assert told_of(shop, draft) == ["Paid"]


@pytest.mark.parametrize(
    "other",
    [
        {"customer": "cus_other"},
        {"customer": None},
        {"customer": {"id": "cus_other"}},
        {"total": 1},
        {"total": None},
        {"currency": "eur"},
        {"status": "refunded"},
        {"status": None},
        {"metadata": None},
        {"metadata": {"invoice": "inv_000000000000000000000000"}},
        {"metadata": {"invoice": ["inv"]}},
    ],
)
def test_what_is_not_the_invoice_changes_nothing(
    shop: Shop, overdue: Callable[[], Invoice], other: dict[str, Any]
) -> None:
    draft = overdue()
    shop.hear("invoice.paid", {**about(shop, draft, "paid", "in_1"), **other})
    assert shop.now(draft) == draft
    shop.hear("invoice.paid", about(shop, draft, "paid", "in_1"))
    assert shop.now(draft).status == "Paid"
    shop.hear("invoice.voided", about(shop, draft, "void", "in_2"))
    assert (shop.now(draft).status, shop.now(draft).provider_id) == ("Paid", "in_1")


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"id": 7},
        {"id": "evt\0"},
        {"created": None},
        {"created": True},
        {"created": -1},
        {"created": 2**70},
        {"created": "1"},
        {"data": None},
        {"data": {"object": []}},
        {"data": {"object": {"id": "in\0"}}},
        {"type": "invoice.imagined"},
        {"type": None},
    ],
)
def test_nonsense_is_heard_and_forgotten(
    shop: Shop, overdue: Callable[[], Invoice], odd: dict[str, Any]
) -> None:
    draft = overdue()
    event = shop.event("invoice.paid", about(shop, draft, "paid", "in_1"))
    shop.db.write_now(hooks.hear, {**event, **odd} if odd else {})
    assert shop.now(draft) == draft


def test_decided_here_before_stripe_has_heard(shop: Shop, overdue: Callable[[], Invoice]) -> None:
    """Late word that an invoice is open leads to its being voided there."""
    draft = overdue()
    shop.work()
    shop.db.write_now(invoices.void, shop.books.inside, draft.id)
    while waiting := shop.db.read_now(outbox.waiting):  # the errand is lost
        shop.db.write_now(outbox.taken, [each.seq for each in waiting])
    assert shop.there(draft)["status"] == "open"
    shop.hear("invoice.payment_failed", shop.there(draft))
    assert shop.now(draft).status == "Void"
    shop.work()
    assert shop.there(draft)["status"] == "void"


def test_a_card_is_as_it_is_now_whatever_the_order(shop: Shop) -> None:
    made = shop.add(shop.local.token(VISA, 1, 2030))
    events = []
    for month in (5, 6, 7):
        form = {
            "card[last4]": "1881",
            "card[brand]": "mastercard",
            "card[exp_month]": month,
            "card[exp_year]": 2033,
        }
        told = shop.local.ask("POST", f"/v1/payment_methods/{made.provider_id}", form)
        events.append(shop.event("payment_method.updated", told))
    for each in reversed(events):
        shop.db.write_now(hooks.hear, each)
    shop.work()
    (now,) = shop.methods
    assert (now.card_type, now.last4, now.expiration) == ("Mastercard", "1881", "2033-07")
    assert now.is_default


def test_a_card_that_changes_while_it_is_looked_at(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop.add(shop.local.token(VISA, 1, 2030))
    path = f"/v1/payment_methods/{made.provider_id}"
    told = paying.told

    def late(*args: Any) -> None:
        if not changed:
            changed.append(1)
            form = {
                "card[last4]": "4242",
                "card[brand]": "visa",
                "card[exp_month]": 9,
                "card[exp_year]": 2034,
            }
            shop.local.ask("POST", path, form)
        told(*args)

    changed: list[int] = []
    monkeypatch.setattr(paying, "told", late)
    shop.hear("payment_method.updated", {"id": made.provider_id})
    shop.work()
    assert [each.expiration for each in shop.methods] == ["2034-09"]


def test_a_card_that_was_detached_there(shop: Shop) -> None:
    first, second = shop.add(), shop.add()
    told = shop.local.ask("POST", f"/v1/payment_methods/{first.provider_id}/detach")
    shop.hear("payment_method.detached", told)
    shop.hear("payment_method.updated", {**told, "customer": shop.account.provider_id})
    shop.hear("payment_method.detached", {"id": "pm_unknown"})
    shop.work()
    (left,) = shop.methods
    assert (left.provider_id, left.is_default) == (second.provider_id, True)


def test_a_customer_that_was_deleted_there(shop: Shop) -> None:
    shop.add()
    shop.add()
    shop.hear("customer.deleted", {"id": "cus_other"})
    assert len(shop.methods) == 2
    shop.hear("customer.deleted", {"id": shop.account.provider_id})
    assert shop.methods == []
