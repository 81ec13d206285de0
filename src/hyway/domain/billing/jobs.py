"""What happens to accounts by itself: cycles are closed, invoices issued, and who owes is told from who does not.

Providers are asked outside of transactions, under the invoice's own id: asked twice, they do it once.
"""

import logging

from hyway.domain.billing import accounts, closing, invoices, paying
from hyway.domain.billing.paying import Desk
from hyway.domain.billing.payments import Declined, Payments, Standing, Unclear
from hyway.domain.billing.records import Account, Invoice, Method, NewMethod
from hyway.domain.billing.store import invoices as store
from hyway.domain.billing.store import methods as method_store
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand

_EVENTS_KEPT = 90 * DAY
_QUIET = HOUR
_LOOKS_AT_ONCE = 50
_LOOKS_AT_METHOD = 5
log = logging.getLogger(__name__)


@every(60)
def close_cycles(means: Means) -> None:
    """Each in a transaction of its own; an account that was away for months closes a month at a time."""
    now, failed = clock.now(), set[int]()
    while found := [each for each in means.db.read_now(closing.due, now) if each not in failed]:
        for account in found:
            try:
                means.db.write_now(closing.close, account, now)
            except Exception:
                # One that cannot be closed must not keep the others from it; it comes again by the clock.
                log.exception("a cycle of the account numbered %d could not be closed", account)
                failed.add(account)


@every(600)
def issue_again(means: Means) -> None:
    """Drafts that no errand has made invoices of."""
    for seq in means.db.read_now(closing.waiting, clock.now()):
        try:
            _issue(means, seq)
        except (Declined, Unclear) as why:
            log.warning("invoice %d could not be issued, and will be tried again: %s", seq, why)


@every(300)
def chase(means: Means) -> None:
    """Looks before it writes."""
    now = clock.now()
    if means.db.read_now(store.late, now):
        means.db.write_now(invoices.chase, now)


@every(86_400)
def forget_events(means: Means) -> None:
    """Providers repeat what they tell for some days."""
    means.db.write_now(store.forget_events, clock.now() - _EVENTS_KEPT)


@job(invoices.ISSUE)
def issue(means: Means, errand: Errand) -> None:
    """Makes a draft an invoice."""
    try:
        _issue(means, errand.payload["invoice"])
    except Declined as why:
        log.error("invoice %d was refused by its provider: %s", errand.payload["invoice"], why)


def _issue(means: Means, seq: int) -> None:
    found = means.db.write_now(invoices.draft, seq, clock.now())
    if found is None:
        return
    account, draft = found
    way = means.db.read_now(paying.default, account)
    there = _desk(means).of(means.db, draft.provider)
    means.db.write_now(invoices.issued, seq, there.issue(account, draft, way.provider_id if way else None))


@job(invoices.SETTLE)
def settle(means: Means, errand: Errand) -> None:
    """Tells a provider that an invoice was paid by other means, or need not be."""
    found = means.db.read_now(_invoice, errand.payload["invoice"])
    if found is None:
        return
    try:
        _decided(_desk(means).of(means.db, found.provider), found)
    except Declined as why:
        log.error("invoice %s is %s here, and its provider refuses: %s", found.id, found.status, why)


def _decided(there: Payments, of: Invoice) -> None:
    if of.status == "Paid":
        there.settle(of)
    elif of.status == "Void":
        there.void(of)


@job(paying.REMOVE)
def remove(means: Means, errand: Errand) -> None:
    """Makes a provider forget a way to pay."""
    try:
        _desk(means).of(means.db, errand.payload["provider"]).remove(errand.payload["method"])
    except Declined as why:
        log.warning("a payment method could not be removed at its provider: %s", why)


@job(paying.PREFER)
def prefer(means: Means, errand: Errand) -> None:
    """Tells a provider which way to pay is the default now, whatever it was when the errand was left."""
    account, way = means.db.read_now(_preferred, errand.payload["account"])
    if account is None or account.provider_id is None or way is None:
        return
    try:
        _desk(means).of(means.db, account.provider).prefer(account.provider_id, way.provider_id)
    except Declined as why:
        log.warning("the default payment method of %s was refused by its provider: %s", account.id, why)


@every(600)
def look_at_invoices(means: Means) -> None:
    """Asks about invoices that were not spoken of for an hour, and those that were decided on here: word of them may
    have been lost, one way or the other."""
    if "stripe" not in means.services:
        return
    for found in means.db.read_now(store.quiet, "Stripe", clock.now() - _QUIET, _LOOKS_AT_ONCE):
        try:
            _look_at(means, _desk(means).of(means.db, found.provider), found)
        except Declined as why:
            log.error("invoice %s cannot be brought in step with its provider: %s", found.id, why)
        except Unclear as why:
            log.warning("invoices are not asked about for now: %s", why)
            return


def _look_at(means: Means, there: Payments, of: Invoice) -> None:
    now, standing = clock.now(), there.standing(of) or Standing(of.status)
    if of.status in ("Paid", "Void") and standing.status not in ("Paid", "Void"):
        _decided(there, of)
    means.db.write_now(_told, of, standing, now)


def _told(w: Write, of: Invoice, standing: Standing, at: Instant) -> None:
    pages = {"http": standing.http, "pdf": standing.pdf}
    invoices.told(w, of.provider, of.provider_id, standing.status, at, **pages)


@job(paying.LOOK)
def look(means: Means, errand: Errand) -> None:
    """Asks how a way to pay is now, until two answers are the same: of two errands the one that writes last has asked
    after the other has written."""
    id = errand.payload["method"]
    known = means.db.read_now(_customers, id)
    there = _desk(means).of(means.db, "Stripe")
    for customer in known:
        before: NewMethod | str | None = ""
        for _ in range(_LOOKS_AT_METHOD):
            shown = there.shown(customer, id)
            if shown == before:
                break
            before = shown
            means.db.write_now(_shown, id, shown)


def _shown(w: Write, method: str, new: NewMethod | None) -> None:
    if new is None:
        paying.told_gone(w, "Stripe", method)
    else:
        paying.told(w, "Stripe", new)


@job(accounts.DESCRIBE)
def describe(means: Means, errand: Errand) -> None:
    """Tells a provider who the account is now."""
    account = means.db.read_now(accounts.by_seq, errand.payload["account"])
    if account is None:
        return
    try:
        _desk(means).of(means.db, account.provider).describe(account)
    except Declined as why:
        log.warning("what is new of %s was refused by its provider: %s", account.id, why)


def _customers(r: Read, method: str) -> list[str]:
    """Whose it is, as the provider calls them."""
    found = [accounts.by_seq(r, each.account) for each in method_store.known(r, "Stripe", method)]
    return [each.provider_id for each in found if each and each.provider_id]


def _invoice(r: Read, seq: int) -> Invoice | None:
    return store.by_seq(r, seq)


def _preferred(r: Read, seq: int) -> tuple[Account | None, Method | None]:
    account = accounts.by_seq(r, seq)
    return account, paying.default(r, account) if account else None


def _desk(means: Means) -> Desk:
    return Desk(means.services, means.outgoing)
