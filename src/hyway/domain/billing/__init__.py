"""Plans and what they allow, and the accounts that pay."""

from hyway.domain.billing import accounts, cycles, meters, usage
from hyway.domain.billing.cycles import Cycle
from hyway.domain.billing.plans import FEATURES, PLANS, Feature, Plan, plan, require
from hyway.domain.billing.records import METERS, Account, Count, Days, Meter, NewAccount
from hyway.domain.billing.usage import Day, OrganizationUsage, Totals, Usage

__all__ = [
    "FEATURES",
    "METERS",
    "PLANS",
    "Account",
    "Count",
    "Cycle",
    "Day",
    "Days",
    "Feature",
    "Meter",
    "NewAccount",
    "OrganizationUsage",
    "Plan",
    "Totals",
    "Usage",
    "accounts",
    "cycles",
    "meters",
    "plan",
    "require",
    "usage",
]
