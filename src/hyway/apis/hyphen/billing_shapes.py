"""Accounts that pay, as this wire has them: what is not known is absent, and money is whole minor units (cents)."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen.asking import moment
from hyway.apis.hyphen.fields import Email
from hyway.domain import billing
from hyway.domain.billing import Account, Address, Invoice, Method, Owner, ShownCycle, Whole
from hyway.kernel.clock import Instant

_MILLISECOND = 1_000
_Part = Annotated[str, Meta(max_length=200)]
Provider = Annotated[
    str, Meta(description="`Offline` where this server issues the invoices itself, else `Stripe`.")
]
Status = Annotated[
    str, Meta(description="`Active`, `PastDue` by an overdue invoice, `Paused` or `Canceled`.")
]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Phone = Annotated[str, Meta(max_length=40, description='`null` or `""`: there is none any more.')]


class BillingAddressIn(Struct, rename="camel", kw_only=True):
    """All of it: a part that is left out is not known any more."""

    street_address: _Part = ""
    locality: _Part = ""
    region: _Part = ""
    postal_code: _Part = ""
    country: Annotated[str, Meta(description="Two capital letters, as ISO 3166 has them.")] = ""


class BillingAccountChange(Struct, rename="camel", kw_only=True):
    """What is mentioned changes; `null` takes a phone, an address, or all promo codes away."""

    name: Name | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    address: BillingAddressIn | UnsetType | None = UNSET
    promo_codes: Annotated[list[str], Meta(max_length=10)] | UnsetType | None = UNSET


class StatusIn(Struct, kw_only=True):
    status: Literal["Active", "PastDue", "Paused", "Canceled"]


class OwnerIn(Struct, kw_only=True):
    """Whoever signs in with that address."""

    email: Email


class PaymentMethodIn(Struct, rename="camel", kw_only=True):
    confirmation_token: Annotated[str, Meta(min_length=1, max_length=1_000)]


class PaymentMethodChange(Struct, rename="camel", kw_only=True):
    is_default: bool


class BillingAddress(Struct, rename="camel", kw_only=True):
    """The parts that are known."""

    street_address: str | UnsetType = UNSET
    locality: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    postal_code: str | UnsetType = UNSET
    country: str | UnsetType = UNSET


class PaymentMethod(Struct, rename="camel", kw_only=True):
    """What a provider tells of a way to pay; the last three are a card's."""

    provider_id: str
    type: Annotated[str, Meta(description="`Card`, `BankTransfer` and the like.")]
    last4: str | UnsetType = UNSET
    card_type: str | UnsetType = UNSET
    expiration: Annotated[str, Meta(description="Year and month: `2030-12`.")] | UnsetType = UNSET
    is_default: bool


class BillingCycle(Struct, rename="camel"):
    """A month; `invoicePreviewAmountDue` is what the running one costs so far, and what was invoiced for one before."""

    id: int
    start_date: str
    end_date: str
    invoice_preview_amount_due: int


class BillingSubscription(Struct, rename="camel"):
    """Cycles are the running one and the eleven before it, the newest first."""

    provider_id: str
    start_date: str
    status: Status
    cycles: list[BillingCycle]


class BillingOwner(Struct, rename="camel"):
    user_id: str
    name: str
    email: str


class BillingInvoice(Struct, rename="camel", kw_only=True):
    """`total`, which is `subTotal - discount + tax`, is the `amount` that is asked for. A draft is not due yet."""

    provider_id: str
    amount: int
    created_date: str
    sub_total: int
    total: int
    discount: int
    status: Annotated[str, Meta(description="`Draft`, `Open`, `Paid`, `Void` or `Uncollectible`.")]
    period_end: str
    period_start: str
    cycle_id: int
    tax: int
    due_date: str | UnsetType = UNSET


class BillingAccount(Struct, rename="camel", kw_only=True):
    """`providerId` is what the provider calls the account: its own id where this server issues the invoices."""

    id: str
    name: str
    email: str
    phone: str | UnsetType = UNSET
    address: BillingAddress | UnsetType = UNSET
    provider: Provider
    provider_id: str
    payment_methods: list[PaymentMethod]
    subscription: BillingSubscription
    owners: list[BillingOwner]
    invoices: list[BillingInvoice]


class InvoiceUrls(Struct):
    """Pages that open without signing in, for a while."""

    http: Annotated[str, Meta(description="To look at.")]
    pdf: Annotated[str, Meta(description="To download.")]


def account(of: Whole) -> BillingAccount:
    """All of an account."""
    shown: Account = of.account
    return BillingAccount(
        id=shown.id,
        name=shown.name,
        email=shown.email,
        phone=shown.phone or UNSET,
        address=address(shown.address) if shown.address else UNSET,
        provider=shown.provider,
        provider_id=shown.provider_id or shown.id,
        payment_methods=[method(each) for each in of.methods],
        subscription=subscription(of.subscription, of),
        owners=[owner(each) for each in of.owners],
        invoices=[invoice(each) for each in of.invoices],
    )


def address(of: Address) -> BillingAddress:
    return BillingAddress(
        street_address=of.street_address or UNSET,
        locality=of.locality or UNSET,
        region=of.region or UNSET,
        postal_code=of.postal_code or UNSET,
        country=of.country or UNSET,
    )


def method(of: Method) -> PaymentMethod:
    return PaymentMethod(
        provider_id=of.provider_id,
        type=of.type,
        last4=of.last4 or UNSET,
        card_type=of.card_type or UNSET,
        expiration=of.expiration or UNSET,
        is_default=of.is_default,
    )


def subscription(of: billing.Subscription, whole: Whole) -> BillingSubscription:
    cycles = [_cycle(each) for each in whole.cycles]
    return BillingSubscription(of.id, moment(of.started_at), of.status, cycles)


def owner(of: Owner) -> BillingOwner:
    return BillingOwner(of.id, of.name, of.email)


def invoice(of: Invoice) -> BillingInvoice:
    return BillingInvoice(
        provider_id=of.provider_id,
        amount=of.total,
        created_date=moment(of.created_at),
        sub_total=of.subtotal,
        total=of.total,
        discount=of.discount,
        status=of.status,
        period_end=_last(of.period_end),
        period_start=moment(of.period_start),
        cycle_id=of.cycle,
        tax=of.tax,
        due_date=UNSET if of.due_at is None else _last(of.due_at),
    )


def _cycle(of: ShownCycle) -> BillingCycle:
    return BillingCycle(of.number, moment(of.starts_at), _last(of.ends_at), of.due)


def _last(end: Instant) -> str:
    """The last millisecond before that end, as usage has it."""
    return moment(end - _MILLISECOND)
