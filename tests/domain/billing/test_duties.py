"""What Stripe has yet to be told is told, however long it does not listen; and customers that it has lost."""

from typing import Any

import pytest

from hyway.domain import billing
from hyway.domain.billing import duties, invoices, jobs, paying
from hyway.domain.billing.store import duties as store
from hyway.domain.billing.waiting import Kind
from hyway.kernel import outbox
from hyway.kernel.clock import DAY, HOUR
from tests.domain.billing.shop import Shop


def left(shop: Shop) -> list[str]:
    return [each.kind for each in shop.db.read_now(store.due, 2**60, 50)]


def lose_errands(shop: Shop) -> None:
    """As if each had been tried in vain for good, or the process killed."""
    while errands := shop.db.read_now(outbox.waiting):
        shop.db.write_now(outbox.taken, [each.seq for each in errands])


def test_told_when_stripe_listens_again(shop: Shop) -> None:
    first, second = shop.add(), shop.add()
    shop.work()
    by, id = shop.books.ann, shop.books.id
    shop.db.write_now(paying.prefer, by, id, second.provider_id)
    shop.db.write_now(paying.drop, by, id, first.provider_id)
    shop.db.write_now(billing.accounts.change, by, id, {"name": "Renamed"})
    shop.local.trouble[:] = ["busy"] * 3
    shop.work()
    assert sorted(left(shop)) == ["describe", "prefer", "remove"]
    for _ in range(20):  # hours and hours
        shop.local.trouble[:] = ["busy"]
        shop.books.forward(HOUR)
        jobs.do_duties(shop.means)
    shop.local.trouble.clear()
    for _ in range(3):
        shop.books.forward(DAY)
        jobs.do_duties(shop.means)
    assert left(shop) == []
    (customer,) = shop.local.everything("customer")
    assert customer["name"] == "Renamed"
    assert customer["invoice_settings"]["default_payment_method"] == second.provider_id
    of = {each["id"]: each["customer"] for each in shop.local.everything("payment_method")}
    assert of[first.provider_id] is None


def test_a_lost_errand_is_no_lost_duty(shop: Shop) -> None:
    made = shop.add()
    lose_errands(shop)
    shop.books.forward(HOUR)
    jobs.do_duties(shop.means)
    (customer,) = shop.local.everything("customer")
    assert customer["invoice_settings"]["default_payment_method"] == made.provider_id
    asked = len(shop.local.asked)
    jobs.do_duties(shop.means)
    assert len(shop.local.asked) == asked


def test_one_that_changes_while_it_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who tell at once, the slower one does not have the last word with what is old."""
    first, second = shop.add(), shop.add()
    ask = type(shop.stripe).prefer

    def slow(self: Any, customer: str, method: str) -> None:
        if not changed:
            changed.append(1)
            shop.db.write_now(paying.prefer, shop.books.ann, shop.books.id, second.provider_id)
            ask(self, customer, second.provider_id)
        ask(self, customer, method)

    changed: list[int] = []
    monkeypatch.setattr(type(shop.stripe), "prefer", slow)
    shop.work()
    (customer,) = shop.local.everything("customer")
    assert (changed, customer["invoice_settings"]["default_payment_method"]) == ([1], second.provider_id)
    assert first.is_default
    assert left(shop) == []


def test_who_did_an_older_one_does_not_cross_out_the_newer(shop: Shop) -> None:
    shop.add()
    old = shop.db.read_now(store.find, "prefer", shop.account.seq, "")
    shop.db.write_now(duties.owe, "prefer", shop.account.seq)
    assert old is not None
    shop.db.write_now(store.done, old)
    assert left(shop) == ["prefer"]


@pytest.mark.parametrize("kind", ["look", "remove"])
def test_an_answer_about_something_else_is_no_answer(shop: Shop, kind: Kind) -> None:
    made = shop.add()
    shop.work()
    shop.db.write_now(duties.owe, kind, shop.account.seq, made.provider_id)
    shop.local.trouble[:] = ["odd"]
    shop.work()
    assert (left(shop), len(shop.methods)) == ([kind], 1)


def test_a_customer_that_was_deleted_without_a_word(shop: Shop) -> None:
    shop.add()
    shop.work()
    gone = shop.account.provider_id
    shop.local.ask("DELETE", f"/v1/customers/{gone}")
    made = shop.add()
    assert shop.account.provider_id not in (None, gone)
    assert [each.provider_id for each in shop.methods] == [made.provider_id]


def test_an_invoice_of_an_account_whose_customer_is_gone(shop: Shop) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.work()
    shop.local.ask("DELETE", f"/v1/customers/{shop.account.provider_id}")
    opened = shop.opened()
    assert opened.status == "Open"
    there = shop.there(opened)
    assert (there["collection_method"], there["customer"]) == ("send_invoice", shop.account.provider_id)


def test_a_card_that_went_without_a_word_does_not_hold_an_invoice(shop: Shop) -> None:
    made = shop.add()
    shop.books.choose("pro")
    shop.work()
    shop.local.ask("POST", f"/v1/payment_methods/{made.provider_id}/detach")
    draft = shop.closed()
    shop.work()
    shop.books.forward(HOUR)
    jobs.issue_again(shop.means)
    assert (shop.methods, shop.now(draft).status) == ([], "Open")
    assert shop.there(draft)["collection_method"] == "send_invoice"


def test_another_address_after_a_customer_was_made(shop: Shop) -> None:
    """Stripe refuses a key that comes again with other words."""
    customer = shop.stripe.customer(shop.account)
    shop.db.write_now(billing.accounts.change, shop.books.ann, shop.books.id, {"email": "new@acme.example"})
    assert shop.stripe.customer(shop.account) != customer
    shop.add()
    assert len(shop.methods) == 1


def test_invoices_that_refuse_hold_no_others(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.work()
    first, second = shop.opened(), shop.opened()
    shop.db.write_now(invoices.paid, shop.books.inside, first.id)
    lose_errands(shop)
    shop.local.ask("POST", f"/v1/invoices/{first.provider_id}/mark_uncollectible")
    shop.books.forward(2 * HOUR)
    monkeypatch.setattr(type(shop.stripe), "settle", _refuses)
    monkeypatch.setattr(jobs, "_LOOKS_AT_ONCE", 1)
    shop.local.ask("POST", f"/v1/invoices/{second.provider_id}/pay")
    for _ in range(3):
        jobs.look_at_invoices(shop.means)
    assert shop.now(second).status == "Paid"


def _refuses(*_: Any) -> None:
    raise billing.payments.Declined("no")
