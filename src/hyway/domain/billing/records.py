"""Nouns of billing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from hyway.domain.billing.pricing import Line, Span
from hyway.kernel.clock import Instant

ProviderName = Literal["Offline", "Stripe"]
Status = Literal["Active", "PastDue", "Paused", "Canceled"]
STATUSES: tuple[Status, ...] = get_args(Status)
InvoiceStatus = Literal["Draft", "Open", "Paid", "Void", "Uncollectible"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where invoices go; `country` is two capital letters. A part that is not known is empty."""

    street_address: str = ""
    locality: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Who pays for organizations; `seq` stays inside.

    `provider` is Stripe from the moment on that `provider_id`, a customer, was made there. `tax_points` are hundredths
    of a percent. `currency`, three capital letters, is that of its latest cycle.
    """

    seq: int
    id: str
    name: str
    email: str
    created_at: Instant
    phone: str = ""
    address: Address | None = None
    provider: ProviderName = "Offline"
    provider_id: str | None = None
    currency: str = "USD"
    tax_points: int = 0


@dataclass(frozen=True, slots=True)
class NewAccount:
    name: str
    email: str


Meter = Literal[
    "env.pull", "env.push", "link.created", "net_info.requests", "toggle.evaluations", "toggle.telemetry"
]
METERS: tuple[Meter, ...] = get_args(Meter)
"""What is counted of an organization."""
PRICED: tuple[str, ...] = (*METERS, "user.active", "seat.total")
"""What a plan can have a price for: besides what is counted, the members who did something in a cycle, and the seats
that are taken."""


Count = tuple[int, Meter, int, int]
"""Organization, meter, day (as `cycles.day` numbers them), and how many."""


class Stretch(NamedTuple):
    """A time with one plan. Where it begins or ends within a day: what that day had counted by then, by meter."""

    span: Span
    before: Mapping[str, int]
    after: Mapping[str, int]


class Days(NamedTuple):
    """From the first day on, up to but without the end, as `cycles.day` numbers them."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """The one of an account. `closes_at` is the end of the cycle numbered `cycle`, the next that will be invoiced."""

    account: int
    id: str
    plan: str
    status: Status
    started_at: Instant
    cycle: int
    closes_at: Instant


@dataclass(frozen=True, slots=True)
class NewMethod:
    """A way to pay as its provider describes it: `type` is Card, BankTransfer and the like; of a card `card_type`
    (Visa), `last4` and `expiration` (`2030-12`). What a provider does not tell is empty."""

    provider_id: str
    type: str
    last4: str = ""
    card_type: str = ""
    expiration: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    account: int
    provider: ProviderName
    provider_id: str
    type: str
    last4: str
    card_type: str
    expiration: str
    is_default: bool
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Owner:
    """A person (`user_…` is `id`) who may do everything with an account."""

    person: int
    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Promo:
    """A code that takes `points` (of 10,000) off what a cycle costs, or `amount` minor units of `currency`, in the
    first `cycles` cycles of an account (all where None); nobody can enter it from `expires_at` on."""

    code: str
    points: int
    amount: int
    currency: str
    cycles: int | None
    expires_at: Instant | None
    created_at: Instant
    withdrawn_at: Instant | None


@dataclass(frozen=True, slots=True)
class Party:
    """Whom an invoice was issued to, as they called themselves then."""

    name: str
    email: str
    phone: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an account owes for a cycle, in minor units of `currency`: `total` is subtotal - discount + tax.

    `provider_id` is what its provider calls it, ours where we issue it ourselves. A draft has no number, no `due_at`
    and no `issued_at` yet. `http` and `pdf` are its provider's own pages, empty where it has none.
    """

    seq: int
    id: str
    account: int
    provider: ProviderName
    provider_id: str
    number: str
    cycle: int
    status: InvoiceStatus
    currency: str
    lines: tuple[Line, ...]
    subtotal: int
    discount: int
    tax: int
    tax_points: int
    total: int
    period_start: Instant
    period_end: Instant
    created_at: Instant
    issued_at: Instant | None
    due_at: Instant | None
    paid_at: Instant | None
    voided_at: Instant | None
    http: str
    pdf: str
    told_at: Instant
    """When its provider last said something of it, by the provider's clock; 0 where it never did."""
    billed_to: Party | None
    """None of a draft, which is nobody's yet."""
    warned_at: Instant | None
    """When its owners were told that it is overdue."""
    failures: int
    """The number of the last try to collect it that failed, as its provider counts them; 0 for none."""
