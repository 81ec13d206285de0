"""Nouns of money: fundings, earnings, payouts, and the entries of the ledger."""

from dataclasses import dataclass
from typing import Literal

from hyway.kernel.clock import Instant

ProgrammeKind = Literal["campaign", "collab"]
SubmissionKind = Literal["campaign", "collab"]
FundingStatus = Literal["pending", "succeeded", "failed", "partially_refunded", "refunded"]
Stage = Literal["accrued", "held", "payable", "paying", "paid", "reversed"]
"""Of an earning: it may grow while accrued, be taken back while held, be paid from then on."""
PayoutStatus = Literal["pending", "processing", "sent", "completed", "failed", "canceled"]
Provider = Literal["manual", "stripe"]
AccountKind = Literal["cash", "fees", "budget", "accrued", "held", "owed"]


@dataclass(frozen=True, slots=True)
class Work:
    """Whose work for which programme: what an earning is for. `currency` is the programme's."""

    organization: int
    programme_kind: ProgrammeKind
    programme: int
    submission_kind: SubmissionKind
    submission: int
    person: int
    currency: str


@dataclass(frozen=True, slots=True)
class Programme:
    """What money knows of a campaign or a collab; amounts in minor units."""

    kind: ProgrammeKind
    seq: int
    organization: int
    name: str
    currency: str
    total: int
    unused: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Funding:
    """`amount` was sent, `net_amount` of it reached the budget, `refunded_amount` of that went back."""

    seq: int
    organization: int
    programme_kind: ProgrammeKind
    programme: int
    provider: Provider
    provider_ref: str | None
    payment_ref: str | None
    checkout_url: str | None
    status: FundingStatus
    currency: str
    amount: int
    fee_amount: int
    net_amount: int
    refunded_amount: int
    note: str
    created_by: int | None
    created_at: Instant
    updated_at: Instant
    succeeded_at: Instant | None


@dataclass(frozen=True, slots=True)
class Earning:
    """`source` is `work` or `sale:ID`; `amount` is what the budget bore of it."""

    seq: int
    organization: int
    person: int
    programme_kind: ProgrammeKind
    programme: int
    submission_kind: SubmissionKind
    submission: int
    source: str
    currency: str
    amount: int
    stage: Stage
    payout: int | None
    hold_until: Instant | None
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class Payout:
    """What an organization pays a person at once; `attempt` counts the tries to send it."""

    seq: int
    organization: int
    person: int
    currency: str
    amount: int
    status: PayoutStatus
    provider: Provider
    provider_ref: str | None
    attempt: int
    failure: str
    note: str
    created_by: int | None
    created_at: Instant
    updated_at: Instant
    sent_at: Instant | None
    completed_at: Instant | None


@dataclass(frozen=True, slots=True)
class Line:
    """A debit is positive, a credit negative."""

    account: AccountKind
    programme_kind: str
    programme: int
    person: int
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of money; its lines add up to nothing."""

    seq: int
    kind: str
    programme_kind: str
    programme: int
    submission_kind: str | None
    submission: int | None
    currency: str
    memo: str
    at: Instant
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one currency: amounts by the stage they are in."""

    currency: str
    accrued: int = 0
    held: int = 0
    payable: int = 0
    paying: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Balances:
    """Of an organization in one currency: what it has, and what of that is whose. `cash` is the sum of the others."""

    currency: str
    cash: int = 0
    fees: int = 0
    budget: int = 0
    accrued: int = 0
    held: int = 0
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Owed:
    """What an organization owes a person in one currency, and has paid them."""

    person: int
    name: str
    email: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class PayoutMethod:
    """Where a person is paid. `reference` is a provider's account, or bank details under seal; `hint` may be shown.

    `link`, under seal, is where the person introduces themselves to the provider, good until `link_until`.
    """

    person: int
    provider: Provider
    reference: str
    hint: str
    ready: bool
    link: str | None
    link_until: Instant | None
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class Sending:
    """A try to send a payout through a provider; `key` is the same for every repetition of the try.

    `is_new` where nothing was ever asked of the provider for this payout.
    """

    payout: Payout
    destination: str
    key: str
    is_new: bool
