"""Currencies and countries."""

import pytest

from hyway.domain.creators import places


@pytest.mark.parametrize("code", ["usd", "eur", "jpy", "sar", "bhd", "zwg", "xof"])
def test_money_in_use(code: str) -> None:
    assert places.currency(code)


@pytest.mark.parametrize("code", ["xxx", "xts", "xau", "USD", "dem", "us", "", "usd ", "clf", "btc"])
def test_no_money(code: str) -> None:
    assert not places.currency(code)


@pytest.mark.parametrize(
    ("code", "is_one"), [("US", True), ("SA", True), ("ZZ", False), ("us", False), ("XK", False)]
)
def test_countries(code: str, is_one: bool) -> None:
    assert places.country(code) is is_one


def test_lists_for_forms() -> None:
    assert ("usd", "US Dollar") in places.currencies()
    named = places.countries()
    assert len(named) == 249
    assert named[14:17] == [("AZ", "Azerbaijan"), ("AX", "Åland Islands"), ("BS", "Bahamas")]
