"""What an organization, or an account, has used in a cycle."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hyway.domain import identity
from hyway.domain.billing import accounts, cycles
from hyway.domain.billing.cycles import Cycle
from hyway.domain.billing.records import METERS, Account, Meter
from hyway.domain.billing.store import meters as store
from hyway.domain.identity import Caller, Organization
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing


@dataclass(frozen=True, slots=True)
class Totals:
    """`active` members did something in the cycle, `seats` are the members that there are, or were at its end."""

    active: int
    seats: int
    counted: Mapping[Meter, int]


@dataclass(frozen=True, slots=True)
class OrganizationUsage:
    organization: Organization
    totals: Totals


@dataclass(frozen=True, slots=True)
class Usage:
    """Of each organization and of all; `as_of` is now, or the end of a cycle that is over."""

    account: Account
    cycle: Cycle
    as_of: Instant
    organizations: Sequence[OrganizationUsage]
    total: Totals


@dataclass(frozen=True, slots=True)
class Day:
    """What was counted on a day (its first instant), and how many members did something."""

    at: Instant
    active: int
    counted: Mapping[Meter, int]


def of_organization(r: Read, by: Caller, cycle: int | None = None) -> Usage:
    """The caller's organization's, in the cycle of that number or the one that runs; Missing where it has not begun."""
    identity.access.require(by, "read", "Usage")
    account, now = accounts.of(r, by.organization), clock.now()
    return _usage(r, account, _cycle(account, cycle, now), [identity.organization(r, by)], now)


def of_account(r: Read, by: Caller, id: str, cycle: int | None = None) -> Usage:
    """Of every organization that the caller's account pays for; those that were closed before are left out."""
    account, now = accounts.owned(r, by, id), clock.now()
    when = _cycle(account, cycle, now)
    paid = identity.choices.paid_from(r, account.seq, when.starts_at)
    return _usage(r, account, when, paid, now)


def daily(r: Read, by: Caller, cycle: Cycle) -> list[Day]:
    """The days of a cycle that have begun, of the caller's organization."""
    identity.access.require(by, "read", "Usage")
    counted = store.daily(r, by.organization, cycle.days)
    active = store.daily_active(r, by.organization, cycle.days)
    begun = range(cycle.days.first, min(cycle.days.end, cycles.day(clock.now()) + 1))
    return [
        Day(
            cycles.starts_at(day),
            active.get(day, 0),
            {meter: counted.get((meter, day), 0) for meter in METERS},
        )
        for day in begun
    ]


def _cycle(account: Account, number: int | None, now: Instant) -> Cycle:
    if number is None:
        return cycles.running(account.created_at, now)
    found = cycles.numbered(account.created_at, number, now)
    if found is None:
        raise Missing("Billing cycle not found")
    return found


def _usage(
    r: Read, account: Account, cycle: Cycle, organizations: Sequence[Organization], now: Instant
) -> Usage:
    seqs = [each.seq for each in organizations]
    counted, active = store.totals(r, seqs, cycle.days), store.active(r, seqs, cycle.days)
    seats = store.seats(r, seqs, cycle.days.end) if cycle.is_over else identity.how_many(r, seqs)
    used = [
        OrganizationUsage(
            each,
            Totals(
                active.get(each.seq, 0),
                seats.get(each.seq, 0),
                {meter: counted.get((each.seq, meter), 0) for meter in METERS},
            ),
        )
        for each in organizations
    ]
    return Usage(account, cycle, min(now, cycle.ends_at), used, _total([each.totals for each in used]))


def _total(of: Sequence[Totals]) -> Totals:
    sums: Counter[Meter] = Counter(dict.fromkeys(METERS, 0))
    for each in of:
        sums.update(each.counted)
    return Totals(sum(each.active for each in of), sum(each.seats for each in of), sums)
