"""What is owed for cycles that are over: a draft, then open, then paid or void."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from hyway.domain import identity
from hyway.domain.billing import accounts, pricing, rules, subscriptions
from hyway.domain.billing.payments import Issued
from hyway.domain.billing.pricing import Bill, Discount, Price, Rate, Span, Terms, Use
from hyway.domain.billing.records import Account, Invoice, InvoiceStatus, Party, ProviderName
from hyway.domain.billing.store import invoices as store
from hyway.domain.billing.store import subscriptions as subscription_store
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock, outbox, sqid
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing, Taken

ISSUE = "billing.issue"
"""The topic of errands that make a draft an invoice at its provider."""
SETTLE = "billing.settle"
"""The topic of errands that tell a provider that an invoice was paid by other means, or need not be."""
DUE_DAYS = 14
_AT_ONCE = 50
_UNPAID = ("Open", "Uncollectible")
_SHOWN = 1_000


def find(r: Read, by: Caller, id: str, provider_id: str) -> Invoice:
    """One of the account's, by what its provider calls it."""
    found = store.find(r, accounts.find(r, by, id).seq, provider_id)
    if found is None:
        raise Missing("Invoice not found")
    return found


def of_account(r: Read, account: int, provider_id: str) -> Invoice | None:
    """For who shows a page whose address was given to somebody."""
    return store.find(r, account, provider_id)


def page(r: Read, account: Account, offset: int = 0, limit: int = 100) -> tuple[list[Invoice], int]:
    """The account's, the newest first, and how many they are."""
    return store.page(r, account.seq, offset, limit)


def every(r: Read, status: InvoiceStatus | None = None) -> list[Invoice]:
    """Of all accounts, the newest first: for the operator."""
    all_: tuple[InvoiceStatus, ...] = ("Draft", "Open", "Uncollectible", "Paid", "Void")
    return store.every(r, (status,) if status else all_, _SHOWN)


def named(r: Read, name: str) -> Invoice:
    """By its id (`inv_…`) or its number: for the operator."""
    found = store.by_name(r, name)
    if found is None:
        raise Missing("there is no invoice {name}", name=name)
    return found


def paid(w: Write, by: Caller, name: str) -> Invoice:
    """The operator has the money."""
    return _decide(w, by, name, "Paid")


def void(w: Write, by: Caller, name: str) -> Invoice:
    """The operator does not want the money."""
    return _decide(w, by, name, "Void")


def told(
    w: Write,
    provider: ProviderName,
    provider_id: str,
    status: InvoiceStatus,
    at: Instant,
    *,
    ours: str = "",
    http: str = "",
    pdf: str = "",
) -> bool:
    """What its provider says of it, at an instant of the provider's clock; whether that changes anything.

    Word comes in any order, twice or late: a status only ever moves onward, and pages are those told of last. `ours`
    is the invoice's id, where the provider keeps it: word may come before the answer that names `provider_id`.
    """
    found = store.known(w, provider, provider_id) or (store.by_name(w, ours) if ours else None)
    if found is None or found.provider != provider:
        return False
    subscription_store.lock(w, found.account)
    found = store.by_seq(w, found.seq) or found
    if found.provider_id not in (provider_id, found.id):
        return False
    values: dict[str, str | int] = {"provider_id": provider_id, "told_at": max(at, found.told_at)}
    if at >= found.told_at:
        values |= {name: url for name, url in (("http", http), ("pdf", pdf)) if url}
    store.change(w, found.seq, **values)
    if not rules.leads(found.status, status):
        return False
    _become(w, identity.server(NOBODYS), found, status)
    return True


def draft(w: Write, seq: int, now: Instant) -> tuple[Account, Invoice] | None:
    """An invoice on its way to its provider, with its number and its due date; None for what is no draft any more."""
    found = store.by_seq(w, seq)
    account = accounts.by_seq(w, found.account) if found else None
    if found is None or account is None:
        return None
    subscription_store.lock(w, account.seq)
    found = store.by_seq(w, seq)
    if found is None or found.status != "Draft":
        return None
    if not found.number:
        number = rules.number(account.id, store.numbered(w, account.seq))
        due = rules.next_end(now, DUE_DAYS)
        found = store.change(w, seq, number=number, issued_at=now, due_at=due, billed_to=party(account))
    return account, found


def issued(w: Write, seq: int, there: Issued) -> None:
    """Its provider has it."""
    found = store.by_seq(w, seq)
    if found is None:
        return
    subscription_store.lock(w, found.account)
    found = store.change(w, seq, provider_id=there.provider_id)
    if not found.told_at:  # else its provider has told of newer pages already
        found = store.change(w, seq, http=there.http, pdf=there.pdf)
    status: InvoiceStatus = "Paid" if there.is_paid else "Open"
    if rules.leads(found.status, status):
        _become(w, identity.server(NOBODYS), found, status)
    elif found.voided_at is not None and found.provider != "Offline":  # while its provider was asked
        outbox.later(w, SETTLE, NOBODYS, {"invoice": seq})


def is_any_late(r: Read, now: Instant) -> bool:
    """Whether `chase` has something to do."""
    return bool(store.unwarned(r, now, 1) or store.late(r, now, 1))


def chase(w: Write, now: Instant) -> None:
    """Owners are told of invoices that are overdue, once of each, and active accounts that have one are past due. Some
    of them at a time, so that nobody waits long."""
    for seq in store.unwarned(w, now, _AT_ONCE):
        _warn(w, seq, now)
    for seq in store.late(w, now, _AT_ONCE):
        account = accounts.by_seq(w, seq)
        if account is not None:
            subscriptions.owes(w, account)


def failed(w: Write, seq: int, attempt: int) -> bool:
    """Its provider could not collect it, for the `attempt`th time; whether that was news to its owners."""
    found = _locked(w, seq)
    if found is None or found.status not in _UNPAID or attempt <= found.failures:
        return False
    found = store.change(w, seq, failures=attempt)
    _tell_owners(w, "payment.failed", found)
    return True


def party(of: Account) -> Party:
    """Whom an invoice is to that is issued now."""
    return Party(of.name, of.email, of.phone, of.address)


def issued_to(w: Write, of: Invoice) -> None:
    """Its owners are told that it is theirs to pay, or was paid."""
    _tell_owners(w, "invoice.issued", of)


def _warn(w: Write, seq: int, now: Instant) -> None:
    found = _locked(w, seq)
    if found is not None and found.status in _UNPAID and found.warned_at is None:
        _tell_owners(w, "invoice.chased", store.change(w, seq, warned_at=now))


def _locked(w: Write, seq: int) -> Invoice | None:
    """As it stands once nobody else changes it."""
    found = store.by_seq(w, seq)
    if found is not None:
        subscription_store.lock(w, found.account)
    return store.by_seq(w, seq)


def _tell_owners(w: Write, action: str, of: Invoice) -> None:
    account = accounts.by_seq(w, of.account)
    if account is None:
        raise LookupError(f"invoice {of.seq} has no account")
    told = {"invoice": of.id, "number": of.number, "status": of.status, "total": of.total}
    told |= {"currency": of.currency, "due": None if of.due_at is None else _date(of.due_at - SECOND)}
    owners = [sqid.text(each) for each in accounts.owners(w, account)]
    accounts.tell(w, identity.server(NOBODYS), account, action, {**told, "owners": owners})


def _date(at: Instant) -> str:
    return datetime.fromtimestamp(at / SECOND, UTC).date().isoformat()


def recomputed(r: Read, of: Invoice) -> Bill:
    """The bill anew, from what it was made of."""
    return compute(store.basis(r, of.seq))


def pack(cycle: tuple[Instant, Instant], spans: list[Span], used: list[Use], terms: Terms) -> str:
    """All that a bill is a function of."""
    told = {"cycle": cycle, "spans": spans, "used": used, "terms": terms}
    return json.dumps(told, default=asdict, sort_keys=True, separators=(",", ":"))


def compute(basis: str) -> Bill:
    """The bill of what `pack` has packed."""
    told = json.loads(basis)
    terms = told["terms"]
    prices = {
        plan: Price(each["base"], {meter: Rate(**rate) for meter, rate in each["rates"].items()})
        for plan, each in terms["prices"].items()
    }
    discounts = tuple(Discount(**each) for each in terms["discounts"])
    start, end = told["cycle"]
    spans, used = [Span(**each) for each in told["spans"]], [Use(**each) for each in told["used"]]
    return pricing.bill(
        (start, end), spans, used, Terms(prices, discounts, terms["tax_points"], terms["decimals"])
    )


def _decide(w: Write, by: Caller, name: str, status: InvoiceStatus) -> Invoice:
    found = named(w, name)
    subscription_store.lock(w, found.account)
    found = named(w, name)
    if found.status == status:
        return found
    if found.status == "Draft" and status == "Paid":
        raise Taken("", "An invoice that is a draft still cannot be paid")
    if status not in rules.INVOICE_MOVES[found.status]:
        text = "An invoice that is {old} cannot become {new}"
        raise Taken("", text, old=found.status, new=status)
    if found.provider != "Offline" and found.status != "Draft":
        outbox.later(w, SETTLE, NOBODYS, {"invoice": found.seq})
    return _become(w, by, found, status)


def _become(w: Write, by: Caller, found: Invoice, status: InvoiceStatus) -> Invoice:
    now = clock.now()
    at: dict[InvoiceStatus, str] = {"Paid": "paid_at", "Void": "voided_at"}
    stamp = {at[status]: now} if status in at else {}
    new = store.change(w, found.seq, status=status, **stamp)
    account = accounts.by_seq(w, new.account)
    if account is None:
        raise LookupError(f"invoice {new.seq} has no account")
    told = {"invoice": new.id, "number": new.number, "status": status, "total": new.total}
    accounts.tell(w, by, account, "invoice.changed", {**told, "currency": new.currency})
    if found.status == "Draft" and status != "Void":
        issued_to(w, new)
    if status in ("Paid", "Void"):
        subscriptions.owes_no_more(w, account)
    return new
