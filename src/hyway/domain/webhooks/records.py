"""Nouns of webhooks."""

from dataclasses import dataclass, field
from typing import Literal

from hyway.kernel.clock import Instant

State = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go. `failures` counts deliveries given up in a row; a success sets it to 0."""

    seq: int
    id: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    failures: int
    disabled_at: Instant | None
    disabled_reason: str | None
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Keyed:
    """An endpoint with its secret, which is shown only when it is made."""

    endpoint: Endpoint
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One body for one endpoint. `attempts` counts since queued or replayed; `next_at` is None when over."""

    seq: int
    id: str
    endpoint_id: str
    url: str
    event: str
    state: State
    attempts: int
    next_at: Instant | None
    created_at: Instant
    finished_at: Instant | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request: `status` None means no answer, and `error` says why. `excerpt` begins the answer."""

    at: Instant
    status: int | None
    error: str | None
    milliseconds: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Story:
    """A delivery with its body and all attempts, oldest first."""

    delivery: Delivery
    body: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Shot:
    """A delivery that is about to be tried, with all that the request needs."""

    seq: int
    id: str
    organization: int
    endpoint: Endpoint
    event: str
    body: str
    attempts: int
    since: Instant
    secret: str = field(repr=False)
