"""What a cycle costs: sums to the minor unit, the same every time, never less than nothing."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyway.domain.billing.pricing import (
    ACTIVE,
    SEATS,
    Bill,
    Discount,
    Line,
    Price,
    Rate,
    Span,
    Terms,
    Use,
    bill,
    half_up,
)

SECOND = 1_000_000
DAY = 86_400 * SECOND
CYCLE = (0, 30 * DAY)
PRICES = {
    "free": Price(0, {"toggle.evaluations": Rate(1_000, 0)}),
    "pro": Price(2_900, {"toggle.evaluations": Rate(1_000_000, 100), "link.created": Rate(500, 10_000)}),
    "business": Price(19_900, {"toggle.evaluations": Rate(10_000_000, 50), SEATS: Rate(10, 8_000_000)}),
}
PEOPLE = {SEATS: Rate(3, 8_000_000), ACTIVE: Rate(2, 1_500_000)}
STAFF = Terms({"pro": Price(0, PEOPLE), "team": Price(0, PEOPLE)})
TERMS = Terms(PRICES)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    cuts = sorted(draw(st.sets(st.integers(*CYCLE), min_size=2, max_size=12)))
    pairs = pairwise(cuts)
    kept = [Span(draw(st.sampled_from(sorted(PRICES))), a, b) for a, b in pairs if draw(st.booleans())]
    return kept or [Span("pro", *CYCLE)]


uses = st.lists(
    st.builds(
        Use,
        st.sampled_from(sorted(PRICES)),
        st.sampled_from(["toggle.evaluations", "link.created", "env.push", SEATS, ACTIVE]),
        st.integers(0, 10**9),
    ),
    max_size=20,
)
discounts = st.lists(
    st.builds(Discount, st.text(max_size=5), st.integers(0, 10_000), st.integers(0, 10**7)), max_size=4
)


def test_a_whole_cycle_costs_its_base() -> None:
    line = Line("plan", "pro", 30 * 86_400, 2_900, "pro")
    assert bill(CYCLE, [Span("pro", *CYCLE)], [], TERMS) == Bill((line,), 2_900, 0, 0, 2_900)


def test_half_of_it_costs_half() -> None:
    half = bill(CYCLE, [Span("pro", 0, 15 * DAY)], [], TERMS)
    assert [(line.kind, line.name, line.quantity, line.amount) for line in half.lines] == [
        ("plan", "pro", 15 * 86_400, 1_450)
    ]


def test_an_upgrade_pays_each_plan_for_its_days() -> None:
    made = bill(CYCLE, [Span("pro", 0, 10 * DAY), Span("business", 10 * DAY, 30 * DAY)], [], TERMS)
    # 2,900/3 = 966.67 is 967; 966.67 + 13,266.67 = 14,233.33 is 14,233, of which 967 were billed.
    assert [line.amount for line in made.lines] == [967, 13_266]
    assert made.total == 14_233


def test_only_what_is_beyond_the_included_units_costs() -> None:
    made = bill(CYCLE, [Span("pro", *CYCLE)], [Use("pro", "link.created", 750)], TERMS)
    assert [(line.name, line.quantity, line.amount) for line in made.lines if line.kind == "usage"] == [
        ("link.created", 250, 250)
    ]


def test_half_a_cycle_includes_half() -> None:
    made = bill(CYCLE, [Span("pro", 0, 15 * DAY)], [Use("pro", "link.created", 251)], TERMS)
    assert [line.quantity for line in made.lines if line.kind == "usage"] == [1]


def test_seats_and_people_of_a_whole_cycle() -> None:
    used = [Use("pro", SEATS, 5 * 30 * DAY), Use("pro", ACTIVE, 4)]
    made = bill(CYCLE, [Span("pro", *CYCLE)], used, STAFF)
    lines = [(line.name, line.quantity, line.amount) for line in made.lines if line.kind == "usage"]
    # Two seats at 8.00, two people at 1.50: as long as the cycle, which is 30 days.
    assert lines == [(SEATS, 60, 1_600), (ACTIVE, 60, 300)]


def test_a_seat_that_is_taken_for_half_of_it_costs_half() -> None:
    used = [Use("pro", SEATS, 3 * 30 * DAY + 15 * DAY)]
    assert bill(CYCLE, [Span("pro", *CYCLE)], used, STAFF).total == 400


def test_half_a_cycle_includes_half_of_its_seats_and_charges_half_for_people() -> None:
    used = [Use("pro", SEATS, 4 * 15 * DAY), Use("pro", ACTIVE, 4)]
    made = bill(CYCLE, [Span("pro", 0, 15 * DAY)], used, STAFF)
    assert [line.amount for line in made.lines if line.kind == "usage"] == [400, 150]


@settings(deadline=None)
@given(st.integers(0, 30), st.lists(st.integers(0, 20), min_size=30, max_size=30), st.integers(0, 50))
def test_two_plans_of_one_price_cost_what_one_costs(cut: int, taken: list[int], active: int) -> None:
    """To the minor unit, where each seat is beyond what is included; more never costs less."""
    beyond = [each + 3 for each in taken]
    one = [Use("pro", SEATS, sum(beyond) * DAY), Use("pro", ACTIVE, active)]
    two = [
        Use(plan, SEATS, sum(days) * DAY) for plan, days in (("pro", beyond[:cut]), ("team", beyond[cut:]))
    ]
    two += [Use(plan, ACTIVE, active) for plan in ("pro", "team")]
    spans = [Span("pro", 0, cut * DAY), Span("team", cut * DAY, CYCLE[1])]
    whole = bill(CYCLE, [Span("pro", *CYCLE)], one, STAFF).total
    assert (
        abs(
            bill(
                CYCLE,
                [each for each in spans if each.end > each.start],
                [
                    use
                    for use in two
                    if any(each.plan == use.plan and each.end > each.start for each in spans)
                ],
                STAFF,
            ).total
            - whole
        )
        <= 2
    )
    more = [Use("pro", SEATS, one[0].count + DAY), Use("pro", ACTIVE, active + 1)]
    assert bill(CYCLE, [Span("pro", *CYCLE)], more, STAFF).total >= whole


def test_yen_have_no_decimals() -> None:
    terms = Terms({"pro": Price(3_000, {"link.created": Rate(0, 1_500_000)})}, decimals=0)
    made = bill(CYCLE, [Span("pro", *CYCLE)], [Use("pro", "link.created", 3)], terms)
    assert made.total == 3_000 + 5  # 4.5 yen, half up


def test_discounts_follow_one_another_and_tax_is_on_what_is_left() -> None:
    terms = Terms(PRICES, (Discount("TENTH", 1_000), Discount("FIVE", amount=500)), 1_900)
    made = bill(CYCLE, [Span("pro", *CYCLE)], [], terms)
    assert (made.subtotal, made.discount, made.tax, made.total) == (2_900, 290 + 500, 401, 2_511)


def test_a_discount_takes_no_more_than_there_is() -> None:
    made = bill(CYCLE, [Span("pro", *CYCLE)], [], Terms(PRICES, (Discount("ALL", amount=10**6),), 1_900))
    assert (made.discount, made.tax, made.total) == (2_900, 0, 0)


@pytest.mark.parametrize(
    "wrong", [[Span("pro", 5, 10), Span("pro", 9, 20)], [Span("pro", 0, 31 * DAY)], [Span("pro", -1, 5)]]
)
def test_spans_out_of_order_are_a_mistake(wrong: list[Span]) -> None:
    with pytest.raises(ValueError, match="in order"):
        bill(CYCLE, wrong, [], TERMS)


@settings(deadline=None)
@given(spans(), uses, discounts, st.integers(0, 5_000))
def test_it_sums_to_the_minor_unit_and_is_never_less_than_nothing(
    made: list[Span], used: list[Use], off: list[Discount], tax: int
) -> None:
    terms = Terms(PRICES, tuple(off), tax)
    found = bill(CYCLE, made, used, terms)
    assert found == bill(CYCLE, made, used, terms)
    assert sum(line.amount for line in found.lines) == found.subtotal - found.discount
    assert found.total == found.subtotal - found.discount + found.tax
    assert 0 <= found.discount <= found.subtotal
    assert all(line.amount >= 0 for line in found.lines if line.kind != "discount")
    assert all(line.amount <= 0 for line in found.lines if line.kind == "discount")


@settings(deadline=None)
@given(spans(), st.integers(*CYCLE), uses)
def test_cutting_a_span_in_two_costs_the_same(made: list[Span], at: int, used: list[Use]) -> None:
    cut = [
        part
        for each in made
        for part in (
            (Span(each.plan, each.start, at), Span(each.plan, at, each.end))
            if each.start < at < each.end
            else (each,)
        )
    ]
    assert bill(CYCLE, cut, used, TERMS).total == bill(CYCLE, made, used, TERMS).total


@settings(deadline=None)
@given(spans())
def test_the_bases_are_within_half_a_unit_of_the_exact_sum(made: list[Span]) -> None:
    exact = sum(
        (Fraction(PRICES[each.plan].base * (each.end - each.start), CYCLE[1]) for each in made), Fraction(0)
    )
    assert abs(bill(CYCLE, made, [], TERMS).subtotal - exact) <= Fraction(1, 2)


@settings(deadline=None)
@given(uses, st.permutations(range(20)))
def test_the_order_of_usage_does_not_matter(used: list[Use], order: list[int]) -> None:
    mixed = [used[at] for at in order if at < len(used)]
    whole = [Span("pro", *CYCLE)]
    assert bill(CYCLE, whole, used, TERMS) == bill(CYCLE, whole, mixed, TERMS)


@pytest.mark.parametrize(
    ("exact", "rounded"), [(Fraction(1, 2), 1), (Fraction(3, 2), 2), (Fraction(49, 100), 0)]
)
def test_halves_go_up(exact: Fraction, rounded: int) -> None:
    assert half_up(exact) == rounded
