"""What a cycle costs: a function of plans, usage, discounts and tax, which gives the same minor units every time.

Money is whole minor units of one currency (cents, or yen). Nothing is rounded before a line's end, and then half up.
A plan's base is prorated by time: the lines of all spans are what the running sum has grown by, so that cutting a
span in two changes neither the sum nor the sign. What is included is prorated the same way, rounded down.

Three kinds of usage have a price. What happens costs by the time it happens. A seat costs by the time for which it is
taken, of which a plan includes so much. Who was active on a day with a plan costs for the share of the cycle in which
it was in force: under two plans not more than once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from hyway.kernel.clock import Instant

MILLION = 1_000_000
DAY = 86_400 * MILLION
SEATS = "seat.total"
"""Is used in microseconds: two seats for a second are 2,000,000."""
ACTIVE = "user.active"
"""Is used once by each who did something on a day with the plan."""
POINTS = 10_000
"""Of a basis point there are so many in one."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a meter costs: `included` units of a whole cycle are free, each further one is `micros`, in millionths of
    the currency's major unit. A unit of SEATS is a seat for a whole cycle, one of ACTIVE a person in a whole cycle."""

    included: int
    micros: int


@dataclass(frozen=True, slots=True)
class Price:
    """`base` is for a whole cycle, in minor units."""

    base: int
    rates: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class Span:
    """A time with one plan, `end` excluded."""

    plan: str
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Use:
    """What a meter saw while a plan was in force."""

    plan: str
    meter: str
    count: int


@dataclass(frozen=True, slots=True)
class Discount:
    """Off the subtotal: `points` of 10,000, or a fixed `amount`."""

    code: str
    points: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` is seconds of a plan, units beyond the included ones of a meter (days of a seat or of somebody
    active), one of a discount."""

    kind: Literal["plan", "usage", "discount"]
    name: str
    quantity: int
    amount: int
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """`total` is subtotal - discount + tax."""

    lines: tuple[Line, ...]
    subtotal: int
    discount: int
    tax: int
    total: int


@dataclass(frozen=True, slots=True)
class Terms:
    """How an account pays: what plans cost it, off what, with which tax, in a currency of so many decimals."""

    prices: Mapping[str, Price]
    discounts: tuple[Discount, ...] = ()
    tax_points: int = 0
    decimals: int = 2


def bill(cycle: tuple[Instant, Instant], spans: Sequence[Span], used: Iterable[Use], terms: Terms) -> Bill:
    """The cycle's bill. `spans` lie in the cycle, in order, and do not overlap; time between them costs nothing."""
    start, end = cycle
    whole = end - start
    within = [each for each in spans if each.end > each.start]
    _check(cycle, within)
    lines = [*_bases(within, whole, terms), *_usages(within, whole, used, terms)]
    subtotal = sum(line.amount for line in lines)
    taken = list(_taken(subtotal, terms.discounts))
    discount = -sum(line.amount for line in taken)
    tax = half_up(Fraction((subtotal - discount) * terms.tax_points, POINTS))
    return Bill((*lines, *taken), subtotal, discount, tax, subtotal - discount + tax)


def half_up(exact: Fraction) -> int:
    """The nearest whole number, the greater of two equally near ones."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def _check(cycle: tuple[Instant, Instant], spans: Sequence[Span]) -> None:
    reached = cycle[0]
    for each in spans:
        if each.start < reached or each.end > cycle[1]:
            raise ValueError("spans must lie in the cycle, in order")
        reached = each.end


def _bases(spans: Sequence[Span], whole: int, terms: Terms) -> Iterator[Line]:
    sum_, billed = Fraction(0), 0
    for each in spans:
        length = each.end - each.start
        sum_ += Fraction(terms.prices[each.plan].base * length, whole)
        amount, billed = half_up(sum_) - billed, half_up(sum_)
        yield Line("plan", each.plan, length // MILLION, amount, each.plan)


def _usages(spans: Sequence[Span], whole: int, used: Iterable[Use], terms: Terms) -> Iterator[Line]:
    counts: Counter[tuple[str, str]] = Counter()
    for use in used:
        counts[use.plan, use.meter] += use.count
    lengths: Counter[str] = Counter()
    for each in spans:
        lengths[each.plan] += each.end - each.start
    for (plan, meter), count in sorted(counts.items()):
        rate = terms.prices[plan].rates.get(meter)
        if rate is None:
            continue
        over = _beyond(meter, count, rate.included, Fraction(lengths[plan], whole), whole)
        amount = half_up(over * rate.micros * 10**terms.decimals / MILLION)
        yield Line("usage", meter, half_up(over * _parts(meter, whole)), amount, plan)


def _beyond(meter: str, count: int, included: int, share: Fraction, whole: int) -> Fraction:
    """Units of a whole cycle that are not included, of a plan that was in force for that share of it."""
    if meter == SEATS:
        return max(Fraction(0), Fraction(count, whole) - included * share)
    if meter == ACTIVE:
        return max(0, count - included) * share
    return Fraction(max(0, count - int(included * share)))


def _parts(meter: str, whole: int) -> Fraction:
    """In how many parts a unit of the meter is told."""
    return Fraction(whole, DAY) if meter in (SEATS, ACTIVE) else Fraction(1)


def _taken(subtotal: int, discounts: Iterable[Discount]) -> Iterator[Line]:
    """One after the other, each off what the ones before it left; never more than that."""
    left = subtotal
    for each in discounts:
        off = min(left, half_up(Fraction(left * each.points, POINTS)) + each.amount)
        left -= off
        yield Line("discount", each.code, 1, -off)
