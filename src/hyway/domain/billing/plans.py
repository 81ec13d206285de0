"""What each plan allows and costs. A plan is data; an organization names its plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import pycountry
from babel.numbers import get_currency_precision

from hyway.domain.billing.pricing import Price, Rate
from hyway.domain.billing.records import PRICED
from hyway.kernel.faults import Invalid, Refused

Feature = Literal[
    "link expiration", "password protection", "link cloaking", "device targeting", "geo targeting"
]
_DOLLAR = 840
FEATURES: frozenset[Feature] = frozenset(get_args(Feature))


@dataclass(frozen=True, slots=True)
class Plan:
    """`requests` counts a sliding minute, `links` all live links, `bulk` the objects of one call.

    `price` is what it costs where the operator has set nothing else (`price`); `is_offered` whether owners of accounts
    may choose it themselves.
    """

    name: str
    title: str
    features: frozenset[Feature]
    requests: int
    links: int | None
    bulk: int = 10_000
    price: Price = field(default_factory=lambda: Price(0, {}))
    is_offered: bool = True


PLANS: dict[str, Plan] = {
    plan.name: plan
    for plan in (
        Plan("free", "Free", frozenset(), 60, 1_000, 100),
        Plan(
            "pro",
            "Pro",
            frozenset({"link expiration", "password protection"}),
            600,
            50_000,
            1_000,
            Price(2_900, {"toggle.evaluations": Rate(1_000_000, 10), "net_info.requests": Rate(50_000, 200)}),
        ),
        Plan(
            "business",
            "Business",
            FEATURES,
            3_000,
            1_000_000,
            price=Price(
                19_900, {"toggle.evaluations": Rate(20_000_000, 5), "net_info.requests": Rate(1_000_000, 100)}
            ),
        ),
        Plan("self-hosted", "Self-hosted", FEATURES, 120_000, None, is_offered=False),
    )
}


def plan(name: str) -> Plan:
    """The plan of that name."""
    found = PLANS.get(name)
    if found is None:
        raise Invalid("plan", "must be one of {plans}", plans=", ".join(PLANS))
    return found


def require(of: Plan, feature: Feature) -> None:
    """Refused unless the plan has the feature."""
    if feature not in of.features:
        raise Refused("your plan does not include {feature}", feature=feature)


def price(terms: Mapping[str, int], of: Plan) -> Price:
    """What the plan costs by the operator's numbers (`price.pro`, `price.pro.link.created.included` and `.micros`), or
    as it comes; a plan whose base the operator has set has the operator's rates alone."""
    base = terms.get(f"price.{of.name}")
    if base is None:
        return of.price
    rates: dict[str, Rate] = {}
    for meter in PRICED:
        named = f"price.{of.name}.{meter}"
        if f"{named}.micros" in terms:
            rates[meter] = Rate(terms.get(f"{named}.included", 0), terms[f"{named}.micros"])
    return Price(base, rates)


def prices(terms: Mapping[str, int]) -> dict[str, Price]:
    """Of all plans, by name."""
    return {name: price(terms, each) for name, each in PLANS.items()}


def currency(terms: Mapping[str, int]) -> str:
    """In which prices are: three capital letters. Numbers of the operator's name it by its number in ISO 4217."""
    named = pycountry.currencies.get(numeric=f"{terms.get('currency', _DOLLAR):03}")
    if named is None:
        raise LookupError("the currency of prices is none of ISO 4217")
    return str(named.alpha_3)


def decimals(currency: str) -> int:
    """How many digits its minor unit has after the point."""
    return int(get_currency_precision(currency))
