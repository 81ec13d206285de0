"""The end of a cycle: what was used is frozen, and becomes an invoice, once."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hyway.domain import identity
from hyway.domain.billing import accounts, cycles, invoices, plans, promos, rules, spent
from hyway.domain.billing.cycles import Cycle
from hyway.domain.billing.pricing import Bill, Terms
from hyway.domain.billing.records import Account, Invoice
from hyway.domain.billing.store import invoices as store
from hyway.domain.billing.store import promos as promo_store
from hyway.domain.billing.store import subscriptions
from hyway.domain.identity import NOBODYS
from hyway.kernel import clock, ids, outbox
from hyway.kernel.clock import HOUR, MINUTE, Instant
from hyway.kernel.db import Read, Write

SETTLED = HOUR
"""How long after its end a cycle is closed: fast lanes count a little later than they answer."""
_RETRY = 10 * MINUTE
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What the running cycle costs so far, with the rest of it on today's plan, and what it would cost in the end if it
    went on like this."""

    cycle: Cycle
    currency: str
    bill: Bill
    forecast: Bill


def due(r: Read, now: Instant, but: Collection[int] = ()) -> list[int]:
    """Accounts whose cycle is to be closed, some at a time, without those."""
    return subscriptions.closing(r, now - SETTLED, but, _AT_ONCE)


def waiting(r: Read, now: Instant, after: int = 0) -> list[int]:
    """Drafts that ought to have been issued by now, some at a time: those with numbers above that one."""
    return store.drafts(r, now - _RETRY, after, _AT_ONCE)


def close(w: Write, account_seq: int, now: Instant) -> Invoice | None:
    """Closes the account's oldest open cycle, if it is over; the invoice, where it costs anything before discounts."""
    of = subscriptions.lock(w, account_seq)
    account = accounts.by_seq(w, account_seq)
    if account is None or of.closes_at > now - SETTLED:
        return None
    cycle = cycles.the(account.created_at, of.cycle, now)
    after = cycles.the(account.created_at, of.cycle + 1, now)
    subscriptions.change(w, account_seq, cycle=after.number, closes_at=after.ends_at)
    accounts.bills_in(w, account, plans.currency(w.terms))
    basis = _basis(w, account, cycle)
    bill = invoices.compute(basis)
    if bill.subtotal == 0:
        return None
    promo_store.use(
        w, account_seq, [line.name for line in bill.lines if line.kind == "discount" and line.amount]
    )
    return _invoice(w, account, cycle, bill, basis, now)


def owed(r: Read, account: Account, cycle: Cycle) -> int:
    """What a cycle costs that is not closed yet, by what was used so far."""
    return invoices.compute(_basis(r, account, cycle)).total


def preview(r: Read, account: Account, now: Instant | None = None) -> Preview:
    """Of the running cycle."""
    at = clock.now() if now is None else now
    cycle = cycles.running(account.created_at, at)
    bill = invoices.compute(_basis(r, account, cycle))
    gone = max(1, at - cycle.starts_at)
    pace = Fraction(cycle.ends_at - cycle.starts_at, min(gone, cycle.ends_at - cycle.starts_at))
    forecast = invoices.compute(_basis(r, account, cycle, pace))
    return Preview(cycle, plans.currency(r.terms), bill, forecast)


def _invoice(w: Write, account: Account, cycle: Cycle, bill: Bill, basis: str, now: Instant) -> Invoice:
    id = ids.prefixed("inv")
    is_nothing = bill.total == 0
    values: dict[str, Any] = {
        "id": id,
        "account": account.seq,
        "provider": "Offline" if is_nothing else account.provider,
        "provider_id": id,
        "number": rules.number(account.id, store.numbered(w, account.seq)) if is_nothing else "",
        "cycle": cycle.number,
        "status": "Paid" if is_nothing else "Draft",
        "currency": plans.currency(w.terms),
        "subtotal": bill.subtotal,
        "discount": bill.discount,
        "tax": bill.tax,
        "tax_points": account.tax_points,
        "total": bill.total,
        "period_start": cycle.starts_at,
        "period_end": cycle.ends_at,
        "created_at": now,
        "issued_at": now if is_nothing else None,
        "due_at": now if is_nothing else None,
        "paid_at": now if is_nothing else None,
        "voided_at": None,
        "http": "",
        "pdf": "",
        "told_at": 0,
    }
    if is_nothing:
        values["billed_to"] = store.packed(invoices.party(account))
    made = store.add(w, values, bill.lines, basis)
    told = {"invoice": made.id, "total": made.total, "currency": made.currency}
    accounts.tell(w, identity.server(NOBODYS), account, "invoice.created", told)
    if is_nothing:
        invoices.issued_to(w, made)
    else:
        outbox.later(w, invoices.ISSUE, NOBODYS, {"invoice": made.seq})
    return made


def _basis(r: Read, account: Account, cycle: Cycle, pace: Fraction = Fraction(1)) -> str:
    stretches = subscriptions.stretches(r, account.seq, cycle.starts_at, cycle.ends_at)
    spans = [each.span for each in stretches]
    currency = plans.currency(r.terms)
    prices = plans.prices(r.terms)
    named = {each.plan for each in spans}
    terms = Terms(
        {plan: price for plan, price in prices.items() if plan in named},
        promos.discounts(r, account, currency),
        account.tax_points,
        plans.decimals(currency),
    )
    used = spent.of_cycle(r, account.seq, cycle, stretches, pace)
    return invoices.pack((cycle.starts_at, cycle.ends_at), spans, used, terms)


__all__ = ["Preview", "close", "due", "preview", "waiting"]
