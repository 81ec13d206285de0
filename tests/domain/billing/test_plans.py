"""Plans are data, and what they lack is refused."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from hyway.domain import billing, identity
from hyway.kernel.faults import Invalid, Refused


def test_the_default_plan_has_everything():
    plan = billing.plan(identity.DEFAULT_PLAN)
    assert plan.features == billing.FEATURES
    assert plan.links is None
    assert plan.bulk == 10_000


def test_an_unknown_plan_is_refused():
    with pytest.raises(Invalid, match="must be one of"):
        billing.plan("platinum")


@pytest.mark.parametrize("feature", sorted(billing.FEATURES))
def test_a_feature_outside_the_plan_is_refused_by_name(feature: billing.Feature):
    billing.require(billing.plan("business"), feature)
    with pytest.raises(Refused) as refused:
        billing.require(billing.plan("free"), feature)
    assert feature in refused.value.message
    assert refused.value.missing == ()


def test_each_plan_allows_no_less_than_the_one_below():
    ladder = [billing.PLANS[name] for name in ("free", "pro", "business")]
    for lower, upper in pairwise(ladder):
        assert lower.features <= upper.features
        assert lower.requests < upper.requests
        assert (lower.links or 0) < (upper.links or 0)
        assert lower.bulk <= upper.bulk


def test_the_page_tells_what_plans_allow() -> None:
    page = (Path(__file__).parents[3] / "docs" / "billing.md").read_text()
    for plan in billing.PLANS.values():
        (row,) = [line for line in page.splitlines() if re.match(rf"\| `{plan.name}` \| \d", line)]
        _, requests, most, bulk, features = (cell.strip() for cell in row.strip("| ").split("|"))
        assert (requests, bulk) == (f"{plan.requests:,}", f"{plan.bulk:,}")
        assert most == ("no bound" if plan.links is None else f"{plan.links:,}")
        assert features.startswith("all") == (plan.features == billing.FEATURES)
        assert (features == "none") == (not plan.features)


def test_the_page_tells_every_meter() -> None:
    page = (Path(__file__).parents[3] / "docs" / "billing.md").read_text()
    told = page.split("## What is counted")[1].split("##")[0]
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", told)) == set(billing.PRICED)
