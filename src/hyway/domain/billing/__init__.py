"""Plans and what they allow, and the accounts that pay."""

from hyway.domain.billing import accounts
from hyway.domain.billing.plans import FEATURES, PLANS, Feature, Plan, plan, require
from hyway.domain.billing.records import Account, NewAccount

__all__ = ["FEATURES", "PLANS", "Account", "Feature", "NewAccount", "Plan", "accounts", "plan", "require"]
