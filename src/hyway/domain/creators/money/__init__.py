"""Money: what is put into programmes, what work earns of it, what is paid; all of it in a double-entry ledger."""

from hyway.domain.creators.money.books import balances, ledger
from hyway.domain.creators.money.budgeting import (
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
from hyway.domain.creators.money.destinations import FIELDS as BANK_FIELDS
from hyway.domain.creators.money.destinations import drop as drop_method
from hyway.domain.creators.money.destinations import forget as forget_methods
from hyway.domain.creators.money.destinations import link as method_link
from hyway.domain.creators.money.destinations import methods, put_bank, put_stripe
from hyway.domain.creators.money.earning import HOLD, any_due, earn, end_hold, hold, mature, release, stages
from hyway.domain.creators.money.hooks import hear as hear_stripe
from hyway.domain.creators.money.owing import earnings, export, main_units, my_payouts, of_person, owed
from hyway.domain.creators.money.paying import (
    cancel,
    mark_failed,
    mark_paid,
    pay_out,
    payouts,
    retry,
)
from hyway.domain.creators.money.paying import find as payout
from hyway.domain.creators.money.records import (
    Balances,
    Earning,
    Entry,
    Funding,
    Line,
    Owed,
    Payout,
    PayoutMethod,
    PayoutStatus,
    Programme,
    ProgrammeKind,
    Sums,
    Work,
)
from hyway.domain.creators.money.rules import fee, gross, share
from hyway.domain.creators.money.stripe import event as stripe_event

__all__ = [
    "BANK_FIELDS",
    "HOLD",
    "Balances",
    "Earning",
    "Entry",
    "Funding",
    "Line",
    "Owed",
    "Payout",
    "PayoutMethod",
    "PayoutStatus",
    "Programme",
    "ProgrammeKind",
    "Sums",
    "Work",
    "any_due",
    "any_fundings",
    "any_left_over",
    "balances",
    "cancel",
    "close",
    "close_left_over",
    "drop_method",
    "earn",
    "earnings",
    "end_hold",
    "export",
    "failed",
    "fee",
    "forget_methods",
    "fund",
    "funding",
    "fundings",
    "gross",
    "hear_stripe",
    "hold",
    "ledger",
    "main_units",
    "mark_failed",
    "mark_paid",
    "mature",
    "method_link",
    "methods",
    "my_payouts",
    "of_person",
    "owed",
    "pay_out",
    "payout",
    "payouts",
    "programme",
    "put_bank",
    "put_stripe",
    "refund",
    "release",
    "retry",
    "share",
    "stages",
    "stripe_event",
    "succeeded",
]
