"""Verbs of attribution: what clicks led to, and who came."""

import json
from collections.abc import Sequence
from typing import Any

from hyway.domain import links, webhooks
from hyway.domain.attribution.payloads import conversion_payload
from hyway.domain.attribution.records import (
    Click,
    ClickQuery,
    Conversion,
    Customer,
    CustomerQuery,
    CustomerWish,
    NewLead,
    NewSale,
)
from hyway.domain.attribution.store import clicks as click_store
from hyway.domain.attribution.store import conversions as store
from hyway.domain.identity import Caller
from hyway.kernel import clock, ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Taken

VISIT_LIFE = 2 * clock.HOUR
ANSWER_LIFE = 30 * clock.DAY


def clicks(r: Read, by: Caller, query: ClickQuery) -> list[Click]:
    """One page of the organization's clicks: people's alone unless bots are asked for."""
    seq = None
    if query.link_id is not None:
        found = links.seq_of(r, by, query.link_id)
        if found is None:
            return []
        seq = found
    return click_store.page(r, by.organization, query, seq)


def customers(r: Read, by: Caller, query: CustomerQuery) -> list[Customer]:
    return store.customers(r, by.organization, query)


def count_customers(r: Read, by: Caller, query: CustomerQuery) -> int:
    return store.count_customers(r, by.organization, query)


def customer_history(r: Read, by: Caller, customer_id: str, most: int = 200) -> list[Conversion]:
    """A customer's leads and sales, newest first."""
    return _conversions(r, by, store.recent(r, by.organization, most, customer_id=customer_id))


def recent_conversions(r: Read, by: Caller, link_id: str | None = None, take: int = 20) -> list[Conversion]:
    """Leads and sales of the organization or of one link, newest first."""
    link = links.seq_of(r, by, link_id) if link_id else None
    if link_id and link is None:
        return []
    return _conversions(r, by, store.recent(r, by.organization, take, link=link))


def revenue_of_links(
    r: Read, by: Caller, link_ids: Sequence[str], since: Instant
) -> list[tuple[Instant, str, int]]:
    """(beginning of the hour, currency, amount) of sales through the organization's links, by time."""
    seqs = links.seqs_of(r, by, link_ids)
    return store.revenue_by_hour(r, by.organization, list(seqs.values()), since)


def _conversions(r: Read, by: Caller, rows: Sequence[Any]) -> list[Conversion]:
    named = links.by_seqs(r, by, list({row.link for row in rows}))
    people = store.customers_by_seqs(r, by.organization, list({row.customer for row in rows}))
    return [
        Conversion(
            id=row.id,
            click_id=row.click_id,
            partner_id=row.partner_id,
            link=named[row.link],
            customer=people[row.customer],
            event_name=row.event_name,
            metadata=store.metadata(row),
            amount=row.amount,
            currency=row.currency,
            at=row.at,
        )
        for row in rows
    ]


def track_lead(w: Write, by: Caller, new: NewLead) -> Conversion:
    """A lead of the click; with an empty click id of the customer's latest lead's click (deferred tracking).

    Rule: Hoko's "Track lead events". A click that is not the organization's, and a deferred lead of a customer
    without one, raise Invalid; nothing is stored then.
    """
    click = _click(w, by, new.click_id) if new.click_id else _latest(w, by, new.customer, None)
    if click is None:
        raise Invalid("clickId", "is empty, and the customer has no earlier lead to attribute this one to")
    return _convert(w, by, click, new.customer, new.event_name, new.metadata, None, None)


def track_sale(w: Write, by: Caller, new: NewSale) -> Conversion:
    """A sale of the click that the first of these leads to: `lead_event_name`, `click_id`, the latest lead.

    Rule: Hoko's "Attribution Priority". A sale that leads to no click raises Invalid; nothing is stored then.
    """
    click = _latest(w, by, new.customer, new.lead_event_name) if new.lead_event_name else None
    if click is None and new.click_id:
        click = _click(w, by, new.click_id)
    if click is None:
        click = _latest(w, by, new.customer, None)
    if click is None:
        raise Invalid("", "the sale cannot be attributed: the customer has no lead, and no clickId is given")
    return _convert(w, by, click, new.customer, new.event_name, new.metadata, new.amount, new.currency)


def _click(r: Read, by: Caller, id: str) -> Any:
    found = click_store.by_id(r, by.organization, id)
    if found is None:
        raise Invalid(
            "", "Click ID {click_id} not found or does not belong to your workspace", click_id=id[:100]
        )
    return found


def _latest(r: Read, by: Caller, customer: CustomerWish, event_name: str | None) -> Any:
    """The click of the customer's latest lead, of that name if one is given; None where there is none."""
    seq = store.customer_seq(r, by.organization, customer.external_id)
    click = store.latest_lead_click(r, by.organization, seq, event_name) if seq is not None else None
    return click_store.by_seq(r, click) if click is not None else None


def _convert(
    w: Write,
    by: Caller,
    click: Any,
    wish: CustomerWish,
    event_name: str,
    metadata: dict[str, Any] | None,
    amount: int | None,
    currency: str | None,
) -> Conversion:
    now = clock.now()
    click_store.hold(w, shared=True)
    seq, customer = store.upsert_customer(w, by.organization, ids.uuid7(), wish, now)
    row = {
        "id": ids.uuid7(),
        "organization": by.organization,
        "click": click.seq,
        "link": click.link,
        "customer": seq,
        "partner_id": click.partner_id,
        "event_name": event_name,
        "metadata": None if metadata is None else json.dumps(metadata, ensure_ascii=False),
        "amount": amount,
        "currency": currency,
        "at": now,
    }
    store.add(w, row)
    link = links.by_seqs(w, by, [click.link])[click.link]
    made = Conversion(
        row["id"], click.id, click.partner_id, link, customer, event_name, metadata, amount, currency, now
    )
    _tell(w, by, made)
    return made


def _tell(w: Write, by: Caller, made: Conversion) -> None:
    noun = "lead" if made.amount is None else "sale"
    about: dict[str, Any] = {
        "eventName": made.event_name,
        "linkId": made.link.id,
        "customerId": made.customer.id,
    }
    if made.amount is not None:
        about |= {"amount": made.amount, "currency": made.currency}
    w.announce(by, f"{noun}.created", noun, made.id, about)
    if webhooks.wants(w, by.organization, f"{noun}.created"):
        webhooks.queue(w, by.organization, f"{noun}.created", [conversion_payload(made)])


def remembered(w: Write, by: Caller, operation: str, key: str, request_digest: str) -> str | None:
    """The answer that the first request with this idempotency key got; None when this is the first.

    A retry that comes while the first is under way waits for it. Another request under the same key raises Taken.
    """
    found = store.claim(w, by.organization, operation, key, request_digest, clock.now())
    if found is None:
        return None
    if found[0] != request_digest:
        raise Taken("Idempotency-Key", "was used for another request")
    return found[1]


def remember(w: Write, by: Caller, operation: str, key: str, answer: str) -> None:
    """Keeps the answer for 30 days, in the transaction of what it tells of."""
    store.answer(w, by.organization, operation, key, answer)


def tidy(w: Write) -> None:
    """Forgets visits whose hour is over, and answers that nobody will ask for again."""
    now = clock.now()
    click_store.forget_visits(w, now - VISIT_LIFE)
    store.forget_answers(w, now - ANSWER_LIFE)
