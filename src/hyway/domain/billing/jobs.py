"""What happens to accounts by itself: cycles are closed, invoices issued, and who owes is told from who does not.

Providers are asked outside of transactions, under the invoice's own id: asked twice, they do it once.
"""

import logging

from hyway.domain.billing import accounts, cards, closing, duties, invoices, paying, telling
from hyway.domain.billing.paying import Desk
from hyway.domain.billing.payments import CustomerGone, Declined, Issued, Payments, Standing, Unclear
from hyway.domain.billing.records import Account, Invoice
from hyway.domain.billing.store import duties as duty_store
from hyway.domain.billing.store import invoices as store
from hyway.domain.billing.store import subscriptions as subscription_store
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand

_EVENTS_KEPT = 90 * DAY
_QUIET = HOUR
_LOOKS_AT_ONCE = 50
_DUTIES_AT_ONCE = 50
log = logging.getLogger(__name__)


@every(60)
def close_cycles(means: Means) -> None:
    """Each in a transaction of its own; an account that was away for months closes a month at a time."""
    now, failed = clock.now(), set[int]()
    while found := means.db.read_now(closing.due, now, failed):
        for account in found:
            try:
                means.db.write_now(closing.close, account, now)
            except Exception:
                # One that cannot be closed must not keep the others from it; it comes again by the clock.
                log.exception("a cycle of the account numbered %d could not be closed", account)
                failed.add(account)


@every(600)
def issue_again(means: Means) -> None:
    """Drafts that no errand has made invoices of; one that cannot be issued keeps no other from it."""
    now, last = clock.now(), 0
    while found := means.db.read_now(closing.waiting, now, last):
        for seq in found:
            try:
                _issue(means, seq)
            except (Declined, Unclear) as why:
                log.warning("invoice %d could not be issued, and will be tried again: %s", seq, why)
            except Exception:
                log.exception("invoice %d could not be issued", seq)
        last = found[-1]


@every(300)
def chase(means: Means) -> None:
    """Looks before it writes."""
    now = clock.now()
    while means.db.read_now(invoices.is_any_late, now):
        means.db.write_now(invoices.chase, now)


@every(86_400)
def forget_events(means: Means) -> None:
    """Providers repeat what they tell for some days."""
    means.db.write_now(store.forget_events, clock.now() - _EVENTS_KEPT)
    means.db.write_now(cards.forget)


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
    there = _desk(means).of(means.db, draft.provider)
    try:
        made = _issued(means, there, account, draft)
    except CustomerGone:
        account = means.db.write_now(accounts.lost, account.seq, account.provider_id or "")
        made = _issued(means, there, account, draft)
    except Declined:
        means.db.write_now(_look_at_default, account)  # it may have gone without a word
        raise
    means.db.write_now(invoices.issued, seq, made)


def _issued(means: Means, there: Payments, account: Account, draft: Invoice) -> Issued:
    """A provider's invoice needs a customer of its: one that has none any more becomes one anew."""
    if there.name == "Stripe" and account.provider_id is None:
        customer = there.customer(account)
        account = means.db.write_now(_became, account, customer)
    way = means.db.read_now(paying.default, account)
    return there.issue(account, draft, way.provider_id if way else None)


def _became(w: Write, account: Account, customer: str) -> Account:
    """Unless it has become one meanwhile."""
    subscription_store.lock(w, account.seq)
    now = accounts.by_seq(w, account.seq) or account
    if now.provider_id is None:
        accounts.became(w, now, customer)
    return accounts.by_seq(w, account.seq) or now


def _look_at_default(w: Write, account: Account) -> None:
    way = paying.default(w, account)
    if way is not None and way.provider != "Offline":
        duties.owe(w, "look", account.seq, way.provider_id, provider=way.provider)


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


@job(duties.TOPIC)
def do_duty(means: Means, errand: Errand) -> None:
    """At once; what cannot be done now is done by the chore."""
    which = (errand.payload["kind"], errand.payload["account"], errand.payload["subject"])
    found = means.db.read_now(duty_store.find, *which)
    if found is not None:
        telling.do(means.db, _desk(means), found)


@every(60)
def do_duties(means: Means) -> None:
    """What no errand has done; where a provider does not answer, the rest waits for the next time."""
    for each in means.db.read_now(duty_store.due, clock.now(), _DUTIES_AT_ONCE):
        try:
            if not telling.do(means.db, _desk(means), each):
                return
        except Exception:
            # One that cannot be done must not keep the others from it.
            log.exception("%s of the account numbered %d failed", each.kind, each.account)
            means.db.write_now(duty_store.put_off, each, duties.next_try(each, clock.now()))


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
            # It will refuse again: those that nobody has looked at for longer come first.
            means.db.write_now(_told, found, Standing(found.status), clock.now())
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


def _invoice(r: Read, seq: int) -> Invoice | None:
    return store.by_seq(r, seq)


def _desk(means: Means) -> Desk:
    return Desk(means.services, means.outgoing)
