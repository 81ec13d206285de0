"""Money: what is put into programmes, what work earns of it, what is paid; all of it in a double-entry ledger."""

from hyway.domain.creators.money.earning import HOLD, any_due, earn, hold, mature, release, stages
from hyway.domain.creators.money.funding import (
    any_fundings,
    any_left_over,
    close,
    close_left_over,
    failed,
    fund,
    funding,
    fundings,
    programme,
    refund,
    succeeded,
)
from hyway.domain.creators.money.ledger import balances, ledger
from hyway.domain.creators.money.records import (
    Balances,
    Earning,
    Entry,
    Funding,
    Line,
    Payout,
    Programme,
    Sums,
    Work,
)
from hyway.domain.creators.money.rules import fee, gross, share

__all__ = [
    "HOLD",
    "Balances",
    "Earning",
    "Entry",
    "Funding",
    "Line",
    "Payout",
    "Programme",
    "Sums",
    "Work",
    "any_due",
    "any_fundings",
    "any_left_over",
    "balances",
    "close",
    "close_left_over",
    "earn",
    "failed",
    "fee",
    "fund",
    "funding",
    "fundings",
    "gross",
    "hold",
    "ledger",
    "mature",
    "programme",
    "refund",
    "release",
    "share",
    "stages",
    "succeeded",
]
