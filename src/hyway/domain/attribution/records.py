"""Nouns of attribution: clicks, customers, leads, sales, and what they add up to."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from hyway.domain.links import Link
from hyway.kernel.clock import Instant
from hyway.kernel.patch import UNSET, Unset

Trigger = Literal["link", "qr", "embed"]
"""How a visitor came: by the link, by its QR code, or on the owner's own page."""


@dataclass(frozen=True, slots=True)
class Click:
    """A stored click as its owner sees it. `first` is False for a repeat within the hour by the same visitor."""

    seq: int
    id: str
    link_id: str
    partner_id: str | None
    visitor_id: str
    session_id: str
    trigger: Trigger
    bot: bool
    first: bool
    referrer: str | None
    destination: str
    short_id: str
    utm: dict[str, str] | None
    external_id: str | None
    tenant_id: str | None
    browser_name: str | None
    browser_version: str | None
    os_name: str | None
    os_version: str | None
    device_type: str | None
    country: str | None
    country_code: str | None
    city: str | None
    language: str | None
    at: Instant


@dataclass(frozen=True, slots=True)
class ClickQuery:
    """Filters join with AND here: a link, a partner, a span of time (both ends included)."""

    link_id: str | None = None
    partner_id: str | None = None
    start: Instant | None = None
    end: Instant | None = None
    include_bots: bool = False
    unique: bool = False
    take: int = 50
    skip: int = 0
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    external_id: str
    name: str
    email: str | None
    phone: str | None
    avatar: str | None
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class CustomerQuery:
    """`id` and `external_id` join with OR; `search` (name, e-mail or external id contains) narrows."""

    id: str | None = None
    external_id: str | None = None
    search: str | None = None
    take: int = 50
    skip: int = 0
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class CustomerWish:
    """Whom a conversion is about. UNSET keeps what is known of the customer, None clears it."""

    external_id: str
    name: str
    email: str | Unset | None = UNSET
    avatar: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class NewLead:
    """`click_id` empty: deferred, the customer's latest lead click."""

    click_id: str
    event_name: str
    customer: CustomerWish
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewSale:
    """`amount` in minor units of `currency` (ISO 4217, lower case)."""

    customer: CustomerWish
    amount: int
    currency: str = "usd"
    event_name: str = "Purchase"
    lead_event_name: str | None = None
    click_id: str | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """A lead or a sale with what it was attributed to; `amount` and `currency` are None for a lead."""

    id: str
    click_id: str
    partner_id: str | None
    link: Link
    customer: Customer
    event_name: str
    metadata: dict[str, Any] | None
    amount: int | None
    currency: str | None
    at: Instant


Dimension = Literal[
    "country",
    "city",
    "device",
    "browser",
    "os",
    "referrer",
    "trigger",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "link",
    "partner",
]


@dataclass(frozen=True, slots=True)
class SummaryQuery:
    """A span (ends included, widened to whole UTC hours) of an organization, a link or a partner.

    `interval` buckets the series in the time zone `zone`; `top` bounds each list.
    """

    start: Instant
    end: Instant
    link_id: str | None = None
    partner_id: str | None = None
    interval: Literal["hour", "day", "week", "month"] = "day"
    zone: str = "UTC"
    top: int = 10
    dimensions: tuple[Dimension, ...] = ()
    """Which lists to make; none means all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened: `clicks` are people's, `unique` the first ones among them, `revenue` minor units by currency."""

    clicks: int = 0
    unique: int = 0
    scans: int = 0
    bots: int = 0
    leads: int = 0
    sales: int = 0
    revenue: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of the series; `start` is where it begins in the query's zone."""

    start: Instant
    counts: Counts


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a top list: `value` as stored (a country code, a link's id …), `label` for people."""

    value: str
    label: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Summary:
    start: Instant
    end: Instant
    totals: Counts
    series: tuple[Bucket, ...]
    lists: dict[Dimension, tuple[Row, ...]]


class Capture(NamedTuple):
    """A request that may be a click, as the edge saw it; everything slow is worked out in the batch.

    A tuple because the redirect makes one for each visitor: a frozen dataclass costs four times as much.
    """

    id: str
    at: Instant
    organization: int
    link_seq: int
    link_id: str
    short_id: str
    partner_id: str | None
    external_id: str | None
    tenant_id: str | None
    trigger: Trigger
    user_agent: str
    ip: str
    visitor_id: str
    session_id: str
    referrer: str | None
    destination: str
    utm: dict[str, str] | None
    language: str | None
    marked_bot: bool
    """A header, the query or the referrer gave it away; the user agent is looked at in the batch."""
