"""Four months of the demonstration's account: its plans, what was used, and what was owed for that."""

import random
from collections.abc import Callable

from hyway.commands.demo_fleet import telling
from hyway.domain import billing, identity
from hyway.domain.billing import Account, Count, Cycle, Meter
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Database, Write
from hyway.kernel.outgoing import Outgoing

_BEGAN = 132 * DAY
_CYCLES = 4
_GROWS, _PAID_AFTER = 100 * DAY, 5 * DAY
"""When it took a bigger plan, and how long it took to pay."""
_USED: tuple[tuple[Meter, int], ...] = (
    ("toggle.evaluations", 26_000),
    ("toggle.telemetry", 900),
    ("net_info.requests", 1_300),
    ("env.pull", 45),
    ("env.push", 3),
    ("link.created", 4),
)
"""On a day of the first week; more and more from then on, and less on weekends."""
_CODE = "DEMO-WELCOME"
_ADDRESS = {
    "street_address": "1 Example Street",
    "locality": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}


def found(db: Database, name: str, chance: random.Random) -> Caller:
    """A new organization with its account, as if both had been there for months.

    All in one transaction: a server that runs would close months that nothing was used in yet.
    """
    with telling() as tell:
        by, account = db.write_now(_told, name, chance, tell)
    token = db.read_now(billing.paying.token, by, account.id, "Visa", "4242", "2030-12")
    billing.paying.add(db, billing.paying.Desk({}, Outgoing(lambda _: False)), by, account.id, token)
    return by


def _told(
    w: Write, name: str, chance: random.Random, tell: Callable[[Instant], None]
) -> tuple[Caller, Account]:
    end = clock.now()
    tell(end - _BEGAN)
    by = identity.command_line(identity.found_organization(w, name))
    billing.accounts.provide(w, by)
    account = billing.accounts.of(w, by.organization)
    _begin(w, by, account)
    billing.meters.add(w, _used(by.organization, end, chance))
    for number in range(1, _CYCLES + 1):
        cycle = billing.cycles.the(account.created_at, number, end)
        if cycle.starts_at <= end - _BEGAN + _GROWS < cycle.ends_at:
            tell(end - _BEGAN + _GROWS)
            billing.subscriptions.put(w, by, account, "business")
        _close(w, by, account, cycle, tell, is_paid=number < _CYCLES)
    tell(end)
    return by, account


def _begin(w: Write, by: Caller, account: Account) -> None:
    """Who it is, and half the price for two months by a code that nobody else can enter."""
    fields = {"email": "accounts@example.com", "phone": "+49 30 901820", "address": _ADDRESS}
    billing.accounts.change(w, by, account.id, fields)
    billing.accounts.tax(w, by, account, 1_900)
    billing.subscriptions.put(w, by, account, "pro")
    if all(each.code != _CODE for each in billing.promos.every(w)):
        billing.promos.create(w, _CODE, points=5_000, cycles=2)
        billing.promos.enter(w, account, [_CODE])
        billing.promos.withdraw(w, _CODE)


def _used(organization: int, end: Instant, chance: random.Random) -> list[Count]:
    first, last = billing.cycles.day(end - _BEGAN), billing.cycles.day(end)
    return [
        (organization, meter, each, _of_a_day(usual, each, each - first, chance))
        for each in range(first, last)
        for meter, usual in _USED
    ]


def _of_a_day(usual: int, day: int, age: int, chance: random.Random) -> int:
    """1970 began on a Thursday."""
    share = 0.35 if (day + 3) % 7 >= 5 else 1.0
    return round(usual * share * (1 + age / 60) * chance.uniform(0.8, 1.2))


def _close(
    w: Write, by: Caller, account: Account, cycle: Cycle, tell: Callable[[Instant], None], *, is_paid: bool
) -> None:
    """As the clock does it; the operator has the money some days later."""
    closed_at = cycle.ends_at + 2 * HOUR
    tell(closed_at)
    draft = billing.closing.close(w, account.seq, closed_at)
    if draft is None or draft.status != "Draft":
        return
    billing.invoices.draft(w, draft.seq, closed_at)
    billing.invoices.issued(w, draft.seq, billing.payments.Issued(draft.provider_id))
    if is_paid:
        tell(closed_at + _PAID_AFTER)
        billing.invoices.paid(w, by, draft.id)


__all__ = ["found"]
