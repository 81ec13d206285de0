"""What a post has earned, whatever its views."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.creators import money
from hyway.domain.creators.money.rules import borne

views, amounts = st.integers(0, 10**10), st.integers(0, 10**8)


@pytest.mark.parametrize(
    ("seen", "terms", "earned"),
    [
        (0, {"cpm": 500}, 0),
        (999, {"cpm": 1}, 0),
        (1_999, {"cpm": 500}, 999),
        (10_000, {"cpm": 500}, 5_000),
        (10_000, {"cpm": 500, "min_payout": 5_001}, 0),
        (10_000, {"cpm": 500, "min_payout": 5_000}, 5_000),
        (10_000, {"cpm": 500, "min_payout": 5_001, "base_reward": 300}, 300),
        (10_000, {"cpm": 500, "base_reward": 300}, 5_300),
        (10_000, {"cpm": 500, "base_reward": 300, "max_payout": 5_100}, 5_100),
        (0, {"cpm": 0, "base_reward": 300, "max_payout": 200}, 200),
    ],
)
def test_examples(seen: int, terms: dict[str, int], earned: int):
    assert money.gross(seen, **terms) == earned


@given(views, views, amounts, amounts, amounts, amounts)
def test_more_views_never_earn_less(a: int, b: int, cpm: int, low: int, high: int, base: int):
    terms = {"cpm": cpm, "min_payout": low, "max_payout": high, "base_reward": base}
    assert money.gross(min(a, b), **terms) <= money.gross(max(a, b), **terms)


@given(views, amounts, amounts, amounts, amounts)
def test_what_is_earned_is_exact_and_within_its_bounds(seen: int, cpm: int, low: int, high: int, base: int):
    earned = money.gross(seen, cpm=cpm, min_payout=low, max_payout=high, base_reward=base)
    by_views = floor(Fraction(seen, 1000) * cpm)
    assert earned == min(base + (by_views if by_views >= low else 0), high if high else 10**30)
    assert isinstance(earned, int)


@given(amounts, amounts, amounts)
def test_the_budget_bears_no_more_than_it_has(wanted: int, committed: int, unused: int):
    grown = borne(wanted, committed, unused)
    assert 0 <= grown <= unused
    assert committed + grown >= committed
    assert grown == 0 or committed + grown <= wanted


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_share_and_a_fee_are_parts(amount: int, rate: int):
    assert money.share(amount, rate) == money.fee(amount, rate) == floor(Fraction(amount * rate, 10_000))
    assert 0 <= money.fee(amount, rate) <= amount
