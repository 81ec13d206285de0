"""Ways to pay where no provider is named: tokens of this server, one default, none lost that is needed."""

import pytest

from hyway.domain import billing, identity
from hyway.domain.billing import Method, duties, paying, subscriptions, tokens
from hyway.kernel import outbox
from hyway.kernel.clock import HOUR
from hyway.kernel.faults import Invalid, Missing, Taken
from tests.domain.billing.conftest import Books


def card(books: Books, last4: str = "4242") -> Method:
    token = books.db.read_now(paying.token, books.ann, books.id, "Visa", last4, "2031-05")
    return paying.add(books.db, books.desk, books.ann, books.id, token)


def methods(books: Books) -> list[tuple[str, bool]]:
    return [(each.last4, each.is_default) for each in books.db.read_now(paying.of, books.account)]


def test_the_first_is_the_default(books: Books) -> None:
    made = card(books)
    assert (made.type, made.card_type, made.last4, made.expiration) == ("Card", "Visa", "4242", "2031-05")
    assert made.is_default
    assert not card(books, "1881").is_default
    assert methods(books) == [("4242", True), ("1881", False)]


def test_a_transfer_needs_no_form_and_is_one(books: Books) -> None:
    made = paying.add(books.db, books.desk, books.ann, books.id, tokens.TRANSFER)
    assert (made.type, made.last4) == ("BankTransfer", "")
    with pytest.raises(Taken):
        paying.add(books.db, books.desk, books.ann, books.id, tokens.TRANSFER)


def test_a_token_is_spent_once(books: Books) -> None:
    token = books.db.read_now(paying.token, books.ann, books.id, "Visa", "4242", "2031-05")
    paying.add(books.db, books.desk, books.ann, books.id, token)
    with pytest.raises(Taken):
        paying.add(books.db, books.desk, books.ann, books.id, token)
    assert methods(books) == [("4242", True)]


def test_a_token_of_another_account_opens_nothing(books: Books) -> None:
    other = books.db.write_now(identity.organizations.establish, books.ann, {"name": "Second"})
    second = books.db.read_now(billing.accounts.of, other.seq)
    token = books.db.read_now(paying.token, books.ann, second.id, "Visa", "4242", "2031-05")
    with pytest.raises(Missing):
        paying.add(books.db, books.desk, books.ann, books.id, token)
    assert methods(books) == []


@pytest.mark.parametrize(
    "token", ["", "x", "offline_", "offline_x.y", "offline_é.é", "tok_visa", "offline_" + "a" * 2_000]
)
def test_tokens_that_are_none(books: Books, token: str) -> None:
    with pytest.raises(Missing):
        paying.add(books.db, books.desk, books.ann, books.id, token)


def test_an_old_token(books: Books) -> None:
    token = books.db.read_now(paying.token, books.ann, books.id, "Visa", "4242", "2031-05")
    books.forward(HOUR)
    with pytest.raises(Missing):
        paying.add(books.db, books.desk, books.ann, books.id, token)


@pytest.mark.parametrize(
    ("brand", "last4", "expiration"),
    [("Gold", "4242", "2031-05"), ("Visa", "424", "2031-05"), ("Visa", "٤٢٤٢", "2031-05"), ("Visa", "4242", "2031-13")],
)  # fmt: skip
def test_cards_that_are_none(books: Books, brand: str, last4: str, expiration: str) -> None:
    with pytest.raises(Invalid):
        books.db.read_now(paying.token, books.ann, books.id, brand, last4, expiration)


def test_another_default(books: Books) -> None:
    first, second = card(books), card(books, "1881")
    assert books.db.write_now(paying.prefer, books.ann, books.id, second.provider_id).is_default
    assert methods(books) == [("4242", False), ("1881", True)]
    with pytest.raises(Taken):  # there is one, always
        books.db.write_now(paying.prefer, books.ann, books.id, second.provider_id, False)
    books.db.write_now(paying.prefer, books.ann, books.id, first.provider_id, False)
    assert methods(books) == [("4242", False), ("1881", True)]
    with pytest.raises(Missing):
        books.db.write_now(paying.prefer, books.ann, books.id, "pm_none")


def test_the_default_goes_last(books: Books) -> None:
    first, second = card(books), card(books, "1881")
    with pytest.raises(Taken, match="The default payment method"):
        books.db.write_now(paying.drop, books.ann, books.id, first.provider_id)
    books.db.write_now(paying.drop, books.ann, books.id, second.provider_id)
    books.db.write_now(paying.drop, books.ann, books.id, first.provider_id)
    assert methods(books) == []
    topics = {each.topic for each in books.db.read_now(outbox.waiting)}
    assert duties.TOPIC not in topics, "nobody else keeps them"
    with pytest.raises(Missing):
        books.db.write_now(paying.drop, books.ann, books.id, first.provider_id)


def test_the_only_one_of_a_plan_that_costs_something_stays(books: Books) -> None:
    only = card(books)
    books.choose("pro")
    with pytest.raises(Taken, match="The only payment method"):
        books.db.write_now(paying.drop, books.ann, books.id, only.provider_id)
    books.db.write_now(subscriptions.move, books.ann, books.id, "Paused")
    books.db.write_now(paying.drop, books.ann, books.id, only.provider_id)
    assert methods(books) == []


def test_what_its_provider_has_no_more_is_gone_and_another_is_the_default(books: Books) -> None:
    first = card(books)
    card(books, "1881")
    books.db.write_now(paying.told_gone, "Offline", first.provider_id)
    assert methods(books) == [("1881", True)]
    books.db.write_now(paying.told_gone, "Offline", first.provider_id)
    assert methods(books) == [("1881", True)]
