"""Plans and what they allow, and the accounts that pay."""

from hyway.domain.billing import accounts, cycles, meters
from hyway.domain.billing.plans import FEATURES, PLANS, Feature, Plan, plan, require
from hyway.domain.billing.records import METERS, Account, Count, Days, Meter, NewAccount

__all__ = [
    "FEATURES",
    "METERS",
    "PLANS",
    "Account",
    "Count",
    "Days",
    "Feature",
    "Meter",
    "NewAccount",
    "Plan",
    "accounts",
    "cycles",
    "meters",
    "plan",
    "require",
]
