"""All of an account at one look."""

from collections.abc import Sequence
from dataclasses import dataclass

from hyway.domain import identity
from hyway.domain.billing import accounts, closing, cycles, owners
from hyway.domain.billing.plans import PLANS, Plan
from hyway.domain.billing.records import Account, Invoice, Method, Owner, Subscription
from hyway.domain.billing.store import invoices, methods, promos, subscriptions
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read

_CYCLES = 12


@dataclass(frozen=True, slots=True)
class ShownCycle:
    """`due` is what is owed for it in minor units: of one that is not invoiced yet what it costs so far."""

    number: int
    starts_at: Instant
    ends_at: Instant
    due: int


@dataclass(frozen=True, slots=True)
class Whole:
    """`cycles` are the running one and the eleven before it, `invoices` all; both the newest first."""

    account: Account
    promos: tuple[str, ...]
    methods: Sequence[Method]
    subscription: Subscription
    plan: Plan
    cycles: Sequence[ShownCycle]
    owners: Sequence[Owner]
    invoices: Sequence[Invoice]


def whole(r: Read, by: Caller, id: str) -> Whole:
    """The account of that id, for who may read it."""
    return _whole(r, [accounts.find(r, by, id)])[0]


def of_organization(r: Read, by: Caller) -> Whole:
    """The account that pays for the caller's organization."""
    identity.access.require(by, "read", "BillingAccount")
    return _whole(r, [accounts.of(r, by.organization)])[0]


def page(r: Read, by: Caller, offset: int = 0, limit: int = 100) -> tuple[list[Whole], int]:
    """Those that the caller owns, the oldest first, and how many they are."""
    found, total = accounts.page(r, by, offset, limit)
    return _whole(r, found), total


def _whole(r: Read, of: list[Account]) -> list[Whole]:
    seqs, now = [each.seq for each in of], clock.now()
    subscribed, ways = subscriptions.of_each(r, seqs), methods.of_each(r, seqs)
    codes, owned, owed = promos.of_each(r, seqs), owners.of_each(r, seqs), invoices.of_each(r, seqs)
    return [
        Whole(
            each,
            tuple(promo.code for promo, _ in codes[each.seq]),
            ways[each.seq],
            subscribed[each.seq],
            PLANS[subscribed[each.seq].plan],
            _cycles(r, each, subscribed[each.seq], owed[each.seq], now),
            owned[each.seq],
            owed[each.seq],
        )
        for each in of
    ]


def _cycles(
    r: Read, account: Account, subscribed: Subscription, owed: Sequence[Invoice], now: Instant
) -> list[ShownCycle]:
    running = cycles.running(account.created_at, now).number
    found = [
        cycles.the(account.created_at, number, now)
        for number in range(running, max(0, running - _CYCLES), -1)
    ]
    due = {each.cycle: each.total for each in owed if each.status != "Void"}
    due |= {each.number: closing.owed(r, account, each) for each in found if each.number >= subscribed.cycle}
    return [ShownCycle(each.number, each.starts_at, each.ends_at, due.get(each.number, 0)) for each in found]
