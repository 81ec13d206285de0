"""Nouns of what waits for a provider of payments."""

from dataclasses import dataclass
from typing import Literal

from hyway.domain.billing.records import ProviderName
from hyway.kernel.clock import Instant

Kind = Literal["remove", "prefer", "describe", "look", "page"]
"""Make the provider forget a way to pay; tell it which one is the default, or who the account is; ask it how a way to
pay is now, or what was entered on a page of its own."""


@dataclass(frozen=True, slots=True)
class Duty:
    """`subject` is what it is about, empty where that is the account itself."""

    kind: Kind
    account: int
    subject: str
    provider: ProviderName
    mark: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a provider on which somebody enters a way to pay for an account. `session` is what the provider calls
    it, None until it has told; `method` is what came of it."""

    id: str
    account: int
    provider: ProviderName
    customer: str | None
    session: str | None
    method: str | None
    created_at: Instant
    ended_at: Instant | None
