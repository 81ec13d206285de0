"""What Stripe tells us, each event once."""

import logging
from collections.abc import Mapping
from typing import Any

from hyway.domain.creators.money import budgeting, destinations, paying, stripe
from hyway.domain.creators.money.records import Funding
from hyway.domain.creators.store import money_ledger as store
from hyway.domain.identity import server
from hyway.kernel.db import Write

log = logging.getLogger(__name__)
EVENTS = (
    "account.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "transfer.created",
    "transfer.reversed",
)
"""Those that are heard; Stripe may be told to send no others."""


def hear(w: Write, event: Mapping[str, Any]) -> bool:
    """Acts on a signed event; False for one that was heard before. Others than EVENTS are nothing to us."""
    id, kind, about = event.get("id"), event.get("type"), (event.get("data") or {}).get("object")
    if not isinstance(id, str) or not isinstance(kind, str) or not isinstance(about, Mapping):
        return False
    if kind not in EVENTS:
        return True
    if not store.first_time(w, "stripe", id):
        return False
    if kind == "account.updated":
        destinations.ready(w, str(about.get("id")), stripe.ready(about))
    elif kind.startswith("checkout."):
        session(w, about, is_over=kind.endswith(("failed", "expired")))
    else:
        transfer(w, about)
    return True


def session(w: Write, about: Mapping[str, Any], *, is_over: bool) -> None:
    """A page on which a funding is paid: paid by now, or never to be."""
    of = budgeting.named(w, str(about.get("id")), _number(about.get("client_reference_id")))
    if of is None:
        return
    if is_over:
        budgeting.failed(w, server(of.organization), of, "it was not paid")
    elif about.get("payment_status") == "paid" and _is_right(of, about):
        payment = about.get("payment_intent")
        budgeting.succeeded(w, server(of.organization), of, str(payment) if payment else None)


def _is_right(of: Funding, about: Mapping[str, Any]) -> bool:
    said = (about.get("amount_total"), about.get("currency"))
    if said == (stripe.units(of.amount, of.currency), of.currency):
        return True
    log.error("funding %d is of %d %s, but Stripe speaks of %s %s", of.seq, of.amount, of.currency, *said)
    return False


def transfer(w: Write, about: Mapping[str, Any]) -> None:
    """A payout on its way: it has arrived, or was taken back."""
    ref = str(about.get("id"))
    of = paying.named(w, ref, _number((about.get("metadata") or {}).get("payout")))
    if of is None:
        return
    if about.get("reversed") is True:
        if of.provider_ref == ref:
            paying.returned(w, of.seq, "the transfer was reversed")
        return
    # Word of it may come before the answer to the request.
    paying.sent(w, of.seq, ref)
    paying.arrived(w, of.seq)


def _number(said: object) -> int | None:
    text = str(said)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
