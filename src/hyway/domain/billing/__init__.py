"""Plans and what they allow."""

from hyway.domain.billing.plans import FEATURES, PLANS, Feature, Plan, plan, require

__all__ = ["FEATURES", "PLANS", "Feature", "Plan", "plan", "require"]
