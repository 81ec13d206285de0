"""What Stripe tells of customers, their ways to pay and their invoices: each event once, in whatever order.

An invoice's status only ever moves onward, so what comes late changes nothing. Of a way to pay an event says too little
to know which of two is the newer one, so Stripe is asked how it is now.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

from hyway.domain.billing import accounts, cards, duties, events, invoices, stripe_forms
from hyway.domain.billing.records import Invoice
from hyway.domain.billing.store import invoices as invoice_store
from hyway.domain.billing.store import methods as method_store
from hyway.domain.identity import NOBODYS
from hyway.kernel import outbox
from hyway.kernel.clock import SECOND
from hyway.kernel.db import Write

log = logging.getLogger(__name__)
EVENTS = (
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.deleted",
    "invoice.created",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.updated",
    "invoice.voided",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
)
"""Those that are heard; Stripe may be told to send no others."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_OURS = re.compile(r"inv_[0-9a-f]{24}", re.ASCII)
_LATEST = 2**40
_MOST_TRIES = 1_000


def hear(w: Write, event: Mapping[str, Any]) -> bool:
    """Acts on a signed event; False for one that was heard before. Others than EVENTS are nothing to us."""
    id, kind, about = event.get("id"), event.get("type"), _part(_part(event, "data"), "object")
    if kind not in EVENTS:
        return True
    ref, created = _id(about.get("id")), event.get("created")
    if not _id(id) or not ref or type(created) is not int or not 0 < created < _LATEST:
        return False
    if not events.first_time(w, "Stripe", str(id)):
        return False
    if kind == "customer.deleted":
        _customer_gone(w, ref)
    elif kind.startswith("invoice."):
        _invoice(w, kind, ref, about, created)
    elif kind.startswith("checkout."):
        _page(w, ref, about)
    else:
        for each in method_store.known(w, "Stripe", ref):
            duties.owe(w, "look", each.account, ref)
    return True


def _page(w: Write, ref: str, about: Mapping[str, Any]) -> None:
    """Those on which money is paid are somebody else's."""
    if about.get("mode") == "setup":
        cards.told(w, ref, _id(about.get("client_reference_id")), _id(about.get("customer")))


def _invoice(w: Write, kind: str, ref: str, about: Mapping[str, Any], created: int) -> None:
    status = stripe_forms.STATUSES.get(str(about.get("status")))
    ours = str(_part(about, "metadata").get("invoice") or "")
    ours = ours if _OURS.fullmatch(ours) else ""
    found = invoice_store.known(w, "Stripe", ref) or (invoice_store.by_name(w, ours) if ours else None)
    if status is None or found is None or not _is_of(w, found, ref, about):
        return
    pages = {"http": "hosted_invoice_url", "pdf": "invoice_pdf"}
    told = {name: stripe_forms.page(about, theirs) for name, theirs in pages.items()}
    invoices.told(w, "Stripe", ref, status, created * SECOND, ours=ours, **told)
    if kind == "invoice.payment_failed" and type(attempt := about.get("attempt_count")) is int:
        invoices.failed(w, found.seq, min(attempt, _MOST_TRIES))
    if {found.status, status} == {"Paid", "Void"}:
        log.error(
            "invoice %s is %s here, but %s at Stripe: its money is to be looked after",
            found.id,
            found.status,
            status,
        )
    elif found.status in ("Paid", "Void") and status not in ("Paid", "Void"):
        # Old news, or the operator has decided meanwhile and Stripe has yet to hear of it.
        outbox.later(w, invoices.SETTLE, NOBODYS, {"invoice": found.seq})


def _is_of(w: Write, found: Invoice, ref: str, about: Mapping[str, Any]) -> bool:
    """Whether it is the account's, of the amount that we know. A draft has no amount yet."""
    account = accounts.by_seq(w, found.account)
    customer = about.get("customer")
    customer = customer.get("id") if isinstance(customer, Mapping) else customer
    if found.provider != "Stripe":
        return False
    wanted = (stripe_forms.units(found.total, found.currency), found.currency.lower())
    said = (about.get("total"), about.get("currency"))
    is_its = account is not None and account.provider == "Stripe" and customer == account.provider_id
    if is_its and (about.get("status") == "draft" or said == wanted):
        return True
    log.error("invoice %s is of %s %s, but Stripe speaks of %s of %s %s", found.id, *wanted, ref, *said)
    return False


def _customer_gone(w: Write, customer: str) -> None:
    """With it went its ways to pay."""
    account = events.account_of(w, "Stripe", customer)
    if account is not None:
        accounts.lost(w, account.seq, customer)


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _id(said: object) -> str:
    """What Stripe calls something; empty for what it would call nothing."""
    return said if isinstance(said, str) and _ID.fullmatch(said) else ""
