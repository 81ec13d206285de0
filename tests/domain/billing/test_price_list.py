"""The operator's own prices: exact, in their own currency, or refused in a sentence."""

import pytest

from hyway.domain import identity
from hyway.domain.billing import accounts, plans, price_list
from hyway.domain.billing.pricing import Price, Rate
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid
from tests.domain.billing.conftest import Books

TEXT = """
currency = "EUR"
tax = 19

[pro]
base = 29.90
rates."toggle.evaluations" = { included = 1_000_000, price = 0.00001 }
rates."link.created" = { price = 1 }
rates."seat.total" = { included = 3, price = 7.99 }
rates."user.active" = { price = 2.50 }
"""


def test_as_numbers_and_back() -> None:
    terms = price_list.numbers(TEXT)
    assert (plans.currency(terms), terms["tax_points"]) == ("EUR", 1_900)
    assert plans.prices(terms) == {
        "free": Price(0, {}),
        "pro": Price(
            2_990,
            {
                "toggle.evaluations": Rate(1_000_000, 10),
                "link.created": Rate(0, 1_000_000),
                "seat.total": Rate(3, 7_990_000),
                "user.active": Rate(0, 2_500_000),
            },
        ),
        "business": Price(0, {}),
        "self-hosted": Price(0, {}),
    }


def test_without_a_file_prices_are_those_that_come_with_it() -> None:
    assert plans.currency({}) == "USD"
    assert plans.prices({})["pro"] == plans.PLANS["pro"].price
    assert plans.prices({})["pro"].base > 0


def test_yen_have_no_cents() -> None:
    terms = price_list.numbers('currency = "jpy"\n[pro]\nbase = 3000')
    assert (plans.currency(terms), plans.prices(terms)["pro"].base) == ("JPY", 3_000)
    with pytest.raises(Invalid):
        price_list.numbers('currency = "JPY"\n[pro]\nbase = 3000.5')


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[pro", "is no TOML"),
        ('currency = "gold"', "a currency that is none"),
        ("tax = 101", "tax"),
        ("tax = true", "tax"),
        ("tax = nan", "tax"),
        ("[gold]\nbase = 1", "gold, which is no plan"),
        ("[pro]\nbase = -1", "pro.base"),
        ("[pro]\nbase = 1.001", "too many decimals in pro.base"),
        ('[pro]\nbase = "1"', "pro.base"),
        ("[pro]\nprice = 1", "base and rates of pro"),
        ("pro = 1", "base and rates of pro"),
        ('[pro]\nrates."seat.total" = { included = 1.5, price = 1 }', "seat.total.included"),
        ("[pro]\nrates.gold = { price = 1 }", "toggle.evaluations"),
        ('[pro]\nrates."env.pull" = 1', "price of pro.rates.env.pull"),
        ('[pro]\nrates."env.pull" = { price = 0.0000001 }', "too many decimals"),
    ],
)
def test_files_that_say_something_else(text: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        price_list.numbers(text)
    assert refused.value.field == "HYWAY_PLANS"
    assert why in refused.value.message


def test_bills_are_in_the_operators_currency_and_with_its_tax(books: Books) -> None:
    books.db.house = books.db.house._replace(terms=price_list.numbers(TEXT))
    books.choose("pro")
    books.to_the_end()
    books.close()
    books.to_the_end()
    made = books.close()
    assert made is not None
    assert (made.currency, made.subtotal, made.tax, made.total) == ("EUR", 2_990, 0, 2_990)
    assert books.db.read_now(accounts.find, books.ann, books.id).currency == "EUR"
    books.db.write_now(accounts.tax, books.inside, books.account, 1_900)
    books.to_the_end()
    taxed = books.close()
    assert taxed is not None
    assert (taxed.tax, taxed.total, taxed.tax_points) == (568, 3_558, 1_900)
    with pytest.raises(Invalid):
        books.db.write_now(accounts.tax, books.inside, books.account, 10_001)


def test_a_new_account_has_the_operators_tax(db: Database) -> None:
    db.house = db.house._replace(terms=price_list.numbers(TEXT))
    made = db.write_now(identity.found_organization, "Acme")
    account = db.read_now(accounts.of, made.seq)
    assert (account.tax_points, account.currency) == (1_900, "EUR")
