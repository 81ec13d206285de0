"""Nouns of notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hyway.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an organization should know; `link` is a path of the console or empty."""

    seq: int
    id: str
    kind: str
    title: str
    body: str
    link: str
    created_at: Instant
    seen_at: Instant | None


@dataclass(frozen=True, slots=True)
class Telling:
    """Something a person should know.

    `type` is one of `texts`, `params` fill its words and travel with it; `record` is the inner number of what it is
    about, `link` the path of a page. A message of a chat is shown in the chat and in no inbox.
    """

    person: int
    type: str
    params: Mapping[str, Any]
    record_type: str | None = None
    record: int | None = None
    link: str = ""
    organization: int | None = None
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class Notification:
    """What a person was told, in their inbox; `title` and `body` are its words."""

    seq: int
    type: str
    params: Mapping[str, Any]
    record_type: str | None
    record: int | None
    link: str
    is_message: bool
    created_at: Instant
    seen_at: Instant | None
    read_at: Instant | None
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """What reaches a person outside the inbox, and how many of their browsers may be woken."""

    push: bool
    mail: bool
    push_subscription_count: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser that may be woken; `secret` is what its messages are sealed with."""

    seq: int
    person: int
    endpoint: str
    public_key: str
    secret: str = field(repr=False)


MailState = Literal["waiting", "sent", "failed", "kept"]
"""`kept` was written where no mail could be sent: it is read here, and never leaves."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter, as text and as HTML; its links may be keys, so it is for its reader alone."""

    seq: int
    id: str
    person: int | None
    address: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    state: MailState
    tries: int
    error: str
    created_at: Instant
    sent_at: Instant | None
