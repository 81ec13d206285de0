"""A card that is entered on Stripe's own page: taken once, for the account that asked, whoever tells of it."""

from typing import Any

import pytest
from localstripe.errors import UserError

from hyway.domain import billing, identity
from hyway.domain.billing import cards, hooks, jobs, paying
from hyway.domain.billing.store import duties as store
from hyway.kernel import outbox
from hyway.kernel.clock import DAY, MINUTE
from hyway.kernel.faults import Missing, Taken
from tests.domain.billing.shop import Shop
from tests.make.checkout import ASKS, CheckoutSession
from tests.make.localstripe import DECLINED
from tests.make.people import somebody

BACK = "http://go.example/console/billing/cards/"


def begin(shop: Shop) -> tuple[str, str]:
    """The address of the page, and our name of it."""
    url = cards.begin(shop.db, shop.desk, shop.books.ann, shop.books.id, BACK)
    session = session_of(shop, url)
    return url, session["client_reference_id"]


def session_of(shop: Shop, url: str) -> dict[str, Any]:
    (found,) = [
        each for each in shop.local.everything("checkout.session") if each["id"] == url.split("/")[-1]
    ]
    return found


def finish(shop: Shop, page: str) -> billing.Method | None:
    return cards.finish(shop.db, shop.desk, shop.books.ann, page)


def test_entered_and_taken_once(shop: Shop) -> None:
    url, page = begin(shop)
    session = session_of(shop, url)
    assert session["success_url"] == session["cancel_url"] == BACK + page
    assert finish(shop, page) is None, "nothing was entered yet"
    shop.local.enter(url)
    told = shop.event("checkout.session.completed", session_of(shop, url))
    made = finish(shop, page)
    assert made is not None
    assert (made.last4, made.is_default, made.provider) == ("4242", True, "Stripe")
    assert shop.account.provider_id == session["customer"]
    assert finish(shop, page) == made, "who reloads adds nothing"
    shop.db.write_now(hooks.hear, told)
    shop.work()
    shop.books.forward(DAY)
    jobs.do_duties(shop.means)
    assert shop.methods == [made]
    assert shop.db.read_now(store.due, 2**60, 10) == []


def test_nobody_comes_back_and_stripe_tells(shop: Shop) -> None:
    url, _ = begin(shop)
    shop.local.enter(url)
    told = shop.event("checkout.session.completed", session_of(shop, url))
    shop.db.write_now(hooks.hear, told)
    shop.db.write_now(hooks.hear, {**told, "id": "evt_again"})
    shop.work()
    assert [each.last4 for each in shop.methods] == ["4242"]


def test_nobody_comes_back_and_nobody_tells(shop: Shop) -> None:
    url, _ = begin(shop)
    shop.books.forward(5 * MINUTE)
    jobs.do_duties(shop.means)
    shop.local.enter(url)
    for _ in range(6):
        shop.books.forward(10 * MINUTE)
        jobs.do_duties(shop.means)
    assert [each.last4 for each in shop.methods] == ["4242"]


def test_killed_before_the_page_had_a_name(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe has made it, and we never wrote so; the person has its address all the same, from a second try, say."""
    with monkeypatch.context() as patch:
        patch.setattr(cards, "_named", lambda *_: None)
        url, _ = begin(shop)
    shop.local.enter(url)
    shop.hear("checkout.session.completed", session_of(shop, url))
    shop.work()
    assert [each.last4 for each in shop.methods] == ["4242"]


def test_the_bank_has_a_question(shop: Shop) -> None:
    url, page = begin(shop)
    shop.local.enter(url, ASKS)
    assert finish(shop, page) is None
    shop.local.enter(url, ASKS, proved=True)
    assert getattr(finish(shop, page), "last4", "") == ASKS[-4:]


def test_a_card_that_is_declined_and_then_a_better_one(shop: Shop) -> None:
    url, page = begin(shop)
    with pytest.raises(UserError):
        shop.local.enter(url, DECLINED)
    assert finish(shop, page) is None
    shop.local.enter(url)
    assert finish(shop, page) is not None


def test_a_page_is_its_accounts(shop: Shop) -> None:
    url, page = begin(shop)
    shop.local.enter(url)
    bob = somebody(shop.db, "Bob")
    other = shop.db.write_now(identity.organizations.establish, bob, {"name": "Other"})
    for by in (bob, identity.command_line(other)):
        with pytest.raises(Missing):
            cards.finish(shop.db, shop.desk, by, page)
    for name in ("", "page_\0", "page_0", "page_" + "0" * 24):
        with pytest.raises(Missing):
            finish(shop, name)
    assert shop.methods == []
    assert finish(shop, page) is not None


@pytest.mark.parametrize(
    "other",
    [{"client_reference_id": "page_" + "0" * 24}, {"customer": "cus_other"}, {"metadata": {"page": "x"}}],
)
def test_a_page_that_was_opened_by_others(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    url, page = begin(shop)
    shop.local.enter(url)
    found: Any = CheckoutSession._api_retrieve(url.split("/")[-1])
    for name, value in other.items():
        setattr(found, name, value)
    with pytest.raises(Taken):
        finish(shop, page)
    assert shop.methods == []


@pytest.mark.parametrize("mode", ["payment", "subscription", None])
def test_other_pages_are_others(shop: Shop, mode: str | None) -> None:
    url, _ = begin(shop)
    shop.local.enter(url)
    shop.hear("checkout.session.completed", {**session_of(shop, url), "mode": mode})
    assert [each.topic for each in shop.db.read_now(outbox.waiting) if each.topic == "billing.duty"] == []


@pytest.mark.parametrize("trouble", ["lost", "busy", "nonsense", "odd"])
@pytest.mark.parametrize("at", [0, 1])
def test_asked_again_after_trouble(shop: Shop, trouble: str, at: int) -> None:
    url, page = begin(shop)
    shop.local.enter(url)
    shop.local.trouble[:] = [*[""] * at, trouble]
    with pytest.raises(Taken):
        finish(shop, page)
    assert shop.methods == []
    assert finish(shop, page) is not None
    assert len(shop.methods) == 1


def test_too_many_pages_and_pages_that_are_old(shop: Shop) -> None:
    for _ in range(20):
        begin(shop)
    with pytest.raises(Taken, match="too often"):
        begin(shop)
    shop.books.forward(DAY + MINUTE)
    jobs.do_duties(shop.means)
    assert shop.db.read_now(store.due, 2**60, 50) == [], "they are over, and nobody is asked again"
    begin(shop)


def test_without_the_operators_wish_no_card_is_taken(shop: Shop) -> None:
    desk = paying.Desk({"stripe": shop.local.address}, shop.means.outgoing)
    with pytest.raises(Taken, match="takes no cards"):
        cards.begin(shop.db, desk, shop.books.ann, shop.books.id, BACK)
    assert shop.local.asked == []


def test_an_account_that_is_full_keeps_no_more(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    url, page = begin(shop)
    shop.add()
    monkeypatch.setattr(paying, "_MOST", 1)
    shop.local.enter(url)
    assert finish(shop, page) is None
    shop.work()
    kept = [each for each in shop.local.everything("payment_method") if each["customer"]]
    assert [each["id"] for each in kept] == [each.provider_id for each in shop.methods]


def test_a_bank_that_asks_about_an_invoice(shop: Shop) -> None:
    """It stays open with Stripe's page of it, on which the payer answers; that it was paid comes by word."""
    shop.add()
    shop.books.choose("pro")
    shop.work()
    opened = shop.opened()
    there = {**shop.there(opened), "attempt_count": 1}
    for kind in ("invoice.payment_action_required", "invoice.payment_failed"):
        shop.hear(kind, there)
    assert (shop.now(opened).status, shop.now(opened).http) == ("Open", there["hosted_invoice_url"])
    shop.books.forward(16 * DAY)
    jobs.chase(shop.means)
    assert shop.books.status == "PastDue"
    shop.local.ask("POST", f"/v1/invoices/{opened.provider_id}/pay", {"paid_out_of_band": "true"})
    shop.hear("invoice.paid", shop.there(opened))
    shop.hear("invoice.payment_action_required", there)
    assert (shop.now(opened).status, shop.books.status) == ("Paid", "Active")
