"""/api/track/lead and /api/track/sale: what a click led to."""

import re
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from babel.numbers import list_currencies
from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hoko.links import Shown, shown
from hyway.apis.hoko.shapes import MOST_EXACT, DateTime, Email, Url, Uuid
from hyway.apis.kit import decode
from hyway.apis.kit.operations import Ask, Reply, operation
from hyway.domain import attribution, identity, links
from hyway.domain.attribution import Conversion, CustomerWish, NewLead, NewSale
from hyway.domain.identity import Caller
from hyway.kernel import clock, patch, seal
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid

CURRENCIES = frozenset(list_currencies())
_LONGEST_METADATA = 10_000
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_encode = msgspec.json.Encoder().encode
_sorted = msgspec.json.Encoder(order="sorted").encode

EventName = Annotated[str, Meta(min_length=1, max_length=255)]
ClickId = Annotated[str, Meta(max_length=255)]
ExternalId = Annotated[str, Meta(min_length=1, max_length=100)]
Name = Annotated[str, Meta(max_length=100)]
Amount = Annotated[int, Meta(ge=0, le=MOST_EXACT, description="In minor units of the currency.")]
Currency = Annotated[
    str,
    Meta(
        description="ISO 4217, in any case.", extra_json_schema={"pattern": "^[A-Za-z]{3}$", "default": "usd"}
    ),
]
# The page answers with a phone and names no way to set it: an addition of ours.
Phone = Annotated[str, Meta(min_length=1, max_length=50)]
Metadata = Annotated[dict[str, Any], Meta(description="At most 10,000 characters as JSON.")]


class LeadNew(Struct, rename="camel", kw_only=True):
    """A lead. An empty `clickId` attributes it to the customer's latest lead."""

    click_id: ClickId
    event_name: EventName
    customer_external_id: ExternalId
    customer_name: Name
    customer_email: Email | UnsetType | None = UNSET
    customer_avatar: Url | UnsetType | None = UNSET
    customer_phone: Phone | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class SaleNew(Struct, rename="camel", kw_only=True):
    """A sale, attributed by `leadEventName`, else `clickId`, else the customer's latest lead."""

    customer_external_id: ExternalId
    amount: Amount
    currency: Currency | UnsetType | None = UNSET
    event_name: EventName | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    lead_event_name: EventName | UnsetType | None = UNSET
    click_id: ClickId | UnsetType | None = UNSET
    customer_name: Name
    customer_email: Email | UnsetType | None = UNSET
    customer_avatar: Url | UnsetType | None = UNSET
    customer_phone: Phone | UnsetType | None = UNSET


class ClickRef(Struct, rename="camel"):
    id: str


class TrackedLink(Struct, rename="camel"):
    id: Uuid
    url: str
    short_url: str
    qr_code: str
    title: str | None
    description: str | None
    image: str | None
    utm: dict[str, str] | None
    collection_id: Uuid
    partner_id: Uuid | None
    tenant_id: str | None
    external_id: str | None
    created_at: DateTime


class TrackedCustomer(Struct, rename="camel"):
    id: Uuid
    name: str
    email: str | None
    phone: str | None
    avatar: str | None
    external_id: str


class Lead(Struct, rename="camel"):
    event_name: str
    metadata: dict[str, Any] | None


class Sale(Struct, rename="camel"):
    amount: int
    currency: str
    event_name: str
    metadata: dict[str, Any] | None


class LeadOut(Struct, rename="camel"):
    click: ClickRef
    link: TrackedLink
    lead: Lead
    customer: TrackedCustomer


class SaleOut(Struct, rename="camel"):
    click: ClickRef
    link: TrackedLink
    customer: TrackedCustomer
    sale: Sale


def _link(of: links.Link, shown: Shown) -> TrackedLink:
    short_url, qr_code = shown.urls(of)
    return TrackedLink(
        of.id,
        of.url,
        short_url,
        qr_code,
        of.title,
        of.description,
        of.image,
        of.utm,
        of.collection_id,
        of.partner_id,
        of.tenant_id,
        of.external_id,
        clock.text(of.created_at),
    )


def _customer(of: attribution.Customer) -> TrackedCustomer:
    return TrackedCustomer(of.id, of.name, of.email, of.phone, of.avatar, of.external_id)


def lead_out(made: Conversion, shown: Shown) -> LeadOut:
    lead = Lead(made.event_name, made.metadata)
    return LeadOut(ClickRef(made.click_id), _link(made.link, shown), lead, _customer(made.customer))


def sale_out(made: Conversion, shown: Shown) -> SaleOut:
    if made.amount is None or made.currency is None:
        raise TypeError("a sale has an amount and a currency")
    sale = Sale(made.amount, made.currency, made.event_name, made.metadata)
    return SaleOut(ClickRef(made.click_id), _link(made.link, shown), _customer(made.customer), sale)


def _wish(sent: LeadNew | SaleNew) -> CustomerWish:
    email, avatar, phone = (
        _unset(each) for each in (sent.customer_email, sent.customer_avatar, sent.customer_phone)
    )
    if email:
        email = identity.check_email("customerEmail", email)
    elif email == "":
        raise Invalid("customerEmail", "must be an e-mail address")
    if isinstance(avatar, str):
        links.web_url("customerAvatar", avatar)
    if isinstance(phone, str):
        decode.plain("customerPhone", phone)
    return CustomerWish(
        external_id=decode.plain("customerExternalId", sent.customer_external_id),
        name=decode.plain("customerName", sent.customer_name),
        email=email,
        avatar=avatar,
        phone=phone,
    )


def _unset(value: Any) -> Any:
    return patch.UNSET if value is UNSET else value


def _line(field: str, value: str | UnsetType | None, default: str | None = None) -> str | None:
    """Optional text of one line; null is as good as nothing."""
    return decode.plain(field, value) if isinstance(value, str) else default


def _currency(value: str) -> str:
    if value.upper() not in CURRENCIES or not value.isascii():
        raise Invalid("currency", "must be a currency code of ISO 4217, such as usd")
    return value.lower()


def _metadata(value: dict[str, Any] | UnsetType | None) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    if len(_encode(value).decode()) > _LONGEST_METADATA:
        raise Invalid("metadata", "must be at most {most} characters as JSON", most=_LONGEST_METADATA)
    return value


def _idempotency_key(ask: Ask) -> str | None:
    key = ask.headers.get(b"idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise Invalid("Idempotency-Key", "must be 1 to 255 visible ASCII characters")
    return key.decode()


def _once(
    w: Write, by: Caller, name: str, key: str | None, digest: str, do: Callable[[Write], Struct]
) -> tuple[str, bool]:
    """The answer as text, and whether it was given before: kept in the transaction that it tells of."""
    if key is not None:
        before = attribution.remembered(w, by, name, key, digest)
        if before is not None:
            return before, True
    answer = _encode(do(w)).decode()
    if key is not None:
        attribution.remember(w, by, name, key, answer)
    return answer, False


async def _reply(ask: Ask, name: str, sent: Struct, do: Callable[[Write], Struct]) -> Reply:
    key = _idempotency_key(ask)
    text, replayed = await ask.db.write(_once, ask.by, name, key, seal.digest(_sorted(sent).decode()), do)
    return Reply(text.encode(), 201, ((b"idempotent-replayed", b"true"),) if replayed else ())


_RETRIES = {
    "Idempotency-Key": "1 to 255 visible ASCII characters. A request that is sent again with the same key is "
    "answered as the first one was, and counted once; the key cannot be used for another request."
}
_REPLAYED = {"Idempotent-Replayed": "`true` where the answer is that of an earlier request."}


@operation(
    "POST",
    "/api/track/lead",
    scope="conversionsWrite",
    takes=LeadNew,
    gives=LeadOut,
    status=201,
    headers=_RETRIES,
    replies=_REPLAYED,
)
async def lead(ask: Ask, sent: LeadNew) -> Reply:
    """Track a lead.

    Attributes it to the click, and creates or updates the customer.
    """
    new = NewLead(
        click_id=decode.plain("clickId", sent.click_id),
        event_name=decode.plain("eventName", sent.event_name),
        customer=_wish(sent),
        metadata=_metadata(sent.metadata),
    )
    view, by = shown(ask.public_url), ask.by
    return await _reply(ask, "lead", sent, lambda w: lead_out(attribution.track_lead(w, by, new), view))


@operation(
    "POST",
    "/api/track/sale",
    scope="conversionsWrite",
    takes=SaleNew,
    gives=SaleOut,
    status=201,
    headers=_RETRIES,
    replies=_REPLAYED,
)
async def sale(ask: Ask, sent: SaleNew) -> Reply:
    """Track a sale.

    Attributes it by `leadEventName`, else by `clickId`, else by the customer's latest lead, and creates or
    updates the customer. A sale that leads to no click is refused.
    """
    new = NewSale(
        customer=_wish(sent),
        amount=sent.amount,
        currency=_currency(_line("currency", sent.currency, "usd") or ""),
        event_name=_line("eventName", sent.event_name) or "Purchase",
        lead_event_name=_line("leadEventName", sent.lead_event_name),
        click_id=_line("clickId", sent.click_id),
        metadata=_metadata(sent.metadata),
    )
    view, by = shown(ask.public_url), ask.by
    return await _reply(ask, "sale", sent, lambda w: sale_out(attribution.track_sale(w, by, new), view))


OPERATIONS = (lead, sale)
