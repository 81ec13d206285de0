"""Plans are data, and what they lack is refused."""

from itertools import pairwise

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
