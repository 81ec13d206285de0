"""What each plan allows. A plan is data; an organization names its plan."""

from dataclasses import dataclass
from typing import Literal, get_args

from hyway.kernel.faults import Invalid, Refused

Feature = Literal[
    "link expiration", "password protection", "link cloaking", "device targeting", "geo targeting"
]
FEATURES: frozenset[Feature] = frozenset(get_args(Feature))


@dataclass(frozen=True, slots=True)
class Plan:
    """`requests` counts a sliding minute, `links` all live links, `bulk` the objects of one call."""

    name: str
    title: str
    features: frozenset[Feature]
    requests: int
    links: int | None
    bulk: int = 10_000


PLANS: dict[str, Plan] = {
    plan.name: plan
    for plan in (
        Plan("free", "Free", frozenset(), 60, 1_000, 100),
        Plan("pro", "Pro", frozenset({"link expiration", "password protection"}), 600, 50_000, 1_000),
        Plan("business", "Business", FEATURES, 3_000, 1_000_000),
        Plan("self-hosted", "Self-hosted", FEATURES, 120_000, None),
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
