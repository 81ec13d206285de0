"""Ways to pay and invoices at Stripe: made once whatever is lost, and never half."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain import billing, identity
from hyway.domain.billing import invoices, jobs, paying, plans, stripe_forms, subscriptions
from hyway.domain.billing.payments import Declined, Unclear
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.faults import Missing, Taken
from tests.domain.billing.shop import Shop
from tests.make.localstripe import DECLINED, KEY

TROUBLES = ("lost", "busy", "limited", "nonsense", "odd")


def test_a_token_becomes_a_way_to_pay(shop: Shop) -> None:
    made = shop.add(shop.local.token(month=3, year=2032))
    assert (made.type, made.card_type, made.last4, made.expiration) == ("Card", "Visa", "4242", "2032-03")
    assert (made.provider, made.is_default) == ("Stripe", True)
    account = shop.account
    (customer,) = shop.local.everything("customer")
    assert (account.provider, account.provider_id) == ("Stripe", customer["id"])
    assert (customer["name"], customer["email"]) == (account.name, account.email)
    assert customer["metadata"] == {"account": account.id}
    shop.work()
    (customer,) = shop.local.everything("customer")
    assert customer["invoice_settings"]["default_payment_method"] == made.provider_id


def test_the_second_is_the_same_customers(shop: Shop) -> None:
    first, second = shop.add(), shop.add()
    assert [each.is_default for each in shop.methods] == [True, False]
    shop.db.write_now(paying.prefer, shop.books.ann, shop.books.id, second.provider_id)
    shop.work()
    (customer,) = shop.local.everything("customer")
    assert customer["invoice_settings"]["default_payment_method"] == second.provider_id
    shop.db.write_now(paying.drop, shop.books.ann, shop.books.id, first.provider_id)
    shop.work()
    of = {each["id"]: each["customer"] for each in shop.local.everything("payment_method")}
    assert of == {first.provider_id: None, second.provider_id: customer["id"]}
    shop.stripe.remove(first.provider_id)
    shop.stripe.remove("pm_none")
    assert shop.local.paths().count(f"/v1/payment_methods/{first.provider_id}/detach") == 1


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "ctoken_none",
        "ctoken_../customers",
        "ctoken_é",
        "ctoken_\0",
        "offline_transfer",
        "pm_card_visa",
    ],
)
def test_tokens_that_are_none(shop: Shop, token: str) -> None:
    with pytest.raises(Missing):
        paying.add(shop.db, shop.desk, shop.books.ann, shop.books.id, token)
    assert shop.methods == []
    assert shop.account.provider == "Offline"


def test_a_token_is_spent_once_and_by_one_account(shop: Shop) -> None:
    token = shop.local.token()
    kept = shop.add(token)
    with pytest.raises(Taken, match="already"):
        shop.add(token)
    other = shop.db.write_now(identity.organizations.establish, shop.books.ann, {"name": "Second"})
    second = shop.db.read_now(billing.accounts.of, other.seq)
    with pytest.raises(Missing):
        paying.add(shop.db, shop.desk, shop.books.ann, second.id, token)
    assert [each.provider_id for each in shop.methods] == [kept.provider_id]
    assert shop.db.read_now(paying.of, second) == []
    assert len(shop.local.everything("payment_method")) == 1


def test_a_token_that_is_too_old(shop: Shop) -> None:
    token = shop.local.token()
    shop.books.forward(13 * HOUR)
    with pytest.raises(Missing):
        shop.add(token)
    assert shop.local.everything("setup_intent") == []


def test_a_card_that_is_declined(shop: Shop) -> None:
    token = shop.local.token(DECLINED)
    for _ in range(2):
        with pytest.raises(Taken) as refused:
            shop.add(token)
        assert "declined" in refused.value.facts["why"]
    assert shop.methods == []
    assert shop.account.provider == "Offline"
    shop.add()
    assert len(shop.local.everything("customer")) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("at", range(6))
def test_asked_again_after_trouble(shop: Shop, trouble: str, at: int) -> None:
    token = shop.local.token()
    shop.local.asked.clear()
    shop.local.trouble[:] = [*[""] * at, trouble]
    with pytest.raises((Taken, Missing)) as refused:
        shop.add(token)
    assert len(shop.local.asked) == at + 1, "six questions, and the last one was not answered"
    assert isinstance(refused.value, Taken), "it is not the token's fault"
    assert shop.methods == []
    made = shop.add(token)
    assert [each.provider_id for each in shop.methods] == [made.provider_id]
    assert len(shop.local.everything("customer")) == 1
    assert len(shop.local.everything("payment_method")) == 1


def test_a_key_that_is_not_ours_is_not_told(shop: Shop) -> None:
    address = shop.local.address.replace(KEY, "sk_test_other")
    desk = paying.Desk({"stripe": address, "billing": address}, shop.means.outgoing)
    with pytest.raises(Taken) as refused:
        paying.add(shop.db, desk, shop.books.ann, shop.books.id, "ctoken_1")
    assert "sk_" not in f"{refused.value} {refused.value.facts}"
    nowhere = paying.Desk(
        dict.fromkeys(("stripe", "billing"), f"http://{KEY}@127.0.0.1:1"), shop.means.outgoing
    )
    with pytest.raises(Unclear) as unclear:
        nowhere.of(shop.db, "Stripe").customer(shop.account)
    assert KEY not in str(unclear.value)


def test_the_machine_is_not_described(shop: Shop) -> None:
    shop.add()
    theirs = [
        each for each in shop.local.headers if not each.get("User-Agent", "").startswith("python-httpx")
    ]
    assert theirs
    assert not {name for each in theirs for name in each if re.search("(?i)agent|telemetry", name)}


def test_who_the_account_is_now(shop: Shop) -> None:
    shop.add()
    fields = {
        "name": "Acme Ltd",
        "phone": "+44 20 7946 0000",
        "address": {"locality": "London", "country": "GB"},
    }
    shop.db.write_now(billing.accounts.change, shop.books.ann, shop.books.id, fields)
    shop.work()
    (customer,) = shop.local.everything("customer")
    assert (customer["name"], customer["phone"]) == ("Acme Ltd", "+44 20 7946 0000")
    assert (customer["address"]["city"], customer["address"]["country"]) == ("London", "GB")
    shop.db.write_now(
        billing.accounts.change, shop.books.ann, shop.books.id, {"phone": None, "address": None}
    )
    shop.work()
    (customer,) = shop.local.everything("customer")
    assert (customer["phone"], customer["address"]) == ("", "")


def test_an_invoice_there_is_the_one_here(shop: Shop) -> None:
    method = shop.add()
    shop.books.choose("pro")
    shop.books.to_the_end()
    shop.books.close()
    shop.books.count("link.created", 100_000)
    opened = shop.opened()
    there = shop.there(opened)
    assert (opened.status, there["status"]) == ("Open", "open")
    assert (opened.provider, opened.provider_id) == ("Stripe", there["id"])
    assert opened.number == there["number"]
    assert opened.http == f"https://invoice.stripe.com/i/{there['id']}"
    assert opened.pdf == f"https://pay.stripe.com/invoice/{there['id']}/pdf"
    assert (there["total"], there["currency"]) == (opened.total, opened.currency.lower())
    assert there["customer"] == shop.account.provider_id
    assert (there["collection_method"], there["default_payment_method"]) == (
        "charge_automatically",
        method.provider_id,
    )
    amounts = [each["amount"] for each in there["lines"]["data"]]
    assert sum(amounts) == opened.total
    assert amounts == [each.amount for each in opened.lines if each.amount]


def test_tax_and_discounts_come_to_the_same_cent(shop: Shop) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.db.write_now(billing.promos.create, "THIRD", points=3_333)
    shop.db.write_now(billing.accounts.change, shop.books.ann, shop.books.id, {"promo_codes": ["THIRD"]})
    shop.db.write_now(billing.accounts.tax, shop.books.inside, shop.account, 1_975)
    opened = shop.opened()
    assert opened.tax > 0
    assert opened.discount > 0
    there = shop.there(opened)
    assert there["total"] == opened.total
    last = there["lines"]["data"][-1]
    assert (last["description"], last["amount"]) == ("Tax, 19.75 %", opened.tax)


def test_without_a_way_to_pay_it_is_sent(shop: Shop) -> None:
    method = shop.add()
    shop.books.choose("pro")
    shop.db.write_now(paying.told_gone, "Stripe", method.provider_id)
    opened = shop.opened()
    there = shop.there(opened)
    assert there["collection_method"] == "send_invoice"
    assert opened.due_at is not None
    assert there["due_date"] == opened.due_at // 1_000_000


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("at", range(4))
def test_one_invoice_whatever_is_lost(shop: Shop, trouble: str, at: int) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.work()
    draft = shop.closed()
    shop.local.trouble[:] = [*[""] * at, trouble]
    with pytest.raises(Unclear):
        shop.work()
    assert shop.now(draft).status == "Draft"
    shop.books.forward(HOUR)
    jobs.issue_again(shop.means)
    opened = shop.now(draft)
    assert opened.status == "Open"
    there = shop.there(opened)
    assert (there["status"], there["total"]) == ("open", opened.total)
    assert len(there["lines"]["data"]) == 1


def test_keys_that_stripe_has_forgotten(shop: Shop) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.work()
    draft = shop.closed()
    shop.local.trouble[:] = ["", "lost"]
    with pytest.raises(Unclear):
        shop.work()
    shop.local.done.clear()
    shop.books.forward(2 * DAY)
    jobs.issue_again(shop.means)
    assert shop.now(draft).status == "Open"
    assert shop.there(draft)["status"] == "open"


def test_other_sums_are_never_sent(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.add()
    shop.books.choose("pro")
    draft = shop.closed()
    monkeypatch.setattr(stripe_forms, "lines", lambda invoice: [("Plan", invoice.total - 1)])
    shop.work()
    assert shop.now(draft).status == "Draft"
    assert shop.there(draft)["status"] == "draft"


def test_paid_by_other_means_or_not_wanted(shop: Shop) -> None:
    shop.add()
    shop.books.choose("pro")
    first, second = shop.opened(), shop.opened()
    shop.db.write_now(invoices.paid, shop.books.inside, first.id)
    shop.db.write_now(invoices.void, shop.books.inside, second.id)
    shop.work()
    assert [shop.there(each)["status"] for each in (first, second)] == ["paid", "void"]
    shop.stripe.settle(shop.now(first))
    shop.stripe.void(shop.now(second))
    with pytest.raises(Declined):
        shop.stripe.void(shop.now(first))
    with pytest.raises(Declined):
        shop.stripe.settle(shop.now(second))


def test_word_that_was_lost_is_asked_for(shop: Shop) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.work()
    first, second, third = shop.opened(), shop.opened(), shop.opened()
    shop.local.ask("POST", f"/v1/invoices/{first.provider_id}/pay")
    shop.local.ask("POST", f"/v1/invoices/{second.provider_id}/mark_uncollectible")
    shop.db.write_now(invoices.void, shop.books.inside, third.id)
    jobs.look_at_invoices(shop.means)
    assert [shop.now(each).status for each in (first, second, third)] == ["Paid", "Uncollectible", "Void"]
    assert shop.there(third)["status"] == "void", "what was decided here is told, though the errand never ran"
    jobs.look_at_invoices(shop.means)  # about the one that was just paid
    asked = len(shop.local.asked)
    jobs.look_at_invoices(shop.means)
    assert len(shop.local.asked) == asked, "nobody is asked again within the hour"
    shop.books.forward(2 * HOUR)
    jobs.look_at_invoices(shop.means)
    assert [path for _, path, _ in shop.local.asked[asked:]] == [f"/v1/invoices/{second.provider_id}"]


def test_who_is_past_due_pays(shop: Shop) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.work()
    opened = shop.opened()
    shop.books.forward(16 * DAY)
    jobs.chase(shop.means)
    assert shop.books.status == "PastDue"
    shop.local.ask("POST", f"/v1/invoices/{opened.provider_id}/pay")
    jobs.look_at_invoices(shop.means)
    assert (shop.now(opened).status, shop.books.status) == ("Paid", "Active")


def test_a_silent_stripe_holds_nobody(shop: Shop) -> None:
    shop.add()
    shop.books.choose("pro")
    shop.work()
    first, second = shop.opened(), shop.opened()
    shop.books.forward(2 * HOUR)
    shop.local.asked.clear()
    shop.local.trouble[:] = ["busy"]
    jobs.look_at_invoices(shop.means)
    assert len(shop.local.asked) == 1
    assert [shop.now(each).status for each in (first, second)] == ["Open", "Open"]


def test_a_plan_needs_a_way_to_pay_first(shop: Shop) -> None:
    shop.db.house = shop.db.house._replace(services=frozenset({"stripe", "billing"}))
    with pytest.raises(Taken, match="payment method"):
        shop.db.write_now(subscriptions.choose, shop.books.ann, shop.books.id, "pro")
    shop.add()
    shop.db.write_now(subscriptions.choose, shop.books.ann, shop.books.id, "pro")


@pytest.mark.parametrize(
    ("currency", "amount", "theirs"),
    [("USD", 1_999, 1_999), ("JPY", 500, 500), ("ISK", 500, 50_000), ("UGX", 7, 700), ("KWD", 1_230, 1_230)],
)
def test_amounts_as_stripe_counts_them(currency: str, amount: int, theirs: int) -> None:
    assert stripe_forms.units(amount, currency) == theirs


@given(
    currency=st.sampled_from(["USD", "EUR", "JPY", "KRW", "BHD", "MGA", "HUF", "LBP"]),
    amount=st.integers(0, 10**9),
)
def test_amounts_keep_their_worth(currency: str, amount: int) -> None:
    zero, three = {"JPY", "KRW", "MGA"}, {"BHD"}
    decimals = 0 if currency in zero else 3 if currency in three else 2
    theirs = Decimal(stripe_forms.units(amount, currency)).scaleb(-decimals)
    assert theirs == Decimal(amount).scaleb(-plans.decimals(currency))
