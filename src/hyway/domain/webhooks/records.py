"""Nouns of webhooks."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hyway.domain.identity import Environment
from hyway.kernel.clock import Instant

State = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go. `failures` counts deliveries given up in a row; a success sets it to 0.

    `manner` names whose words are sent, `kind` is `web` or `slack`, `group` narrows the events to one group of
    the manner's context.
    """

    seq: int
    id: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    failures: int
    disabled_at: Instant | None
    disabled_reason: str | None
    created_at: Instant
    manner: str
    environment: Environment
    kind: str
    group: str | None


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
    lane: str | None
    subject: str | None
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A body for endpoints of a manner. Those of one `lane` arrive in order; `subject` is told when one arrived."""

    event: str
    body: str
    lane: str | None = None
    subject: str | None = None


class Taker(NamedTuple):
    """An endpoint that is on, with what it wants; `events` may be one star."""

    seq: int
    events: list[str]
    kind: str
    group: str | None

    def wants(self, event: str) -> bool:
        return self.events == ["*"] or event in self.events
